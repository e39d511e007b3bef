"""A list comes in as it was announced, in one act, and never twice."""

from datetime import date

import pytest

from casebook.areas import Area, AreaKind
from casebook.case import Case, CaseStatus, InitiatorKind
from casebook.case_query import Query
from casebook.database import Database
from casebook.direction import DirectionLabel, DirectionValue
from casebook.importing.area_list import AREAS, plan_areas
from casebook.importing.mapping import CASES, corrected, guess
from casebook.importing.plan import Outcome, Step, carry_out, plan
from casebook.importing.preview import preview
from casebook.importing.sheets import Sheet
from casebook.importing.values import as_date
from casebook.present import case_file, cases, every
from casebook.problem import Problem
from casebook.progress import Cancelled, Progress
from casebook.saving import Change, save, undo
from casebook.spaces import SpaceKind, add_key, add_space

HEADER = ("Nr", "Naam", "Datum", "Wijk", "Initiatiefnemer", "Richting", "Motivering", "Thema", "Kleur")
ROWS = (
    ("B-1", "Buurttuin", "23-11-2026", "Laak", "Bewoners", "Positief", "Het past.", "Groen", "rood"),
    ("B-2", "Speelstraat", "23 nov 2026", "Elders", "ufo", "misschien", "", "", ""),
    ("", "", "", "", "", "", "", "", "wit"),
    ("B-1", "Nog een", "", "", "", "", "", "", ""),
    ("B-4", "", "", "", "", "", "", "", "blauw"),
)
SHEET = Sheet("Lijst", HEADER, ROWS)


@pytest.mark.parametrize(
    "text", ["23-11-2026", "23/11/26", "23 nov 2026", "23 november 2026", "2026-11-23", "2026-11-23 00:00:00", "46349"]
)
def test_a_date_is_understood_as_it_is_written(text: str) -> None:
    assert as_date(text) == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["", "31-02-2026", "eind november", "14", "2026"])
def test_what_is_no_date_is_not_made_one(text: str) -> None:
    assert as_date(text) is None


def test_columns_are_guessed_by_their_names() -> None:
    assert guess(SHEET, CASES).targets == (
        *("reference", "title", "asked_on", "areas", "initiator_kind", "direction", "motivation", "policy_fields", ""),
    )


def test_columns_are_guessed_by_what_stands_in_them() -> None:
    sheet = Sheet("x", ("a", "b", "c"), (("1-2-2026", "positief", "40001"), ("3-2-2026", "aangehouden", "40002")))
    assert guess(sheet, CASES).targets == ("asked_on", "direction", "")


def test_a_corrected_column_takes_the_place_of_the_guess() -> None:
    assert corrected(SHEET, guess(SHEET, CASES), {"title": "kleur"}, CASES).targets[1::7] == ("", "title")
    with pytest.raises(Problem, match="Vorm"):
        corrected(SHEET, guess(SHEET, CASES), {"title": "Vorm"}, CASES)


def test_a_list_without_a_title_column_is_refused(db: Database) -> None:
    sheet = Sheet("x", ("Kleur",), (("rood",),))
    with pytest.raises(Problem):
        plan(db, sheet, guess(sheet, CASES))


def test_every_row_is_announced_with_what_becomes_of_it(db: Database) -> None:
    planned = plan(db, SHEET, guess(SHEET, CASES))
    assert [(each.row, each.step) for each in planned.lines] == [
        *((2, Step.NEW), (3, Step.NEW), (4, Step.SKIP), (5, Step.SKIP), (6, Step.SKIP)),
    ]
    assert all(each.why for each in planned.skipped())
    assert cases(db, Query()) == []


