"""What a hub gives: pages of envelopes in the order they came in, ids, and envelopes by id."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, select

from sync.hub.rows import Known
from sync.hub.tables import envelope
from sync.signed_request import BYTES_AT_MOST


@dataclass(frozen=True, slots=True)
class Given:
    """A part of what there is; *until* is where it ends, and *more* whether something comes behind it."""

    items: tuple[bytes, ...]
    until: int
    more: bool


def envelopes_after(connection: Connection, here: Known, after: int, limit: int, where: ColumnElement[bool]) -> Given:
    """The envelopes behind *after* that satisfy *where*, as many as fit in an answer."""
    column = envelope.c
    behind = and_(column.space == here.id, column.seq > after, column.env.is_not(None), where)
    sizes = connection.execute(select(column.seq, column.size).where(behind).order_by(column.seq).limit(limit + 1))
    fitting, more = _fitting([(row.seq, row.size) for row in sizes], limit)
    if not fitting:
        return Given((), here.seq, more=False)
    rows = connection.scalars(select(column.env).where(behind, column.seq <= fitting[-1]).order_by(column.seq))
    return Given(tuple(bytes(each) for each in rows), fitting[-1] if more else here.seq, more)


def heads_only() -> ColumnElement[bool]:
    """All but the revisions that others follow."""
    return envelope.c.superseded == 0


def ids_after(connection: Connection, here: Known, after: int, limit: int) -> Given:
    """The ids of what there is behind *after*."""
    column = envelope.c
    found = connection.execute(
        select(column.seq, column.id)
        .where(column.space == here.id, column.seq > after, column.env.is_not(None))
        .order_by(column.seq)
        .limit(limit + 1)
    ).all()
    more = len(found) > limit
    page = found[:limit]
    return Given(tuple(bytes(row.id) for row in page), page[-1].seq if more else here.seq, more)


def envelopes_of(connection: Connection, here: Known, ids: Sequence[bytes]) -> Given:
    """Those of *ids* that are here, as many as fit in an answer; *until* is the number of ids looked up."""
    column = envelope.c
    asked = and_(column.space == here.id, column.id.in_(ids), column.env.is_not(None))
    sizes = {bytes(row.id): row.size for row in connection.execute(select(column.id, column.size).where(asked))}
    fitting, more = _fitting([(at, sizes.get(each, 0)) for at, each in enumerate(ids, 1)], len(ids))
    if not fitting:
        return Given((), 0, more=False)
    rows = connection.execute(
        select(column.id, column.env).where(column.space == here.id, column.id.in_(ids[: fitting[-1]]))
    )
    found = {bytes(row.id): bytes(row.env) for row in rows if row.env is not None}
    return Given(tuple(found[each] for each in dict.fromkeys(ids[: fitting[-1]]) if each in found), fitting[-1], more)


def _fitting(sizes: list[tuple[int, int]], limit: int) -> tuple[list[int], bool]:
    """The first of these places that fit in an answer together (one always does), and whether others are left."""
    fitting: list[int] = []
    room = BYTES_AT_MOST
    for at, size in sizes[:limit]:
        if fitting and size > room:
            break
        fitting.append(at)
        room -= size
    return fitting, len(fitting) < len(sizes)
