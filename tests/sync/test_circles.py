"""Two colleagues with real casebooks, a circle, and a shared folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from casebook import tables
from casebook.case import Case
from casebook.case_query import Query
from casebook.condition import Condition
from casebook.database import Database
from casebook.drafts import Draft, keep
from casebook.drafts import kept as drafts_of
from casebook.present import case_file, count, entry, every, how_many_unindexed
from casebook.problem import Problem
from casebook.record import new_id
from casebook.saving import Change, can_undo, save
from casebook.spaces import SpaceKind
from sync import circles, erasing
from sync.casebook_shelf import CasebookShelf
from sync.certificates import Role
from sync.copying import copy_case
from sync.engine import Progress
from sync.replica import Replica
from sync.store import Unreachable
from sync.syncing import Stopped, exchange_all
from tests.sync.turns import both, on

DAY = 86_400_000


def test_who_joins_sees_the_circle_and_its_people(ank: Database, bea: Database, shared: str) -> None:
    both(bea, ank)
    line = next(each for each in circles.circles(bea) if each.space == shared)
    assert (line.name, line.kind, line.role, line.members) == ("Kring Spaarne", SpaceKind.CIRCLE, Role.EDITOR, 2)
    names = {each.name: (each.role, each.is_me) for each in circles.people(ank, shared)}
    assert names == {"Ank": (Role.ADMIN, True), "Bea": (Role.EDITOR, False)}


def test_taking_part_in_a_circle_is_nothing_that_undo_takes_back(bea: Database, shared: str) -> None:
    assert can_undo(bea) is None


def test_a_case_in_the_circle_arrives_with_all_that_belongs_to_it(ank: Database, bea: Database, shared: str) -> None:
    on(ank)
    case = Case(title="Bloembakken op de brug", initiator_name="Jan Jansen")
    save(ank, [Change(case), Change(Condition(case_id=case.id, text="Beheer geregeld"))], "New")
    copy = copy_case(ank, case.id, shared)
    both(ank, bea)
    file = case_file(bea, copy)
    assert file
    assert file.case.record.title == "Bloembakken op de brug"
    assert [each.text for each in file.conditions] == ["Beheer geregeld"]
    assert file.case.record.initiator_name == ""
    assert file.case.space == shared
    assert entry(bea, case.id) is None


def test_a_store_that_is_away_does_not_keep_the_other_circles_waiting(
    ank: Database, space: str, tmp_path: Path
) -> None:
    on(ank)
    circles.connect(ank, ank.personal, "http://127.0.0.1:9")
    save(ank, [Change(Case(id=ank.new_id(), title="Bloembak"), space=space)], "New")
    with pytest.raises(Unreachable):
        exchange_all(ank)
    assert Replica(CasebookShelf(ank, space)).how_many_wait() == 0


def test_a_first_fetch_shows_the_cases_before_it_indexes_their_words_and_goes_on_after_a_stop(
    ank: Database, bea: Database, space: str
) -> None:
    on(ank)
    save(ank, [Change(Case(id=ank.new_id(), title=f"Bloembak {n}"), space=space) for n in range(5)], "New")
    exchange_all(ank)
    invitation = circles.invite_code(ank, space)
    exchange_all(ank)
    circles.join(on(bea), invitation.address, invitation.code)

    def stop(progress: Progress) -> None:
        if progress.doing == "history":
            raise Stopped

    with pytest.raises(Stopped):
        exchange_all(bea, stop)
    assert (count(bea, Query()), count(bea, Query(words="bloembak"))) == (5, 0)
    with bea.read() as connection:
        assert how_many_unindexed(connection) == 5
    exchange_all(bea)
    assert count(bea, Query(words="bloembak")) == 5
    with bea.read() as connection:
        assert how_many_unindexed(connection) == 0


def test_nothing_readable_stands_in_the_folder(ank: Database, shared: str, store: str) -> None:
    on(ank)
    case = Case(title="Geheimzinnigewoorden")
    save(ank, [Change(case, space=shared)], "New")
    exchange_all(ank)
    contents = b"".join(each.read_bytes() for each in Path(store).rglob("*") if each.is_file())
    for word in (b"Geheimzinnigewoorden", b"Kring Spaarne", b"Ank", b"Spaarnwijk"):
        assert word not in contents


def test_what_both_change_shows_a_difference_to_both(ank: Database, bea: Database, shared: str) -> None:
    on(ank)
    case = Case(title="Eerst")
    save(ank, [Change(case, space=shared)], "New")
    both(ank, bea)
    for db, title in ((ank, "Van Ank"), (bea, "Van Bea")):
        held = entry(db, case.id)
        assert held
        save(db, [Change(Case(id=case.id, title=title), held)], "Edit")
    both(ank, bea, ank)
    found = [entry(each, case.id) for each in (ank, bea)]
    assert all(each and [one.field for one in each.differences] == ["title"] for each in found)
    assert len({each.record.title for each in found if each}) == 1


def test_what_is_erased_leaves_every_casebook_and_the_folder(
    ank: Database, bea: Database, shared: str, store: str
) -> None:
    on(ank)
    case = Case(title="Weg ermee")
    save(ank, [Change(case, space=shared), Change(Condition(case_id=case.id, text="ook weg"), space=shared)], "New")
    both(ank, bea)
    assert entry(bea, case.id)
    before = len(list(Path(store).rglob("*.rev")))
    records = erasing.erase(ank, case.id)
    both(ank, bea, ank)
    assert entry(bea, case.id) is None
    assert entry(ank, case.id) is None
    assert len(list(Path(store).rglob("*.rev"))) == before - 2
    assert [each.done for each in erasing.progress(circles.replica_of(ank, shared), records)] == [2, 2]


def test_what_a_colleague_added_to_an_erased_case_goes_too(ank: Database, bea: Database, shared: str) -> None:
    on(bea)
    case = Case(title="Van Bea")
    save(bea, [Change(case, space=shared)], "New")
    both(bea, ank)
    on(ank)
    added = Condition(case_id=case.id, text="Van Ank erbij")
    save(ank, [Change(added)], "New")
    both(ank, bea)
    assert erasing.erase(on(bea), case.id) == [case.id]
    both(bea, ank, ank, bea)
    assert entry(ank, added.id) is None
    assert entry(bea, added.id) is None


def test_what_stands_in_ones_own_space_goes_with_the_case_of_a_circle_that_it_belongs_to(
    ank: Database, bea: Database, shared: str
) -> None:
    on(ank)
    case = Case(title="Van de kring")
    save(ank, [Change(case, space=shared)], "New")
    both(ank, bea)
    notes = {}
    for each in (ank, bea):
        notes[each.personal] = Condition(id=each.new_id(), case_id=case.id, text="Alleen voor mij")
        save(each, [Change(notes[each.personal], space=each.personal)], "New")
        keep(each, Draft(new_id(), "condition", {"case_id": case.id, "text": "Nog niet vastgelegd"}))
    kept = Case(id=bea.new_id(), title="Heel iets anders")
    save(bea, [Change(kept), Change(Condition(id=bea.new_id(), case_id=kept.id, text="Blijft"))], "New")
    assert set(erasing.erase(on(ank), case.id)) == {notes[ank.personal].id, case.id}
    both(ank, bea)
    for each in (ank, bea):
        assert entry(each, notes[each.personal].id) is None
        assert drafts_of(each) == []
    assert len(every(bea, Condition)) == 1


def test_an_erasure_in_a_circle_says_nothing_of_a_case_that_stands_elsewhere(
    ank: Database, bea: Database, shared: str
) -> None:
    on(bea)
    case = Case(title="Alleen van Bea")
    save(bea, [Change(case), Change(Condition(case_id=case.id, text="Blijft"))], "New")
    circles.replica_of(ank, shared).erase([case.id])
    both(ank, bea)
    file = case_file(bea, case.id)
    assert file
    assert [each.text for each in file.conditions] == ["Blijft"]


def test_what_another_made_in_a_circle_that_the_case_is_not_in_stays_and_is_told(
    ank: Database, bea: Database, shared: str, store: str
) -> None:
    on(bea)
    other = circles.begin(bea, "Kring van Bea")
    circles.connect(bea, other, store)
    made = circles.invite_code(bea, other)
    exchange_all(bea)
    circles.join(on(ank), made.address, made.code)
    both(ank, bea, ank)
    case = Case(title="Van Ank", id=ank.new_id())
    save(ank, [Change(case, space=shared)], "New")
    both(ank, bea)
    added = Condition(id=bea.new_id(), case_id=case.id, text="In een andere kring")
    save(bea, [Change(added, space=other)], "New")
    both(bea, ank)
    assert erasing.reach(ank, case.id) == erasing.Reach(True, {other: [], shared: [case.id]}, 0, 1)
    assert erasing.erase(ank, case.id) == [case.id]
    assert entry(ank, added.id)
    both(ank, bea, ank)
    assert entry(ank, added.id) is None, "its author's own device took it away"


def test_only_who_made_a_case_or_an_administrator_erases_it(ank: Database, bea: Database, shared: str) -> None:
    on(ank)
    case = Case(title="Van Ank")
    save(ank, [Change(case, space=shared)], "New")
    both(ank, bea)
    with pytest.raises(Problem, match=r"wissen"):
        erasing.erase(bea, case.id)
    assert entry(bea, case.id)


def test_what_was_erased_by_who_had_lost_the_right_to_it_comes_back_there(
    ank: Database, bea: Database, shared: str
) -> None:
    on(ank)
    case = Case(title="Van Ank")
    save(ank, [Change(case, space=shared)], "New")
    member = circles.own_member(bea, shared)
    circles.set_role(ank, shared, member, Role.ADMIN)
    both(ank, bea)
    circles.set_role(ank, shared, member, Role.EDITOR)
    exchange_all(ank)
    erasing.erase(on(bea), case.id)
    assert entry(bea, case.id) is None
    both(bea, ank, bea)
    assert entry(ank, case.id)
    assert entry(bea, case.id)


def test_who_was_removed_gets_nothing_new(ank: Database, bea: Database, shared: str) -> None:
    person = next(each for each in circles.people(ank, shared) if each.name == "Bea")
    circles.remove(ank, shared, [each.id for each in person.devices])
    both(ank, ank)
    on(ank)
    case = Case(title="Na het vertrek")
    save(ank, [Change(case, space=shared)], "New")
    exchange_all(ank)
    exchange_all(bea)
    assert entry(bea, case.id) is None
    assert len(circles.people(ank, shared)) == 1


def test_who_came_in_before_cannot_join_again_and_is_told_what_can_be_done(
    ank: Database, bea: Database, shared: str
) -> None:
    def told() -> str:
        invitation = circles.invite_code(on(ank), shared)
        exchange_all(ank)
        with pytest.raises(Problem) as refused:
            circles.join(on(bea), invitation.address, invitation.code)
        return refused.value.sentence

    assert "al mee in deze kring" in told()
    circles.remove(ank, shared, [bea.device.id])
    both(ank, bea)
    assert "nieuw casusboek" in told()


def test_who_was_removed_takes_away_only_what_the_others_know_to_be_erased(
    ank: Database, bea: Database, shared: str, store: str
) -> None:
    """The others write everything else again, each time."""
    before = set(Path(store).rglob("*.rev"))
    on(bea)
    case = Case(title="Weg")
    save(bea, [Change(case, space=shared)], "New")
    both(bea, ank)
    files = {each: each.read_bytes() for each in Path(store).rglob("*.rev") if each not in before}
    erasing.erase(ank, case.id)
    circles.remove(ank, shared, [bea.device.id])
    both(ank, bea)
    for is_known in (True, False):
        if not is_known:
            for each in Path(store).rglob("*.era"):
                each.unlink()
            with bea.write() as connection:
                connection.execute(tables.statement.update().where(tables.statement.c.kind == "erase").values(pushed=0))
        for path, content in files.items():
            path.write_bytes(content)
        both(bea)
        assert [each.exists() for each in files] == [not is_known] * len(files)
    assert files


def test_a_second_device_of_one_person_joins_as_the_same_member(ank: Database, bea: Database, space: str) -> None:
    invitation = circles.own_device_code(ank, space)
    exchange_all(ank)
    circles.join(on(bea), invitation.address, invitation.code)
    both(bea, ank)
    (person,) = circles.people(ank, space)
    assert (person.name, len(person.devices)) == ("Ank", 2)


def test_a_wrong_code_or_address_is_told_in_a_sentence(ank: Database, bea: Database, space: str, store: str) -> None:
    invitation = circles.invite_code(ank, space)
    exchange_all(ank)
    for address, code in (
        (invitation.address, "aaaa-bbbb-cccc"),
        (invitation.address, "hello"),
        (store, invitation.code),
        ("nonsense#x", invitation.code),
        (f"{store}/gone#{space}", invitation.code),
    ):
        with pytest.raises(Problem):
            circles.join(bea, address, code)
    assert [each.kind for each in circles.circles(bea)] == [SpaceKind.PERSONAL]
    assert not every(bea, Case)


def test_an_idle_exchange_reads_no_whole_log(ank: Database, shared: str) -> None:
    asked: list[str] = []
    with event_of(ank, asked):
        exchange_all(ank, compare=False)
    with ank.read() as connection:
        plans = {
            row.detail: each
            for each in asked
            if each.startswith("SELECT") and " rev" in each
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", (shared,) * each.count("?"))
        }
    assert plans
    assert not [each for plan, each in plans.items() if plan.startswith("SCAN rev")]


@contextmanager
def event_of(db: Database, asked: list[str]) -> Iterator[None]:
    """Hear every question to the file."""

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield
    event.remove(db.engine, "before_cursor_execute", hear)
