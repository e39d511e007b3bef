"""The database of a hub, SQLite or PostgreSQL: one view for reading, one transaction for writing, tried again."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.pool import QueuePool

from casebook.problem import Problem
from resources.language import _
from sync.hub.migrations import NEWEST, upgrade

T = TypeVar("T")

_TRIES = 8
_AGAIN = {"40001", "40P01", "55P03"}
"""What PostgreSQL calls a transaction that may succeed when it is tried again."""

_NOT_ALLOWED = "42501"


class Busy(Exception):
    """Others kept writing for too long; nothing was changed."""


@dataclass(eq=False)
class HubDatabase:
    """One database with many spaces; several processes may have it open."""

    engine: Engine
    # SQLite lets one write at a time: waiting for each other here is fairer, and faster, than asking again.
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of everything as it is at one moment."""
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """What *work* gives, with all it changed, or nothing changed; it may be called more than once.

        Raises `Busy` when others kept it waiting for too long.
        """
        for attempt in range(_TRIES):
            try:
                return self._write(work)
            except DBAPIError as error:
                if not _may_succeed_later(error):
                    raise
                time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise Busy

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._turn if self.is_sqlite else nullcontext(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            found = work(connection)
            connection.commit()
            return found

    def forget_erased(self) -> None:
        """Let no file keep what was erased just now, as far as the database can: SQLite's journal is emptied."""
        if self.is_sqlite:
            with self._turn, self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def sweep(self) -> bool:
        """Let no file of the tables keep what was ever erased, and the journal neither where that is allowed.

        PostgreSQL leaves old rows lying in its files; even a plain `VACUUM` leaves some of their bytes. So the
        envelopes are written anew, for as long as which requests wait. False when the journal may not be emptied.
        """
        if self.is_sqlite:
            self.forget_erased()
            return True
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL envelope"))
            try:
                connection.execute(text("SELECT pg_switch_wal()"))
                connection.execute(text("CHECKPOINT"))
            except ProgrammingError as error:
                if getattr(error.orig, "sqlstate", None) != _NOT_ALLOWED:
                    raise
                return False
        return True

    def is_ready(self) -> bool:
        """Whether it answers, with the tables of this version."""
        try:
            with self.read() as connection:
                return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST)
        except DBAPIError:
            return False

    def close(self) -> None:
        """Let go of it."""
        self.engine.dispose()


def open_database(address: str) -> HubDatabase:
    """The database at this address, its tables brought up to date."""
    db = HubDatabase(_sqlite(Path(make_url(address).database or "")) if _is_file(address) else _server(address))
    db.write(_prepare)
    return db


def _is_file(address: str) -> bool:
    return make_url(address).get_backend_name() == "sqlite"


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Of several processes that start at one time, one makes the tables.
        connection.execute(text("SELECT pg_advisory_xact_lock(20261124)"))
    has_tables = inspect(connection).has_table("alembic_version")
    version = connection.scalar(text("SELECT version_num FROM alembic_version")) if has_tables else ""
    if version > NEWEST:
        raise Problem(_("This database is of a newer version of the hub. Nothing was changed. Use the newest."))
    if version != NEWEST:
        upgrade(connection)


def _server(address: str) -> Engine:
    return create_engine(address, pool_size=20, max_overflow=20, pool_pre_ping=True, hide_parameters=True)


def _sqlite(path: Path) -> Engine:
    import sqlcipher3.dbapi2 as sqlite

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)

    def creator() -> sqlite.Connection:
        return sqlite.connect(str(path), check_same_thread=False, isolation_level=None, timeout=5)

    engine = create_engine(
        "sqlite://", module=sqlite, creator=creator, poolclass=QueuePool, pool_size=20, hide_parameters=True
    )
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: "sqlite.Connection", _record: object) -> None:  # type: ignore[name-defined]  # noqa: F821
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")


def _may_succeed_later(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        # Two who begin one space at one time: the second finds it there when it tries again.
        return True
    if isinstance(error, OperationalError) and ("locked" in str(error.orig) or "busy" in str(error.orig)):
        return True
    return getattr(error.orig, "sqlstate", None) in _AGAIN