def test_rows_become_cases_with_their_direction(db: Database) -> None:
    save(db, [Change(Area(code="L", name="Laak"))], "x")
    assert carry_out(db, plan(db, SHEET, guess(SHEET, CASES))) == Outcome(2, 0, 3)
    line = next(each for each in cases(db, Query()) if each.reference == "B-1")
    assert (line.title, line.asked_on, line.areas) == ("Buurttuin", date(2026, 11, 23), ("Laak",))
    assert line.direction is DirectionLabel.POSITIVE
    file = case_file(db, line.id)
    assert file is not None
    assert file.case.record.initiator_kind is InitiatorKind.RESIDENT
    assert file.case.record.status is CaseStatus.DRAFT
    assert [(each.direction, each.motivation) for each in file.directions] == [
        (DirectionValue.POSITIVE, "Het past."),
    ]


def test_what_is_not_understood_stays_as_text(db: Database) -> None:
    carry_out(db, plan(db, SHEET, guess(SHEET, CASES)))
    line = next(each for each in cases(db, Query()) if each.reference == "B-2")
    assert line.summary == "Wijk: Elders\n\nInitiatiefnemer: ufo\n\nRichting: misschien"


def test_an_import_is_one_act_that_is_undone_at_once(db: Database) -> None:
    carry_out(db, plan(db, SHEET, guess(SHEET, CASES)))
    assert undo(db) == "Import a list"
    assert cases(db, Query()) == []


def test_the_same_list_again_changes_nothing(db: Database) -> None:
    carry_out(db, plan(db, SHEET, guess(SHEET, CASES)))
    again = plan(db, SHEET, guess(SHEET, CASES))
    assert again.outcome() == Outcome(0, 0, 3, 2)
    assert carry_out(db, again) == Outcome(0, 0, 3, 2)
    assert undo(db) == "Import a list"
    assert cases(db, Query()) == []


def test_a_row_without_reference_does_not_come_in_twice(db: Database) -> None:
    sheet = Sheet("x", ("Titel", "Datum"), (("Buurttuin", "1-2-2026"),))
    carry_out(db, plan(db, sheet, guess(sheet, CASES)))
    assert carry_out(db, plan(db, sheet, guess(sheet, CASES))) == Outcome(0, 0, 1)


def test_a_changed_row_updates_its_case_and_leaves_the_rest(db: Database) -> None:
    save(db, [Change(Case(reference="B-2", title="Oud", goal="Spelen", summary="Van ons."))], "x")
    assert carry_out(db, plan(db, SHEET, guess(SHEET, CASES))).updated == 1
    (record,) = [each.record for each in every(db, Case) if each.record.reference == "B-2"]
    assert (record.title, record.goal) == ("Speelstraat", "Spelen")
    assert record.summary.startswith("Van ons.\n\nWijk: Elders")


def test_of_a_case_that_was_shared_the_own_one_is_updated(db: Database) -> None:
    with db.write() as connection:
        add_space(db, connection, "circle", SpaceKind.CIRCLE)
        add_key(db, connection, "circle", 1, b"c" * 32, b"1" * 32)
    save(db, [Change(Case(reference="B-2", title="Van mij"))], "x")
    save(db, [Change(Case(reference="B-2", title="Van de kring"), space="circle")], "x")
    assert carry_out(db, plan(db, SHEET, guess(SHEET, CASES))).updated == 1
    assert {each.space: each.record.title for each in every(db, Case) if each.record.reference == "B-2"} == {
        db.personal: "Speelstraat",
        "circle": "Van de kring",
    }


def test_of_two_own_cases_with_one_reference_none_is_updated_by_guessing(db: Database) -> None:
    save(db, [Change(Case(reference="B-2", title="Een")), Change(Case(reference="B-2", title="Nog een"))], "x")
    planned = plan(db, SHEET, guess(SHEET, CASES))
    assert planned.outcome() == Outcome(1, 0, 4)
    assert planned.skipped()[0].why
    carry_out(db, planned)
    assert {each.title for each in cases(db, Query())} == {"Een", "Nog een", "Buurttuin"}


def test_updating_can_be_declined(db: Database) -> None:
    save(db, [Change(Case(reference="B-2", title="Oud"))], "x")
    assert plan(db, SHEET, guess(SHEET, CASES), update=False).outcome() == Outcome(1, 0, 4)


