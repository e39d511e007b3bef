"""A shared folder keeps the promises of a store, whatever happens to its files."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from hashlib import blake2b
from itertools import permutations
from pathlib import Path
from random import Random
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from casebook.envelope import END_OF_TIME, RevisionId, id_of, opened, shown, state_openly
from casebook.problem import Problem
from sync.certificates import Policy
from sync.files import Disk, extended
from sync.folder import HOUR, FolderStore
from sync.folder_names import inside, named, path_of
from sync.mass_erasing import Valve
from sync.store import DAY, Emptied, Outcome, Store, Unreachable
from tests.sync.machine import Machine
from tests.sync.people import START, Person, Story, record_of
from tests.sync.store_contract import StoreContract, altered


class TestFolderStore(StoreContract):
    judges = False

    @pytest.fixture
    def store(self, story: Story, tmp_path: Path) -> Store:
        """A store that knows nothing but what stands in the folder."""
        folder = tmp_path / inside(story.space)
        reader = Machine(story, tmp_path)

        def erased(records: Collection[str]) -> set[str]:
            return {opened(each.read_bytes()).header.rec for each in folder.glob("e/*.era")} & set(records)

        return FolderStore(
            Disk(tmp_path, inside(story.space), "device-1"),
            story.space,
            lambda _ids: set(),
            erased,
            lambda: START,
            signed=reader.is_signed,
            valve=Valve("device-1", lambda: START, reader.authentic, reader.present),
        )


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


@pytest.fixture
def one(story: Story, tmp_path: Path) -> Machine:
    """The device that made the folder."""
    machine = Machine(story, tmp_path)
    assert machine.push(*(each.envelope.raw for each in story.chain)) == [Outcome.OK] * len(story.chain)
    return machine


@pytest.fixture
def two(story: Story, one: Machine) -> Machine:
    """Another device, that has read what stands in it."""
    machine = Machine(story, one.root, "two")
    machine.pull()
    return machine


def test_the_layout_is_the_one_that_was_agreed(one: Machine, story: Story) -> None:
    record = record_of(story.admin, 1)
    revision, sealed = story.revision(story.admin, "a", record=record, wall=1_793_500_000_000)
    erase, erasure = story.erasure(story.admin, record_of(story.admin, 2))
    receipt, received = story.receipt(story.admin, record_of(story.admin, 2), erase)
    one.push(sealed, erasure, received)
    root = shown(story.chain[0].id)
    assert {str(each.relative_to(one.root)) for each in one.root.rglob("*") if each.is_file()} == {
        "casebook-1/space-1/space.json",
        f"casebook-1/space-1/c/00000001-{root}.cert",
        f"casebook-1/space-1/r/2611/{shown(revision)}.rev",
        f"casebook-1/space-1/e/{shown(erase)}.era",
        f"casebook-1/space-1/e/{shown(receipt)}.rcp",
    }
    assert json.loads((one.folder / "space.json").read_bytes()) == {
        "format": 1,
        "space": "space-1",
        "certificate": root,
    }


def test_names_leave_room_within_260_signs(story: Story) -> None:
    _id, sealed = story.revision(story.admin, "a")
    longest = path_of(opened(sealed))
    assert len(f"casebook-1/01990000-0000-7000-8000-000000000000/{longest}") < 120
    assert len(f"casebook-1/01990000-0000-7000-8000-000000000000/{path_of(story.chain[0].envelope)}") < 120


def test_windows_is_given_long_paths_in_the_form_it_takes() -> None:
    assert extended("C:\\Users\\ank\\casus") == "\\\\?\\C:\\Users\\ank\\casus"
    assert extended("\\\\server\\share\\casus") == "\\\\?\\UNC\\server\\share\\casus"
    assert extended(extended("C:\\casus")) == extended("C:\\casus")


def test_a_poll_without_news_gives_the_same_cursor(one: Machine, two: Machine) -> None:
    page = two.store.pull(two.cursor, 100, False)
    assert (page.envelopes, page.cursor, page.more) == ((), two.cursor, False)


def test_what_was_not_taken_in_is_given_again(one: Machine, two: Machine, story: Story) -> None:
    """The page was lost on the way: the reader asks again from where it was."""
    _id, sealed = story.revision(story.admin, "a")
    one.push(sealed)
    before = two.cursor
    assert sealed in two.store.pull(before, 100, False).envelopes
    assert sealed in two.store.pull(before, 100, False).envelopes


def test_after_a_start_only_what_is_unknown_comes(one: Machine, two: Machine, story: Story) -> None:
    known, new = story.revision(story.admin, "a")[1], story.revision(story.admin, "b")[1]
    one.push(known)
    two.pull()
    one.push(new)
    two.store = two.started()
    assert two.pull() == [new]


def test_what_the_reader_refuses_is_not_given_for_ever(one: Machine, two: Machine, story: Story) -> None:
    forger = Person("ank")
    _id, forged = story.revision(forger, "not by ank")
    place(two, forged)
    assert two.pull() == [forged]
    assert two.pull() == []
    two.now += HOUR
    assert two.pull() == [forged]


def test_what_a_late_certificate_allows_comes_again(one: Machine, two: Machine, story: Story) -> None:
    bea = story.welcome("bea")
    _id, sealed = story.revision(bea, "by bea")
    place(two, sealed)
    assert two.store.pull(two.cursor, 100, False).envelopes == (sealed,)
    two.cursor = two.store.pull(two.cursor, 100, False).cursor
    place(two, story.chain[-1].envelope.raw)
    assert two.pull() == [story.chain[-1].envelope.raw, sealed]


def test_two_forged_certificates_do_not_keep_a_reader_busy(one: Machine, two: Machine, story: Story) -> None:
    forger = Person("ank")
    for _number in range(3):
        place(two, story.sign(forger.add(), by=forger).envelope.raw)
        two.pull()
    assert two.pull() == []


def test_a_late_month_is_read_within_the_hour(one: Machine, two: Machine, story: Story) -> None:
    _id, old = story.revision(story.admin, "old", wall=START - 400 * DAY)
    one.push(old)
    assert two.pull() == []
    two.now += HOUR
    assert two.pull() == [old]


@pytest.mark.parametrize("wall", [0, END_OF_TIME - 1, 4_102_444_800_000])
def test_any_moment_has_a_month(one: Machine, two: Machine, story: Story, wall: int) -> None:
    _id, sealed = state_openly(
        "rev",
        space=story.space,
        record=record_of(story.admin, 1),
        parents=(),
        device=story.admin.device,
        wall=wall,
        signer=story.admin.signer,
        body=bytes(60),
    )
    assert one.push(sealed) == [Outcome.OK]
    two.now += HOUR
    assert two.pull() == [sealed]


def test_a_clock_that_goes_back_does_not_keep_old_months_unread(one: Machine, two: Machine, story: Story) -> None:
    two.now -= 30 * DAY
    _id, sealed = story.revision(story.admin, "a", wall=START - 400 * DAY)
    one.push(sealed)
    assert two.pull() == [sealed]


# Files that are not, or not yet, right.

BROKEN = b'{"format":1,"space":"space-0","certificate":"a"}'
"""A bit of the name of the space fell over."""


def place(machine: Machine, raw: bytes, name: str = "", content: bytes | None = None) -> Path:
    """A file that some other program put there."""
    at = machine.folder / path_of(opened(raw))
    at = at.with_name(name.format(at.stem, at.suffix)) if name else at
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(raw if content is None else content)
    return at


@pytest.mark.parametrize(
    "name",
    [
        "{0} (conflicted copy){1}",
        "{0}-DESKTOP-1{1}",
        "{0}{1}.tmp",
        "{0}{1}\n",
        "\n{0}{1}",
        "{0}.REV~",
        "ſ{0}{1}",
        "{0}{1}\u200b",
        "~${0}{1}",
        "{0}.rеv",
        "00000001-{0}{1}",
        "{0}.cert",
        "{0}",
        ".{0}{1}",
    ],
)
def test_a_file_under_another_name_is_left_alone(two: Machine, story: Story, name: str) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed, name)
    assert two.pull() == []
    assert file.read_bytes() == sealed


@pytest.mark.parametrize("name", ["b" * 51 + "a.rev", "b" * 53 + ".rev", "1" * 52 + ".rev", "a" * 51 + "b.rev"])
def test_a_name_that_is_no_id_is_nothing(name: str) -> None:
    assert (named("r/2611", name) is None) == (name != "b" * 51 + "a.rev")


def test_names_in_capitals_are_the_same_names(two: Machine, story: Story) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed)
    for each in (file, two.folder / "space.json"):
        each.rename(each.with_name(each.name.upper()))
    assert two.pull() == [sealed]


def test_the_same_under_two_names_comes_once(two: Machine, story: Story) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed)
    file.with_name(file.name.upper()).write_bytes(sealed)
    assert two.pull() == [sealed]


@pytest.mark.parametrize(
    ("whole", "bad"), list(permutations(["r/2611/{}.rev", "r/2611/{}.REV", "r/0001/{}.rev", "r/9912/{}.rev"], 2))
)
def test_a_copy_that_its_author_did_not_sign_does_not_hide_the_whole_one(
    two: Machine, story: Story, whole: str, bad: str
) -> None:
    revision, sealed = story.revision(story.admin, "a", wall=1_793_500_000_000)
    for path, content in ((whole, sealed), (bad, sealed[:-1] + bytes([sealed[-1] ^ 1]))):
        file = two.folder / path.format(shown(revision))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    two.now += HOUR
    assert two.pull() == [sealed]
    assert two.store.get([revision]) == [sealed]
    # Under its own name it is written anew: the other file may be there for this device alone.
    assert two.missing() == ([revision] if bad == "r/2611/{}.rev" else [])
    two.push(sealed)
    assert two.missing() == []


@pytest.mark.parametrize("part", [0, 1, 3, 7, 40, 200, -64, -1])
def test_half_a_file_is_not_yet(two: Machine, story: Story, part: int) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed, content=sealed[:part])
    assert two.pull() == []
    assert file.exists()
    file.write_bytes(sealed)
    assert two.pull() == [sealed]


def test_a_file_that_stays_half_is_read_once_an_hour(two: Machine, story: Story) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed, content=sealed[:50])
    for _number in range(30):
        assert two.pull() == []
    file.write_bytes(sealed)
    assert two.pull() == []
    two.now += HOUR
    assert two.pull() == [sealed]


def test_other_contents_under_a_name_are_not_given(two: Machine, story: Story) -> None:
    first, second = story.revision(story.admin, "a")[1], story.revision(story.admin, "b")[1]
    place(two, first, content=second)
    elsewhere = Story(story.admin, space="space-2").revision(story.admin, "c")[1]
    place(two, elsewhere)
    place(two, story.erasure(story.admin, "x")[1]).rename(two.folder / "e" / f"{shown(RevisionId(bytes(32)))}.era")
    assert two.pull() == []


def test_a_certificate_under_another_number_is_not_given(two: Machine, story: Story) -> None:
    story.welcome("bea")
    file = place(two, story.chain[-1].envelope.raw)
    file.rename(file.with_name(file.name.replace("00000002", "00000003")))
    assert two.pull() == []


def test_what_is_no_file_is_left_alone(two: Machine, story: Story) -> None:
    folder, link, pipe = (story.revision(story.admin, each)[1] for each in "abc")
    place(two, folder).unlink()
    (two.folder / path_of(opened(folder))).mkdir()
    at = two.folder / path_of(opened(link))
    (two.root / "elsewhere").write_bytes(link)
    at.symlink_to(two.root / "elsewhere")
    os.mkfifo(two.folder / path_of(opened(pipe)))
    assert two.pull() == []


def test_a_huge_file_is_not_read(two: Machine, story: Story) -> None:
    _id, sealed = story.revision(story.admin, "a")
    file = place(two, sealed)
    with file.open("r+b") as grown:
        grown.truncate(64 * 2**30)
    assert two.pull() == []


def test_a_file_that_does_not_answer_is_passed_over(
    one: Machine, two: Machine, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is only in the cloud hangs while it is opened."""
    stuck, good = story.revision(story.admin, "a")[1], story.revision(story.admin, "b")[1]
    one.push(stuck, good)
    released = Event()
    opening = os.open

    def hanging(path: Path, flags: int, mode: int = 0o777) -> int:
        if path.name == one.file_of(opened(stuck).id).name:
            released.wait(10)
        return opening(path, flags, mode)

    monkeypatch.setattr(os, "open", hanging)
    assert two.pull() == [good]
    released.set()
    assert two.pull() == [stuck]


