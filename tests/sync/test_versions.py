"""Versions of the program side by side: what an older one left is read, what a newer one adds is kept and passed on."""

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sync.certificates
from casebook.case import Case
from casebook.database import Database, create_casebook, open_casebook, set_setting
from casebook.envelope import opened, shown
from casebook.present import entry, every, is_outdated, rebuild
from casebook.problem import Problem
from casebook.saving import Change, Edit, save, save_edits
from sync import circles
from sync.certificates import Add, Cancel, Create, Invite, Policy, Remove, Role, Rotate, SetRole
from sync.copying import copy_case
from sync.folder_names import inside, month_of
from sync.hub.backup import restore
from sync.hub.settings import Settings
from sync.status import Status
from sync.store import Outcome
from sync.syncing import Syncing, exchange_all
from tests.casebook.conftest import Clock
from tests.sync.by_hand import ByHand
from tests.sync.golden.make import KEY, cases_of
from tests.sync.hub.served import hub_with, on_a_port
from tests.sync.people import START

GOLDEN = Path(__file__).parent / "golden"
VERSIONS = ("0002",)
"""The versions that left a circle here. Before sharing there was 0001, which left a casebook."""

FIRST = Path(__file__).parents[1] / "casebook" / "golden" / "casebook-0001.db"
OLDER_ACTIONS = Create | Invite | Cancel | Add | SetRole | Remove | Rotate
"""What a version knew that had no policies yet."""

Opened = Callable[[str], Database]
Served = Callable[[str, str], str]


@pytest.fixture
def clock() -> Clock:
    """A little after the stories that the files tell."""
    return Clock(START + 100_000)


