"""The casebook's file: opening, encrypting, checking, copying; one transaction at a time; who hears of changes."""

import contextlib
import glob
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from nacl.utils import random
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import QueuePool

from casebook import dutch, tables
from casebook.keys import Device, FileKey, Keys, SpaceKey, Unreadable, salt_of
from casebook.problem import NotSaved, Problem
from casebook.record import RecordId, new_id
from casebook.search import WORDS_SETTINGS, WORDS_TABLE
from resources.language import _

Changed = Callable[[frozenset[str]], None]

NEWEST = "0002"
"""The newest migration of the log's tables that this program knows."""

PRESENT = f"5.{dutch.VERSION}"
"""The version of the present: when it differs from the file's, the present is made again from the log."""

_CACHE, _LARGE_CACHE = "cache_size=-16000", "cache_size=-64000"

PERSONAL = "personal"
"""The kind of the one space that every casebook has."""

COPIES_KEPT = 7


def now_ms() -> int:
    """The clock: milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(eq=False)
class Database:
    """One opened casebook; *personal* is the space of one person's own devices."""

    path: Path
    engine: Engine
    file_key: FileKey
    device: Device
    personal: str
    keys: Keys
    clock: Callable[[], int] = now_ms
    listeners: list[Changed] = field(default_factory=list)
    _writing: threading.Lock = field(default_factory=threading.Lock)
    _copying: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of the casebook as it is at this moment."""
        with _explained(), self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self, changed: set[str] | None = None) -> Iterator[Connection]:
        """One transaction: everything in it is kept, or nothing. Listeners then hear the kinds in *changed*."""
        with _explained(), self._writing, self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self.renew_keys(connection)
            before = self.keys
            try:
                yield connection
                connection.commit()
            except BaseException:
                # A key that came in this transaction is not in the file: nothing may be sealed with it.
                self.keys = before
                raise
        if changed:
            for listener in self.listeners:
                listener(frozenset(changed))

    def new_id(self) -> RecordId:
        """The id of a record that is made in this casebook, on this device."""
        return new_id(device=self.device.id)

    def renew_keys(self, connection: Connection) -> None:
        """Know the keys that stand in the file; another window or command may have added one."""
        if connection.exec_driver_sql("SELECT count(*) FROM key").scalar() != len(self.keys):
            self.keys = _keys(connection)

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def create_casebook(path: Path, file_key: FileKey, *, clock: Callable[[], int] = now_ms) -> Database:
    """A new, empty casebook at *path*; refuses to write over a file that is there."""
    if path.exists():
        raise Problem(_("{name} is there already. Nothing was changed. Choose another name.").format(name=path.name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot_write(str(error)) from error
    engine = _engine(path, file_key)
    try:
        with _explained():
            with engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                _create_tables(connection)
                connection.commit()
            return _opened(path, engine, file_key, clock)
    except Problem:
        engine.dispose()
        # Half a casebook would be in the way of the next attempt; nothing of anybody's is in it.
        for file in _files_of(path):
            file.unlink(missing_ok=True)
        raise


def open_casebook(path: Path, file_key: FileKey, *, clock: Callable[[], int] = now_ms) -> Database:
    """The casebook at *path*; raises a `Problem` for a wrong key, a damaged file or a newer version."""
    salt_of(path)
    engine = _engine(path, file_key)
    try:
        with engine.connect() as connection:
            version = _version(connection)
            if version != NEWEST:
                _migrate(connection, version)
        with _explained():
            return _opened(path, engine, file_key, clock)
    except DBAPIError as error:
        engine.dispose()
        raise _cannot_open(path, error) from error
    except Problem:
        engine.dispose()
        raise


def _create_tables(connection: Connection) -> None:
    tables.log.create_all(connection)
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (NEWEST,))
    create_present(connection)
    _first_keys(connection)


def create_present(connection: Connection) -> None:
    """The empty tables of the present."""
    tables.present.create_all(connection)
    connection.exec_driver_sql(WORDS_TABLE)
    for name, held in WORDS_SETTINGS.items():
        connection.exec_driver_sql("INSERT INTO words(words, rank) VALUES (?, ?)", (name, held))
    set_setting(connection, "present", PRESENT)


def drop_present(connection: Connection) -> None:
    """Throw the present away; the log still holds everything."""
    connection.exec_driver_sql("DROP TABLE IF EXISTS words")
    tables.present.drop_all(connection)


def setting(connection: Connection, name: str, default: str = "") -> str:
    """A setting of this casebook on this machine."""
    found = connection.scalar(select(tables.setting.c.value).where(tables.setting.c.name == name))
    return default if found is None else str(found)


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """More memory for the pages of a transaction that writes many records; they are let go when it ends."""
    connection.exec_driver_sql(f"PRAGMA {_LARGE_CACHE}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA {_CACHE}")


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Keep a setting."""
    connection.exec_driver_sql("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def note(connection: Connection, at: int, what: str, detail: str) -> None:
    """Write a line in the local audit list: what left this machine, or came in."""
    connection.execute(insert(tables.audit), {"at": at, "what": what, "detail": detail})


def quick_check(db: Database) -> None:
    """Raises a `Problem` when the file is damaged."""
    with db.read() as connection:
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(5)")]
        # It went through the whole file: what it holds of that is of no use to the next question.
        connection.exec_driver_sql("PRAGMA shrink_memory")
    if found != ["ok"]:
        raise Problem(
            _("The casebook is damaged. The file was left as it is. Put back a copy."),
            details="\n".join(found),
        )


def copies(path: Path) -> list[Path]:
    """The daily copies of a casebook, newest first."""
    return sorted(_copies_folder(path).glob(f"{glob.escape(path.stem)}-????-??-??.db"), reverse=True)


def copy_daily(db: Database, today: date) -> Path | None:
    """Make today's copy if there is none yet, and keep the newest seven."""
    target = _copy_of(db.path, today)
    with db._copying:
        if target.exists():
            return None
        _make_copy(db, target)
        for old in copies(db.path)[COPIES_KEPT:]:
            old.unlink(missing_ok=True)
    return target


def copy_anew(db: Database, today: date) -> Path:
    """Make today's copy, and keep no file that was made before: something in them is to be gone for ever."""
    target = _copy_of(db.path, today)
    # The exchange and the window may both want one: what one is writing is not for the other to clear away.
    with db._copying:
        _make_copy(db, target)
        folder, stem = _copies_folder(db.path), glob.escape(db.path.stem)
        others = (folder.glob(f"{stem}-*"), db.path.parent.glob(f"{stem}-before-restore-*"))
        for file in [*(each for found in others for each in found), db.path.with_suffix(".part")]:
            if file != target:
                file.unlink(missing_ok=True)
    return target


def _make_copy(db: Database, target: Path) -> None:
    with _explained():
        target.parent.mkdir(exist_ok=True)
        part = target.with_suffix(".part")
        part.unlink(missing_ok=True)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(part),))
        part.replace(target)


