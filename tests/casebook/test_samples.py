"""The sample cases say nothing the program does not know, keep the rules, and come and go as one step."""

from collections import deque
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casebook import case as cases_module
from casebook.areas import Area
from casebook.case import Case, CaseStatus
from casebook.case_query import Query
from casebook.condition import ConditionStatus
from casebook.database import Database
from casebook.direction import DirectionStatus, DirectionValue, standing, status_of
from casebook.lists import DILEMMAS, ENTRY_ROUTES, FRAMEWORKS, POLICY_FIELDS
from casebook.present import CaseFile, case_file, cases, count, entry, every
from casebook.record import KINDS, RecordId, created_ms, from_plain, plain_values
from casebook.samples import Sample, add_samples, has_samples, remove_samples, shipped
from casebook.saving import Change, can_undo, redo, save, undo

TODAY = date(2026, 11, 24)
SHIPPED = shipped()
CASE_IDS = [each.id for each in SHIPPED if each.kind == "case"]
FACTORS = frozenset(
    {
        "asks_money",
        "asks_space",
        "asks_staff_time",
        "asks_promotion",
        "asks_exception",
        "asks_permit",
        "public_space",
        "municipal_property",
        "private_land",
        "heritage",
        "busy_place",
        "quiet_area",
        "organised_lead",
        "one_person_carries_all",
        "legal_entity",
        "commercial_interest",
        "volunteers",
        "vulnerable_group",
        "support_shown",
        "opposition_of_neighbours",
        "partners_involved",
        "co_funding",
        "fits_goals",
        "framework_missing",
        "rule_pinches",
        "earlier_pledge",
        "several_fields",
        "council_attention",
        "safety_risk",
        "liability",
        "maintenance_unclear",
        "scarce_several_candidates",
        "competition",
        "once",
        "temporary_trial",
        "structural",
    }
)


@pytest.fixture
def filled(db: Database) -> Database:
    """A casebook with the samples."""
    add_samples(db)
    return db


def file_of(db: Database, case_id: str) -> CaseFile:
    found = case_file(db, case_id)
    assert found is not None
    return found


@pytest.mark.parametrize("sample", SHIPPED, ids=lambda each: f"{each.kind}-{each.id[-4:]}")
def test_every_value_is_known_and_read_back_as_it_was_written(sample: Sample) -> None:
    values = plain_values(from_plain(KINDS[sample.kind], RecordId(sample.id), sample.fields))
    read = {name: values.get(name) for name in sample.fields}
    written: dict[str, Any] = {
        name: sorted(each) if isinstance(each, list) else each for name, each in sample.fields.items()
    }
    assert read == written


def test_ids_are_unique_and_made_when_the_case_was_alive() -> None:
    assert len({each.id for each in SHIPPED}) == len(SHIPPED)
    assert all(each.id[14] == "7" for each in SHIPPED)
    moments = [datetime.fromtimestamp(created_ms(RecordId(each.id)) / 1000, UTC).date() for each in SHIPPED]
    assert date(2025, 1, 1) <= min(moments)
    assert max(moments) <= TODAY


def test_every_code_stands_in_a_list() -> None:
    lists = {
        "policy_fields": {each.code for each in POLICY_FIELDS},
        "frameworks": {each.code for each in FRAMEWORKS},
        "areas": {each.fields["code"] for each in SHIPPED if each.kind == "area"},
        "factors": FACTORS,
    }
    single = {
        "policy_field": lists["policy_fields"],
        "entry_route": {each.code for each in ENTRY_ROUTES},
        "dilemma": {each.code for each in DILEMMAS},
    }
    for sample in SHIPPED:
        for name, codes in lists.items():
            assert set(sample.fields.get(name, ())) <= codes
        for name, codes in single.items():
            assert name not in sample.fields or sample.fields[name] in codes


def test_every_record_of_a_case_belongs_to_one_that_is_shipped() -> None:
    for sample in SHIPPED:
        if sample.kind not in {"case", "area"}:
            assert sample.fields["case_id"] in CASE_IDS


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_a_case_can_have_come_where_it_stands(filled: Database, case_id: str) -> None:
    file = file_of(filled, case_id)
    direction = standing(file.directions)
    assert direction is not None
    positive = direction.direction is DirectionValue.POSITIVE
    case = replace(file.case.record, status=CaseStatus.DRAFT)
    for step in road_to(file.case.record.status):
        case = case.moved(step, has_direction=True, has_alignment=bool(file.alignments), positive=positive)
    assert case == file.case.record


