"""One casebook against a plain model, whatever is done with it in whatever order: nothing of it is ever another way.

`CASUSBOEK_CLIENT_STORIES` says how many stories are tried.
"""

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from casebook import tables
from casebook.case import Case
from casebook.database import create_casebook, open_casebook
from casebook.envelope import Stamped
from casebook.history import versions
from casebook.keys import FileKey
from casebook.log import revisions_of
from casebook.present import entry, fingerprint, rebuild
from casebook.record import RecordId
from casebook.saving import Change, can_redo, can_undo, redo, save, undo
from sync.casebook_shelf import CasebookShelf
from sync.certificates import Add, Role, boxes_for
from sync.circles import begin, connect
from sync.engine import exchange
from sync.memory import MemoryStore
from sync.replica import Replica
from sync.store import Digest
from tests.sync.people import START
from tests.sync.simulator.device import SimulatedDevice
from tests.sync.simulator.shared import copy_of

FEW = 6
STORIES = int(os.environ.get("CASUSBOEK_CLIENT_STORIES", FEW))
KEY = FileKey(b"k" * 32, b"s" * 16)


@dataclass
class Known:
    """What a record must be, as one of the two sees it."""

    title: str
    wall: int
    archived: bool = False


@dataclass
class Done:
    """An act that can be undone; *before* is None when it made the record."""

    record: RecordId
    before: str | None
    after: str


@dataclass
class Model:
    """What the client must show, in plain values."""

    shown: dict[RecordId, Known] = field(default_factory=dict)
    theirs: dict[RecordId, Known] = field(default_factory=dict)
    """What the other device wrote and sent, and the client may not have fetched yet."""
    erased: set[RecordId] = field(default_factory=set)
    erased_there: set[RecordId] = field(default_factory=set)
    acts: list[Done] = field(default_factory=list)
    undone: list[Done] = field(default_factory=list)
    titles: dict[RecordId, set[str]] = field(default_factory=dict)
    """Every title that a record ever had here."""

    def erase(self, record: RecordId) -> None:
        """It is gone, and so is what could be undone of it."""
        self.erased.add(record)
        self.shown.pop(record, None)
        self.titles.pop(record, None)
        self.acts = [each for each in self.acts if each.record != record]
        self.undone = [each for each in self.undone if each.record != record]

    def fetch(self) -> None:
        """All that the other one sent is here; of two titles the newest shows."""
        for record in self.erased_there:
            self.erase(record)
        for record, each in self.theirs.items():
            if record not in self.erased:
                self.titles.setdefault(record, set()).add(each.title)
                known = self.shown.get(record)
                if known is None or known.wall < each.wall:
                    self.shown[record] = replace(each, archived=known.archived if known else False)


