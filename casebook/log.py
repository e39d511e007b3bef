"""The past: sealed revisions that are added, and never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from casebook import tables
from casebook.database import Database
from casebook.envelope import Revision, RevisionId, State, seal, unseal

_IN = 500


@dataclass(frozen=True, slots=True)
class Draughted:
    """What is to become a revision."""

    record: str
    state: State
    parents: tuple[RevisionId, ...]
    wall: int


def append(db: Database, connection: Connection, acts: int | None, drafts: Sequence[Draughted]) -> list[Revision]:
    """Seal and add revisions of this device; their parents are heads no longer."""
    rows, revisions = [], []
    for each in drafts:
        revision, envelope = seal(
            each.state,
            record=each.record,
            space=db.space.space,
            parents=each.parents,
            device=db.device.id,
            wall=each.wall,
            key=db.space.secret,
            key_number=db.space.number,
            signer=db.device.signer,
        )
        rows.append(
            {
                "id": revision,
                "space": db.space.space,
                "rec": each.record,
                "dev": db.device.id,
                "wall": each.wall,
                "head": 1,
                "pushed": 0,
                "act": acts,
                "env": envelope,
            }
        )
        revisions.append(unseal(envelope, db.space.secret))
    connection.execute(insert(tables.rev), rows)
    followed = [{"parent": parent} for each in drafts for parent in each.parents]
    if followed:
        connection.execute(update(tables.rev).where(tables.rev.c.id == bindparam("parent")).values(head=0), followed)
    return revisions


def revisions_of(db: Database, connection: Connection, record: str) -> list[Revision]:
    """All revisions of a record."""
    found = connection.execute(select(tables.rev.c.env).where(tables.rev.c.rec == record))
    return [unseal(row.env, db.space.secret) for row in found]


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
