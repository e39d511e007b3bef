"""What of a space its store has: which rows are in it, and the digest of that set, which moves with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import Connection, Table, bindparam, select, update

from casebook import tables


@dataclass(frozen=True, slots=True)
class Digest:
    """How many envelopes a set has, and the XOR of their ids: equal sets have equal ones."""

    count: int = 0
    xor: bytes = bytes(32)

    def with_(self, ids: Iterable[bytes]) -> "Digest":
        """The digest with these ids added."""
        return self._changed(ids, 1)

    def without(self, ids: Iterable[bytes]) -> "Digest":
        """The digest with these ids, which were in it, taken away."""
        return self._changed(ids, -1)

    def _changed(self, ids: Iterable[bytes], by: int) -> "Digest":
        count, xor = self.count, int.from_bytes(self.xor, "big")
        for each in ids:
            count += by
            xor ^= int.from_bytes(each, "big")
        return Digest(count, xor.to_bytes(32, "big"))


class Place(IntEnum):
    """Where a row is, as far as is known here."""

    WAITS = 0
    IN_STORE = 1
    REFUSED = 2
    LOST = 3
    """It was in the store, which does not have it any more: it is given back."""


def digest_of(connection: Connection, space: str) -> Digest:
    """The digest of all that the store of a space has, as far as is known here."""
    c = tables.space.c
    return Digest(*connection.execute(select(c["count"], c.xor).where(c.id == space)).one())


def mark(connection: Connection, space: str, ids: Sequence[bytes], place: Place, refused: str = "") -> None:
    """Say where these revisions and statements of a space are now, and of a refusal why."""
    for table in (tables.rev, tables.statement):
        was = _elsewhere(connection, table, space, ids, place)
        if not was:
            continue
        moved = update(table).where(table.c.id == bindparam("an_id")).values(pushed=int(place), refused=refused)
        connection.execute(moved, [{"an_id": each} for each in was])
        if place is Place.IN_STORE:
            came_in(connection, space, was)
        else:
            went_out(connection, space, [each for each, before in was.items() if before == Place.IN_STORE])


def came_in(connection: Connection, space: str, ids: Iterable[bytes]) -> None:
    """Move the digest for rows that are in the store from now on."""
    _write(connection, space, digest_of(connection, space).with_(ids))


def went_out(connection: Connection, space: str, ids: Iterable[bytes]) -> None:
    """Move the digest for rows that were in the store, and are not any more, or are about to be erased."""
    _write(connection, space, digest_of(connection, space).without(ids))


def _elsewhere(
    connection: Connection, table: Table, space: str, ids: Sequence[bytes], place: Place
) -> dict[bytes, int]:
    """Those of the ids that are somewhere else than in *place*, with where that is."""
    c = table.c
    moves = select(c.id, c.pushed).where(tables.among(c.id), c.space == space, c.pushed != int(place))
    return {row.id: row.pushed for row in connection.execute(moves, {"ids": tables.listed(ids)})}


def _write(connection: Connection, space: str, digest: Digest) -> None:
    connection.execute(
        update(tables.space).where(tables.space.c.id == space).values(count=digest.count, xor=digest.xor)
    )