def test_a_folder_that_does_not_answer_at_all_is_out_of_reach(
    one: Machine, two: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = Event()
    before = set(enumerate_threads())
    monkeypatch.setattr(os, "scandir", lambda _path: released.wait(10))
    for _number in range(6):
        with pytest.raises(Unreachable):
            two.store.pull(two.cursor, 10, False)
    assert len(set(enumerate_threads()) - before) <= 4
    released.set()


# What only a newer version can read.


def newer(raw: bytes, kind: bytes = b"") -> bytes:
    return altered(raw, b'"kind":"rev"', b'"kind":"%s"' % kind) if kind else altered(raw, b'"v":1', b'"v":2')


def place_newer(machine: Machine, raw: bytes, form: str = "r/2611/{}.rev") -> Path:
    """A file that a newer version wrote."""
    at = machine.folder / form.format(shown(id_of(raw)))
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(raw)
    return at


def pulled(machine: Machine) -> list[bytes]:
    """What comes, without its being understood."""
    page = machine.store.pull(machine.cursor, 100, False)
    machine.cursor = page.cursor
    return list(page.envelopes)


@pytest.mark.parametrize("kind", [b"", b"prune"])
@pytest.mark.parametrize("form", ["r/2611/{}.rev", "e/{}.era", "c/00000002-{}.cert"])
def test_what_only_a_newer_version_can_read_is_handed_on_once_an_hour(
    two: Machine, story: Story, form: str, kind: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = newer(story.revision(story.admin, "a")[1], kind)
    file = place_newer(two, strange, form)
    assert pulled(two) == [strange]
    opening, read = os.open, list[str]()

    def watched(path: Path, flags: int, mode: int = 0o777) -> int:
        read.append(path.name)
        return opening(path, flags, mode)

    monkeypatch.setattr(os, "open", watched)
    assert [pulled(two) for _look in range(3)] == [[]] * 3
    assert "space.json" in read
    assert file.name not in read
    two.now += HOUR
    assert pulled(two) == [strange]
    assert two.missing() == []
    assert id_of(strange) in set(two.store.ids())
    assert two.store.get([id_of(strange)]) == [strange]
    assert file.read_bytes() == strange


def test_a_newer_version_by_a_bit_that_fell_over_is_a_broken_file(one: Machine, two: Machine, story: Story) -> None:
    identity, sealed = story.revision(story.admin, "a")
    one.push(sealed)
    two.pull()
    for machine in (two, Machine(story, two.root, "three")):
        one.file_of(identity).write_bytes(newer(sealed))
        assert newer(sealed) not in pulled(machine)
        machine.keep([sealed])
        assert machine.missing() == [identity]


def test_what_a_newer_version_put_in_another_space_is_not_handed_on(two: Machine, story: Story) -> None:
    elsewhere = Story(story.admin, space="space-2").revision(story.admin, "a")[1]
    place_newer(two, newer(elsewhere))
    assert pulled(two) == []


@pytest.mark.parametrize("part", [None, -1])
def test_of_an_erased_record_what_a_newer_version_wrote_is_taken_away(
    one: Machine, two: Machine, story: Story, part: int | None
) -> None:
    erased_record(one, two)
    revision, other = (story.revision(story.admin, "a", record=record_of(story.admin, 7))[1] for _each in range(2))
    file, statement = place_newer(two, newer(revision)), place_newer(two, newer(other, b"prune"), "e/{}.era")
    file.write_bytes(newer(revision)[:part])
    assert pulled(two) == [newer(other, b"prune")]
    assert not file.exists()
    assert statement.exists()


# Absence is never deletion.


def test_a_device_that_has_never_been_there_finds_an_empty_folder(story: Story, tmp_path: Path) -> None:
    machine = Machine(story, tmp_path)
    assert machine.pull() == []
    assert set(machine.store.ids()) == set()
    assert machine.store.get([bytes(32)]) == []
    assert machine.store.push([story.revision(story.admin, "a")[1]]) == [Outcome.FULL]


@pytest.mark.parametrize("gone", ["space.json", "", "..", "../.."])
def test_a_folder_that_is_suddenly_empty_is_told(one: Machine, two: Machine, story: Story, gone: str) -> None:
    one.push(story.revision(story.admin, "a")[1])
    two.pull()
    here = dict(two.kept)
    at = two.folder / gone
    at.unlink() if at.is_file() else shutil.rmtree(at.resolve())
    calls: list[Callable[[], object]] = [
        lambda: two.store.pull(two.cursor, 10, False),
        lambda: two.store.push([story.revision(story.admin, "b")[1]]),
        lambda: two.store.push([story.chain[0].envelope.raw]),
        two.store.ids,
        lambda: two.store.get([bytes(32)]),
    ]
    for call in calls:
        with pytest.raises(Emptied):
            call()
    again = Machine(story, two.root, "two", connected=True)
    with pytest.raises(Emptied):
        again.pull()
    assert two.kept == here


def test_a_disk_that_is_not_there_is_out_of_reach(story: Story, tmp_path: Path) -> None:
    machine = Machine(story, tmp_path / "usb" / "casus", connected=True)
    with pytest.raises(Unreachable):
        machine.pull()
    with pytest.raises(Unreachable):
        machine.push(story.chain[0].envelope.raw)
    assert not (tmp_path / "usb").exists()


@pytest.mark.parametrize(
    "content", [b"", b'{"format": 1, "spa', b"\xff\xfe", b"[" * 4000, b'{"format": 1e999}', bytes(9000), BROKEN]
)
def test_with_half_a_space_file_nothing_is_written_until_it_is_whole(
    one: Machine, two: Machine, story: Story, content: bytes
) -> None:
    first, second = story.revision(story.admin, "a")[1], story.revision(story.admin, "b")[1]
    one.push(first)
    file = one.folder / "space.json"
    whole = file.read_bytes()
    file.write_bytes(content)
    assert two.pull() == [first]
    assert two.push(second) == [Outcome.FULL]
    root = story.chain[0]
    assert set(two.missing()) == {root.id, opened(second).id}
    assert two.push(root.envelope.raw) == [Outcome.KNOWN]
    assert file.read_bytes() == whole
    assert two.push(second) == [Outcome.OK]


@pytest.mark.parametrize("is_lost", [False, True])
@pytest.mark.parametrize("text", ["a" * 52, "b", "../space"])
def test_a_space_file_that_names_no_beginning_is_written_anew(
    one: Machine, two: Machine, story: Story, text: str, is_lost: bool
) -> None:
    root = story.chain[0]
    file = one.folder / "space.json"
    whole = file.read_bytes()
    if is_lost:
        one.file_of(root.id).unlink()
    file.write_bytes(whole.replace(shown(root.id).encode(), text.encode()))
    assert two.push(story.revision(story.admin, "a")[1]) == [Outcome.OK]
    assert two.missing() == [root.id]
    assert two.push(root.envelope.raw) == [Outcome.OK if is_lost else Outcome.KNOWN]
    assert file.read_bytes() == whole
    assert two.missing() == []


def test_a_folder_of_a_newer_version_is_not_touched(one: Machine, two: Machine, story: Story) -> None:
    (one.folder / "space.json").write_text('{"format": 2, "space": "space-1", "certificate": "x"}')
    with pytest.raises(Problem, match="nieuwere versie"):
        two.store.push([story.revision(story.admin, "a")[1]])


def test_files_that_are_gone_are_not_gone_here_and_are_missing(one: Machine, two: Machine, story: Story) -> None:
    sent = [story.revision(story.admin, each) for each in "abcd"]
    one.push(*(raw for _id, raw in sent))
    two.pull()
    ids = [each for each, _raw in sent]
    one.file_of(ids[0]).unlink()
    one.file_of(ids[1]).write_bytes(b"")
    forged = bytearray(sent[2][1])
    forged[-1] ^= 1
    one.file_of(ids[2]).write_bytes(forged)
    assert two.pull() == []
    assert two.kept.keys() >= set(ids)
    assert two.missing() == sorted(ids[:3])
    assert two.store.push([raw for _id, raw in sent]) == [Outcome.OK] * 3 + [Outcome.KNOWN]
    assert two.missing() == []
    assert set(two.store.ids()) >= set(ids)


def test_what_was_gone_for_a_moment_is_not_missing(one: Machine, two: Machine, story: Story) -> None:
    identity, sealed = story.revision(story.admin, "a")
    one.push(sealed)
    two.pull()
    two.store.ids()
    file = one.file_of(identity)
    for content in (None, b"", sealed):
        file.unlink() if content is None else file.write_bytes(content)
        two.now += HOUR // 4
        assert identity in set(two.store.ids())
    two.now += HOUR
    assert identity in set(two.store.ids())


def test_all_files_are_looked_through_a_part_at_a_time(one: Machine, story: Story) -> None:
    sent = [story.revision(story.admin, f"{number}") for number in range(1200)]
    for _id, raw in sent:
        place(one, raw)
    one.keep(raw for _id, raw in sent)
    broken = sorted(each for each, _raw in sent)[700]
    one.file_of(broken).write_bytes(b"CB1")
    found = [one.missing() for _time in range(3)]
    assert found[-1] == [broken]
    assert all(each in ([], [broken]) for each in found)


def test_a_listing_in_part_loses_nothing(story: Story, one: Machine, tmp_path: Path) -> None:
    sent = [story.revision(story.admin, f"{number}")[1] for number in range(20)]
    one.push(*sent)
    chance = Random(4)

    class Partial(Disk):
        def names(self, folder: str) -> list[str]:
            return [each for each in super().names(folder) if chance.random() < 0.5]

    two = Machine(story, tmp_path, "two", files=Partial(tmp_path, inside(story.space), "two"))
    for _number in range(40):
        two.pull()
    assert set(two.kept.values()) >= set(sent)


def test_a_folder_that_goes_away_in_the_middle_loses_nothing(story: Story, one: Machine, tmp_path: Path) -> None:
    sent = [story.revision(story.admin, f"{number}")[1] for number in range(20)]
    one.push(*sent)
    aside = tmp_path.with_name("aside")

    class Leaving(Disk):
        left = 15

        def read(self, path: str, most: int) -> bytes | None:
            self.left -= 1
            if self.left == 0:
                tmp_path.rename(aside)
            return super().read(path, most)

    two = Machine(story, tmp_path, "two", files=Leaving(tmp_path, inside(story.space), "two"))
    for _number in range(2):
        with pytest.raises(Emptied):
            two.pull()
        assert 0 < len(two.kept) < 20
    aside.rename(tmp_path)
    two.pull()
    assert set(two.kept.values()) >= set(sent)


# Writing.


def test_nothing_is_ever_changed(one: Machine, story: Story) -> None:
    sent = [story.revision(story.admin, each)[1] for each in "abc"]
    one.push(*sent)
    before = {each: (each.stat().st_ino, each.stat().st_mtime_ns) for each in one.root.rglob("*") if each.is_file()}
    assert one.push(*sent) == [Outcome.KNOWN] * 3
    one.missing()
    after = {each: (each.stat().st_ino, each.stat().st_mtime_ns) for each in one.root.rglob("*") if each.is_file()}
    assert before == after


def test_a_disk_that_cannot_rename_is_written_to_directly(
    one: Machine, two: Machine, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(_self: Path, _target: Path) -> Path:
        raise PermissionError(errno.EPERM, "no renaming here")

    _id, sealed = story.revision(story.admin, "a")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refusing)
        assert one.push(sealed) == [Outcome.OK]
    assert two.pull() == [sealed]
    assert not list(one.root.rglob("*.tmp"))


def test_only_own_half_files_are_cleared_away(one: Machine, story: Story, tmp_path: Path) -> None:
    one.push(story.revision(story.admin, "a")[1])
    (month,) = one.folder.glob("r/*")
    mark = blake2b(b"one", digest_size=4).hexdigest()
    own, theirs, strange = (month / each for each in (f"{mark}-01234567.tmp", "00000000-01234567.tmp", "x.tmp"))
    for each in (own, theirs, strange):
        each.write_bytes(b"CB1 half")
    one.pull()
    assert [each.exists() for each in (own, theirs, strange)] == [False, True, True]


DIES_WRITING = """
import os, signal, sys
from pathlib import Path
from sync.files import Disk
fsync, left = os.fsync, [int(sys.argv[4])]
def dying(handle):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(handle)
os.fsync = dying
Disk(Path(sys.argv[1]), sys.argv[2], "one").write(sys.argv[3], sys.stdin.buffer.read())
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_a_process_that_is_killed_while_it_writes_leaves_the_whole_file_or_none(
    one: Machine, two: Machine, story: Story, moment: int
) -> None:
    _id, sealed = story.revision(story.admin, "a")
    arguments = [str(one.root), inside(story.space), path_of(opened(sealed)), str(moment)]
    subprocess.run([sys.executable, "-c", DIES_WRITING, *arguments], input=sealed, check=False)
    assert two.pull() in ([], [sealed])
    one.push(sealed)
    assert sealed in (*two.pull(), *two.kept.values())
    one.now += HOUR
    one.pull()
    assert not list(one.root.rglob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_may_not_grow_so_far_is_told_as_full(one: Machine, two: Machine, story: Story) -> None:
    import resource

    small, large = story.revision(story.admin, "a")[1], story.revision(story.admin, noise(9_000))[1]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        outcomes = one.push(large, small)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcomes == [Outcome.FULL, Outcome.OK]
    assert two.pull() == [small]
    assert not list(one.root.rglob("*.tmp"))
    assert one.push(large) == [Outcome.OK]
    assert two.pull() == [large]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for 64 kB."""
    at = tmp_path / "disk"
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(at)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("only an administrator may add a disk")
    yield at
    subprocess.run(["umount", "-l", str(at)], check=True)


def test_a_full_disk_is_told_and_goes_on_when_there_is_room(small_disk: Path, story: Story) -> None:
    one, two = Machine(story, small_disk), Machine(story, small_disk, "two")
    one.push(story.chain[0].envelope.raw)
    sent = [story.revision(story.admin, noise(9_000))[1] for _number in range(10)]
    outcomes = one.push(*sent)
    assert set(outcomes) == {Outcome.OK, Outcome.FULL}
    assert not list(small_disk.rglob("*.tmp"))
    two.pull()
    assert set(two.kept.values()) >= {raw for raw, outcome in zip(sent, outcomes, strict=True) if outcome.is_in}
    assert not set(two.kept.values()) & {raw for raw, outcome in zip(sent, outcomes, strict=True) if not outcome.is_in}
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    assert set(one.push(*sent)) == {Outcome.KNOWN, Outcome.OK}
    two.pull()
    assert set(two.kept.values()) >= set(sent)


def test_a_folder_that_may_only_be_read_is_read(small_disk: Path, story: Story) -> None:
    one, two = Machine(story, small_disk), Machine(story, small_disk, "two")
    sealed = story.revision(story.admin, "a", record="r")[1]
    one.push(story.chain[0].envelope.raw, sealed)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert sealed in two.pull()
    with pytest.raises(Unreachable, match="Read-only"):
        two.push(story.revision(story.admin, "b")[1])
    two.keep([story.erasure(story.admin, "r")[1]])
    assert two.pull() == []
    assert two.store.get([opened(sealed).id]) == []


def test_one_envelope_that_cannot_be_written_does_not_hold_up_the_others(one: Machine, story: Story) -> None:
    stuck, good = story.revision(story.admin, "a")[1], story.revision(story.admin, "b")[1]
    place(one, stuck).unlink()
    (one.folder / path_of(opened(stuck))).mkdir()
    assert one.push(stuck, good) == [Outcome.FULL, Outcome.OK]


def test_a_certificate_does_not_go_before_the_one_that_it_stands_on(one: Machine, story: Story) -> None:
    first, second = (story.do(Policy()).envelope for _each in "ab")
    where = one.folder / path_of(first)
    where.mkdir()
    sealed = story.revision(story.admin, "a")[1]
    assert one.push(first.raw, second.raw, sealed) == [Outcome.FULL, Outcome.FULL, Outcome.OK]
    where.rmdir()
    assert one.push(first.raw, second.raw) == [Outcome.OK, Outcome.OK]


def test_who_begins_another_space_in_it_is_refused(one: Machine) -> None:
    other = Story(Person("bea"), space=one.story.space)
    machine = Machine(other, one.root, "bea")
    assert machine.push(other.chain[0].envelope.raw) == [Outcome.DENIED]


def test_two_spaces_in_one_folder_do_not_mix(one: Machine, story: Story, tmp_path: Path) -> None:
    other = Story(Person("bea"), space="space-2")
    machine = Machine(other, tmp_path, "bea")
    assert machine.push(other.chain[0].envelope.raw) == [Outcome.OK]
    assert machine.pull() == one.pull() == []


# Erasing.


def erased_record(one: Machine, two: Machine) -> tuple[bytes, Path]:
    """A record that was on both devices and is erased on both; the envelope, and where it stood."""
    record = record_of(one.story.admin, 7)
    identity, sealed = one.story.revision(one.story.admin, "secret", record=record)
    one.push(sealed)
    two.pull()
    file = one.file_of(identity)
    assert one.push(one.story.erasure(one.story.admin, record)[1]) == [Outcome.OK]
    assert not file.exists()
    two.pull()
    assert identity not in two.kept
    return sealed, file


def test_an_erased_file_that_comes_back_is_taken_away_again(one: Machine, two: Machine) -> None:
    sealed, file = erased_record(one, two)
    for machine in (one, two):
        file.write_bytes(sealed)
        assert machine.pull() == []
        assert not file.exists()


def test_an_erasure_that_arrives_takes_away_old_files_too(one: Machine, two: Machine, story: Story) -> None:
    record = record_of(story.admin, 7)
    identity, sealed = story.revision(story.admin, "secret", record=record, wall=START - 400 * DAY)
    one.push(sealed)
    two.now += HOUR
    two.pull()
    file = one.file_of(identity)
    place(two, story.erasure(story.admin, record)[1])
    two.pull()
    assert identity not in two.kept
    assert not file.exists()


@pytest.mark.parametrize("part", [None, -1, -64, 300])
@pytest.mark.parametrize("name", ["", "{0} (conflicted copy){1}", "{0}-LAPTOP{1}", "01234567-01234567.tmp"])
def test_no_copy_of_an_erased_record_stays(one: Machine, two: Machine, name: str, part: int | None) -> None:
    sealed, _file = erased_record(one, two)
    copy = place(two, sealed, name, content=sealed[:part])
    two.now += HOUR
    assert two.pull() == []
    assert not copy.exists()


def test_copies_of_what_is_not_erased_stay(one: Machine, two: Machine, story: Story) -> None:
    erased_record(one, two)
    other = place(two, story.revision(story.admin, "a")[1], "{0} (conflicted copy){1}")
    note = place(two, story.revision(story.admin, "a")[1], "readme.txt", content=b"do not touch")
    two.now += HOUR
    two.pull()
    assert other.exists()
    assert note.exists()


def test_an_erasure_that_does_not_count_takes_nothing_away(one: Machine, two: Machine, story: Story) -> None:
    record = record_of(story.admin, 7)
    identity, sealed = story.revision(story.admin, "a", record=record)
    one.push(sealed)
    two.pull()
    place(two, story.erasure(Person("ank"), record)[1])
    two.now += HOUR
    two.pull()
    assert one.file_of(identity).exists()
    assert identity in two.kept


def noise(length: int) -> str:
    return Random(length).randbytes(length).hex()
