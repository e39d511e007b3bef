"""Statements about a space that everybody may read: certificates, erasures, and receipts of erasures."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from casebook import tables
from casebook.digest import Place, mark
from casebook.envelope import Envelope

_C = tables.statement.c
_ERASED = select(_C.rec, _C.space).where(tables.among(_C.rec), _C.kind == "erase", _C.counts == 1)


def keep(connection: Connection, statement: Envelope, place: Place) -> None:
    """Keep a statement that was verified; harmless when it is here already."""
    header = statement.header
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO statement (id, space, kind, rec, dev, wall, pushed, env) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (statement.id, header.space, header.kind, header.rec, header.dev, header.wall, 0, statement.raw),
    )
    mark(connection, header.space, [statement.id], place)


def erased(connection: Connection, records: Iterable[str]) -> set[tuple[str, str]]:
    """Of these records those that were erased here for ever, each with the space it was erased from."""
    rows = connection.execute(_ERASED, {"ids": tables.listed(records)})
    return {(row.rec, row.space) for row in rows}


def let_back(connection: Connection, space: str, records: Iterable[str]) -> None:
    """These records of a space were not erased for ever after all: who said so lost the right to it."""
    c = tables.statement.c
    theirs = (c.space == space, c.kind == "erase", tables.among(c.rec))
    connection.execute(update(tables.statement).where(*theirs).values(counts=0), {"ids": tables.listed(records)})
