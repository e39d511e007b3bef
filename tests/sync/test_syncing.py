"""The exchange by itself, beside the program: what it tells, and when it tries."""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import pytest

from casebook.case import Case
from casebook.case_query import Query
from casebook.database import Database, create_casebook
from casebook.keys import FileKey
from casebook.present import cases
from casebook.saving import Change, save
from sync import syncing
from sync.circles import begin, connect
from sync.status import Sharing, Status
from sync.syncing import Syncing
from tests.casebook.world import not_searched_yet


class Patient(Random):
    """Always waits as long as it may."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


class Running:
    """A loop over a real casebook and a real folder, with what it told."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.folder = folder
        self.space = begin(db, "Kring")
        connect(db, self.space, str(folder))
        self.told: list[Status] = []
        self.failed: list[Exception] = []
        self.loop = Syncing(db, self._hear, self.failed.append, Patient())

    def _hear(self, statuses: Mapping[str, Status]) -> None:
        self.told += statuses.values()

    def wait(self, until: Callable[[], bool], seconds: float = 60) -> None:
        """Until that holds; fails when it takes too long."""
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end
            time.sleep(0.02)

    @property
    def state(self) -> Sharing | None:
        return self.told[-1].state if self.told else None

    def away(self) -> int:
        """How often it said that the store is out of reach, or gone."""
        return sum(each.state in (Sharing.OFFLINE, Sharing.ATTENTION) for each in self.told)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(syncing, "AFTER_SAVE", 0.05)
    folder = tmp_path / "shared"
    folder.mkdir()
    db = create_casebook(tmp_path / "own" / "casebook.db", FileKey(b"k" * 32, b"s" * 16))
    running = Running(db, folder)
    running.loop.start()
    yield running
    running.loop.stop()
    db.close()
    assert running.failed == []


def test_what_is_saved_is_shared_soon(running: Running) -> None:
    running.wait(lambda: running.state is Sharing.SHARED)
    before = len(list(running.folder.rglob("*.rev")))
    save(running.db, [Change(Case(id=running.db.new_id(), title="Bloembakken"), space=running.space)], "New")
    running.wait(lambda: len(list(running.folder.rglob("*.rev"))) == before + 1)
    running.wait(lambda: running.state is Sharing.SHARED)


def test_a_save_does_not_hurry_a_store_that_is_away_but_who_asks_does(running: Running) -> None:
    running.wait(lambda: running.state is Sharing.SHARED)
    running.folder.rename(running.folder.with_name("elsewhere"))
    running.loop.wake()
    running.wait(lambda: running.away() > 0)
    time.sleep(0.5)
    before = running.away()
    save(running.db, [Change(Case(id=running.db.new_id(), title="Intussen"), space=running.space)], "New")
    time.sleep(0.5)
    assert running.away() == before
    running.folder.with_name("elsewhere").rename(running.folder)
    running.loop.wake()
    running.wait(lambda: running.state is Sharing.SHARED)
    assert len(list(running.folder.rglob("*.rev"))) >= 1


def test_what_was_still_to_be_searched_as_the_program_was_stopped_is_found_though_the_store_is_away(
    running: Running,
) -> None:
    running.loop.stop()
    save(running.db, [Change(Case(id=running.db.new_id(), title="Bloembakken"), space=running.space)], "New")
    not_searched_yet(running.db)
    running.folder.rename(running.folder.with_name("elsewhere"))
    running.loop = Syncing(running.db, running._hear, running.failed.append, Patient())
    running.loop.start()
    running.wait(lambda: len(cases(running.db, Query(words="bloembakken"))) == 1)
