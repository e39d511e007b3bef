"""Several spaces in one casebook: where a record stands, who made it, which keys open it; files of an older version."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.case import Case
from casebook.case_query import Query
from casebook.condition import Condition
from casebook.database import Database, create_casebook, open_casebook
from casebook.drafts import Draft, keep, kept, settle
from casebook.history import put_back, versions
from casebook.keys import FileKey, Keys, SpaceKey
from casebook.log import Draughted, append, home_of, revisions_of
from casebook.present import case_file, cases, entry, every, fingerprint, is_outdated, rebuild
from casebook.problem import Problem
from casebook.projecting import held_of
from casebook.record import RecordId, identifying_fields, made_by, new_id
from casebook.saving import Change, Edit, can_redo, redo, save, save_edits, undo
from casebook.spaces import Space, SpaceKind, add_key, add_space, spaces

GOLDEN = Path(__file__).parent / "golden"


def circle(db: Database, number: int = 1) -> str:
    """A circle with its first key."""
    space = new_id()
    with db.write() as connection:
        add_space(db, connection, space, SpaceKind.CIRCLE)
        add_key(db, connection, space, 1, b"c" * 32, bytes([number]) * 32)
    return space


def held(db: Database, record_id: RecordId) -> Case:
    found = entry(db, record_id)
    assert found is not None
    assert isinstance(found.record, Case)
    return found.record


def space_of(db: Database, record_id: RecordId) -> str:
    found = entry(db, record_id)
    assert found is not None
    return found.space


def test_a_new_casebook_has_its_personal_space(db: Database) -> None:
    assert spaces(db) == [Space(db.personal, SpaceKind.PERSONAL)]
    assert db.device.member
    assert bytes(db.device.box.public_key)


def test_a_record_stays_in_the_space_it_was_made_in(db: Database) -> None:
    shared = circle(db)
    case = Case(title="Buurttuin")
    save(db, [Change(case, space=shared), Change(Case(title="Van mij"))], "New case")
    seen = entry(db, case.id)
    assert seen is not None
    save(db, [Change(replace(case, goal="Groen"), seen, space=db.personal)], "Change")
    undo(db)
    redo(db)
    put_back(db, case.id, versions(db, case.id)[-1].revision)
    with db.read() as connection:
        revisions = revisions_of(db, connection, case.id)
    assert {each.space for each in revisions} == {shared}
    assert len(revisions) == 5
    assert [line.title for line in cases(db, Query(facets={"space": frozenset({shared})}))] == ["Buurttuin"]


def test_what_belongs_to_a_case_is_made_in_its_space(db: Database) -> None:
    shared = circle(db)
    case, together = Case(title="Buurttuin"), Case(title="Repair-café")
    save(db, [Change(case, space=shared)], "New case")
    later = Condition(case_id=case.id, text="later")
    at_once = Condition(case_id=together.id, text="at once")
    mine = Condition(case_id=case.id, text="for me alone")
    nobodys = Condition(case_id=new_id(), text="of a case that is not here")
    save(db, [Change(later), Change(at_once), Change(together, space=shared), Change(nobodys)], "New")
    save(db, [Change(mine, space=db.personal)], "New")
    assert [space_of(db, each.id) for each in (later, at_once, together)] == [shared] * 3
    assert [space_of(db, each.id) for each in (mine, nobodys)] == [db.personal] * 2
    file = case_file(db, case.id)
    assert file is not None
    assert [each.text for each in file.conditions] == ["later", "for me alone"]


def test_a_record_of_another_circle_does_not_show_in_a_case(db: Database) -> None:
    case = Case(title="Buurttuin")
    save(db, [Change(case)], "New case")
    save(db, [Change(Condition(case_id=case.id, text="smokkelwoord"), space=circle(db))], "New")
    file = case_file(db, case.id)
    assert file is not None
    assert file.conditions == ()
    assert cases(db, Query(words="smokkelwoord")) == []


def test_what_identifies_a_person_never_leaves_the_personal_space(db: Database) -> None:
    shared = circle(db)
    ours, mine = Case(title="Ons", initiator_name="J. Jansen"), Case(title="Mijn", initiator_name="J. Jansen")
    save(db, [Change(ours, space=shared), Change(mine)], "New case")
    save_edits(db, [Edit(ours.id, "case", {"initiator_name": "J. Jansen", "goal": "Groen"})], "Change")
    assert (held(db, ours.id).initiator_name, held(db, ours.id).goal) == ("", "Groen")
    assert held(db, mine.id).initiator_name == "J. Jansen"
    with db.read() as connection:
        sealed = {name for each in revisions_of(db, connection, ours.id) for name in each.state.fields}
    assert identifying_fields("case")
    assert not identifying_fields("case") & sealed


def test_a_space_without_a_key_is_told_and_nothing_is_saved(db: Database) -> None:
    space = new_id()
    with db.write() as connection:
        add_space(db, connection, space, SpaceKind.CIRCLE)
    with pytest.raises(Problem):
        save(db, [Change(Case(title="Buurttuin"), space=space)], "New case")
    assert every(db, Case) == []


def test_a_draft_keeps_its_space(db: Database) -> None:
    shared, case = circle(db), new_id()
    keep(db, Draft(case, "case", {"title": "Buurttuin"}, space=shared))
    assert kept(db)[0].space == shared
    settle(db)
    assert space_of(db, case) == shared


def test_a_new_key_seals_what_is_new_and_the_old_one_still_opens(db: Database) -> None:
    shared, case = circle(db), Case(title="one")
    save(db, [Change(case, space=shared)], "New case")
    with db.write() as connection:
        add_key(db, connection, shared, 2, b"d" * 32, b"2" * 32)
        add_key(db, connection, shared, 2, b"d" * 32, b"2" * 32)
    save_edits(db, [Edit(case.id, "case", {"title": "two"})], "Change")
    with db.read() as connection:
        numbers = connection.exec_driver_sql("SELECT key FROM rev WHERE space = ? ORDER BY wall", (shared,))
        assert list(numbers.scalars()) == [1, 2]
        assert len(revisions_of(db, connection, case.id)) == 2


def test_of_two_keys_with_one_number_both_open(db: Database) -> None:
    shared, case = circle(db), Case(title="one")
    save(db, [Change(case, space=shared)], "New case")
    with db.write() as connection:
        add_key(db, connection, shared, 1, b"a" * 32, b"9" * 32)
    save_edits(db, [Edit(case.id, "case", {"title": "two"})], "Change")
    assert db.keys.newest(shared).cert == b"a" * 32
    with db.read() as connection:
        assert len(revisions_of(db, connection, case.id)) == 2


def test_a_key_that_came_in_a_transaction_that_failed_is_not_used(db: Database) -> None:
    shared = circle(db)

    def fail() -> None:
        with db.write() as connection:
            add_key(db, connection, shared, 2, b"d" * 32, b"2" * 32)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert db.keys.newest(shared).number == 1


def test_a_key_that_another_window_added_is_used(db: Database, file_key: FileKey) -> None:
    shared = circle(db)
    other = open_casebook(db.path, file_key)
    with other.write() as connection:
        add_key(other, connection, shared, 2, b"d" * 32, b"2" * 32)
    other.close()
    save(db, [Change(Case(title="Buurttuin"), space=shared)], "New case")
    assert db.keys.newest(shared).number == 2


def test_the_present_of_several_spaces_is_made_again_the_same(db: Database) -> None:
    shared, case = circle(db), Case(title="Buurttuin")
    save(db, [Change(case, space=shared), Change(Condition(case_id=case.id, text="a"))], "New case")
    save(db, [Change(Condition(case_id=case.id, text="b"), space=db.personal), Change(Case(title="Van mij"))], "New")
    with db.read() as connection:
        before = fingerprint(connection)
    assert rebuild(db) == 4
    with db.read() as connection:
        assert fingerprint(connection) == before


def test_a_revision_that_does_not_count_is_left_out(db: Database) -> None:
    case = Case(title="one")
    save(db, [Change(case)], "New case")
    save_edits(db, [Edit(case.id, "case", {"title": "two"})], "Change")
    with db.write() as connection:
        newest = held_of(connection, [case.id])[case.id].now.folded.heads[0]
        connection.exec_driver_sql("UPDATE rev SET counts = 0, head = 0 WHERE id = ?", (newest,))
        connection.exec_driver_sql("UPDATE rev SET head = 1 WHERE id <> ?", (newest,))
    rebuild(db)
    assert held(db, case.id).title == "one"
    assert len(versions(db, case.id)) == 1
    assert put_back(db, case.id, newest) == 0
    assert undo(db) == "Change"
    assert held(db, case.id).title == "one"


def test_an_id_used_again_in_another_space_does_not_take_the_record_over(db: Database) -> None:
    shared, case = circle(db), Case(title="Van mij")
    save(db, [Change(case)], "New case")
    with db.write() as connection:
        stolen = revisions_of(db, connection, case.id)[0].state
        append(db, connection, None, [Draughted(case.id, shared, stolen, (), db.clock())])
        connection.exec_driver_sql("UPDATE rev SET dev = 'other' WHERE space = ?", (shared,))
        assert {each.space for each in revisions_of(db, connection, case.id)} == {db.personal}


def test_a_record_belongs_where_its_maker_wrote_it(db: Database) -> None:
    ours = new_id()
    own, other = db.device.id, new_id()
    assert home_of(db, ours, [("a", own), ("b", other), (db.personal, other)]) == "a"
    assert home_of(db, ours, [("b", other), (db.personal, other)]) == db.personal
    assert home_of(db, ours, [("b", other), ("a", other)]) == "a"
    assert home_of(db, ours, []) == ""


@given(st.text(min_size=1, max_size=100), st.text(max_size=100), st.integers(0, 2**40))
def test_an_id_tells_which_device_made_it(device: str, other: str, now: int) -> None:
    made = new_id(now, device)
    assert made_by(made, device)
    assert made_by(made, other) is (other == device)
    assert not made_by(made.replace("-", ""), device)


def test_ids_of_one_process_rise() -> None:
    made = [new_id(1_795_000_000_000) for _number in range(10_000)]
    assert sorted(set(made)) == made


@pytest.mark.parametrize("record", ["", "no id", "ff" * 16, "0" * 32, "é" * 36])
def test_an_id_that_is_none_was_made_by_nobody(record: str) -> None:
    assert not made_by(record, "device")


def test_an_id_made_in_a_casebook_is_of_its_device_whatever_else_is_open(
    db: Database, tmp_path: Path, file_key: FileKey
) -> None:
    other = create_casebook(tmp_path / "other.db", file_key)
    assert made_by(Case(title="Buurttuin").id, db.device.id)
    assert made_by(db.new_id(), db.device.id)
    assert made_by(other.new_id(), other.device.id)
    other.close()


def test_in_a_circle_nothing_new_is_saved_under_an_id_of_another_casebook(
    db: Database, tmp_path: Path, file_key: FileKey
) -> None:
    other = create_casebook(tmp_path / "other.db", file_key)
    shared = circle(db)
    for record in (other.new_id(), new_id(device="nobody")):
        with pytest.raises(ValueError, match="not made in this casebook"):
            save(db, [Change(Case(id=record, title="Buurttuin"), space=shared)], "New case")
    assert every(db, Case) == []
    save(db, [Change(Case(id=other.new_id(), title="Buurttuin"))], "New case")
    assert [each.space for each in every(db, Case)] == [db.personal]
    other.close()


def test_of_keys_the_newest_is_that_of_the_lowest_certificate() -> None:
    keys = Keys([SpaceKey("a", 1, b"1"), SpaceKey("a", 2, b"3", b"z"), SpaceKey("a", 2, b"2", b"y")])
    assert keys.newest("a").secret == b"2"
    assert keys.secrets("a", 2) == (b"2", b"3")
    assert keys.secrets("b", 1) == ()


def test_a_casebook_of_the_first_version_is_brought_up_to_date_with_all_that_is_in_it(
    tmp_path: Path, file_key: FileKey
) -> None:
    path = tmp_path / "casebook.db"
    shutil.copyfile(GOLDEN / "casebook-0001.db", path)
    db = open_casebook(path, file_key)
    assert is_outdated(db)
    rebuild(db)
    found = {each.record.title: each for each in every(db, Case)}
    assert sorted(found) == ["Buurttuin aan de Vliet, oost", "Repair-café vraagt startsubsidie"]
    garden = found["Buurttuin aan de Vliet, oost"]
    assert garden.record.initiator_name == "J. Jansen"
    assert [each.field for each in garden.differences] == ["goal"]
    assert {each.space for each in found.values()} == {db.personal}
    assert len(versions(db, garden.record.id)) == 3
    assert can_redo(db) is not None
    assert db.device.member
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before
    assert settle(db) == 1
    save_edits(db, [Edit(garden.record.id, "case", {"goal": "Groen"}, garden.heads)], "Change")
    db.close()
    again = open_casebook(path, file_key)
    assert held(again, garden.record.id).goal == "Groen"
    assert again.device == db.device
    again.close()
