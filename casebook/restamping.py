"""A clock that was wrong, put right: revisions that no store has yet are sealed again at another moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, select

from casebook import tables
from casebook.database import Database
from casebook.envelope import Revision, RevisionId, Stamped, State, header_of, opened, read, short
from casebook.log import Draughted, append, unsealed
from casebook.receiving import show

SealAgain = Callable[[Revision, State, tuple[RevisionId, ...], int], RevisionId]
"""Seals this revision with another state, other parents and another moment; gives its new id."""

_Moved = Mapping[bytes, tuple[int, bytes]]


def restamp(db: Database, connection: Connection, space: str, offset: int) -> set[str]:
    """Seal again what this device wrote at a moment that is still to come, by a clock that is *offset* right.

    Only what no store has: nobody knows it yet. It goes back by as much as the clock is wrong, or was: the last of
    it is no later than now. Returns the kinds of records that changed.
    """
    c = tables.rev.c
    own = and_(c.space == space, c.dev == db.device.id, tables.WAITS)
    rows = {row.id: row for row in connection.execute(select(c.id, c.rec, c.wall, c.act, c.key, c.env).where(own))}
    now = db.clock() + offset
    late = _with_followers(
        {each for each, row in rows.items() if row.wall > now},
        {each: tuple(map(read, header_of(row.env).parents)) for each, row in rows.items()},
    )
    back = min([offset, *(now - rows[each].wall for each in late)])
    found = [each for id_ in late if (each := unsealed(db, opened(rows[id_].env)))]

    def again(each: Revision, state: State, parents: tuple[RevisionId, ...], wall: int) -> RevisionId:
        draft = Draughted(each.record, space, state, parents, wall)
        return append(db, connection, rows[each.id].act, [draft])[0].id

    stays = {parent for each in found for parent in each.parents} - late
    gone = restamp_each(found, back, again, _walls(connection, stays))
    if gone:
        connection.execute(delete(tables.rev).where(c.id == bindparam("old")), [{"old": each} for each in gone])
    return show(db, connection, space, {rows[each].rec for each in gone})


def _walls(connection: Connection, ids: Iterable[bytes]) -> dict[RevisionId, int]:
    c = tables.rev.c
    found = (connection.execute(select(c.id, c.wall).where(c.id == each)).first() for each in ids)
    return {RevisionId(row.id): row.wall for row in found if row}


def _with_followers(late: set[RevisionId], parents: Mapping[RevisionId, tuple[RevisionId, ...]]) -> set[RevisionId]:
    while more := {each for each, before in parents.items() if each not in late and not late.isdisjoint(before)}:
        late = late | more
    return late


def restamp_each(
    revisions: Sequence[Revision], offset: int, again: SealAgain, others: Mapping[RevisionId, int] | None = None
) -> dict[RevisionId, RevisionId]:
    """Seal revisions again, *offset* milliseconds later, parents first; returns the new id of each.

    Within a record time still never goes back; *others* are the moments of revisions that stay as they are.
    """
    known = {each.id: each for each in revisions}
    renamed: dict[RevisionId, RevisionId] = {}
    moved: dict[bytes, tuple[int, bytes]] = {}
    walls = dict(others or {})
    for id_ in TopologicalSorter({each: set(known[each].parents) & known.keys() for each in known}).static_order():
        each, own = known[id_], short(id_)
        before = [stamp.wall for stamp in _moved(each.state, moved).fields.values() if stamp.rev != own]
        before += [walls[parent] for parent in each.parents if parent in walls]
        wall = max([0, each.wall + offset, *(seen + 1 for seen in before)])
        state = _moved(each.state, moved | {own: (wall, b"")})
        renamed[id_] = again(each, state, tuple(renamed.get(parent, parent) for parent in each.parents), wall)
        moved[own] = (wall, short(renamed[id_]))
        walls[id_] = wall
    return renamed


def _moved(state: State, moved: _Moved) -> State:
    fields = {name: _stamp(each, moved) for name, each in state.fields.items()}
    return State(state.kind, fields, state.version, state.needs)


def _stamp(each: Stamped, moved: _Moved) -> Stamped:
    wall, rev = moved.get(each.rev, (each.wall, each.rev))
    return Stamped(_value(each.value, moved), wall, rev)


def _value(value: Any, moved: _Moved) -> Any:
    if isinstance(value, dict):
        return {name: _stamp(one, moved) if isinstance(one, Stamped) else one for name, one in value.items()}
    return value
