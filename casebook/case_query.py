"""Asking the casebook for cases: by words, by filters, in an order, a page at a time."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal_column, select

from casebook import search, tables
from casebook.case import Case, CaseStatus
from casebook.case_line import CaseLine
from casebook.direction import DirectionLabel
from casebook.record import RecordId

_C = tables.record.c
_F = tables.facet.c
_ARCHIVED = select(_F.n).where(_F.facet == "archived", _F.value == "yes")

_PLACE: ColumnElement[int] = literal_column("+record.n")
"""With the plus SQLite looks each place up; without it, it multiplies two lists of them (minutes, at 100,000 cases)."""


MOST_COUNTED = 10_000


class Sort(Enum):
    """What a list of cases is ordered by."""

    RECENT = "n"
    TITLE = "sort_title"
    REFERENCE = "reference"
    STATUS = "status"
    DIRECTION = "direction"
    AREA = "area"
    ASKED_ON = "asked_on"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Query:
    """What to show; with words and `Sort.RECENT` the best hits come first."""

    words: str = ""
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = Sort.RECENT
    descending: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A case that answers to a reference or an id, and what tells it from another that does."""

    id: RecordId
    space: str
    title: str
    changed: datetime
    archived: bool


def lines(
    connection: Connection, query: Query, offset: int, limit: int, circle_of: Callable[[str], str]
) -> list[CaseLine]:
    """One page of cases, in the order of *query*; *circle_of* says what the circle of a space is called."""
    match = search.match(query.words)
    if query.words.strip() and match is None:
        return []
    if match is not None and query.sort is Sort.RECENT:
        numbers = search.hits(connection, match, limit, offset, _facets(query))
        rows = {row.n: row for row in connection.execute(_columns().where(_C.n.in_(numbers)))}
        return [_line(rows[n], circle_of) for n in numbers if n in rows]
    column = _C[query.sort.value]
    # The newest first is the order of reading; every other column starts at its beginning.
    falling = query.descending != (query.sort is Sort.RECENT)
    order = (column.desc(), _C.n.desc()) if falling else (column, _C.n)
    chosen = _filtered(_columns(), query, match).order_by(*order).offset(offset).limit(limit)
    return [_line(row, circle_of) for row in connection.execute(chosen)]


def how_many(connection: Connection, query: Query) -> int:
    """The number of cases that answer *query*; with words it stops at `MOST_COUNTED` + 1, for "more than that"."""
    match = search.match(query.words)
    if query.words.strip() and match is None:
        return 0
    if match is not None:
        return search.count(connection, match, _facets(query), MOST_COUNTED)
    return int(connection.scalar(_filtered(select(func.count()).select_from(tables.record), query, match)) or 0)


def facet_counts(connection: Connection, query: Query, names: Collection[str]) -> dict[str, dict[str, int]]:
    """How many of the cases that answer *query* have each value of these facets."""
    match = search.match(query.words)
    chosen = _filtered(select(_C.n), query, match)
    asked = select(_F.facet, _F.value, func.count()).where(_F.facet.in_(names)).group_by(_F.facet, _F.value)
    narrowed = match is not None or query.archived or any(query.facets.values())
    # Of all cases that is one walk along the facets, which looks nothing up but the few that are archived.
    rows = connection.execute(asked.where(_F.n.in_(chosen) if narrowed else _F.n.not_in(_ARCHIVED)))
    found: dict[str, dict[str, int]] = {}
    for name, held, number in rows:
        found.setdefault(name, {})[held] = number
    return found


def with_reference(connection: Connection, reference: str) -> list[Called]:
    """The case with this id, or else every one with this reference, the newest first; none where nothing is asked.

    An id goes before: a case of somebody else could carry it as its reference.
    """
    if not reference.strip():
        return []
    columns = select(_C.id, _C.space, _C.title, _C.changed, _C.archived).where(_C.kind == Case.kind)
    rows = connection.execute(columns.where(_C.id == reference)).all()
    if not rows:
        # With both values of archived named, the index of the list finds them.
        called = columns.where(_C.archived.in_((0, 1)), _C.reference == reference)
        rows = connection.execute(called.order_by(_C.archived, _C.n.desc())).all()
    return [Called(RecordId(row.id), row.space, row.title, _moment(row.changed), bool(row.archived)) for row in rows]


def _facets(query: Query) -> dict[str, frozenset[str]]:
    wanted = {name: held for name, held in query.facets.items() if held}
    return wanted | {"archived": frozenset({"yes" if query.archived else "no"})}


def _columns() -> Select[Any]:
    return select(
        _C.n,
        _C.id,
        _C.space,
        _C.title,
        _C.reference,
        _C.summary,
        _C.status,
        _C.direction,
        _C.area,
        _C.asked_on,
        _C.changed,
        _C.sample,
        _C.archived,
    )


def _filtered(chosen: Select[Any], query: Query, match: search.Match | None) -> Select[Any]:
    chosen = chosen.where(_C.kind == Case.kind, _C.archived == int(query.archived))
    for name, held in query.facets.items():
        if held:
            chosen = chosen.where(
                _PLACE.in_(select(tables.facet.c.n).where(tables.facet.c.facet == name, tables.facet.c.value.in_(held)))
            )
    if match is not None:
        chosen = chosen.where(_PLACE.in_(search.all_hits(match)))
    return chosen


def _line(row: Row[Any], circle_of: Callable[[str], str]) -> CaseLine:
    return CaseLine(
        id=RecordId(row.id),
        reference=row.reference,
        title=row.title,
        summary=row.summary,
        status=_status(row.status),
        direction=DirectionLabel(row.direction) if row.direction else None,
        areas=tuple(row.area.split(", ")) if row.area else (),
        asked_on=date.fromisoformat(row.asked_on) if row.asked_on else None,
        changed=_moment(row.changed),
        sample=bool(row.sample),
        archived=bool(row.archived),
        circle=circle_of(row.space),
    )


def _moment(wall: int) -> datetime:
    return datetime.fromtimestamp(wall / 1000, UTC)


def _status(code: str) -> CaseStatus:
    return CaseStatus(code) if code else CaseStatus.DRAFT
