"""What others send that they should not: nothing false is shown, nothing is lost, and the exchange goes on."""

import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update

from casebook.case import Case
from casebook.database import Database
from casebook.envelope import MOST_PARENTS, opened, shown
from casebook.present import entry, every
from casebook.problem import Problem
from casebook.saving import Change, save
from sync import circles
from sync.certificates import Create, Invite, Role, certify
from sync.folder_names import path_of
from sync.hub.serving import Hub, begin_hub
from sync.hub.settings import Limits, Settings
from sync.hub.tables import envelope
from sync.store import DAY, Outcome, Unreachable
from sync.syncing import exchange_all
from tests.sync.by_hand import ByHand
from tests.sync.hub.served import on_a_port
from tests.sync.turns import both

SECONDS = 10
"""Of work, at most, that bad input may cost."""


def titles(db: Database, space: str) -> set[str]:
    """Of the cases of a circle that somebody sees."""
    return {each.record.title for each in every(db, Case) if each.space == space}


def saved(db: Database, space: str, title: str) -> Case:
    case = Case(id=db.new_id(), title=title)
    save(db, [Change(case, space=space)], "New case")
    return case


def bad_revisions(by: ByHand, victim: Case) -> dict[str, bytes]:
    """What a member with a key of the circle could think of."""
    record, wall = by.db.new_id, by.db.clock()
    title = {"title": ["Vals", wall, "~"]}
    good = {"t": "case", "sv": 1, "f": title}
    later = {"t": "case", "sv": 1, "f": {"title": ["Vals", wall + 400 * DAY, "~"]}}
    invented = [shown(bytes([each]) * 32) for each in range(MOST_PARENTS)]  # type: ignore[arg-type]  # ids of nothing
    states: dict[str, Any] = {
        "a bomb of 300 MB": zlib.compress(bytes(300 * 1024 * 1024)),
        "nested without end": zlib.compress(b'{"t":"case","sv":1,"f":{"title":' + b"[" * 400_000),
        "no UTF-8": zlib.compress(b'{"t":"case","sv":1,"f":{"title":["\xff\xfe",1,"~"]}}'),
        "not compressed": b"Vals",
        "no fields": {"t": "case", "sv": 1},
        "fields that are a list": {"t": "case", "sv": 1, "f": [1, 2]},
        "a moment that is none": {"t": "case", "sv": 1, "f": {"title": ["Vals", -1, "~"]}},
        "changed later than itself": later,
        "a stamp that is no id": {"t": "case", "sv": 1, "f": {"title": ["Vals", wall, "!"]}},
    }
    found = {name: by.revision(record(), state)[1] for name, state in states.items()}
    whole = by.revision(record(), good)[1]
    found |= {
        "an id in capitals": by.revision(record().upper(), good)[1],
        "no id": by.revision("../../etc", good)[1],
        "of another device": by.revision(record(), good, dev="somebody-else")[1],
        "a key that nobody has": by.revision(record(), good, key=99)[1],
        "a byte changed": whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
        "a signature of nobody": whole[:-64] + bytes(64),
        "cut short": whole[:-90],
        "another space": by.revision(record(), good, space="elsewhere")[1],
        "the case of somebody else": by.revision(victim.id, good, parents=invented)[1],
    }
    return found


def put(folder: Path, name: str, raw: bytes) -> None:
    """Put a file in the shared folder, past every program."""
    place = next(folder.rglob("r")) / "2611"
    place.mkdir(exist_ok=True)
    try:
        (next(folder.rglob("space.json")).parent / path_of(opened(raw))).write_bytes(raw)
    except Exception:  # noqa: BLE001 - what cannot be named is put under any name
        (place / f"{name}.rev").write_bytes(raw)


@pytest.fixture
def authors(ank: Database, bea: Database, shared: str) -> str:
    """The circle, in which Bea writes only what is hers."""
    circles.set_role(ank, shared, circles.own_member(bea, shared), Role.AUTHOR)
    both(ank, bea)
    return shared