def road_to(status: CaseStatus) -> list[CaseStatus]:
    """The shortest road from a draft."""
    waiting = deque([[CaseStatus.DRAFT]])
    while waiting[0][-1] is not status:
        road = waiting.popleft()
        waiting += [[*road, step] for step in cases_module.NEXT.get(road[-1], ()) if step not in road]
    return waiting[0][1:]


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_a_case_is_told_whole(filled: Database, case_id: str) -> None:
    file = file_of(filled, case_id)
    fields = [each.policy_field for each in file.contributions]
    assert 2 <= len(fields) == len(set(fields)) <= 4
    assert set(fields) == file.case.record.policy_fields
    assert [each.main for each in file.dilemmas].count(True) == 1
    for dilemma in file.dilemmas:
        assert sum(each.dilemma == dilemma.dilemma for each in file.positions) >= 2
    assert len(file.arguments) >= 2
    assert file.supports
    assert file.follow_ups


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_directions_positions_and_conditions_keep_their_rules(filled: Database, case_id: str) -> None:
    file = file_of(filled, case_id)
    for direction in file.directions:
        direction.given()
        assert direction.motivation
        assert direction.direction is DirectionValue.POSITIVE or direction.would_help
    for position in file.positions:
        position.taken()
    for alignment in file.alignments:
        assert alignment.direction_id in {each.id for each in file.directions}
    for condition in file.conditions:
        assert condition.why
        assert condition.note or condition.status is not ConditionStatus.LAPSED


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_the_direction_is_aligned_exactly_when_the_status_says_so(filled: Database, case_id: str) -> None:
    file = file_of(filled, case_id)
    direction = standing(file.directions)
    assert direction is not None
    aligned = status_of(direction, file.directions, file.alignments) is DirectionStatus.ALIGNED
    assert aligned is (CaseStatus.ALIGNED in road_to(file.case.record.status))


@pytest.mark.parametrize("case_id", CASE_IDS)
def test_nothing_happens_before_the_question_or_after_today(filled: Database, case_id: str) -> None:
    file = file_of(filled, case_id)
    asked = file.case.record.asked_on
    assert asked is not None
    happened = [
        day
        for each in file.entries
        for day in (getattr(each.record, "on", None), getattr(each.record, "done_on", None))
        if day is not None
    ]
    assert asked <= min(happened)
    assert max(happened) <= TODAY


def test_twelve_cases_stand_in_many_places(filled: Database) -> None:
    assert len(CASE_IDS) == 12
    assert len({each.record.status for each in every(filled, Case)}) >= 10
    late = [each for one in CASE_IDS for each in file_of(filled, one).conditions if each.is_late(TODAY)]
    assert 1 <= len(late) <= 2


def test_samples_are_added_once_and_marked(db: Database) -> None:
    assert not has_samples(db)
    assert add_samples(db) == len(SHIPPED)
    assert has_samples(db)
    assert add_samples(db) == 0
    assert count(db, Query()) == 12
    assert all(each.sample for each in cases(db, Query()))


def test_samples_leave_in_one_step_that_can_be_undone(filled: Database) -> None:
    assert remove_samples(filled) == len(SHIPPED)
    assert not has_samples(filled)
    assert count(filled, Query()) == 0
    assert every(filled, Area) == []
    assert remove_samples(filled) == 0
    assert undo(filled) == "Remove the sample cases"
    assert count(filled, Query()) == 12


def test_adding_is_undone_and_done_again(filled: Database) -> None:
    act = can_undo(filled)
    assert act is not None
    assert act.label == "Add the sample cases"
    undo(filled)
    assert not has_samples(filled)
    redo(filled)
    assert count(filled, Query()) == 12


def test_removed_samples_come_back_as_people_left_them(filled: Database) -> None:
    found = entry(filled, CASE_IDS[0])
    assert found is not None
    save(filled, [Change(replace(found.record, title="Eigen titel"), found)], "Change")
    remove_samples(filled)
    assert add_samples(filled) == len(SHIPPED)
    again = entry(filled, CASE_IDS[0])
    assert again is not None
    assert again.record.title == "Eigen titel"


def test_own_cases_stay_with_the_area_they_lie_in(filled: Database) -> None:
    own = Case(title="Eigen casus", areas=frozenset({"akkers"}))
    save(filled, [Change(own)], "New case")
    remove_samples(filled)
    assert [each.id for each in cases(filled, Query())] == [own.id]
    assert [each.record.code for each in every(filled, Area)] == ["akkers"]
