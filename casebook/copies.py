"""The files one can go back to: the copies of each day, and what stood there before one was put back."""

import contextlib
import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from casebook.audit import Line, carry_over, every_line
from casebook.database import copies, open_casebook, restore
from casebook.keys import FileKey, salt_of
from casebook.keys import file_key as key_of
from casebook.problem import Problem

_DAY = re.compile(r"-(\d{4}-\d{2}-\d{2})$")
_KEPT = re.compile(r"-before-restore-(\d+)$")


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to go back to; `cases` is None where it cannot be opened with the key of now."""

    path: Path
    made: date
    size: int
    cases: int | None
    is_daily: bool


def every_copy(path: Path) -> tuple[Path, ...]:
    """The files of the copies of each day, newest first, and those that were kept when one was put back."""
    return *copies(path), *_kept(path)


def listed(path: Path, file_key: FileKey) -> list[Copy]:
    """Every file one can go back to from the casebook at *path*, newest first."""
    found = [_copy(each, file_key) for each in every_copy(path)]
    return sorted((each for each in found if each), key=lambda each: (each.made, each.path.name), reverse=True)


def key_by_copies(path: Path, passphrase: str | None) -> FileKey:
    """The key of the casebook at *path*, also when its own head is damaged: the head of each copy tells it too.

    Raises what `file_key` raises when no copy opens.
    """
    for copy in _with_different_salts(path):
        with contextlib.suppress(Problem):
            key = key_of(copy, passphrase)
            if any(_cases(each, key) is not None for each in every_copy(path)):
                return key
    return key_of(path, passphrase)


def _with_different_salts(path: Path) -> Iterable[Path]:
    found: dict[bytes, Path] = {}
    for each in every_copy(path):
        with contextlib.suppress(Problem):
            found.setdefault(salt_of(each), each)
    return found.values()


def put_back(path: Path, copy: Path, file_key: FileKey) -> Path:
    """Put *copy* in the place of the casebook; returns where the one that stood there is kept, beside it.

    The audit list goes on: it tells of this computer, not of what stands in the casebook. Nobody may have the
    casebook open meanwhile.
    """
    lines = _lines_of(path, file_key)
    kept = restore(path, copy, file_key)
    db = open_casebook(path, file_key)
    try:
        carry_over(db, lines, copy.name)
    finally:
        db.close()
    return kept


def _lines_of(path: Path, file_key: FileKey) -> list[Line]:
    """The audit list of a casebook, which may be too damaged to be read: then a copy is put back for that."""
    try:
        db = open_casebook(path, file_key)
    except Problem:
        return []
    try:
        return every_line(db)
    except Problem:
        return []
    finally:
        db.close()


def _kept(path: Path) -> list[Path]:
    return list(path.parent.glob(f"{glob.escape(path.stem)}-before-restore-*.db"))


def _copy(path: Path, file_key: FileKey) -> Copy | None:
    daily, kept = _DAY.search(path.stem), _KEPT.search(path.stem)
    try:
        if daily:
            made = date.fromisoformat(daily[1])
        elif kept:
            made = datetime.fromtimestamp(int(kept[1]) / 1000, UTC).astimezone().date()
        else:
            return None
        return Copy(path, made, path.stat().st_size, _cases(path, file_key), bool(daily))
    except (ValueError, OverflowError, OSError):
        # Named otherwise, or gone since the folder was looked at: no copy of ours.
        return None


def _cases(path: Path, file_key: FileKey) -> int | None:
    """How many cases stand in a copy, without touching it."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        connection = sqlcipher.connect(uri, uri=True)
        try:
            connection.execute("PRAGMA cipher_log_level=NONE")
            connection.execute(f'PRAGMA key="{file_key.pragma}"')
            query = "SELECT count(*) FROM record WHERE kind = 'case' AND archived = 0"
            return int(connection.execute(query).fetchone()[0])
        finally:
            connection.close()
    except sqlcipher.DatabaseError:
        return None
