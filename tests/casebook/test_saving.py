"""Saving, undoing, history and drafts on a real casebook."""

from dataclasses import replace
from datetime import date

import pytest

from casebook.case import Case
from casebook.case_query import Query, Sort
from casebook.condition import Condition
from casebook.contribution import Contribution
from casebook.database import Database
from casebook.direction import Direction, DirectionLabel, DirectionValue
from casebook.drafts import Draft, keep, kept, settle
from casebook.history import put_back, versions
from casebook.present import case_file, cases, count, entry, fingerprint, rebuild
from casebook.progress import Cancelled
from casebook.record import RecordId, new_id
from casebook.saving import Change, Edit, can_redo, can_undo, redo, save, save_edits, undo


def new_case(db: Database, **fields: object) -> Case:
    case = Case(**{"title": "Buurttuin in Oost", **fields})  # type: ignore[arg-type]  # any field of a case
    save(db, [Change(case)], "New case")
    return case


def title_of(db: Database, record_id: RecordId) -> str:
    found = entry(db, record_id)
    assert found is not None
    return str(found.record.title)


def changed(db: Database, record_id: RecordId, **fields: object) -> None:
    found = entry(db, record_id)
    assert found is not None
    save(db, [Change(replace(found.record, **fields), found)], "Change")


def test_a_saved_case_is_read_back_whole(db: Database) -> None:
    case = new_case(db, areas=frozenset({"oost", "west"}), asked_on=date(2026, 11, 20), summary="Een tuin.")
    found = entry(db, case.id)
    assert found is not None
    assert found.record == case


def test_saving_what_is_there_already_writes_nothing(db: Database) -> None:
    case = new_case(db)
    found = entry(db, case.id)
    assert found is not None
    assert save(db, [Change(found.record, found)], "Change") == 0
    assert len(versions(db, case.id)) == 1


def test_listeners_hear_which_kinds_changed(db: Database) -> None:
    heard: list[frozenset[str]] = []
    db.listeners.append(heard.append)
    new_case(db)
    assert heard == [frozenset({"case"})]


def test_a_positive_direction_with_a_condition_is_shown_as_under_conditions(db: Database) -> None:
    case = new_case(db)
    given = Direction(case_id=case.id, direction=DirectionValue.POSITIVE, motivation="Het past.")
    save(db, [Change(given)], "Direction")
    assert cases(db, Query())[0].direction is DirectionLabel.POSITIVE
    save(db, [Change(Condition(case_id=case.id, text="Draagvlak in de straat"))], "Condition")
    assert cases(db, Query())[0].direction is DirectionLabel.POSITIVE_CONDITIONS


def test_a_case_is_found_by_words_in_its_contributions(db: Database) -> None:
    case = new_case(db)
    new_case(db, title="Speelstraat")
    save(db, [Change(Contribution(case_id=case.id, pinches="De leidingen liggen ondiep"))], "Contribution")
    assert [line.id for line in cases(db, Query(words="leidingen"))] == [case.id]
    assert count(db, Query(words="leidingen")) == 1


def test_filters_and_orders_narrow_the_list(db: Database) -> None:
    new_case(db, title="b", areas=frozenset({"oost"}))
    new_case(db, title="Á", areas=frozenset({"west"}))
    new_case(db, title="c", areas=frozenset({"oost"}))
    east = Query(facets={"area": frozenset({"oost"})}, sort=Sort.TITLE)
    assert [line.title for line in cases(db, east)] == ["b", "c"]
    assert [line.title for line in cases(db, Query(sort=Sort.TITLE))] == ["Á", "b", "c"]
    assert [line.title for line in cases(db, Query(sort=Sort.TITLE, descending=True))] == ["c", "b", "Á"]


def test_the_newest_question_stands_first(db: Database) -> None:
    new_case(db, title="old", asked_on=date(2025, 1, 1))
    new_case(db, title="new", asked_on=date(2026, 1, 1))
    new_case(db, title="middle", asked_on=date(2025, 6, 1))
    assert [line.title for line in cases(db, Query())] == ["new", "middle", "old"]


def test_undo_and_redo_walk_over_saves(db: Database) -> None:
    case = new_case(db, title="one")
    changed(db, case.id, title="two")
    changed(db, case.id, title="three")
    assert undo(db) == "Change"
    assert title_of(db, case.id) == "two"
    assert undo(db) == "Change"
    assert title_of(db, case.id) == "one"
    assert redo(db) == "Change"
    assert title_of(db, case.id) == "two"
    act = can_redo(db)
    assert act is not None
    assert act.label == "Change"


def test_undoing_a_new_case_archives_it_and_redo_brings_it_back(db: Database) -> None:
    new_case(db)
    undo(db)
    assert count(db, Query()) == 0
    assert count(db, Query(archived=True)) == 1
    redo(db)
    assert count(db, Query()) == 1


def test_a_new_act_after_undo_leaves_nothing_to_redo(db: Database) -> None:
    case = new_case(db)
    changed(db, case.id, title="two")
    undo(db)
    changed(db, case.id, title="other")
    assert can_redo(db) is None
    assert can_undo(db) is not None


def test_undo_leaves_what_another_act_changed_since(db: Database) -> None:
    case = new_case(db, title="one")
    changed(db, case.id, title="two")
    changed(db, case.id, goal="Meer groen")
    undo(db)
    undo(db)
    found = entry(db, case.id)
    assert found is not None
    assert (found.record.title, found.record.goal) == ("one", "")


