"""The report of a case holds what may be read, in the reader's language, and nothing that points at a person."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from casebook.case import Case, CaseStatus, Deviation, InitiatorKind, Paradigm, Role
from casebook.condition import Condition, ConditionStatus, Owner
from casebook.contribution import Contribution
from casebook.database import Database
from casebook.dilemma import Argument, ArgumentWeight, CaseDilemma, Moment, Pleads, Position, Stance
from casebook.direction import AlignedWith, Alignment, AlignmentOutcome, Direction, DirectionValue, Reason
from casebook.fields import Class, fields_of
from casebook.followup import FollowUp, FollowUpKind, FollowUpOutcome, FollowUpStatus
from casebook.lists import Dilemma
from casebook.names import names_of
from casebook.paper.case_report import case_report, write_case_report
from casebook.paper.content import Document, Figure, Notice, Paragraph, Table, Tone
from casebook.paper.told import cell
from casebook.present import CaseFile, case_file
from casebook.problem import Problem
from casebook.record import Record
from casebook.saving import Change, save
from casebook.support import Support, SupportKind, SupportPhase
from resources import language
from tests.casebook.paper.reading import elements, faults, opened, unmarked

TODAY = date(2026, 4, 1)
CASE = Case(
    title="Bloembakken op de nieuwe brug",
    reference="BOM-2026-014",
    summary="Bewoners willen **zelf** bloembakken.",
    request="- Toestemming\n- Water",
    entry_route="bestuur_op_maat",
    areas=frozenset({"Centrum"}),
    policy_fields=frozenset({"public_space", "safety"}),
    asked_on=date(2026, 1, 14),
    initiator_kind=InitiatorKind.RESIDENTS_GROUP,
    initiator_name="Jannigje Geheimhouder",
    can_now="Losse bakken op de landhoofden.",
    deviation=Deviation.EXPERIMENT,
    role_wanted=Role.FACILITATE,
    paradigm=Paradigm.GUIDING,
    paradigm_why="Zo doen we het voortaan.",
    status=CaseStatus.DIRECTION_GIVEN,
)
DIRECTION = Direction(
    case_id=CASE.id,
    direction=DirectionValue.POSITIVE,
    motivation="Het past in wat de stad wil.",
    on=date(2026, 2, 20),
)
OF_CASE = (
    DIRECTION,
    Contribution(
        case_id=CASE.id, policy_field="safety", possible="Buitenzijde", pinches="- Vallen\n- Zicht", on=date(2026, 2, 3)
    ),
    CaseDilemma(case_id=CASE.id, dilemma="CO", core="Wat na twee zomers?"),
    CaseDilemma(case_id=CASE.id, dilemma="RG", core="De gracht kreeg nee.", main=True),
    Position(case_id=CASE.id, dilemma="RG", place=2, reason="Eerlijk.", on=date(2026, 2, 1)),
    Position(case_id=CASE.id, dilemma="RG", place=-1, moment=Moment.AFTER_SESSION, reason="Toch.", on=date(2026, 2, 9)),
    Argument(case_id=CASE.id, dilemma="RG", text="Geen monument.", pleads=Pleads.LEFT, weight=ArgumentWeight.HEAVY),
    Argument(case_id=CASE.id, text="Los argument."),
    Condition(case_id=CASE.id, text="Rooster voor water.", owner=Owner.INITIATOR, due=date(2026, 3, 20)),
    Condition(case_id=CASE.id, text="Evaluatie.", due=date(2027, 4, 1), status=ConditionStatus.IN_PROGRESS),
    Support(case_id=CASE.id, support_kind=SupportKind.MONEY, phase=SupportPhase.OFFERED, amount=1500, hours=1),
    FollowUp(
        case_id=CASE.id,
        follow_up_kind=FollowUpKind.PROGRESS,
        planned_on=date(2026, 3, 1),
        done_on=date(2026, 3, 2),
        status=FollowUpStatus.DONE,
        outcome=FollowUpOutcome.RUNNING,
    ),
)


@pytest.fixture(autouse=True)
def english() -> None:
    language.use("en")


def kept(db: Database, *records: Record) -> CaseFile:
    save(db, [Change(each) for each in records], "New case")
    file = case_file(db, next(each.id for each in records if isinstance(each, Case)))
    assert file is not None
    return file


def report(db: Database, *records: Record) -> Document:
    return case_report(kept(db, *records), names_of(db), TODAY)


def texts(value: object) -> Iterator[str]:
    """Every string anywhere in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif hasattr(value, "__dataclass_fields__"):
        for field in fields(value):  # type: ignore[arg-type]  # it is a dataclass
            yield from texts(getattr(value, field.name))


