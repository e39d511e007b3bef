"""Saving what is unusual: nothing, twice the same, empty again, too much, from a newer version, or from many sides."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from casebook.areas import Area
from casebook.case import Case
from casebook.case_query import Query
from casebook.database import Database
from casebook.drafts import Draft, keep, kept, settle
from casebook.envelope import LARGEST_STATE, MOST_PARENTS, RevisionId, Stamped, State
from casebook.fold import Folded
from casebook.history import put_back, versions
from casebook.log import Draughted, append, revisions_of
from casebook.present import cases, entry, every, fingerprint, project, rebuild, values_of
from casebook.problem import Problem
from casebook.projecting import Now, held_of
from casebook.record import RecordId, new_id, plain_values
from casebook.saving import Change, Edit, redo, save, save_edits, undo


def new_case(db: Database, **fields: object) -> Case:
    case = Case(**{"title": "Buurttuin", **fields})  # type: ignore[arg-type]  # any field of a case
    save(db, [Change(case)], "New case")
    return case


def held(db: Database, record_id: RecordId) -> Case:
    found = entry(db, record_id)
    assert found is not None
    return found.record  # type: ignore[no-any-return]  # the entry of a case


def change(db: Database, record_id: RecordId, **fields: object) -> None:
    found = entry(db, record_id)
    assert found is not None
    save(db, [Change(replace(found.record, **fields), found)], "Change")


def from_elsewhere(db: Database, record: RecordId, state: State, parents: tuple[RevisionId, ...] = ()) -> RevisionId:
    """A revision as another version of the program would write it."""
    with db.write() as connection:
        revision = append(db, connection, None, [Draughted(record, db.personal, state, parents, db.clock())])[0]
        project(
            connection,
            [Now(record, db.personal, Folded(revision.state, (revision.id,)))],
            held_of(connection, [record]),
        )
    return revision.id


def test_undoing_a_save_that_changed_nothing_is_harmless(db: Database) -> None:
    case = new_case(db, title="one")
    save_edits(db, [Edit(case.id, "case", {"title": "one"})], "Change")
    assert undo(db) == "Change"
    assert held(db, case.id).title == "one"


def test_two_edits_of_one_record_in_one_act_are_one_revision(db: Database) -> None:
    case = new_case(db, title="one")
    edits = [Edit(case.id, "case", {"title": "two", "goal": "a"}), Edit(case.id, "case", {"title": "three"})]
    save_edits(db, edits, "Import")
    found = held(db, case.id)
    assert (found.title, found.goal) == ("three", "a")
    assert len(versions(db, case.id)) == 2
    undo(db)
    assert held(db, case.id).title == "one"


def test_a_version_from_before_a_field_was_filled_in_comes_back(db: Database) -> None:
    case = new_case(db)
    change(db, case.id, areas=frozenset({"oost"}), asked_on=date(2026, 1, 1), goal="Groen")
    put_back(db, case.id, versions(db, case.id)[-1].revision)
    assert held(db, case.id) == case


def test_undo_of_a_field_that_was_empty_leaves_it_as_a_new_record_has_it(db: Database) -> None:
    area = Area(code="oost", name="Oost")
    save(db, [Change(area)], "New area")
    found = entry(db, area.id)
    assert found is not None
    save(db, [Change(replace(found.record, inhabitants=1200, valid_from=date(2026, 1, 1)), found)], "Change")
    undo(db)
    again = entry(db, area.id)
    assert again is not None
    assert again.record == area
    redo(db)
    assert every(db, Area)[0].record.inhabitants == 1200


def test_a_draft_on_revisions_that_a_restored_copy_does_not_have_is_kept_as_a_change_of_now(db: Database) -> None:
    case = new_case(db, title="one")
    keep(db, Draft(case.id, "case", {"goal": "Groen"}, (RevisionId(b"?" * 32),)))
    keep(db, Draft(new_id(), "case", {"title": "new"}, (RevisionId(b"!" * 32),)))
    assert settle(db) == 2
    found = held(db, case.id)
    assert (found.title, found.goal) == ("one", "Groen")


def test_a_draft_that_cannot_be_saved_stays_and_holds_up_no_other(db: Database) -> None:
    import random

    endless = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=700_000))
    keep(db, Draft(new_id(), "case", {"title": "good"}))
    keep(db, Draft(new_id(), "case", {"goal": endless}))
    assert settle(db) == 1
    assert [each.fields["goal"] for each in kept(db)] == [endless]
    assert [line.title for line in cases(db, Query())] == ["good"]


def test_a_text_that_packs_well_but_is_endless_is_told(db: Database) -> None:
    with pytest.raises(Problem):
        new_case(db, goal="a" * LARGEST_STATE)
    assert every(db, Case) == []


@pytest.mark.parametrize(
    "text", ["\ud800 half", "e\u0301 é", "\x00", "\U0001f333 \u202eom\u202c", "'; DROP TABLE rev; --", " \r\n\t "]
)
def test_any_character_is_kept(db: Database, text: str) -> None:
    case = new_case(db, title=text, goal=text)
    whole = text.replace("\ud800", "\ufffd")
    assert (held(db, case.id).title, held(db, case.id).goal) == (whole, whole)
    keep(db, Draft(case.id, "case", {"goal": text}))
    assert kept(db)[0].fields == {"goal": whole}


def test_more_heads_than_one_revision_can_follow_are_settled_in_two_saves(db: Database) -> None:
    case = new_case(db, title="0")
    seen = entry(db, case.id)
    assert seen is not None
    for number in range(1, MOST_PARENTS + 10):
        save(db, [Change(replace(seen.record, title=str(number)), seen)], "Change")
    for _time in range(2):
        change(db, case.id, title="chosen" if held(db, case.id).title != "chosen" else "in the end")
    found = entry(db, case.id)
    assert found is not None
    assert (found.record.title, len(found.heads), found.differences) == ("in the end", 1, ())


def test_a_record_of_an_unknown_kind_and_unknown_fields_survive_a_save(db: Database) -> None:
    unknown, case = new_id(), new_id()
    deep = Stamped({"a": [1, {"b": None}], "ü": 1.5}, 7, b"12345678")
    elements = Stamped({"x": Stamped(True, 3, b"12345678"), "y": Stamped(False, 4, b"12345678")}, 7, b"12345678")
    fields = {"title": Stamped("one", 7, b""), "of_tomorrow": deep, "set_of_tomorrow": elements}
    from_elsewhere(db, unknown, State("kind_of_tomorrow", fields, version=9))
    from_elsewhere(db, case, State("case", fields, version=9))
    change(db, case, title="two")
    save_edits(db, [Edit(unknown, "kind_of_tomorrow", {"title": "two"})], "Import")
    with db.read() as connection:
        for record in (unknown, case):
            newest = max(revisions_of(db, connection, record), key=lambda each: each.wall)
            assert (newest.state.version, newest.state.fields["title"].value) == (9, "two")
            assert newest.state.fields["of_tomorrow"] == deep
            assert newest.state.fields["set_of_tomorrow"] == elements
    assert entry(db, unknown) is None
    assert [line.title for line in cases(db, Query())] == ["two"]


def test_a_record_that_needs_a_newer_version_is_shown_and_not_changed(db: Database) -> None:
    case = new_id()
    from_elsewhere(db, case, State("case", {"title": Stamped("one", 7, b"")}, version=9, needs=9))
    assert held(db, case).title == "one"
    with pytest.raises(Problem):
        change(db, case, title="two")
    keep(db, Draft(case, "case", {"title": "three"}))
    assert settle(db) == 0
    assert len(kept(db)) == 1


def test_every_value_ever_saved_is_in_the_history(db: Database) -> None:
    case = new_case(db, title="0")
    seen = entry(db, case.id)
    assert seen is not None
    for number in range(1, 4):
        save(db, [Change(replace(seen.record, title=str(number)), seen)], "Change")
    change(db, case.id, title="4")
    undo(db)
    assert {each.after for one in versions(db, case.id) for each in one.changes if each.field == "title"} >= set(
        "01234"
    )


def test_a_new_name_of_an_area_stands_in_the_list_at_once_and_after_a_rebuild(db: Database) -> None:
    area = Area(code="oost", name="Oost")
    save(db, [Change(area)], "New area")
    new_case(db, areas=frozenset({"oost"}))
    seen = entry(db, area.id)
    assert seen is not None
    save(db, [Change(replace(seen.record, name="Oosterpark"), seen)], "Change")
    assert cases(db, Query())[0].areas == ("Oosterpark",)
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before


def test_many_threads_save_and_read_at_once(db: Database) -> None:
    failed: list[BaseException] = []

    def work(name: int) -> None:
        try:
            for number in range(10):
                case = new_case(db, title=f"{name}-{number}")
                keep(db, Draft(case.id, "case", {"goal": "half"}))
                assert held(db, case.id).title == f"{name}-{number}"
                cases(db, Query(words="buurt"))
        except BaseException as error:  # noqa: BLE001 - told to the thread that asserts
            failed.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert len(every(db, Case)) == len(kept(db)) == 60


def test_one_look_at_the_casebook_sees_one_moment(db: Database) -> None:
    new_case(db, title="before")
    with db.read() as connection:
        count = "SELECT count(*) FROM record"
        assert connection.exec_driver_sql(count).scalar() == 1
        new_case(db, title="after")
        assert connection.exec_driver_sql(count).scalar() == 1


def test_a_saved_record_gives_the_values_that_a_new_one_has(db: Database) -> None:
    case = Case(title="one", areas=frozenset())
    save_edits(db, [Edit(case.id, "case", plain_values(case))], "Import")
    assert held(db, case.id) == case
    with db.read() as connection:
        assert values_of(revisions_of(db, connection, case.id)[0].state)["areas"] == []