@pytest.fixture
def casebook(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """A new casebook, or what a version left behind, by its name."""
    with ExitStack() as stack:

        def give(name: str) -> Database:
            path = tmp_path / name / "casebook.db"
            path.parent.mkdir()
            if name in VERSIONS or name == "0001":
                shutil.copyfile(FIRST if name == "0001" else GOLDEN / f"{name}-casebook.db", path)
                db = open_casebook(path, KEY, clock=clock)
                if is_outdated(db):
                    rebuild(db)
            else:
                db = create_casebook(path, KEY, clock=clock)
            with db.write() as connection:
                set_setting(connection, "name", name.title())
            stack.callback(db.close)
            return db

        yield give


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The address of a store as a version left it: its folder, its hub, or a backup of that put back."""
    with ExitStack() as stack:

        def give(place: str, version: str) -> str:
            if place == "folder":
                with zipfile.ZipFile(GOLDEN / f"{version}-folder.zip") as packed:
                    packed.extractall(tmp_path / "shared")
                return str(tmp_path / "shared")
            settings = Settings(data=tmp_path / "hub")
            if place == "hub":
                settings.data.mkdir()
                shutil.copyfile(GOLDEN / f"{version}-hub.db", settings.data / "hub.db")
            hub = stack.enter_context(hub_with(settings))
            if place == "backup":
                restore(hub.db, GOLDEN / f"{version}-hub.backup", hub.ledger)
            return stack.enter_context(on_a_port(hub))

        yield give


def told(version: str) -> dict[str, Any]:
    """What the version showed of the circle it left."""
    found: dict[str, Any] = json.loads((GOLDEN / f"{version}.json").read_text("utf-8"))
    return found


def together(*casebooks: Database) -> None:
    """Exchange until everybody heard of everybody."""
    for each in (*casebooks, *casebooks, *casebooks):
        exchange_all(each)


@pytest.mark.parametrize("place", ["folder", "hub", "backup"])
@pytest.mark.parametrize("version", VERSIONS)
def test_who_joins_today_reads_all_that_an_older_version_left(
    version: str, place: str, casebook: Opened, served: Served
) -> None:
    left, db, address = told(version), casebook("now"), served(place, version)
    circles.join(db, f"{address}#{left['space']}", left["code"])
    together(db)
    assert cases_of(db, left["space"]) == left["cases"]
    assert circles.replica_of(db, left["space"]).erased() == set(left["erased"])
    assert all(entry(db, each) is None for each in left["erased"])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_casebook_that_an_older_version_left_shows_the_same(version: str, casebook: Opened) -> None:
    left, db = told(version), casebook(version)
    assert cases_of(db, left["space"]) == left["cases"]
    rebuild(db)
    assert cases_of(db, left["space"]) == left["cases"]
    replica = circles.replica_of(db, left["space"])
    membership = replica.membership
    assert membership
    assert membership.head.hex() == left["head"]
    assert {each: int(role) for each, role in membership.members().items()} == left["members"]
    assert sorted([n, cert.hex(), secret.hex()] for n, cert, secret in replica.secrets()) == left["keys"]


@pytest.mark.parametrize("place", ["folder", "hub", "backup"])
def test_casebooks_of_every_version_work_on_together(place: str, casebook: Opened, served: Served) -> None:
    """The first version had no sharing: its casebook joins. The second goes on in its circle. One is new."""
    left, address = told("0002"), served(place, "0002")
    space = left["space"]
    first, second, now = casebook("0001"), casebook("0002"), casebook("now")
    circles.connect(second, space, address)
    for each in (first, now):
        circles.join(each, f"{address}#{space}", left["code"])
    together(first, second, now)
    garden = next(each.record for each in every(first, Case) if each.record.title.startswith("Buurttuin aan de Vliet,"))
    shared = copy_case(first, garden.id, space)
    for number, each in enumerate((first, second, now)):
        save(each, [Change(Case(id=each.new_id(), title=f"Van {number}"), space=space)], "New case")
        if each is not now:
            continue
        own = next(one for one in every(each, Case) if one.record.title == "Van 2")
        save_edits(each, [Edit(own.record.id, "case", {"goal": "Nog iets"}, own.heads)], "Change")
    together(first, second, now)
    assert cases_of(first, space) == cases_of(second, space) == cases_of(now, space)
    assert {"Van 0", "Van 1", "Van 2", garden.title, *left["cases"]} == set(cases_of(now, space))
    found = entry(now, shared)
    assert found
    assert found.record.initiator_name == "", "what points at a person stays in the own space"
    if place != "folder":
        assert all(report.agrees for each in (first, second, now) for report in exchange_all(each).values())


# What follows is about versions that do not exist yet.


@pytest.fixture
def circle(casebook: Opened, tmp_path: Path) -> tuple[str, Database, Database]:
    """A circle of two in a folder: its space, somebody with this version, and somebody whose program is newer."""
    return _circle(casebook, tmp_path)


def _circle(casebook: Opened, tmp_path: Path) -> tuple[str, Database, Database]:
    folder = tmp_path / "shared"
    folder.mkdir()
    ours, newer = casebook("ours"), casebook("newer")
    space = circles.begin(newer, "Kring")
    circles.connect(newer, space, str(folder))
    together(newer)
    invitation = circles.invite_code(newer, space, role=Role.ADMIN, uses=5)
    together(newer)
    circles.join(ours, invitation.address, invitation.code)
    together(ours, newer)
    return space, ours, newer


def kept(db: Database, record: str) -> list[bytes]:
    """The revisions of a record as they lie here."""
    with db.read() as connection:
        return list(connection.exec_driver_sql("SELECT env FROM rev WHERE rec = ? ORDER BY wall", (record,)).scalars())


def state_of_newest(db: Database, space: str, record: str) -> dict[str, Any]:
    """The fields of the newest revision, with all that this version does not know."""
    found = opened(kept(db, record)[-1])
    secret = db.keys.secrets(space, found.header.key)[0]
    return {name: each.value for name, each in found.unseal(secret).state.fields.items()}


def test_what_a_newer_version_adds_is_kept_and_passed_on_byte_for_byte(
    circle: tuple[str, Database, Database], tmp_path: Path
) -> None:
    space, ours, newer = circle
    tomorrow, wall = ByHand(newer, space), newer.clock()
    fields = {
        "title": ["Met iets nieuws", wall, "~"],
        "colour": [{"r": 1, "g": [2, None, "drie"]}, wall, "~"],
        "moods": ["set", {"blij": [True, wall, "~"], "boos": [False, wall, "~"]}, wall, "~"],
    }
    case, thing, later = newer.new_id(), newer.new_id(), newer.new_id()
    raws = [
        tomorrow.revision(case, {"t": "case", "sv": 9, "f": fields, "weather": "zon"}, hint=["nieuw", 1])[1],
        tomorrow.revision(thing, {"t": "besluit", "sv": 9, "f": {"case_id": [case, wall, "~"]}})[1],
        tomorrow.revision(later, {"t": "case", "sv": 9, "needs": 9, "f": {"title": ["Alleen lezen", wall, "~"]}})[1],
    ]
    assert tomorrow.send(*raws) == [Outcome.OK] * 3
    together(ours)
    assert [kept(ours, each) for each in (case, thing, later)] == [[each] for each in raws]
    titles = {each.record.title for each in every(ours, Case) if each.space == space}
    assert titles == {"Met iets nieuws", "Alleen lezen"}
    with pytest.raises(Problem, match="nieuwere versie"):
        save_edits(ours, [Edit(later, "case", {"title": "Toch"})], "Change")
    seen = entry(ours, case)
    assert seen
    save_edits(ours, [Edit(case, "case", {"title": "Ook van ons"}, seen.heads)], "Change")
    found = state_of_newest(ours, space, case)
    assert found["title"] == "Ook van ons"
    assert found["colour"] == {"r": 1, "g": [2, None, "drie"]}
    assert {name: each.value for name, each in found["moods"].items()} == {"blij": True, "boos": False}
    # In another store everything stands as it was made.
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    circles.connect(ours, space, str(elsewhere))
    together(ours)
    there = {each.read_bytes() for each in elsewhere.rglob("*.rev")}
    assert set(raws) <= there


class _OlderBody(msgspec.Struct, frozen=True, array_like=True):
    n: int
    action: OLDER_ACTIONS


@contextmanager
def older() -> Iterator[None]:
    """In here the program is an older one: it knows no policies."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sync.certificates, "_decode", msgspec.msgpack.Decoder(_OlderBody).decode)
        yield


def said_by_the_loop(db: Database) -> str:
    """What the exchange beside the window says that asks for attention."""
    told: list[Status] = []
    loop = Syncing(db, lambda statuses: told.extend(statuses.values()))
    loop.start()
    deadline = time.monotonic() + 20
    while not any(each.why for each in told) and time.monotonic() < deadline:
        time.sleep(0.02)
    loop.stop()
    return next((each.why for each in told if each.why), "")


def test_a_certificate_that_only_a_newer_version_knows_loses_nothing_and_is_told(
    circle: tuple[str, Database, Database], casebook: Opened
) -> None:
    space, ours, newer = circle
    circles.act(circles.replica_of(newer, space), Policy())
    invitation = circles.invite_code(newer, space)
    together(newer)
    third = casebook("third")
    circles.join(third, invitation.address, invitation.code)
    save(third, [Change(Case(id=third.new_id(), title="Van de derde"), space=space)], "New case")
    together(third, newer)
    with older():
        save(ours, [Change(Case(id=ours.new_id(), title="Van een oudere versie"), space=space)], "New case")
        assert exchange_all(ours)[space].is_outrun
        assert exchange_all(ours)[space].waiting == 0
        assert "Van de derde" not in cases_of(ours, space)
        for act in (
            lambda: circles.invite_code(ours, space),
            lambda: circles.remove(ours, space, [newer.device.id]),
            lambda: circles.set_role(ours, space, circles.own_member(newer, space), Role.READER),
        ):
            with pytest.raises(Problem, match="Installeer de nieuwste"):
                act()
        with pytest.raises(Problem, match="nieuwere versie"):
            circles.join(casebook("fourth"), invitation.address, invitation.code)
        assert len(circles.replica_of(ours, space).certificates()) == 3
        assert "Installeer de nieuwste" in said_by_the_loop(ours)
    together(newer, third)
    assert "Van een oudere versie" in cases_of(newer, space)
    # The newest version is installed.
    together(ours)
    assert not exchange_all(ours)[space].is_outrun
    assert cases_of(ours, space) == cases_of(third, space) == cases_of(newer, space)
    circles.invite_code(ours, space)


@pytest.mark.parametrize("form", [{"v": 2}, {"kind": "prune"}])
def test_what_a_newer_version_put_in_a_folder_is_told_and_stops_nothing(
    circle: tuple[str, Database, Database], tmp_path: Path, form: dict[str, Any]
) -> None:
    space, ours, newer = circle
    identity, raw = ByHand(newer, space).revision(newer.new_id(), {}, **form)
    file = tmp_path / "shared" / inside(space) / "r" / month_of(newer.clock()) / f"{shown(identity)}.rev"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(raw)
    save(ours, [Change(Case(id=ours.new_id(), title="Van een oudere versie"), space=space)], "New case")
    for _round in range(3):
        report = exchange_all(ours)[space]
        assert (report.is_outrun, report.waiting, report.refused) == (True, 0, ())
    assert "Installeer de nieuwste" in said_by_the_loop(ours)
    assert file.read_bytes() == raw
    together(newer)
    assert "Van een oudere versie" in cases_of(newer, space)


def test_who_may_not_administer_makes_nobody_think_that_there_is_a_newer_version(
    circle: tuple[str, Database, Database],
) -> None:
    space, ours, newer = circle
    circles.set_role(ours, space, circles.own_member(newer, space), Role.AUTHOR)
    together(ours, newer)
    membership = circles.replica_of(newer, space).membership
    assert membership
    policy = sync.certificates.certify(
        Policy(),
        n=membership.n + 1,
        before=membership.head,
        space=space,
        device=newer.device.id,
        wall=newer.clock(),
        signer=newer.device.signer,
    )
    ByHand(newer, space).send(policy.envelope.raw)
    with older():
        assert not exchange_all(ours)[space].is_outrun
        circles.invite_code(ours, space)