def test_nothing_that_a_member_makes_up_is_shown_and_all_else_goes_on(
    ank: Database, bea: Database, authors: str, store: str
) -> None:
    victim = saved(ank, authors, "Van Ank")
    both(ank, bea)
    for name, raw in bad_revisions(ByHand(bea, authors), victim).items():
        put(Path(store), name, raw)
    saved(bea, authors, "Van Bea zelf")
    exchange_all(bea)
    began = time.process_time()
    report = exchange_all(ank)[authors]
    assert time.process_time() - began < SECONDS
    assert report.received + report.ignored > 10, "it did come by"
    assert titles(ank, authors) == {"Van Ank", "Van Bea zelf"}
    seen = entry(ank, victim.id)
    assert seen
    assert (seen.record.title, seen.differences) == ("Van Ank", ())
    assert not report.waiting
    saved(ank, authors, "Daarna")
    both(ank, bea)
    assert titles(bea, authors) == {"Van Ank", "Van Bea zelf", "Daarna"}


def test_a_moment_in_the_far_future_keeps_nobody_from_changing_a_case(
    ank: Database, bea: Database, shared: str
) -> None:
    hand, wall = ByHand(bea, shared), bea.clock() + 400 * DAY
    record = bea.new_id()
    hand.send(hand.revision(record, {"t": "case", "sv": 1, "f": {"title": ["Later", wall, "~"]}}, wall=wall)[1])
    exchange_all(ank)
    seen = entry(ank, record)
    assert seen
    save(ank, [Change(Case(id=record, title="Nu"), seen)], "Change")
    both(ank, bea)
    changed = entry(bea, record)
    assert changed
    assert (changed.record.title, changed.differences) == ("Nu", ())