def all_words(document: Document) -> str:
    return " ".join(texts(document))


def headings(document: Document, level: int) -> list[str]:
    return [each.words for each in document.headings() if each.level == level]


def tables(document: Document) -> dict[str, Table]:
    return {each.header[0]: each for each in document.blocks if isinstance(each, Table)}


def notices(document: Document) -> list[str | tuple[object, ...]]:
    return [each.words for each in document.blocks if isinstance(each, Notice)]


def test_the_chapters_stand_in_the_order_of_the_work(db: Database) -> None:
    document = report(db, CASE, *OF_CASE)
    assert headings(document, 2) == [
        "Request to the municipality",
        "What is possible?",
        "What the policy fields say",
        "Dilemmas",
        "Direction and reasons",
        "Conditions",
        "Support",
        "Expectation and lessons",
        "Course",
        "Looking again",
    ]
    assert headings(document, 1) == ["Bloembakken op de nieuwe brug"]


def test_a_case_in_which_nothing_is_filled_in_is_still_a_report(db: Database) -> None:
    document = report(db, Case())
    assert document.title == "Case without a title"
    assert "No direction yet" in all_words(document)
    assert headings(document, 2) == []


def test_no_field_that_identifies_a_person_is_printed(db: Database) -> None:
    secret = {info.name: "Jannigje Geheimhouder" for info in fields_of(Case) if info.cls is Class.IDENTIFYING}
    assert secret
    assert "Jannigje" not in all_words(report(db, replace(CASE, **secret), *OF_CASE))  # type: ignore[arg-type]  # texts
    with pytest.raises(ValueError, match="never goes to paper"):
        cell(CASE, "initiator_name")


def test_colleagues_who_took_a_position_are_not_named(db: Database) -> None:
    position = Position(case_id=CASE.id, dilemma="RG", member="Collega Naam", place=1, reason="Daarom.")
    words = all_words(report(db, CASE, position))
    assert "Collega" not in words
    assert "Daarom." in words


def test_the_direction_is_named_first_with_its_conditions(db: Database) -> None:
    document = report(db, CASE, *OF_CASE)
    (verdict,) = (each for each in document.blocks if isinstance(each, Paragraph) and each.tone is Tone.VERDICT)
    assert verdict.words == "Positive, under conditions"


def test_a_direction_that_is_not_aligned_is_called_a_draft(db: Database) -> None:
    assert notices(report(db, CASE, *OF_CASE)) == ["DRAFT – not yet aligned with the administration"]


def test_an_aligned_direction_is_no_draft(db: Database) -> None:
    alignment = Alignment(
        case_id=CASE.id,
        direction_id=DIRECTION.id,
        on=date(2026, 3, 12),
        aligned_with=AlignedWith.ALDERMAN,
        outcome=AlignmentOutcome.AGREED,
    )
    document = report(db, CASE, *OF_CASE, alignment)
    assert notices(document) == []
    assert "Political alignment" in headings(document, 3)


def test_in_dutch_the_draft_is_called_a_concept(db: Database) -> None:
    language.use("nl")
    document = report(db, CASE, *OF_CASE)
    assert notices(document) == ["CONCEPT – nog niet bestuurlijk afgestemd"]
    assert document.language == "nl-NL"
    assert document.footer.startswith("Afschrift van 1 april 2026")


