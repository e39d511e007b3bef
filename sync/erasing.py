"""Erasing for good: a record, or a case with all that belongs to it, here and with the next exchange everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from casebook import tables
from casebook.database import Database
from casebook.envelope import Refused
from casebook.problem import Problem
from resources.language import _
from sync.casebook_shelf import CasebookShelf
from sync.replica import Replica

_ONE_ACT = 5_000
"""Milliseconds between statements that belong to one act."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """How far the erasure of a record has come."""

    record: str
    devices: int
    """Devices that belong to the space now."""
    done: int
    """How many of those said that they erased it."""
    missing: tuple[str, ...]
    """The devices that did not say so yet."""

    @property
    def line(self) -> str:
        """For the reader."""
        return _("Erased on {done} of {devices} devices").format(done=self.done, devices=self.devices)


def with_children(db: Database, record_id: str) -> list[str]:
    """A record with all that belongs to it, the record itself last."""
    c = tables.record.c
    with db.read() as connection:
        children = connection.scalars(select(c.id).where(c.case_id == record_id, c.id != record_id)).all()
    return [*sorted(children), record_id]


def erase(db: Database, record_id: str) -> list[str]:
    """Erase a record with what belongs to it; returns the ids. Raises a `Problem` when this device may not.

    It cannot be taken back, by nobody. What others added to a case, their own devices erase when they hear of it.
    """
    with db.read() as connection:
        space = connection.scalar(select(tables.record.c.space).where(tables.record.c.id == record_id))
    if space is None:
        raise Problem(_("This is not here any more: it may have been erased already."))
    replica = Replica(CasebookShelf(db, space))
    membership = replica.membership
    records = [
        each
        for each in with_children(db, record_id)
        if each == record_id or membership is None or membership.may_erase(db.device.id, each)
    ]
    try:
        replica.erase(records)
    except Refused as error:
        raise Problem(
            _("Only who made a case, or an administrator of the circle, can erase it. Nothing was erased."),
            details=str(error),
        ) from error
    return records


def erase_what_is_left(db: Database, replica: Replica) -> int:
    """Erase what this device may of cases that were erased, such as its own contribution to somebody else's.

    Who erases a case cannot erase what others added to it: each of them does it by itself, with this. Returns how
    many records.
    """
    c, s = tables.record.c, tables.statement.c
    gone = select(s.rec).where(s.kind == "erase", s.counts == 1, s.space == replica.space)
    with db.read() as connection:
        orphans = connection.scalars(select(c.id).where(c.space == replica.space, c.case_id.in_(gone))).all()
    membership = replica.membership
    device = replica.shelf.device.id
    mine = [each for each in orphans if membership is None or membership.may_erase(device, each)]
    if mine:
        replica.erase(mine)
    return len(mine)


def progress(replica: Replica, records: Sequence[str]) -> list[Erasure]:
    """How far the erasure of each of these records has come."""
    membership = replica.membership
    active = {each.id for each in membership.active()} if membership else set()
    found = []
    for record in records:
        said = replica.receipts(record) & active
        found.append(Erasure(record, len(active), len(said), tuple(sorted(active - said))))
    return found


@dataclass(frozen=True, slots=True)
class ErasingAct:
    """What somebody erased at one moment, and how far that has come."""

    at: datetime
    by: str
    """The device that asked for it."""
    records: int
    devices: int
    done: int
    """Devices that erased all of it."""
    missing: tuple[str, ...]

    @property
    def line(self) -> str:
        """For the reader."""
        return _("Erased on {done} of {devices} devices").format(done=self.done, devices=self.devices)


def acts(db: Database, space: str) -> list[ErasingAct]:
    """What was erased in a space, the newest first; what one device erased within seconds is one act."""
    c = tables.statement.c
    chosen = select(c.rec, c.dev, c.wall).where(c.space == space, c.kind == "erase").order_by(c.wall)
    with db.read() as connection:
        rows = connection.execute(chosen).all()
    together: list[tuple[str, int, set[str]]] = []
    for row in rows:
        if together and together[-1][0] == row.dev and row.wall - together[-1][1] < _ONE_ACT:
            together[-1][2].add(row.rec)
        else:
            together.append((row.dev, row.wall, {row.rec}))
    replica = Replica(CasebookShelf(db, space))
    return [_act(replica, *each) for each in reversed(together)]


def _act(replica: Replica, device: str, wall: int, records: set[str]) -> ErasingAct:
    found = progress(replica, sorted(records))
    missing = {each for one in found for each in one.missing}
    devices = found[0].devices
    at = datetime.fromtimestamp(wall / 1000, UTC)
    return ErasingAct(at, device, len(records), devices, devices - len(missing), tuple(sorted(missing)))