def restore(path: Path, copy: Path, file_key: FileKey) -> Path:
    """Put *copy* in the place of the casebook; the file that stood there is kept beside it, and its path returned."""
    checked = open_casebook(copy, file_key)
    try:
        quick_check(checked)
    finally:
        checked.close()
    kept = path.with_name(f"{path.stem}-before-restore-{now_ms()}.db")
    with _explained():
        part = path.with_suffix(".part")
        _copy_durably(copy, part)
        for here, there in zip(_files_of(path), _files_of(kept), strict=True):
            with contextlib.suppress(FileNotFoundError):
                here.rename(there)
        part.replace(path)
    return kept


def _copy_durably(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())


def _files_of(path: Path) -> tuple[Path, Path, Path]:
    """The file itself, and those that SQLite keeps beside it while it is in use."""
    return path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _copy_of(path: Path, day: date) -> Path:
    return _copies_folder(path) / f"{path.stem}-{day.isoformat()}.db"


def _copies_folder(path: Path) -> Path:
    return path.with_name(f"{path.stem}-copies")


def _engine(path: Path, file_key: FileKey) -> Engine:
    def creator() -> sqlcipher.Connection:
        connection = sqlcipher.connect(str(path), check_same_thread=False, isolation_level=None, timeout=10)
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f'PRAGMA key="{file_key.pragma}"')
        return connection

    engine = create_engine("sqlite://", module=sqlcipher, creator=creator, poolclass=QueuePool)
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: sqlcipher.Connection, _record: object) -> None:
    for pragma in (
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        _CACHE,
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _version(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _migrate(connection: Connection, version: str) -> None:
    from casebook.migrations import known_versions, upgrade

    if version not in known_versions():
        raise Problem(
            _(
                "This casebook was made by a newer version of Casusboek. Nothing was changed. "
                "Install the newest version to open it."
            )
        )
    upgrade(connection)


def _first_keys(connection: Connection) -> None:
    space = new_id()
    connection.execute(insert(tables.space), {"id": space, "kind": PERSONAL})
    connection.execute(insert(tables.key), {"space": space, "n": 1, "cert": b"", "secret": random(32)})
    device = {"id": new_id(), "member": new_id(), "seed": random(32), "box_seed": random(32)}
    connection.execute(insert(tables.device), device)


def _keys(connection: Connection) -> Keys:
    rows = connection.execute(select(tables.key))
    return Keys(SpaceKey(row.space, row.n, row.secret, row.cert) for row in rows)


def _opened(path: Path, engine: Engine, file_key: FileKey, clock: Callable[[], int]) -> Database:
    with engine.connect() as connection:
        # The file remembers this, but a copy that was put back does not.
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        device = connection.execute(select(tables.device)).one()
        return Database(
            path=path,
            engine=engine,
            file_key=file_key,
            device=Device(device.id, device.member, SigningKey(device.seed), PrivateKey(device.box_seed)),
            personal=connection.scalars(select(tables.space.c.id).where(tables.space.c.kind == PERSONAL)).one(),
            keys=_keys(connection),
            clock=clock,
        )


def _cannot_open(path: Path, error: DBAPIError) -> Problem:
    text = str(error.orig)
    if "no such table" in text:
        sentence = _("{name} is not a casebook. Nothing was changed. Choose another file.")
    elif "not a database" in text:
        sentence = _(
            "{name} cannot be opened with this key: the passphrase is wrong, or the file is damaged. "
            "Nothing was changed. Try again, or put back a copy."
        )
    elif "locked" in text:
        return Problem(_in_use(text).sentence, details=text)
    elif "malformed" in text or "disk I/O" in text or "disk image" in text:
        sentence = _("{name} is damaged. The file was left as it is. Put back a copy.")
    else:
        sentence = _("{name} cannot be opened. Nothing was changed. Check whether the folder is within reach.")
        return Problem(sentence.format(name=path.name), details=text)
    return Unreadable(sentence.format(name=path.name), details=text)


def _in_use(details: str) -> Problem:
    return NotSaved(
        _(
            "The casebook is in use by another window or command that is busy. Nothing was saved just now. "
            "Try again in a moment."
        ),
        details=details,
    )


def _cannot_write(details: str) -> Problem:
    return NotSaved(
        _(
            "This cannot be saved now: the folder cannot be written to. What was saved before is safe. "
            "Check the folder and try again."
        ),
        details=details,
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Say in a sentence what the disk would not do."""
    try:
        yield
    except (DatabaseError, DBAPIError) as error:
        text = str(error.orig)
        if "full" in text:
            raise NotSaved(
                _("The disk is full, so this was not saved. What was saved before is safe. Make room and try again."),
                details=text,
            ) from error
        if "locked" in text:
            raise _in_use(text) from error
        if "readonly" in text or "unable to open" in text or "I/O error" in text:
            raise _cannot_write(text) from error
        if "malformed" in text:
            raise Problem(
                _("The casebook is damaged. The file was left as it is. Put back a copy."), details=text
            ) from error
        raise
    except OSError as error:
        raise _cannot_write(f"{error.strerror} ({os.fspath(error.filename or '')})") from error