def test_history_tells_what_changed_and_an_earlier_version_comes_back(db: Database) -> None:
    case = new_case(db, title="one")
    changed(db, case.id, title="two")
    newest, oldest = versions(db, case.id)
    assert [(each.field, each.before, each.after) for each in newest.changes] == [("title", "one", "two")]
    assert newest.is_current
    assert not oldest.is_current
    put_back(db, case.id, oldest.revision)
    assert title_of(db, case.id) == "one"
    assert len(versions(db, case.id)) == 3


def test_two_saves_from_one_view_of_different_fields_both_stand(db: Database) -> None:
    case = new_case(db, title="one")
    seen = entry(db, case.id)
    assert seen is not None
    save(db, [Change(replace(seen.record, title="two"), seen)], "Change")
    save(db, [Change(replace(seen.record, goal="Meer groen"), seen)], "Change")
    found = entry(db, case.id)
    assert found is not None
    assert (found.record.title, found.record.goal) == ("two", "Meer groen")
    assert found.differences == ()
    assert len(found.heads) == 2


def test_two_saves_of_the_same_field_show_a_difference_until_someone_chooses(db: Database) -> None:
    case = new_case(db, title="one")
    seen = entry(db, case.id)
    assert seen is not None
    save(db, [Change(replace(seen.record, title="two"), seen)], "Change")
    save(db, [Change(replace(seen.record, title="three"), seen)], "Change")
    found = entry(db, case.id)
    assert found is not None
    assert found.record.title == "three"
    assert [(each.field, each.shown, each.others) for each in found.differences] == [("title", "three", ("two",))]
    save(db, [Change(replace(found.record, title="two"), found)], "Change")
    settled = entry(db, case.id)
    assert settled is not None
    assert (settled.record.title, settled.differences, len(settled.heads)) == ("two", (), 1)


def test_a_clock_that_is_set_back_does_not_lose_the_newest_change(db: Database) -> None:
    case = new_case(db, title="one")
    db.clock = lambda: 1_000
    changed(db, case.id, title="two")
    assert title_of(db, case.id) == "two"
    assert versions(db, case.id)[0].changes[0].after == "two"


def test_a_draft_survives_and_becomes_a_revision_at_the_next_start(db: Database) -> None:
    case = new_case(db, title="one")
    found = entry(db, case.id)
    assert found is not None
    keep(db, Draft(case.id, "case", {"title": "two"}, found.heads))
    assert [each.fields for each in kept(db)] == [{"title": "two"}]
    assert settle(db) == 1
    assert title_of(db, case.id) == "two"
    assert kept(db) == []


def test_rebuilding_the_present_gives_the_same_bytes(db: Database) -> None:
    case = new_case(db, summary="Bewoners willen een tuin.", areas=frozenset({"oost"}))
    other = new_case(db, title="Speelstraat", asked_on=date(2026, 3, 1))
    save(db, [Change(Contribution(case_id=case.id, possible="Grond is er"))], "Contribution")
    changed(db, other.id, asked_on=date(2026, 4, 1), archived=True)
    seen = entry(db, case.id)
    assert seen is not None
    save(db, [Change(replace(seen.record, title="two"), seen)], "Change")
    save(db, [Change(replace(seen.record, title="three"), seen)], "Change")
    with db.read() as connection:
        before = fingerprint(connection)
    assert rebuild(db) == 3
    with db.read() as connection:
        assert fingerprint(connection) == before


def test_an_archived_child_no_longer_counts(db: Database) -> None:
    case = new_case(db)
    contribution = Contribution(case_id=case.id, possible="Grond is er")
    save(db, [Change(contribution)], "Contribution")
    changed(db, contribution.id, archived=True)
    file = case_file(db, case.id)
    assert file is not None
    assert file.contributions == ()
    assert count(db, Query(words="grond")) == 0


@pytest.mark.parametrize("fields", [{"asked_on": "2019-02-03"}, {"status": "closed"}, {"title": "Moestuin"}])
def test_a_changed_case_is_found_by_what_it_says_now(db: Database, fields: dict[str, str]) -> None:
    case = new_case(db)
    save_edits(db, [Edit(case.id, "case", fields), Edit(new_id(), "case", {"title": "Plein"})], "Change")
    assert [each.title for each in cases(db, Query(words="tuin"))] == [fields.get("title", case.title)]
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before


def many(number: int) -> list[Edit]:
    return [Edit(new_id(), Case.kind, {"title": f"Tuin {n}"}) for n in range(number)]


def test_a_long_save_says_how_far_it_is(db: Database) -> None:
    heard: list[tuple[int, int]] = []
    save_edits(db, many(1_200), "Import", progress=lambda done, all_: heard.append((done, all_)))
    assert heard == [(0, 1_200), (500, 1_200), (1_000, 1_200), (1_200, 1_200)]
    assert count(db, Query()) == 1_200


@pytest.mark.parametrize("at", [0, 500, 600])
def test_a_save_that_is_called_off_leaves_nothing(db: Database, at: int) -> None:
    def until(done: int, _all: int) -> None:
        if done >= at:
            raise Cancelled

    with pytest.raises(Cancelled):
        save_edits(db, many(600), "Import", progress=until)
    assert count(db, Query()) == 0
    assert can_undo(db) is None
    new_case(db)
    assert count(db, Query()) == 1
