"""Erasing for good: a record, or a case with all that belongs to it, here and with the next exchange everywhere."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import exists, select

from casebook import tables
from casebook.database import Database
from casebook.problem import Problem
from resources.language import _, plural
from sync.casebook_shelf import CasebookShelf
from sync.circles import people
from sync.replica import Replica
from sync.store import MOST_ERASURES

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
        return _line(self.done, self.devices)


@dataclass(frozen=True, slots=True)
class Reach:
    """What goes when this device erases a record with all that belongs to it."""

    may: bool
    """Whether it may erase the record itself; without that nothing goes."""
    goes: Mapping[str, Sequence[str]]
    """What it erases, by the space that it stands in; the space of the record itself comes last."""
    theirs: int
    """How many records others added to it: their own devices erase those when they hear of it."""
    stays: int
    """How many stand in another space, in which this device may not erase them."""

    @property
    def line(self) -> str:
        """What stays, for the reader."""
        return plural(
            "{n} record that belongs to it stands in another circle and stays: there only its author or an "
            "administrator can erase it.",
            "{n} records that belong to it stand in another circle and stay: there only their author or an "
            "administrator can erase them.",
            self.stays,
        )


def reach(db: Database, record_id: str) -> Reach:
    """How far erasing a record goes. Raises a `Problem` where it is not here."""
    c = tables.record.c
    with db.read() as connection:
        own = connection.scalar(select(c.space).where(c.id == record_id))
        chosen = select(c.id, c.space).where(c.case_id == record_id, c.id != record_id).order_by(c.id)
        children = connection.execute(chosen).all()
    if own is None:
        raise Problem(_("This is not here any more: it may have been erased already."))
    spaces = [*sorted({row.space for row in children} - {own}), own]
    found = {space: [row.id for row in children if row.space == space] for space in spaces}
    goes = {space: _erasable(db, space, found[space]) for space in spaces}
    may = bool(_erasable(db, own, [record_id]))
    there = sum(len(found[space]) - len(goes[space]) for space in spaces[:-1])
    theirs = len(found[own]) - len(goes[own])
    goes[own].append(record_id)
    return Reach(may, goes, theirs, there)


def _erasable(db: Database, space: str, records: Sequence[str]) -> list[str]:
    """Those of these records of a space that this device may erase."""
    membership = Replica(CasebookShelf(db, space)).membership if records else None
    return [each for each in records if membership is None or membership.may_erase(db.device.id, each)]


def erase(db: Database, record_id: str) -> list[str]:
    """Erase a record with what belongs to it, in whichever space; returns the ids.

    Raises a `Problem` when this device may not. It cannot be taken back, by nobody. For what stays see `Reach`.
    """
    found = reach(db, record_id)
    if not found.may:
        raise Problem(_("Only who made a case, or an administrator of the circle, can erase it. Nothing was erased."))
    # The record itself last: what is broken off before that can be asked again.
    for space, records in found.goes.items():
        _erase_in(db, space, records)
    return [each for records in found.goes.values() for each in records]


def _erase_in(db: Database, space: str, records: Sequence[str]) -> None:
    if records:
        Replica(CasebookShelf(db, space)).erase(records)


def erase_what_is_left(db: Database) -> int:
    """Erase what this device may of cases that were erased, such as its own contribution to somebody else's.

    Who erases a case cannot erase what others added to it, there or in a space of their own: each of them does it by
    itself, with this. Returns how many records.
    """
    c, s = tables.record.c, tables.statement.c
    everywhere = select(tables.space.c.id)
    gone = select(s.rec).where(s.kind == "erase", s.counts == 1, s.space.in_(everywhere))
    # An erasure in one space says nothing of a case that stands in another.
    is_gone = ~exists().where(tables.record.alias("the_case").c.id == c.case_id)
    with db.read() as connection:
        orphans = connection.execute(select(c.id, c.space).where(c.case_id.in_(gone), is_gone)).all()
    erased = 0
    for space in sorted({row.space for row in orphans}):
        mine = _erasable(db, space, [row.id for row in orphans if row.space == space])
        _erase_in(db, space, mine)
        erased += len(mine)
    return erased


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
        return _line(self.done, self.devices)


def _line(done: int, devices: int) -> str:
    return plural("Erased on {done} of {n} device", "Erased on {done} of {n} devices", devices, done=done)


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


def held_line(db: Database, space: str, devices: Collection[str]) -> str:
    """What is held of so much erased by these devices, for the reader; empty once none of them is in the space."""
    held = people(db, space) if devices else []
    found = [(person.name, each) for person in held for each in person.devices if each.id in devices]
    if not found:
        return ""
    names = [" · ".join(filter(None, (name, device.label))) or device.id for name, device in found]
    return _(
        "A great deal was erased at once by {names}. At most {n} things of it go in a day; the rest is still here. If "
        "this was not meant, remove that member or device now, or let an administrator do so: what was not erased yet "
        "then stays."
    ).format(names=", ".join(names), n=MOST_ERASURES)
