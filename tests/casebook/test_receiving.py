"""What comes from elsewhere: in any order, twice, without its key or from somebody who may not write it."""

import random
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from casebook import projecting
from casebook.case import Case
from casebook.case_query import Query
from casebook.database import Database, create_casebook
from casebook.digest import Digest, Place, digest_of, mark
from casebook.envelope import Envelope, Stamped, State, opened, seal
from casebook.history import versions
from casebook.keys import FileKey
from casebook.present import (
    case_file,
    cases,
    count,
    entry,
    every,
    fingerprint,
    how_many_unindexed,
    index_rest,
    rebuild,
)
from casebook.projecting import withdraw
from casebook.receiving import receive, recount
from casebook.record import RecordId, new_id
from casebook.saving import Change, Edit, save, save_edits
from casebook.spaces import add_key
from tests.casebook.world import BANNED, KEYS, World, counts, join

SECOND_KEY = "the second key"


def show(db: Database, world: World, *events: Envelope | str, words_later: bool = False) -> None:
    """Let envelopes, or the second key, come in at once."""
    with db.write() as connection:
        came = [each for each in events if isinstance(each, Envelope)]
        receive(db, connection, came, counts, words_later=words_later)
        if SECOND_KEY in events:
            add_key(db, connection, world.space, 2, b"d" * 32, KEYS[2])
            recount(db, connection, world.space, None, counts)


def present(db: Database) -> str:
    with db.read() as connection:
        return fingerprint(connection)


@cache
def world_of(seed: int) -> tuple[World, str, Digest]:
    """A circle, what a casebook shows of it that got all at once, and the digest of the whole."""
    world = World(seed)
    with tempfile.TemporaryDirectory() as folder:
        db = create_casebook(Path(folder) / "casebook.db", FileKey(b"k" * 32, b"s" * 16))
        join(db, world)
        show(db, world, SECOND_KEY, *world.envelopes)
        found = present(db)
        db.close()
    return world, found, Digest().with_(each.id for each in world.envelopes)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.randoms(use_true_random=False), st.integers(1, 10))
def test_the_same_set_shows_the_same_whatever_order_it_comes_in(seed: int, chance: random.Random, at_once: int) -> None:
    world, wanted, digest = world_of(seed)
    events: list[Envelope | str] = [*world.envelopes, *chance.choices(world.envelopes, k=5), SECOND_KEY]
    chance.shuffle(events)
    with tempfile.TemporaryDirectory() as folder:
        db = create_casebook(Path(folder) / "casebook.db", FileKey(b"k" * 32, b"s" * 16))
        join(db, world)
        for start in range(0, len(events), at_once):
            show(db, world, *events[start : start + at_once], words_later=chance.random() < 0.5)
            if chance.random() < 0.2:
                index_rest(db)
        index_rest(db)
        found = present(db)
        rebuild(db)
        again = present(db)
        with db.read() as connection:
            held = digest_of(connection, world.space)
            heads = connection.exec_driver_sql("SELECT count(*) FROM rev WHERE head = 1 AND counts <> 1").scalar()
        db.close()
    assert (found, again, held, heads) == (wanted, wanted, digest, 0)


@pytest.fixture
def world(db: Database) -> World:
    """A circle that this casebook is in, without revisions of others yet."""
    made = World(1)
    join(db, made)
    return made


def revision(
    world: World,
    record: str,
    said: str | State,
    wall: int,
    parents: tuple[Envelope, ...] = (),
    device: str = "d",
    n: int = 1,
) -> Envelope:
    """One that somebody else made: of a case with a title, or with any state."""
    state = State(Case.kind, {"title": Stamped(said, wall, b"")}) if isinstance(said, str) else said
    _id, raw = seal(
        state,
        record=record,
        space=world.space,
        parents=tuple(each.id for each in parents),
        device=device,
        wall=wall,
        key=KEYS[n],
        key_number=n,
        signer=SigningKey(b"s" * 32),
    )
    return opened(raw)


def titles(db: Database) -> list[str]:
    return sorted(each.record.title for each in every(db, Case))


