"""At a folder that behaves as badly as those in the cloud, all devices end with the same and nothing erased is left."""

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from random import Random

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from casebook.envelope import state_openly
from sync.folder import HOUR
from sync.store import Emptied, Outcome, Unreachable
from tests.sync.machine import Machine
from tests.sync.people import Person, Story, record_of
from tests.sync.synced_folder import SyncedFolder, Weather

STORIES = int(os.environ.get("CASUSBOEK_FOLDER_STORIES", "24"))
AWAY = (Unreachable, Emptied)
ADMIN = Person("ank", SigningKey(bytes(32)), PrivateKey(bytes(32)))
"""With keys and contents that are always the same, a seed tells the same story in every process."""


class Told:
    """One story: three devices write, erase and look, while the folder does what it likes."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.story = Story(ADMIN)
        self.folder = SyncedFolder(self.chance, ["one", "two", "three"])
        self.machines = [Machine(self.story, Path(), each, files=self.folder.at(each)) for each in self.folder.copies]
        self.waiting: dict[str, list[bytes]] = {each.name: [] for each in self.machines}
        self.saved: set[bytes] = set()
        self.erased: set[str] = set()
        self._send(self.machines[0], [each.envelope.raw for each in self.story.chain])

    def go_on(self) -> None:
        """One thing happens."""
        self.folder.tick()
        machine = self.chance.choice(self.machines)
        machine.now += self.chance.choice([0, 60_000, HOUR])
        match self.chance.randrange(6):
            case 0 | 1:
                self._save(machine)
            case 2 if len(self.erased) < 2:
                self._erase(machine)
            case 3:
                machine.store = machine.started()
            case _:
                self._exchange(machine)

    def end(self) -> None:
        """Nothing goes wrong any more, and everybody looks a few times."""
        self.folder.calm()
        for _round in range(4):
            for machine in self.machines:
                machine.now += HOUR
                self._exchange(machine)
            self.folder.calm()

    def left(self) -> list[bytes]:
        """Files, whole or half, in which any of the contents of an erased record stand."""
        revisions = [each for each in self.folder.contents() if b'"kind":"rev"' in each]
        sealed = [each for each in revisions if len(each) > 7 + int.from_bytes(each[3:7], "big")]
        return [each for each in sealed if any(record.encode() in each for record in self.erased)]

    def _save(self, machine: Machine) -> None:
        record = record_of(ADMIN, self.chance.randrange(4))
        if record not in machine.erased():
            self.story.wall += 1
            identity, raw = state_openly(
                "rev",
                space=self.story.space,
                record=record,
                parents=(),
                device=ADMIN.device,
                wall=self.story.wall,
                signer=ADMIN.signer,
                body=self.chance.randbytes(60),
            )
            self.saved.add(identity)
            machine.keep([raw])
            self._send(machine, [raw])

    def _erase(self, machine: Machine) -> None:
        record = record_of(ADMIN, self.chance.randrange(4))
        raw = self.story.erasure(ADMIN, record)[1]
        self.erased.add(record)
        machine.keep([raw])
        self._send(machine, [raw])

    def _exchange(self, machine: Machine) -> None:
        with suppress(*AWAY):
            machine.pull()
            self._send(machine, [])
            gone = machine.kept.keys() - set(machine.store.ids())
            self._send(machine, [machine.kept[each] for each in sorted(gone)])
            machine.pull()

    def _send(self, machine: Machine, new: list[bytes]) -> None:
        waiting = self.waiting[machine.name] = self.waiting[machine.name] + new
        with suppress(*AWAY):
            outcomes = machine.store.push(waiting)
            self.waiting[machine.name] = [
                raw
                for raw, outcome in zip(waiting, outcomes, strict=True)
                if not outcome.is_in and outcome is not Outcome.ERASED
            ]


@pytest.mark.parametrize("part", range(4))
def test_all_devices_end_with_the_same_and_nothing_erased_is_left(part: int) -> None:
    for seed in range(part, STORIES, 4):
        told = Told(seed)
        for _step in range(60):
            told.go_on()
        told.end()
        sets = [set(each.kept) for each in told.machines]
        assert sets[0] == sets[1] == sets[2], f"seed {seed}"
        assert not any(told.waiting.values()), f"seed {seed}"
        assert not told.left(), f"seed {seed}"
        for machine in told.machines:
            assert not machine.missing(), f"seed {seed}"


def test_the_same_seed_tells_the_same_story() -> None:
    traces = []
    for _time in range(2):
        told = Told(11)
        for _step in range(80):
            told.go_on()
        traces.append([(each.kept, told.folder.copies[each.name]) for each in told.machines])
    assert traces[0] == traces[1]


@pytest.mark.parametrize("part", range(4))
def test_a_file_ends_the_same_in_every_copy(part: int) -> None:
    """Else no program could mend it: who has it whole sees nothing wrong."""
    for seed in range(part, STORIES * 4, 4):
        chance = Random(seed)
        folder = SyncedFolder(chance, ["one", "two", "three"], Weather(away=0, capitals=0.3))
        for _step in range(30):
            folder.tick()
            device = chance.choice(sorted(folder.copies))
            path = chance.choice(["r/2611/a.rev", "r/2611/b.rev"])
            match chance.randrange(8):
                case 0:
                    folder.put_back(folder.snapshot())
                case 1 if path in folder.copies[device]:
                    folder.spoil(device, path)
                case 2:
                    folder.at(device).remove(chance.choice(_names(path)))
                case _:
                    with suppress(OSError):
                        folder.at(device).write(path, chance.randbytes(20))
        folder.calm()
        for path in ("r/2611/a.rev", "r/2611/b.rev"):
            found = {
                next((copy[each] for each in _names(path) if each in copy), None) for copy in folder.copies.values()
            }
            assert len(found) == 1, f"seed {seed}"


def _names(path: str) -> tuple[str, str]:
    at = PurePosixPath(path)
    return path, str(at.with_name(at.name.upper()))