def test_a_sample_says_that_it_is_one(db: Database) -> None:
    assert notices(report(db, replace(CASE, sample=True))) == ["This is a sample case: made up, to learn from."]


def test_the_main_dilemma_comes_first_with_its_poles_and_positions(db: Database) -> None:
    document = report(db, CASE, *OF_CASE)
    assert headings(document, 3)[1:4] == ["Equality before the law (main dilemma)", "Continuity", "Other arguments"]
    figure = next(each for each in document.blocks if isinstance(each, Figure))
    assert [row[1] for row in figure.picture.rows] == [
        "Mostly: Treat like cases alike",
        "Slightly: Do justice to this case",
    ]


def test_an_argument_names_the_pole_for_which_it_speaks(db: Database) -> None:
    document = report(db, CASE, *OF_CASE)
    of_dilemma, other = (each for each in document.blocks if isinstance(each, Table) and each.header[0] == "Argument")
    assert of_dilemma.rows[0][1:] == ("Do justice to this case", "Heavy")
    assert other.rows[0][1:] == ("For neither",)


def test_a_dilemma_of_the_networks_own_is_named(db: Database) -> None:
    own = Dilemma(code="SNEL", name="Snelheid of zorgvuldigheid", left="Snel", right="Zorgvuldig")
    save(db, [Change(own)], "New dilemma")
    dilemma = CaseDilemma(case_id=CASE.id, dilemma="SNEL")
    position = Position(case_id=CASE.id, dilemma="SNEL", place=-3, reason="Nu.")
    words = all_words(report(db, CASE, dilemma, position))
    assert "Snelheid of zorgvuldigheid" in words
    assert "Wholly: Snel" in words


def voices(number: int) -> list[Position]:
    return [
        Position(
            case_id=CASE.id,
            dilemma="RG",
            member=f"m{each}",
            place=each % 2,
            reason=f"reden {each}",
            session_id=CASE.id,
        )
        for each in range(number)
    ]


def test_of_a_session_of_fewer_than_five_people_no_spread_is_shown(db: Database) -> None:
    words = all_words(report(db, CASE, *voices(4)))
    assert "Too few answers to show" in words
    assert "reden" not in words


def test_of_a_session_of_five_people_only_how_many_stand_where(db: Database) -> None:
    document = report(db, CASE, *voices(5))
    assert tables(document)["Moment"].rows == (
        ("At intake", "In between", "3"),
        ("At intake", "Slightly: Treat like cases alike", "2"),
    )
    assert "reden" not in all_words(document)


def test_a_position_given_blind_in_a_session_is_not_printed(db: Database) -> None:
    blind = [replace(each, blind=True) for each in voices(6)]
    words = all_words(report(db, CASE, *blind))
    assert "reden" not in words
    assert "Number of people" not in words


def test_people_who_spoke_about_the_case_are_shown_unnamed_each_with_a_way_of_their_own(db: Database) -> None:
    spoken = [
        Position(case_id=CASE.id, dilemma="RG", member="Jurist", place=1, reason="A", on=date(2026, 2, 1)),
        Position(case_id=CASE.id, dilemma="RG", member="Beheerder", place=-2, reason="B", on=date(2026, 2, 1)),
        Position(case_id=CASE.id, dilemma="RG", member="Jurist", place=3, reason="C", on=date(2026, 3, 1)),
        Position(case_id=CASE.id, dilemma="RG", member="Wethouder", stance=Stance.DO_NOT_KNOW),
    ]
    document = report(db, CASE, *spoken)
    figure = next(each for each in document.blocks if isinstance(each, Figure))
    assert [row[2] for row in figure.picture.rows] == ["A", "C", "B", ""]
    assert "Jurist" not in all_words(document)
    assert "I don't know" in all_words(document)


def test_a_condition_after_its_day_is_late(db: Database) -> None:
    conditions = tables(report(db, CASE, *OF_CASE))["Condition"]
    late, in_progress = (list(texts(row)) for row in conditions.rows)
    assert late[-1] == "Late"
    assert in_progress[-1] == "In progress"