class OneClient(RuleBasedStateMachine):
    """The window of one member: a real casebook, in a circle with one other device, around a store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.at = Path(self._folder.name)
        self.model = Model()
        self.number = 0
        self._now = START
        self._ids: dict[bytes, str] = {}

    def now(self) -> int:
        self._now += 1
        return self._now

    @initialize()
    def begin(self) -> None:
        self.db = create_casebook(self.at / "own.db", KEY, clock=self.now)
        self.space = begin(self.db, "Kring")
        (self.at / "shared").mkdir()
        connect(self.db, self.space, str(self.at / "shared"))
        self.replica = Replica(CasebookShelf(self.db, self.space))
        self.store = MemoryStore(self.space, self.now)
        self.other = SimulatedDevice("bea", "bea", self.now, self.space)
        device = self.other.shelf.device
        reader = bytes(device.box.public_key)
        boxes = boxes_for(self.replica.secrets(), reader)
        self.replica.act(Add(device.id, "bea", bytes(device.signer.verify_key), reader, Role.EDITOR, boxes))
        self._exchange()
        with self.other.shelf.transaction():
            self.other.replica._ledger.begin(self.replica.certificates()[:1], 1)
        self._exchange_other()
        self.snapshot = copy_of(self.store, self.space, self.now)

    def teardown(self) -> None:
        with suppress(AttributeError):  # it ended before it began
            self.db.close()
        self._folder.cleanup()

    # What the person does.

    @rule()
    def make(self) -> None:
        case = Case(id=self.db.new_id(), title=self._title())
        save(self.db, [Change(case, space=self.space)], "New case")
        self._acted(Done(case.id, None, case.title))

    @precondition(lambda self: self.model.shown)
    @rule(which=st.integers(0, 99))
    def edit(self, which: int) -> None:
        record = self._some(which)
        before, title = self.model.shown[record].title, self._title()
        held = entry(self.db, record)
        assert held is not None
        save(self.db, [Change(replace(held.record, title=title), held)], "Change")
        self._acted(Done(record, before, title))

    @precondition(lambda self: self.model.acts)
    @rule()
    def take_back(self) -> None:
        done = self.model.acts.pop()
        self.model.undone.append(done)
        assert undo(self.db) is not None
        known = self.model.shown[done.record]
        if done.before is None:
            known.archived = True
        elif known.title == done.after:
            self._shows(done.record, done.before)

    @precondition(lambda self: self.model.undone)
    @rule()
    def do_again(self) -> None:
        done = self.model.undone.pop()
        self.model.acts.append(done)
        assert redo(self.db) is not None
        known = self.model.shown[done.record]
        if done.before is None:
            known.archived = False
        elif known.title == done.before:
            self._shows(done.record, done.after)

    @precondition(lambda self: self.model.shown)
    @rule(which=st.integers(0, 99))
    def erase(self, which: int) -> None:
        record = self._some(which)
        self.replica.erase([record])
        self.model.erase(record)

    @rule()
    def start_again(self) -> None:
        self.db.close()
        self.db = open_casebook(self.at / "own.db", KEY, clock=self.now)
        self.replica = Replica(CasebookShelf(self.db, self.space))

    @rule()
    def make_the_present_again(self) -> None:
        before = self._fingerprint()
        rebuild(self.db)
        assert self._fingerprint() == before

    # What the world does.

    @rule()
    def synchronise(self) -> None:
        self._exchange()

    @rule(steps=st.integers(1, 12))
    def synchronise_in_two_times(self, steps: int) -> None:
        """The program is stopped in the middle, and goes on after a start."""
        begun = exchange(self.replica, self.store)
        for _step, _progress in zip(range(steps), begun, strict=False):
            pass
        begun.close()
        self.start_again()
        self._exchange()

    @rule(which=st.integers(0, 99), is_new=st.booleans())
    def the_other_writes(self, which: int, is_new: bool) -> None:
        self._exchange_other()
        here = sorted(self.other.shelf.records() & (self.model.shown.keys() | self.model.theirs.keys()))
        self.number += 1
        record = self.other.new_record(self.number) if is_new or not here else RecordId(here[which % len(here)])
        title = self._title()
        revision = self.other.save(record, "title", title)
        self._exchange_other()
        wall = self.other.shelf.kept.revisions[revision].envelope.header.wall
        self.model.theirs[record] = Known(title, wall)

    @precondition(lambda self: self.model.theirs.keys() - self.model.erased_there)
    @rule(which=st.integers(0, 99))
    def the_other_erases(self, which: int) -> None:
        self._exchange_other()
        own = [each for each in sorted(self.model.theirs) if self._may_other_erase(each)]
        if own:
            record = own[which % len(own)]
            self.other.replica.erase([record])
            self._exchange_other()
            self.model.erased_there.add(record)

    @rule()
    def keep_a_backup_of_the_store(self) -> None:
        self.snapshot = copy_of(self.store, self.space, self.now)

    @rule()
    def put_the_store_back(self) -> None:
        self.store = copy_of(self.snapshot, self.space, self.now)
        self.everybody_agrees()

    @rule()
    def everybody_agrees(self) -> None:
        for _round in range(3):
            self._exchange()
            self._exchange_other()
        assert self.replica.ids() == self.other.replica.ids() == set(self.store.ids())
        assert self.replica.how_many_wait() == self.other.replica.how_many_wait() == 0
        for record in self.model.shown:
            state = self.other.shelf.state(record)
            assert state is not None
            assert state.state.fields["title"].value == self.model.shown[record].title
        assert not self.model.erased & self.other.shelf.records()

    # What must hold at every moment.

    @invariant()
    def what_is_shown_is_what_it_must_be(self) -> None:
        for record, known in self.model.shown.items():
            held = entry(self.db, record)
            assert held is not None
            assert held.record.title == known.title
            if record not in self.model.theirs:
                assert held.record.archived == known.archived

    @invariant()
    def what_was_erased_is_not_here(self) -> None:
        assert not set(self._rows().values()) & self.model.erased
        for record in self.model.erased:
            assert entry(self.db, record) is None

    @invariant()
    def nothing_else_disappears(self) -> None:
        rows = self._rows()
        gone = self._ids.keys() - rows.keys()
        assert {self._ids[each] for each in gone} <= self.model.erased
        self._ids = rows

    @invariant()
    def every_title_is_in_the_history(self) -> None:
        for record, titles in self.model.titles.items():
            with self.db.read() as connection:
                states = [each.state for each in revisions_of(self.db, connection, record)]
            found = {each.fields["title"].value for each in states if isinstance(each.fields["title"], Stamped)}
            assert titles <= found
            assert len(versions(self.db, record)) == len(states)

    @invariant()
    def the_digest_is_that_of_what_is_in_the_store(self) -> None:
        assert self.replica.digest() == Digest().with_(self.replica.ids())

    @invariant()
    def what_can_be_undone_is_what_was_done(self) -> None:
        assert (can_undo(self.db) is not None) == bool(self.model.acts)
        assert (can_redo(self.db) is not None) == bool(self.model.undone)

    def _title(self) -> str:
        self.number += 1
        return f"Bloembakken {self.number}"

    def _some(self, which: int) -> RecordId:
        records = sorted(self.model.shown)
        return records[which % len(records)]

    def _acted(self, done: Done) -> None:
        self.model.acts.append(done)
        self.model.undone.clear()
        self._shows(done.record, done.after)

    def _shows(self, record: RecordId, title: str) -> None:
        archived = self.model.shown[record].archived if record in self.model.shown else False
        self.model.shown[record] = Known(title, self._wall_of(record), archived)
        self.model.titles.setdefault(record, set()).add(title)

    def _wall_of(self, record: RecordId) -> int:
        with self.db.read() as connection:
            return max(each.wall for each in revisions_of(self.db, connection, record))

    def _may_other_erase(self, record: RecordId) -> bool:
        membership = self.other.replica.membership
        return membership is not None and membership.may_erase(self.other.id, record)

    def _exchange(self) -> None:
        for _progress in exchange(self.replica, self.store):
            pass
        self.model.fetch()

    def _exchange_other(self) -> None:
        for _progress in exchange(self.other.replica, self.store):
            pass
        for record in self.model.erased & self.model.theirs.keys():
            if record not in self.other.shelf.records():
                del self.model.theirs[record]

    def _rows(self) -> dict[bytes, str]:
        c = tables.rev.c
        with self.db.read() as connection:
            return {row.id: row.rec for row in connection.execute(select(c.id, c.rec).where(c.space == self.space))}

    def _fingerprint(self) -> str:
        with self.db.read() as connection:
            return fingerprint(connection)


TestOneClient = OneClient.TestCase
TestOneClient.settings = settings(
    max_examples=STORIES,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # To make a story shorter takes minutes with real files: ask for it with many stories.
    phases=tuple(Phase) if STORIES > FEW else (Phase.explicit, Phase.reuse, Phase.generate),
)
