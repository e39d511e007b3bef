"""A backup of a hub: one compressed file, the same for SQLite and PostgreSQL, so restoring also moves between them.

It begins with its version, holds the tables in parts, and ends with how many rows there were of each: a file that
was cut short is seen. It is made of one moment, while the hub goes on.
"""

import gzip
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select

from casebook.problem import Problem
from resources.language import _
from sync.hub.database import HubDatabase
from sync.hub.ledger import Ledger
from sync.hub.migrations import NEWEST
from sync.hub.tables import hub, space

_FORM = "casusboek-hub-1"
_ROWS = 200
_LENGTH = struct.Struct(">I")
_LARGEST_PART = 512 * 1024 * 1024
_encode = msgspec.msgpack.encode


class _Head(msgspec.Struct, tag="head"):
    form: str
    version: str
    at: int


class _Rows(msgspec.Struct, tag="rows"):
    table: str
    columns: list[str]
    rows: list[list[Any]]


class _End(msgspec.Struct, tag="end"):
    counts: dict[str, int]


_Part = _Head | _Rows | _End
_decode = msgspec.msgpack.Decoder(_Part).decode


def backup(db: HubDatabase, file: Path, now: int) -> int:
    """Write all that the hub has now to *file*, wholly or not at all; gives the number of rows."""
    part = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "wb") as plain:  # noqa: PTH123 - a handle, not a path
            with gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1) as packed, db.read() as connection:
                counts = _write(packed, connection, now)
            plain.flush()
            os.fsync(plain.fileno())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        sentence = _("The backup could not be written to {name}. Nothing was changed.")
        raise Problem(sentence.format(name=file.name), details=str(error)) from error
    return sum(counts.values())


def restore(db: HubDatabase, file: Path, ledger: Ledger) -> int:
    """Put a backup back in an empty hub, and erase again what the ledger says; gives how many records that were.

    All of it, or nothing: raises a `Problem` when the file is damaged or the hub is not empty.
    """

    def work(connection: Connection) -> int:
        if connection.execute(select(space.c.id)).first() is not None:
            raise Problem(_("This hub has circles already. Nothing was changed. Restore into an empty one."))
        for table in hub.sorted_tables:
            # A hub that started empty knows of erasures already, from the ledger; they are applied below.
            connection.execute(delete(table))
        _fill(connection, _parts(file))
        return ledger.apply(connection)

    # Its checksum stands at the end: before that, nothing in it is to be trusted.
    for _part in _parts(file):
        pass
    erased = db.write(work)
    db.forget_erased()
    return erased


def _write(packed: gzip.GzipFile, connection: Connection, now: int) -> dict[str, int]:
    counts = dict.fromkeys((str(table.name) for table in hub.sorted_tables), 0)
    _put(packed, _Head(_FORM, NEWEST, now))
    for table in hub.sorted_tables:
        columns = [str(column.name) for column in table.columns]
        found = connection.execution_options(yield_per=_ROWS).execute(select(table))
        for some in found.partitions():
            rows = [[_plain(value) for value in row] for row in some]
            _put(packed, _Rows(str(table.name), columns, rows))
            counts[table.name] += len(rows)
    _put(packed, _End(counts))
    return counts


def _put(packed: gzip.GzipFile, part: _Part) -> None:
    raw = _encode(part)
    packed.write(_LENGTH.pack(len(raw)) + raw)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _fill(connection: Connection, parts: Iterator[_Part]) -> None:
    tables: dict[str, Table] = {table.name: table for table in hub.sorted_tables}
    head = next(parts, None)
    if not isinstance(head, _Head) or head.form != _FORM:
        raise _damaged("it is no backup")
    if head.version > NEWEST:
        raise Problem(_("This backup was made by a newer version of the hub. Nothing was changed. Use the newest."))
    if head.version < NEWEST:
        raise Problem(
            _(
                "This backup was made by an older version of the hub. Nothing was changed. Restore it with that "
                "version; when this one starts, it brings the database up to date."
            )
        )
    counts = dict.fromkeys(tables, 0)
    ended = False
    for part in parts:
        if isinstance(part, _Rows) and not ended and part.table in tables:
            connection.execute(insert(tables[part.table]), [_row(part.columns, row) for row in part.rows])
            counts[part.table] += len(part.rows)
        elif isinstance(part, _End) and not ended and part.counts == counts:
            ended = True
        else:
            raise _damaged("its parts do not fit together")
    if not ended:
        raise _damaged("it was cut short")


def _row(columns: list[str], row: list[Any]) -> dict[str, Any]:
    if len(columns) != len(row):
        raise _damaged("a row that does not fit")
    return dict(zip(columns, row, strict=True))


def _parts(file: Path) -> Iterator[_Part]:
    try:
        with gzip.open(file, "rb") as packed:
            while head := packed.read(_LENGTH.size):
                (size,) = _LENGTH.unpack(head)
                if size > _LARGEST_PART:
                    raise _damaged("a part that is too large")
                yield _decode(packed.read(size))
    except (OSError, EOFError, zlib.error, struct.error, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(str(error)) from error


def _damaged(details: str) -> Problem:
    return Problem(_("This backup cannot be read: it is missing or damaged. Nothing was changed."), details=details)