def test_an_empty_column_is_left_out(db: Database) -> None:
    assert tables(report(db, CASE, *OF_CASE))["Condition"].header == ("Condition", "Who sees to it", "Due", "Status")


def test_support_tells_how_much(db: Database) -> None:
    assert "€\u00a01,500, 1 hour" in all_words(report(db, CASE, *OF_CASE))


def test_an_earlier_direction_is_kept_in_sight(db: Database) -> None:
    earlier = Direction(
        case_id=CASE.id,
        direction=DirectionValue.ON_HOLD,
        main_reason=Reason.INFORMATION_NEEDED,
        motivation="Eerst de constructeur.",
        on=date(2026, 2, 6),
    )
    document = report(db, CASE, earlier, replace(DIRECTION, replaces=earlier.id))
    assert "Earlier directions" in headings(document, 3)
    assert "Eerst de constructeur." in all_words(document)


def test_the_course_of_the_case_is_a_picture_with_its_moments(db: Database) -> None:
    document = report(db, CASE, *OF_CASE)
    timeline = [each for each in document.blocks if isinstance(each, Figure)][-1]
    assert timeline.picture.rows == (
        ("14 January 2026", "Question asked"),
        ("3 February 2026", "Discussed: Safety and enforcement"),
        ("20 February 2026", "Direction: Positive, under conditions"),
        ("2 March 2026", "Progress: Running"),
        ("20 March 2026", "Due: Rooster voor water."),
        ("1 April 2027", "Due: Evaluatie. (planned)"),
    )


def test_what_was_archived_is_not_printed(db: Database) -> None:
    condition = Condition(case_id=CASE.id, text="Weggelegd.", archived=True)
    assert "Weggelegd" not in all_words(report(db, CASE, condition))


@pytest.mark.parametrize("code", ["nl", "en"])
def test_the_report_written_conforms_and_is_tagged(db: Database, tmp_path: Path, code: str) -> None:
    language.use(code)
    kept(db, CASE, *OF_CASE)
    path = tmp_path / "casus.pdf"
    write_case_report(db, CASE.id, path, TODAY)
    content = path.read_bytes()
    assert faults(content) == []
    pdf = opened(content)
    assert unmarked(pdf) == []
    assert all(str(each.Alt) for each in elements(pdf, "Figure"))
    assert len(elements(pdf, "Figure")) == 2


def test_the_same_case_on_the_same_day_gives_the_same_bytes(db: Database, tmp_path: Path) -> None:
    kept(db, CASE, *OF_CASE)
    for name in ("een.pdf", "twee.pdf"):
        write_case_report(db, CASE.id, tmp_path / name, TODAY)
    assert (tmp_path / "een.pdf").read_bytes() == (tmp_path / "twee.pdf").read_bytes()


def test_a_case_that_is_gone_is_said_and_nothing_is_written(db: Database, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="not in the casebook any more"):
        write_case_report(db, CASE.id, tmp_path / "casus.pdf", TODAY)
    assert not (tmp_path / "casus.pdf").exists()


def test_thirty_pages_of_text_in_every_field_are_printed_whole(db: Database, tmp_path: Path) -> None:
    long = "Een zin die de bewoners zelf hebben geschreven. " * 600
    case = replace(CASE, summary=long, can_now=long)
    contribution = Contribution(case_id=CASE.id, policy_field="safety", possible=long, pinches="kort")
    kept(db, case, contribution, Condition(case_id=CASE.id, text=long, why=long))
    write_case_report(db, CASE.id, tmp_path / "lang.pdf", TODAY)
    content = (tmp_path / "lang.pdf").read_bytes()
    assert len(opened(content).pages) > 30
    assert faults(content) == []


def test_asking_for_a_report_is_what_loads_the_pdf_library() -> None:
    code = "import sys, casebook.paper.case_report; sys.exit('reportlab' in sys.modules or 'pikepdf' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0
