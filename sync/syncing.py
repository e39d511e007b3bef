"""The exchange with every store, by itself: one thread, one loop, downloads never waiting for uploads.

Two seconds after a save, at the start, when asked, every minute while somebody is at work and every ten minutes
when not; after a failure with growing pauses (`SYNC.md` 2.11).
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import Row, select

from casebook import tables
from casebook.database import Database, setting
from casebook.erasing import clean_up
from casebook.present import index_rest
from casebook.problem import Problem
from casebook.rights import RIGHTS, allowed_in
from resources.language import _, plural
from sync.casebook_shelf import CasebookShelf
from sync.circles import introduce_late
from sync.engine import Progress, Report, exchange
from sync.erasing import erase_what_is_left, held_line
from sync.refusals import refusals
from sync.replica import Replica
from sync.status import Sharing, Status
from sync.store import Emptied, NotAllowed, Store, Unreachable
from sync.stores import stored_in, ticket_of
from sync.troubles import DISAGREES, EMPTIED, OUTRUN, not_taken, refusal

AFTER_SAVE = 2.0
EVERY = 60.0
WHEN_IDLE = 600.0
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 900.0
COMPARE_EVERY = 3600.0
LONG = 0.5
"""Seconds after which work is shown."""


Trouble = Unreachable | Emptied | NotAllowed | Problem


class Stopped(Exception):
    """Somebody called it off; what was fetched is kept."""


@dataclass
class _Space:
    """One connected space."""

    replica: Replica
    store: Store
    way: tuple[str, str]
    """Its address, and the ticket that begins it there."""
    status: Status
    refused: bool
    """Whether something that the store would not take was not looked at yet."""
    due: float = 0.0
    failures: int = 0
    compared: float = 0.0
    began: float = field(default=0.0)


class Syncing:
    """Exchanges every connected space. `told` hears of each change of the state, from this loop's own thread."""

    def __init__(
        self,
        db: Database,
        told: Callable[[Mapping[str, Status]], None] = lambda _statuses: None,
        failed: Callable[[Exception], None] = lambda _error: None,
        chance: Random | None = None,
    ) -> None:
        self._db = db
        self._told = told
        self._failed = failed
        self._chance = chance or Random()
        self._spaces: dict[str, _Space] = {}
        self._woken = threading.Condition()
        self._stopping = False
        self._cancelled = False
        self._soon: float | None = None
        self._is_asked = False
        """Whether somebody asked: then a store that failed is tried at once too."""
        self._thread: threading.Thread | None = None
        self.is_idle = False
        """Whether nobody is at work: then it looks less often."""

    def start(self) -> None:
        """Begin; the first exchange follows at once."""
        self._db.listeners.append(self._saved)
        self._thread = threading.Thread(target=self._run, name="sharing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, after the step that is going on."""
        self._stopping = True
        self.wake()
        if self._thread:
            self._thread.join(timeout=10)
        if self._saved in self._db.listeners:
            self._db.listeners.remove(self._saved)

    def wake(self) -> None:
        """Exchange everything now."""
        self._is_asked = True
        self._ask(0.0)

    def cancel(self) -> None:
        """Stop the round that is going on; the next one goes on where it was."""
        self._cancelled = True

    def _saved(self, kinds: frozenset[str]) -> None:
        if RIGHTS in kinds:
            # Something that was on its way may not count any more, or count again.
            for each in list(self._spaces.values()):
                each.refused = True
        self._ask(AFTER_SAVE)

    def _ask(self, seconds: float) -> None:
        with self._woken:
            moment = time.monotonic() + seconds
            self._soon = moment if self._soon is None else min(self._soon, moment)
            self._woken.notify()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._look()
            except Problem as problem:
                self._failed(problem)
            for each in list(self._spaces.values()):
                if not self._stopping and each.due <= time.monotonic():
                    self._try(each)
            self._rest()
        for each in self._spaces.values():
            each.store.close()

    def _try(self, space: _Space) -> None:
        """One round; whatever goes wrong, the loop goes on, and the next round comes later."""
        try:
            self._exchange(space)
        except Exception as error:  # noqa: BLE001 - it is told, and nothing else would be exchanged any more
            self._pause(space, None)
            self._failed(error)

    def _rest(self) -> None:
        with self._woken:
            now = time.monotonic()
            due = min((each.due for each in self._spaces.values()), default=now + WHEN_IDLE)
            due = due if self._soon is None else min(due, self._soon)
            if due > now and not self._stopping:
                self._woken.wait(due - now)
            if self._soon is not None and self._soon <= time.monotonic():
                self._soon = None
                for each in self._spaces.values():
                    # A save does not hurry a store that is out of reach, or that asked for a pause.
                    if self._is_asked or not each.failures:
                        each.due = 0.0
                self._is_asked = False

    def _look(self) -> None:
        """Which spaces are connected now. First what was left undone: cleaning up that a reader kept from it, and words
        of cases that were still to be put in the index as the program was stopped.
        """
        clean_up(self._db)
        index_rest(self._db, lambda: self._stopping)
        with self._db.read() as connection:
            rows = {row.space: row for row in connection.execute(select(tables.peer)).all()}
            ways = {each: (row.address, setting(connection, ticket_of(each))) for each, row in rows.items()}
        for gone in [each for each, held in self._spaces.items() if ways.get(each) != held.way]:
            self._spaces.pop(gone).store.close()
            self._tell()
        for space, row in rows.items():
            if space not in self._spaces:
                replica = Replica(CasebookShelf(self._db, space), self._chance)
                at = datetime.fromtimestamp(row.seen / 1000, UTC) if row.seen else None
                status = Status(Sharing.WAITING if at is None else Sharing.SHARED, at, replica.how_many_wait())
                store = stored_in(self._db, replica, row.address, connected=row.seen > 0)
                self._spaces[space] = _Space(replica, store, ways[space], status, bool(refusals(self._db, space)))

    def _exchange(self, space: _Space) -> None:
        space.began = time.monotonic()
        self._cancelled = False
        compare = space.began - space.compared > COMPARE_EVERY
        try:
            report = self._round(space, compare)
        except Stopped:
            self._rested(space, EVERY)
        except Unreachable as error:
            self._pause(space, error.retry_after)
            self._becomes(space, Sharing.OFFLINE, why=str(error))
        except Emptied:
            self._pause(space, LONGEST_PAUSE)
            self._becomes(space, Sharing.ATTENTION, why=_(EMPTIED))
        except NotAllowed as error:
            self._pause(space, LONGEST_PAUSE)
            self._becomes(space, Sharing.ATTENTION, why=refusal(error))
        except Problem as problem:
            self._pause(space, None)
            self._becomes(space, Sharing.ATTENTION, why=problem.sentence)
        else:
            if compare:
                space.compared = space.began
            space.failures = 0
            self._rested(space, WHEN_IDLE if self.is_idle else EVERY)
            self._report(space, report)

    def _round(self, space: _Space, compare: bool) -> Report:
        steps = exchange(space.replica, space.store, compare=compare)
        while True:
            try:
                progress = next(steps)
            except StopIteration as end:
                report = end.value
                assert isinstance(report, Report)  # that is what a round returns
                _afterwards(self._db, space.replica, report)
                return report
            if self._stopping or self._cancelled:
                raise Stopped
            if time.monotonic() - space.began > LONG:
                self._becomes(space, Sharing.BUSY, doing=in_words(progress))

    def _report(self, space: _Space, report: Report) -> None:
        now = datetime.now(UTC)
        differences = differing(self._db, space.replica.space)
        if report.received or report.sent or space.status.at is None:
            remember(self._db, space.replica.space, int(now.timestamp() * 1000))
        refused = len(refusals(self._db, space.replica.space)) if report.refused or space.refused else 0
        space.refused = refused > 0
        if held := held_line(self._db, space.replica.space, report.held):
            state, why = Sharing.ATTENTION, held
        elif report.is_outrun:
            state, why = Sharing.ATTENTION, _(OUTRUN)
        elif report.agrees is False:
            state, why = Sharing.ATTENTION, _(DISAGREES)
        elif refused:
            state, why = Sharing.ATTENTION, not_taken(refused)
        else:
            state = Sharing.DIFFERENCES if differences else Sharing.WAITING if report.waiting else Sharing.SHARED
            why = ""
        at = now if not report.waiting and report.agrees is not False else space.status.at
        space.status = Status(state, at, report.waiting, differences, why)
        self._tell()

    def _becomes(self, space: _Space, state: Sharing, *, why: str = "", doing: str = "") -> None:
        waiting = space.status.waiting if state is Sharing.BUSY else space.replica.how_many_wait()
        space.status = replace(space.status, state=state, why=why, doing=doing, waiting=waiting)
        self._tell()

    def _tell(self) -> None:
        self._told({name: each.status for name, each in self._spaces.items()})

    def _rested(self, space: _Space, seconds: float) -> None:
        space.due = time.monotonic() + seconds * self._chance.uniform(0.8, 1.2)

    def _pause(self, space: _Space, asked: float | None) -> None:
        """Wait longer after each failure, with chance, so that not all come back at once."""
        space.failures += 1
        longest = min(FIRST_PAUSE * 2 ** min(space.failures, 10), LONGEST_PAUSE)
        space.due = time.monotonic() + (asked or self._chance.uniform(0.0, longest) + 1.0)


def exchange_all(
    db: Database, progress: Callable[[Progress], None] = lambda _progress: None, *, compare: bool = True
) -> dict[str, Report]:
    """One round with every connected space, now, without the loop.

    Raises what a store raises, once all the others had their turn.
    """
    reports = dict[str, Report]()
    troubles = list[Exception]()
    for space, found in exchange_each(db, progress, compare=compare):
        if isinstance(found, Report):
            reports[space] = found
        else:
            troubles.append(found)
    if troubles:
        raise troubles[0]
    return reports


def exchange_each(
    db: Database, progress: Callable[[Progress], None] = lambda _progress: None, *, compare: bool = True
) -> Iterator[tuple[str, Report | Trouble]]:
    """The same, space by space: what came of it, or what was the matter."""
    with db.read() as connection:
        rows = connection.execute(select(tables.peer)).all()
    for row in rows:
        try:
            yield row.space, _exchange_one(db, row, progress, compare)
        except (Unreachable, Emptied, NotAllowed, Problem) as error:
            yield row.space, error


def _exchange_one(db: Database, row: Row[Any], progress: Callable[[Progress], None], compare: bool) -> Report:
    replica = Replica(CasebookShelf(db, row.space))
    with closing(stored_in(db, replica, row.address, connected=row.seen > 0)) as store:
        steps = exchange(replica, store, compare=compare)
        while True:
            try:
                progress(next(steps))
            except StopIteration as end:
                report = end.value
                break
    assert isinstance(report, Report)  # that is what a round returns
    _afterwards(db, replica, report)
    remember(db, row.space, db.clock())
    return report


def _afterwards(db: Database, replica: Replica, report: Report) -> None:
    """What follows from what came in: erase our part of what others erased, and say who we are once we may."""
    erase_what_is_left(db)
    if report.received:
        introduce_late(db, replica.space)


def remember(db: Database, space: str, moment: int) -> None:
    """Write down when a space was last shared whole, in milliseconds since 1970."""
    with db.write() as connection:
        connection.execute(tables.peer.update().where(tables.peer.c.space == space).values(seen=moment))


def differing(db: Database, space: str) -> int:
    """How many records of a space show a difference that this device may settle."""
    c = tables.record.c
    with db.read() as connection:
        found = connection.scalars(select(c.id).where(c.space == space, c.differs != b"[]")).all()
        rights = allowed_in(connection).in_space(space)
    return sum(rights.may_change(each) for each in found)


def in_words(progress: Progress) -> str:
    """What a round is doing, for the reader."""
    match progress.doing:
        case "sending":
            return plural("Sending: {n} done", "Sending: {n} done", progress.done)
        case "comparing":
            return _("Comparing with the store …")
        case _ if progress.all:
            return _("Fetching: {done} of {all}").format(done=progress.done, all=progress.all)
        case _:
            return plural("Fetching: {n} done", "Fetching: {n} done", progress.done)
