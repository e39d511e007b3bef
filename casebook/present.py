"""The questions one can put to the present, which `projecting` makes from the log."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from casebook import tables
from casebook.case_line import CaseLine
from casebook.case_query import Query
from casebook.database import Database
from casebook.lists import Listed, Lists
from casebook.people import Circle
from casebook.projecting import fingerprint, how_many_unindexed, index_rest, is_outdated, project, rebuild
from casebook.record import KINDS, Record
from casebook.standing import PERSONAL_SPACE, CaseFile, Entry, belongs, case_of, entry_in, state_of, values_of
from resources.language import _

__all__ = [
    "CaseFile",
    "Entry",
    "case_file",
    "case_file_of",
    "cases",
    "count",
    "entry",
    "every",
    "fingerprint",
    "how_many_unindexed",
    "index_rest",
    "is_outdated",
    "project",
    "rebuild",
    "state_of",
    "the_list",
    "values_of",
]

R = TypeVar("R", bound=Record)
L = TypeVar("L", bound=Listed)


def entry(db: Database, record_id: str) -> Entry[Any] | None:
    """One record; None where there is none, or of a kind that this version does not know."""
    with db.read() as connection:
        row = connection.execute(select(tables.record).where(tables.record.c.id == record_id)).first()
    return entry_in(row) if row is not None and row.kind in KINDS else None


def case_file(db: Database, case_id: str) -> CaseFile | None:
    """A case with all its records."""
    with db.read() as connection:
        return case_file_of(connection, case_id)


def case_file_of(connection: Connection, case_id: str) -> CaseFile | None:
    """The same within a transaction."""
    rows = connection.execute(
        select(tables.record, PERSONAL_SPACE).where(
            (tables.record.c.case_id == case_id) | (tables.record.c.id == case_id)
        )
    ).all()
    space = next((row.space for row in rows if row.id == case_id), "")
    return case_of(entry_in(row) for row in rows if row.kind in KINDS and belongs(row, space))


def every(db: Database, kind: type[R], *, archived: bool = False) -> list[Entry[R]]:
    """All records of one kind."""
    with db.read() as connection:
        return _every(connection, kind, archived)


def the_list(db: Database, kind: type[L]) -> Lists[L]:
    """One of the lists that people can change."""
    with db.read() as connection:
        return Lists(kind, [each.record for each in _every(connection, kind, archived=False)])


def cases(db: Database, query: Query, offset: int = 0, limit: int = 50) -> list[CaseLine]:
    """The lines of the casebook that answer *query*, in its order."""
    from casebook.case_query import lines

    with db.read() as connection:
        return lines(connection, query, offset, limit, circles(db, connection))


def circles(db: Database, connection: Connection) -> Callable[[str], str]:
    """What the circle of a space is called; nothing for one's own space."""
    named = {each.space: each.record.name for each in _every(connection, Circle, archived=False)}
    return lambda space: "" if space == db.personal else named.get(space) or _("Circle")


def count(db: Database, query: Query) -> int:
    """How many cases answer *query*."""
    from casebook.case_query import how_many

    with db.read() as connection:
        return how_many(connection, query)


def _every(connection: Connection, kind: type[R], archived: bool) -> list[Entry[R]]:
    rows = connection.execute(
        select(tables.record).where(tables.record.c.kind == kind.kind).order_by(tables.record.c.id)
    )
    entries = [entry_in(row) for row in rows]
    return [each for each in entries if archived or not each.record.archived]
