"""In a shared folder one device cannot wipe what all the others have: so much erased at once waits on each of them."""

import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from casebook.database import Database
from casebook.envelope import opened
from casebook.record import RecordId
from sync import circles
from sync.certificates import Role
from sync.engine import Report, exchange
from sync.erasing import held_line
from sync.files import Disk
from sync.folder import HOUR, FolderStore
from sync.folder_names import inside, path_of
from sync.inviting import Keys
from sync.replica import Replica
from sync.shelf import Place
from sync.status import Sharing, Status
from sync.store import DAY, MOST_ERASURES
from sync.stores import in_folder
from sync.syncing import Syncing, exchange_all
from tests.sync.machine import Machine
from tests.sync.people import START, Person, Story, record_of
from tests.sync.test_engine import SPACE, Clock, Colleague, run
from tests.sync.turns import on

MANY = MOST_ERASURES + 100


class Circle:
    """Ank and Bea administer a circle in a folder, Cor may change all of it; there is a great deal in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.ank, self.bea, self.cor = self.all = [Colleague(each, self.clock) for each in ("ank", "bea", "cor")]
        self.ank.found()
        self.exchange(self.ank)
        self.welcome(self.bea, Role.ADMIN)
        self.welcome(self.cor, Role.EDITOR)
        self.records = [record_of(Person("bea"), number) for number in range(MANY)]
        for each in self.records:
            self.bea.save(each, "A case")
        self.exchange(self.bea, self.ank, self.cor)

    def welcome(self, guest: Colleague, role: Role) -> None:
        keys = Keys(guest.name.encode().ljust(32, b"."))
        self.ank.invite(keys, role=role)
        self.exchange(self.ank)
        guest.join(keys, self.store(guest))
        self.exchange(guest, self.ank, guest)

    def store(self, who: Colleague) -> FolderStore:
        """The folder as it is to a device of which the program has just started."""
        disk = Disk(self.folder, inside(SPACE), who.name)
        return in_folder(disk, who.replica, self.clock, connected=False)

    def exchange(self, *devices: Colleague) -> Report:
        """A round of each; the report of the last."""
        for each in devices:
            each.replica = Replica(each.shelf)
            report = run(exchange(each.replica, self.store(each), compare=True))
        return report

    def go_on(self, milliseconds: int) -> None:
        self.clock.now += milliseconds

    def settle(self) -> None:
        """All of them exchange for three days."""
        for _time in range(6):
            self.go_on(12 * HOUR)
            self.exchange(*self.all)

    def erase_all(self) -> None:
        """By Ank, of whom the device sends it."""
        self.ank.replica.erase(self.records)
        self.exchange(self.ank)

    def left(self, who: Colleague) -> int:
        return len(who.shelf.records())


@pytest.fixture
def circle(tmp_path: Path) -> Circle:
    return Circle(tmp_path)


def test_of_what_one_device_erases_so_much_goes_in_a_day(circle: Circle) -> None:
    circle.erase_all()
    assert circle.exchange(circle.bea).held == (circle.ank.shelf.device.id,)
    assert circle.left(circle.bea) == MANY - MOST_ERASURES
    circle.go_on(DAY - HOUR)
    assert circle.exchange(circle.bea).held
    assert circle.left(circle.bea) == MANY - MOST_ERASURES


def test_a_day_later_the_rest_goes(circle: Circle) -> None:
    circle.erase_all()
    assert circle.exchange(circle.bea).held
    circle.go_on(DAY)
    assert circle.exchange(circle.bea).held == ()
    assert circle.left(circle.bea) == 0


def test_what_one_erases_oneself_goes_at_once(circle: Circle) -> None:
    circle.erase_all()
    assert circle.left(circle.ank) == 0
    assert circle.exchange(circle.ank).held == ()


def test_the_second_administrator_who_erases_the_same_is_not_held(circle: Circle) -> None:
    circle.erase_all()
    circle.exchange(circle.cor)
    left = circle.cor.shelf.records()
    assert len(left) == MANY - MOST_ERASURES
    circle.bea.replica.erase(left)
    circle.exchange(circle.bea, circle.cor)
    assert circle.left(circle.cor) == 0


def test_no_end_of_the_program_halfway_lets_in_more(circle: Circle) -> None:
    circle.erase_all()
    for steps in range(1, 20):
        begun = exchange(Replica(circle.bea.shelf), circle.store(circle.bea), compare=True)
        for _step, _progress in zip(range(steps), begun, strict=False):
            pass
        begun.close()
        assert circle.left(circle.bea) in (MANY, MANY - MOST_ERASURES)
    assert circle.exchange(circle.bea).held
    assert circle.left(circle.bea) == MANY - MOST_ERASURES


def test_once_another_administrator_removes_the_device_the_rest_stays_everywhere(circle: Circle) -> None:
    circle.erase_all()
    circle.exchange(circle.bea)
    left = circle.bea.shelf.records()
    circle.bea.replica.act(circle.bea.replica.removal([circle.ank.shelf.device.id]))
    circle.settle()
    assert len(left) == MANY - MOST_ERASURES
    assert circle.bea.shelf.records() == circle.cor.shelf.records() == left
    assert circle.bea.replica.erased() == circle.cor.replica.erased() == set(circle.records) - left
    assert circle.bea.replica.ids() == circle.cor.replica.ids()
    assert not circle.exchange(circle.bea).held


def test_what_another_device_let_in_meanwhile_comes_back_there(circle: Circle) -> None:
    """Cor hears of other erasures first than Bea, who removes Ank with what she heard of herself."""
    circle.erase_all()
    erasures = sorted((circle.folder / inside(SPACE) / "e").glob("*.era"))
    for each in erasures[:100]:
        each.rename(each.with_suffix(".away"))
    circle.exchange(circle.cor)
    for each in erasures[:100]:
        each.with_suffix(".away").rename(each)
    circle.exchange(circle.bea)
    left = circle.bea.shelf.records()
    assert circle.cor.shelf.records() != left
    circle.bea.replica.act(circle.bea.replica.removal([circle.ank.shelf.device.id]))
    circle.settle()
    assert circle.bea.shelf.records() == circle.cor.shelf.records() == left
    assert circle.bea.replica.ids() == circle.cor.replica.ids()


def test_who_is_new_hears_at_once_of_all_that_was_erased(circle: Circle) -> None:
    circle.erase_all()
    dirk = Colleague("dirk", circle.clock)
    keys = Keys(b"dirk".ljust(32, b"."))
    circle.bea.invite(keys)
    circle.exchange(circle.bea)
    dirk.join(keys, circle.store(dirk))
    assert circle.exchange(dirk).held == ()
    assert dirk.replica.erased() == set(circle.records)


def test_to_connect_once_more_does_not_let_in_everything(circle: Circle) -> None:
    circle.erase_all()
    circle.bea.shelf.keep_place(Place())
    assert circle.exchange(circle.bea).held
    assert circle.left(circle.bea) == MANY - MOST_ERASURES


# What stands in the folder, and what comes in of it.


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


@pytest.fixture
def one(story: Story, tmp_path: Path) -> Machine:
    """A device that is up to date, at a folder with the chain in it."""
    machine = Machine(story, tmp_path)
    machine.push(*(each.envelope.raw for each in story.chain))
    machine.pull()
    return machine


def erasures(story: Story, by: Person, number: int = MANY, first: int = 0) -> list[bytes]:
    return [story.erasure(by, record_of(by, each))[1] for each in range(first, first + number)]


def placed(machine: Machine, raws: Iterable[bytes]) -> None:
    """Files that somebody else put there."""
    for each in raws:
        at = machine.folder / path_of(opened(each))
        at.parent.mkdir(exist_ok=True)
        at.write_bytes(each)


def came(machine: Machine) -> int:
    """How many erasures come in now."""
    return sum(opened(each).header.kind == "erase" for each in machine.pull())


def test_another_moment_in_every_erasure_does_not_help_who_erases(one: Machine, story: Story) -> None:
    for each in range(MANY):
        story.wall = START - each * DAY
        placed(one, erasures(story, story.admin, 1, each))
    assert came(one) == MOST_ERASURES


def test_to_compare_brings_in_nothing_that_is_held(one: Machine, story: Story) -> None:
    sent = erasures(story, story.admin)
    placed(one, sent)
    one.pull()
    ids = {opened(each).id for each in sent}
    assert ids & set(one.store.ids()) == ids & one.kept.keys()
    assert one.store.get(sorted(ids)) == []
    one.store = one.started()
    assert one.store.get(sorted(ids)) == []


def test_what_comes_in_between_two_looks_counts_together(one: Machine, story: Story) -> None:
    total = 0
    for first in range(0, 2 * MANY, 50):
        placed(one, erasures(story, story.admin, 50, first))
        one.store = one.started()
        one.now += HOUR // 2
        total += came(one)
    assert total == MOST_ERASURES


def test_each_device_is_counted_by_itself(one: Machine, story: Story) -> None:
    bea = story.welcome("bea")
    placed(one, [story.chain[-1].envelope.raw, *erasures(story, story.admin), *erasures(story, bea, 10)])
    assert came(one) == MOST_ERASURES + 10
    assert one.store.pull(one.cursor, 100, False).held == (story.admin.device,)


def test_who_comes_in_with_erasures_at_hand_is_counted_too(one: Machine, story: Story) -> None:
    bea = Person("bea")
    placed(one, erasures(story, bea))
    assert came(one) == 0
    story.do(bea.add())
    placed(one, [story.chain[-1].envelope.raw])
    assert came(one) == MOST_ERASURES


def test_a_forged_erasure_neither_comes_in_nor_counts(one: Machine, story: Story) -> None:
    forged = erasures(story, Person("ank"))
    placed(one, forged)
    assert came(one) == 0
    assert one.store.pull(one.cursor, 100, False).held == ()
    placed(one, erasures(story, story.admin, MOST_ERASURES))
    assert came(one) == MOST_ERASURES
    assert not {opened(each).id for each in forged} & one.kept.keys()


def test_ones_own_come_back_at_once_after_a_copy_was_put_back(one: Machine, story: Story) -> None:
    placed(one, erasures(story, story.admin))
    one.name = story.admin.device
    one.store = one.started()
    assert came(one) == MANY


def test_what_was_given_and_did_not_arrive_does_not_count(one: Machine, story: Story) -> None:
    placed(one, erasures(story, story.admin))
    lost = one.store.pull(one.cursor, MANY, False).envelopes
    assert len(lost) == came(one) == MOST_ERASURES


@pytest.mark.parametrize("cursor", [b"", b"19f-3", b"19f-3 {", b"19f-3 []", b'19f-3 {"a":[1]}', b"\xff \xff"])
def test_any_cursor_can_be_gone_on_from(one: Machine, story: Story, cursor: bytes) -> None:
    placed(one, erasures(story, story.admin))
    one.store, one.cursor = one.started(), cursor
    assert came(one) == MOST_ERASURES


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_jumps_holds_nothing_for_ever(one: Machine, story: Story, days: int) -> None:
    placed(one, erasures(story, story.admin))
    one.pull()
    one.now += days * DAY
    assert came(one) == MANY - MOST_ERASURES


def test_the_cursor_remembers_no_more_than_a_day(one: Machine, story: Story) -> None:
    people = [story.welcome(f"person-{number}") for number in range(20)]
    placed(one, [each.envelope.raw for each in story.chain])
    for each in people:
        placed(one, erasures(story, each, 1))
        one.pull()
        one.now += 2 * DAY
    one.pull()
    assert one.cursor
    assert len(one.cursor) < 40


class Counting(Disk):
    """A folder that counts how often a file is read."""

    reads = 0

    def read(self, path: str, most: int) -> bytes | None:
        self.reads += 1
        return super().read(path, most)


def test_what_is_held_is_not_read_again_at_every_look(one: Machine, story: Story) -> None:
    one.files = files = Counting(one.root, inside(story.space), "one")
    one.store = one.started()
    placed(one, [*erasures(story, story.admin), *erasures(story, Person("stranger"))])
    one.pull()
    files.reads = 0
    for _look in range(5):
        one.now += 60_000
        one.pull()
    assert files.reads < 10


# What is told.


@pytest.fixture
def held(ank: Database, bea: Database, shared: str) -> str:
    """A real circle, in which Ank erased more than goes in a day."""
    on(ank)
    circles.replica_of(ank, shared).erase([RecordId(ank.new_id()) for _number in range(MOST_ERASURES + 1)])
    exchange_all(ank)
    return shared


def test_who_erased_so_much_and_what_can_be_done_is_told(ank: Database, bea: Database, held: str) -> None:
    status = told(on(bea))
    assert status.state is Sharing.ATTENTION
    assert status.why.startswith("Door Ank · ")
    assert "500 onderdelen per dag" in status.why
    report = exchange_all(bea)[held]
    assert report.held == (ank.device.id,)
    circles.set_role(ank, held, circles.own_member(bea, held), Role.ADMIN)
    exchange_all(on(ank))
    exchange_all(on(bea))
    circles.remove(bea, held, [ank.device.id])
    assert held_line(bea, held, report.held) == ""


def told(db: Database) -> Status:
    """What the exchange beside the window says that asks for attention."""
    heard: list[Status] = []
    loop = Syncing(db, lambda statuses: heard.extend(statuses.values()))
    loop.start()
    end = time.monotonic() + 60
    while not any(each.why for each in heard) and time.monotonic() < end:
        time.sleep(0.02)
    loop.stop()
    return next(each for each in heard if each.why)