def test_listeners_hear_what_came(db: Database, world: World) -> None:
    one = revision(world, new_id(), "one", 1000)
    with db.write() as connection:
        assert receive(db, connection, [one], counts) == {"case"}
        assert receive(db, connection, [one], counts) == set()
        assert receive(db, connection, [], counts) == set()
    assert titles(db) == ["one"]


def test_a_revision_before_its_parent(db: Database, world: World) -> None:
    record = new_id()
    one = revision(world, record, "one", 1000)
    two = revision(world, record, "two", 2000, (one,))
    show(db, world, two)
    assert titles(db) == ["two"]
    show(db, world, one)
    found = entry(db, record)
    assert found is not None
    assert (found.record.title, found.heads, found.differences) == ("two", (two.id,), ())
    assert len(versions(db, record)) == 2


def test_a_revision_whose_key_is_not_here_waits_for_it(db: Database, world: World) -> None:
    record = new_id()
    one = revision(world, record, "one", 1000)
    two = revision(world, record, "two", 2000, (one,), n=2)
    show(db, world, one, two, revision(world, new_id(), "other", 1500, n=2))
    assert titles(db) == ["one"]
    rebuild(db)
    assert titles(db) == ["one"]
    show(db, world, SECOND_KEY)
    assert titles(db) == ["other", "two"]


def test_who_may_not_write_is_kept_and_not_shown(db: Database, world: World) -> None:
    record = new_id()
    one = revision(world, record, "one", 1000)
    two = revision(world, record, "two", 2000, (one,), device=BANNED)
    show(db, world, one, two)
    assert titles(db) == ["one"]
    with db.write() as connection:
        recount(db, connection, world.space, [record], lambda revisions, _record: {each for each, _d, _p in revisions})
    assert titles(db) == ["two"]
    with db.write() as connection:
        assert recount(db, connection, world.space, None, lambda _revisions, _record: set()) == {"case"}
    assert titles(db) == []
    assert cases(db, Query(words="one")) == []
    assert versions(db, record) == []


def test_what_cannot_be_a_record_is_kept_and_never_shown(db: Database, world: World) -> None:
    made = [revision(world, record, "x", 1000) for record in ("", "no id", "f" * 8 + new_id()[8:], new_id().upper())]
    show(db, world, *made)
    assert titles(db) == []
    with db.read() as connection:
        assert digest_of(connection, world.space) == Digest().with_(each.id for each in made)
    show(db, world, revision(world, new_id(), "one", 1000))
    assert titles(db) == ["one"]


def test_what_says_it_changed_later_than_itself_does_not_count(db: Database, world: World) -> None:
    record = new_id()
    later = State(Case.kind, {"title": Stamped("later", 2**46, b"12345678")})
    show(db, world, revision(world, record, later, 1000), revision(world, record, "one", 900))
    assert titles(db) == ["one"]


def test_a_case_that_became_another_kind_leaves_nothing_in_the_list(db: Database, world: World) -> None:
    record = new_id()
    one = revision(world, record, "woord", 1000)
    show(db, world, one)
    show(db, world, revision(world, record, State("condition", {"text": Stamped("b", 2000, b"")}), 2000, (one,)))
    before = present(db)
    assert cases(db, Query(words="woord")) == []
    rebuild(db)
    assert present(db) == before


def test_revisions_of_another_space_are_not_mixed_in(db: Database, world: World) -> None:
    other = World(2)
    join(db, other)
    show(db, world, revision(world, new_id(), "one", 1000), revision(other, new_id(), "two", 1000))
    assert titles(db) == ["one"]


def test_the_record_of_a_space_is_not_taken_over_from_another(db: Database, world: World) -> None:
    mine = Case(title="van mij")
    save(db, [Change(mine)], "New case")
    show(db, world, revision(world, mine.id, "gekaapt", 90_000_000_000_000))
    assert titles(db) == ["van mij"]
    save_edits(db, [Edit(mine.id, "case", {"goal": "Groen"})], "Change")
    found = entry(db, mine.id)
    assert found is not None
    assert (found.space, found.record.goal, len(found.heads)) == (db.personal, "Groen", 1)


