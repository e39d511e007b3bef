"""A clock that was wrong, put right before anything was sent."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from casebook.case import Case
from casebook.database import Database
from casebook.digest import Place, mark
from casebook.envelope import Revision, RevisionId, Stamped, State, short
from casebook.fold import fold
from casebook.history import versions
from casebook.log import revisions_of
from casebook.present import entry, fingerprint, rebuild
from casebook.restamping import restamp, restamp_each
from casebook.saving import Change, Edit, save, save_edits, undo
from tests.casebook.conftest import Clock

DAY = 86_400_000


def put_right(db: Database, offset: int) -> set[str]:
    changed: set[str] = set()
    with db.write(changed) as connection:
        changed |= restamp(db, connection, db.personal, offset)
    return changed


def walls(db: Database, case: Case) -> list[int]:
    with db.read() as connection:
        return sorted(each.wall for each in revisions_of(db, connection, case.id))


def test_what_was_saved_by_a_fast_clock_is_of_now(db: Database, clock: Clock) -> None:
    right = clock.now
    clock.now += 3 * DAY
    case = Case(title="one", areas=frozenset({"oost"}))
    save(db, [Change(case)], "New case")
    save_edits(db, [Edit(case.id, "case", {"title": "two", "areas": ["oost", "west"]})], "Change")
    assert put_right(db, -3 * DAY) == {"case"}
    assert all(right <= each <= right + 100 for each in walls(db, case))
    found = entry(db, case.id)
    assert found is not None
    assert (found.record.title, found.record.areas, len(found.heads)) == ("two", frozenset({"oost", "west"}), 1)
    assert [len(each.changes) for each in versions(db, case.id)] == [2, 2]
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before
    assert undo(db) == "Change"
    again = entry(db, case.id)
    assert again is not None
    assert again.record == case


def test_what_a_clock_stamped_that_is_right_again_is_of_now(db: Database, clock: Clock) -> None:
    right = clock.now
    clock.now += 3 * DAY
    case = Case(title="one")
    save(db, [Change(case)], "New case")
    clock.now = right + 10
    assert put_right(db, 0) == {"case"}
    assert all(right <= each <= clock.now for each in walls(db, case))


def test_what_the_store_has_and_what_is_past_stays(db: Database, clock: Clock) -> None:
    case = Case(title="one")
    save(db, [Change(case)], "New case")
    clock.now += 3 * DAY
    save_edits(db, [Edit(case.id, "case", {"title": "two"})], "Change")
    with db.write() as connection:
        known = connection.exec_driver_sql("SELECT id FROM rev ORDER BY wall").scalars().all()
        mark(connection, db.personal, known, Place.IN_STORE)
    assert put_right(db, -3 * DAY) == set()
    save_edits(db, [Edit(case.id, "case", {"title": "three"})], "Change")
    put_right(db, -3 * DAY)
    times = walls(db, case)
    assert times[2] == times[1] + 1
    with db.read() as connection:
        assert set(known) < set(connection.exec_driver_sql("SELECT id FROM rev").scalars())
    assert put_right(db, DAY) == set()


@st.composite
def chains(draw: st.DrawFn) -> list[Revision]:
    """Saves of one record, each on top of one or two before it, with stamps as saving makes them."""
    made: list[Revision] = []
    for number in range(draw(st.integers(1, 8))):
        id_ = RevisionId(bytes([number]) * 32)
        parents = tuple(draw(st.sets(st.sampled_from([each.id for each in made]), max_size=2))) if made else ()
        base = fold(each for each in made if each.id in parents).state.fields if parents else {}
        wall = max([draw(st.integers(0, 50)), *(each.wall + 1 for each in base.values())])
        name = draw(st.sampled_from("abc"))
        own = Stamped(f"{name}{number}", wall, short(id_))
        fields = {key: each if each.rev else Stamped(each.value, wall, short(id_)) for key, each in base.items()}
        made.append(Revision(id_, "r", "s", parents, "d", wall, State("case", {**fields, name: own})))
    return made


@given(chains(), st.integers(-60, 60), st.data())
def test_sealed_again_it_says_the_same(made: list[Revision], offset: int, data: st.DataObject) -> None:
    again: list[Revision] = []

    def seal(each: Revision, state: State, parents: tuple[RevisionId, ...], wall: int) -> RevisionId:
        id_ = RevisionId(bytes([100 + len(again)]) * 32)
        fields = {
            name: one if one.rev else Stamped(one.value, one.wall, short(id_)) for name, one in state.fields.items()
        }
        again.append(replace(each, id=id_, parents=parents, wall=wall, state=replace(state, fields=fields)))
        return id_

    renamed = restamp_each(data.draw(st.permutations(made)), offset, seal)
    assert set(renamed) == {each.id for each in made}
    before, after = fold(made), fold(again)
    assert {renamed[each] for each in before.heads} == set(after.heads)
    for each in again:
        assert all(stamp.wall <= each.wall for stamp in each.state.fields.values())
        assert set(each.parents) <= set(renamed.values())
    if len(before.heads) == 1:
        values = [{name: one.value for name, one in each.state.fields.items()} for each in (before, after)]
        assert values[0] == values[1]


def test_a_long_chain_is_sealed_again() -> None:
    ids = [RevisionId(number.to_bytes(32, "big")) for number in range(3000)]
    before = [(), *((each,) for each in ids)]
    made = [Revision(each, "r", "s", before[n], "d", n, State("case", {})) for n, each in enumerate(ids)]
    assert list(restamp_each(made, 5, lambda each, _state, _parents, _wall: each.id)) == ids
