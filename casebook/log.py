"""The past: sealed revisions that are added, and never changed."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from casebook import tables
from casebook.database import Database
from casebook.envelope import Refused, Revision, RevisionId, State, as_sealed, seal, unseal
from casebook.record import made_by

_IN = 500


@dataclass(frozen=True, slots=True)
class Draughted:
    """What is to become a revision."""

    record: str
    space: str
    state: State
    parents: tuple[RevisionId, ...]
    wall: int


def append(db: Database, connection: Connection, acts: int | None, drafts: Sequence[Draughted]) -> list[Revision]:
    """Seal and add revisions of this device; their parents are heads no longer."""
    rows, revisions = [], []
    for each in drafts:
        key = db.keys.newest(each.space)
        revision, envelope = seal(
            each.state,
            record=each.record,
            space=each.space,
            parents=each.parents,
            device=db.device.id,
            wall=each.wall,
            key=key.secret,
            key_number=key.number,
            signer=db.device.signer,
        )
        rows.append(
            {
                "id": revision,
                "space": each.space,
                "rec": each.record,
                "dev": db.device.id,
                "wall": each.wall,
                "head": 1,
                "pushed": 0,
                "act": acts,
                "env": envelope,
                "key": key.number,
            }
        )
        state = as_sealed(each.state, revision)
        parents = tuple(sorted(each.parents))
        revisions.append(Revision(revision, each.record, each.space, parents, db.device.id, each.wall, state))
    connection.execute(insert(tables.rev), rows)
    followed = [{"parent": parent} for each in drafts for parent in each.parents]
    if followed:
        connection.execute(update(tables.rev).where(tables.rev.c.id == bindparam("parent")).values(head=0), followed)
    return revisions


def revisions_of(db: Database, connection: Connection, record: str) -> list[Revision]:
    """All revisions of a record that count and can be opened, in the one space it belongs to."""
    c = tables.rev.c
    rows = connection.execute(select(c.env, c.space, c.dev, c.key).where(c.rec == record, c.counts == 1)).all()
    home = home_of(db, record, {(row.space, row.dev) for row in rows})
    found = (unsealed(db, row.env, row.space, row.key) for row in rows if row.space == home)
    return [each for each in found if each]


def unsealed(db: Database, envelope: bytes, space: str, number: int) -> Revision | None:
    """The revision in an envelope; None where no key that is here opens it."""
    for secret in db.keys.secrets(space, number):
        with contextlib.suppress(Refused):
            return unseal(envelope, secret)
    return None


def home_of(db: Database, record: str, written: Iterable[tuple[str, str]]) -> str:
    """The space that a record belongs to, given in which spaces which devices wrote it; empty for none.

    A record is in one space. Who knows its id could put another of that id elsewhere: then the one by the device
    that made the record stands, then the personal one.
    """
    spaces = set(written)
    if len({space for space, _device in spaces}) == 1:
        return next(iter(spaces))[0]
    return min(
        ((not made_by(record, device), space != db.personal, space) for space, device in spaces),
        default=(False, False, ""),
    )[2]


def heads_of(db: Database, connection: Connection, records: Iterable[str]) -> dict[str, list[RevisionId]]:
    """The ids of the heads of each record that has any."""
    found: dict[str, list[RevisionId]] = {}
    wanted = list(records)
    for start in range(0, len(wanted), _IN):
        rows = connection.execute(
            select(tables.rev.c.rec, tables.rev.c.id).where(
                tables.rev.c.rec.in_(wanted[start : start + _IN]), tables.rev.c.head == 1
            )
        )
        for row in rows:
            found.setdefault(row.rec, []).append(RevisionId(row.id))
    return found