def test_a_save_here_and_one_elsewhere_are_merged(db: Database, world: World) -> None:
    record = new_id()
    one = revision(world, record, "one", 1000)
    show(db, world, one)
    save_edits(db, [Edit(record, "case", {"goal": "Groen"})], "Change")
    show(db, world, revision(world, record, "two", 2000, (one,)))
    found = entry(db, record)
    assert found is not None
    assert (found.record.title, found.record.goal, len(found.heads)) == ("two", "Groen", 2)
    assert found.space == world.space


def test_what_belongs_to_a_case_that_comes_later_is_shown_with_it(db: Database, world: World) -> None:
    case = new_id()
    condition = State("condition", {"case_id": Stamped(case, 1000, b""), "text": Stamped("Samen", 1000, b"")})
    show(db, world, revision(world, new_id(), condition, 1000))
    show(db, world, revision(world, case, "one", 900))
    file = case_file(db, case)
    assert file is not None
    assert [each.text for each in file.conditions] == ["Samen"]
    assert [line.title for line in cases(db, Query(words="samen"))] == ["one"]


def test_words_that_come_later_are_those_of_the_case_as_it_is_then(db: Database, world: World) -> None:
    one, two, three = (revision(world, new_id(), title, 1000) for title in ("eiken", "beuken", "linden"))
    show(db, world, one, two, three, words_later=True)
    assert titles(db) == ["beuken", "eiken", "linden"]
    assert [line.title for line in cases(db, Query(words="eiken"))] == []
    save_edits(db, [Edit(RecordId(one.header.rec), "case", {"title": "essen", "asked_on": "2020-01-01"})], "Change")
    with db.write() as connection:
        assert how_many_unindexed(connection) == 3
        withdraw(connection, [two.header.rec])
    index_rest(db)
    assert {word: [line.title for line in cases(db, Query(words=word))] for word in ("essen", "beuken", "linden")} == {
        "essen": ["essen"],
        "beuken": [],
        "linden": ["linden"],
    }
    with db.read() as connection:
        assert how_many_unindexed(connection) == 0


def test_indexing_is_called_off_between_two_steps_and_goes_on_later(
    db: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "INDEXED_AT_ONCE", 2)
    show(db, world, *(revision(world, new_id(), "linden", 1000) for _time in range(5)), words_later=True)
    steps = iter((False, True))
    index_rest(db, lambda: next(steps))
    assert count(db, Query(words="linden")) == 2
    index_rest(db)
    assert count(db, Query(words="linden")) == 5


def test_the_digest_follows_what_the_store_has(db: Database, world: World) -> None:
    here = world.space
    save(db, [Change(Case(id=db.new_id(), title="one"), space=here)], "New case")
    with db.write() as connection:
        own = connection.exec_driver_sql("SELECT id FROM rev").scalars().all()
        assert digest_of(connection, here) == Digest()
        for _time in range(2):
            mark(connection, here, own, Place.IN_STORE)
            assert digest_of(connection, here) == Digest().with_(own)
        mark(connection, db.personal, own, Place.WAITS)
        assert digest_of(connection, here) == Digest().with_(own)
        mark(connection, here, [*own, b"?" * 32], Place.REFUSED, "denied")
        assert digest_of(connection, here) == Digest()
        assert connection.exec_driver_sql("SELECT refused FROM rev").scalar() == "denied"
        mark(connection, here, own, Place.WAITS)
        assert digest_of(connection, here) == Digest()


def test_what_was_sent_and_comes_back_is_in_the_store(db: Database, world: World) -> None:
    save(db, [Change(Case(id=db.new_id(), title="one"), space=world.space)], "New case")
    with db.read() as connection:
        sent = opened(connection.exec_driver_sql("SELECT env FROM rev").scalar_one())
    show(db, world, sent)
    with db.read() as connection:
        assert digest_of(connection, world.space) == Digest().with_([sent.id])


def test_what_the_file_cannot_keep_is_not_counted(db: Database, world: World) -> None:
    one = revision(world, new_id(), "one", 1000)

    def fail() -> None:
        with db.write() as connection:
            receive(db, connection, [one], counts)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert titles(db) == []
    with db.read() as connection:
        assert digest_of(connection, world.space) == Digest()
