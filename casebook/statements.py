"""Statements about a space that everybody may read: certificates, erasures, and receipts of erasures."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from casebook import tables
from casebook.digest import Place, mark
from casebook.envelope import Envelope

_IN = 500


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
    c = tables.statement.c
    wanted = list(records)
    found: set[tuple[str, str]] = set()
    for start in range(0, len(wanted), _IN):
        batch = c.rec.in_(wanted[start : start + _IN])
        rows = connection.execute(select(c.rec, c.space).where(batch, c.kind == "erase", c.counts == 1))
        found |= {(row.rec, row.space) for row in rows}
    return found