def test_another_direction_replaces_the_one_that_stands(db: Database) -> None:
    carry_out(db, plan(db, SHEET, guess(SHEET, CASES)))
    other = Sheet("Lijst", HEADER, ((*ROWS[0][:5], "nee", "Toch niet.", *ROWS[0][7:]),))
    assert carry_out(db, plan(db, other, guess(other, CASES))).updated == 1
    line = next(each for each in cases(db, Query()) if each.reference == "B-1")
    assert line.direction is DirectionLabel.NEGATIVE


def until(at: int) -> Progress:
    def stop(done: int, _all: int) -> None:
        if done >= at:
            raise Cancelled

    return stop


def test_an_import_that_is_called_off_leaves_nothing(db: Database) -> None:
    with pytest.raises(Cancelled):
        plan(db, SHEET, guess(SHEET, CASES), progress=until(0))
    planned = plan(db, SHEET, guess(SHEET, CASES))
    with pytest.raises(Cancelled):
        carry_out(db, planned, until(2))
    assert cases(db, Query()) == []
    assert carry_out(db, planned).new == 2


def test_the_preview_speaks_the_words_of_the_screen(db: Database) -> None:
    save(db, [Change(Area(code="L", name="Laak"))], "x")
    mapping = guess(SHEET, CASES)
    shown = preview(db, plan(db, SHEET, mapping), mapping, CASES)
    first = dict(zip(shown.titles, shown.rows[0].texts, strict=True))
    assert (first["Titel"], first["Gebieden"], first["Richting"]) == ("Buurttuin", "Laak", "Positief")
    assert first["Gevraagd op"] == "23 nov 2026"
    assert [each.row for each in shown.rows] == [2, 3]


def areas(*rows: tuple[str, ...]) -> Sheet:
    return Sheet("g", ("code", "naam", "soort", "valt onder", "inwoners", "jaar"), rows)


def bring_in(db: Database, sheet: Sheet) -> Outcome:
    return carry_out(db, plan_areas(db, sheet, guess(sheet, AREAS)))


def test_areas_come_in_and_are_updated_by_code(db: Database) -> None:
    bring_in(db, areas(("L", "Laak", "stadsdeel", "", "45.000", "2025")))
    after = bring_in(db, areas(("L", "Laak", "", "", "46000", ""), ("M", "Molenwijk", "wijk", "L", "", "")))
    assert after == Outcome(1, 1, 0)
    laak, molenwijk = sorted((each.record for each in every(db, Area)), key=lambda each: each.code)
    assert (laak.area_kind, laak.inhabitants, laak.counted_in) == (AreaKind.BOROUGH, 46000, 2025)
    assert (molenwijk.area_kind, molenwijk.parent_code) == (AreaKind.DISTRICT, "L")
    assert undo(db) == "Import areas"


def test_every_row_of_a_list_of_areas_is_announced(db: Database) -> None:
    bring_in(db, areas(("L", "Laak", "", "", "", "")))
    rows = (
        ("L", "Laak", "", "", "", ""),
        ("M", "Molenwijk", "iets", "L", "veel", "2025"),
        ("", "Zonder code", "", "", "", ""),
        ("M", "Nog eens", "", "", "", ""),
        ("Z", "", "", "", "", ""),
    )
    sheet = areas(*rows)
    planned = plan_areas(db, sheet, guess(sheet, AREAS))
    assert [each.step for each in planned.lines] == [Step.SAME, Step.NEW, Step.SKIP, Step.SKIP, Step.SKIP]
    assert all(each.why for each in planned.skipped())
    assert planned.lines[1].left == ("soort: iets", "inwoners: veel")


def test_a_list_of_areas_needs_codes_and_names(db: Database) -> None:
    sheet = Sheet("g", ("naam",), (("Laak",),))
    with pytest.raises(Problem, match="Code"):
        plan_areas(db, sheet, guess(sheet, AREAS))