def test_hundreds_of_heads_of_one_case_are_one_case(ank: Database, bea: Database, shared: str) -> None:
    hand, record = ByHand(bea, shared), bea.new_id()
    saved(ank, shared, "Van Ank")
    heads = [
        hand.revision(record, {"t": "case", "sv": 1, "f": {"title": [f"Kop {each}", bea.clock(), "~"]}})[1]
        for each in range(500)
    ]
    hand.send(*heads)
    began = time.process_time()
    exchange_all(ank)
    assert time.process_time() - began < SECONDS
    assert len(titles(ank, shared)) == 2
    for _again in range(500 // MOST_PARENTS + 1):
        seen = entry(ank, record)
        assert seen
        save(ank, [Change(Case(id=record, title=f"Een kop {_again}"), seen)], "Change")
    settled = entry(ank, record)
    assert settled
    assert settled.differences == ()


def test_who_was_removed_puts_nothing_back_with_an_older_date(
    ank: Database, bea: Database, shared: str, store: str
) -> None:
    saved(bea, shared, "Van Bea")
    both(bea, ank)
    hand, before = ByHand(bea, shared), bea.clock() - DAY
    circles.remove(ank, shared, [bea.device.id])
    exchange_all(ank)
    late = hand.revision(bea.new_id(), {"t": "case", "sv": 1, "f": {"title": ["Stiekem", before, "~"]}}, wall=before)
    put(Path(store), "late", late[1])
    exchange_all(ank)
    assert titles(ank, shared) == {"Van Bea"}


def test_somebody_who_poses_as_the_circle_is_told_and_gets_nothing(
    ank: Database, bea: Database, space: str, store: str, tmp_path: Path
) -> None:
    """A hub, or who holds the folder, sees the invite but not its code."""
    invitation = circles.invite_code(ank, space)
    exchange_all(ank)
    chain = circles.replica_of(ank, space).certificates()
    invite = next(each.action for each in chain if isinstance(each.action, Invite))
    device = bea.device
    create = Create(device.member, device.id, bytes(device.signer.verify_key), bytes(device.box.public_key), "circle")
    signing = {"space": space, "device": device.id, "wall": bea.clock(), "signer": device.signer}
    root = certify(create, n=1, before=None, **signing)  # type: ignore[arg-type]  # one mapping for both
    second = certify(invite, n=2, before=root.id, **signing)  # type: ignore[arg-type]
    elsewhere = tmp_path / "posing"
    there = elsewhere / Path(store).joinpath("casebook-1", space).relative_to(store)
    (there / "c").mkdir(parents=True)
    sent = []
    for each in (root, second):
        (there / path_of(each.envelope)).write_bytes(each.envelope.raw)
        sent.append(path_of(each.envelope))
    (there / "space.json").write_text(f'{{"format":1,"space":"{space}","certificate":"{shown(root.id)}"}}')
    with pytest.raises(Problem, match="misschien doet iemand"):
        circles.join(bea, f"{elsewhere}#{space}", invitation.code)
    assert sorted(str(each.relative_to(there)) for each in there.rglob("*.cert")) == sorted(sent)
    assert [each.space for each in circles.circles(bea)] == [bea.personal]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    found = begin_hub(Settings(data=tmp_path / "hub", limits=Limits(requests_a_minute=0)))
    yield found
    found.db.close()


def at_the_hub(ank: Database, bea: Database, address: str) -> str:
    """A circle of both at a hub."""
    space = circles.begin(ank, "Kring")
    circles.connect(ank, space, address)
    exchange_all(ank)
    invitation = circles.invite_code(ank, space)
    exchange_all(ank)
    circles.join(bea, invitation.address, invitation.code)
    both(bea, ank)
    return space


def test_a_hub_whose_rows_are_damaged_shows_nothing_false_and_says_that_it_disagrees(
    ank: Database, bea: Database, hub: Hub
) -> None:
    with on_a_port(hub) as address:
        space = at_the_hub(ank, bea, address)
        damaged = saved(ank, space, "Beschadigd")
        saved(ank, space, "Heel")
        exchange_all(ank)
        column = envelope.c
        with hub.db.engine.begin() as connection:
            raw = connection.scalar(select(column.env).where(column.rec == damaged.id))
            assert raw
            broken = raw[:-80] + bytes([raw[-80] ^ 1]) + raw[-79:]
            connection.execute(update(envelope).where(column.rec == damaged.id).values(env=broken))
        report = exchange_all(bea)[space]
        assert report.agrees is False
        assert titles(bea, space) == {"Heel"}
        assert titles(ank, space) == {"Heel", "Beschadigd"}


def test_a_hub_whose_disk_is_full_loses_nothing_and_goes_on_when_there_is_room(
    ank: Database, bea: Database, hub: Hub
) -> None:
    with on_a_port(hub) as address:
        space = at_the_hub(ank, bea, address)
        pages = {"most": 0}

        @event.listens_for(hub.db.engine, "checkout")
        def full(connection: Any, *_more: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages['most'] or 2**30}")

        pages["most"] = 1
        for each in range(60):
            saved(ank, space, f"Vol {each} " + "met veel tekst " * 200)
        with pytest.raises(Unreachable):
            exchange_all(ank)
        assert circles.replica_of(ank, space).how_many_wait() > 0
        assert len(titles(ank, space)) == 60
        pages["most"] = 0
        assert exchange_all(ank)[space].agrees
        exchange_all(bea)
        assert titles(bea, space) == titles(ank, space)


@pytest.mark.parametrize("what", ["the case of somebody else", "of another device", "a byte changed", "no id"])
def test_a_hub_takes_nothing_that_is_not_the_senders_to_write(
    ank: Database, bea: Database, hub: Hub, what: str
) -> None:
    with on_a_port(hub) as address:
        space = at_the_hub(ank, bea, address)
        victim = saved(ank, space, "Van Ank")
        circles.set_role(ank, space, circles.own_member(bea, space), Role.AUTHOR)
        both(ank, bea)
        hand = ByHand(bea, space)
        (outcome,) = hand.send(bad_revisions(hand, victim)[what])
        assert outcome in (Outcome.DENIED, Outcome.GARBLED)
        assert exchange_all(ank)[space].agrees
        assert titles(ank, space) == {"Van Ank"}
