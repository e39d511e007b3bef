"""The report of a case: what a colleague, an alderman or a session reads of it on paper."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.case import Case, Paradigm
from casebook.condition import Condition
from casebook.contribution import Contribution
from casebook.course import course_of
from casebook.direction import Alignment, Direction, DirectionStatus, label_of, standing, status_of
from casebook.followup import FollowUp
from casebook.names import Names, names_of
from casebook.paper.case_weighing import weighing
from casebook.paper.content import (
    Block,
    Cell,
    Document,
    Figure,
    Heading,
    Notice,
    Paragraph,
    Run,
    Tone,
)
from casebook.paper.markdown import blocks_of
from casebook.paper.style import TEXT_WIDTH
from casebook.paper.told import Codes, cell, facts, label, section, table, texts
from casebook.picture import Measure, rough_width
from casebook.problem import Problem
from casebook.support import Support
from casebook.timeline import timeline
from casebook.whole_file import write_whole
from casebook.written import day, euros
from resources.language import _, current, plural

if TYPE_CHECKING:
    from casebook.database import Database
    from casebook.present import CaseFile

_LANGUAGES = {"nl": "nl-NL", "en": "en-GB"}


def write_case_report(db: "Database", case_id: str, path: Path, today: date) -> None:
    """Write the report of a case at *path* as PDF, wholly or not at all; a `Problem` says what stood in the way.

    The audit list notes it.
    """
    from casebook.database import note
    from casebook.paper.pdf import pdf_of
    from casebook.paper.typesetting import width_of
    from casebook.present import case_file

    file = case_file(db, case_id)
    if file is None:
        raise Problem(_("This case is not in the casebook any more. Nothing was written."))
    write_whole(path, pdf_of(case_report(file, names_of(db), today, measure=width_of)))
    with db.write() as connection:
        note(connection, db.clock(), "export", path.name)


def case_report(file: "CaseFile", names: Names, today: date, *, measure: Measure = rough_width) -> Document:
    """Everything about a case that may be read on paper, in the language that is spoken now.

    *measure* tells how wide words are in its pictures.
    """
    case = file.case.record
    title = case.title.strip() or _("Case without a title")
    return Document(
        title=title,
        subject=_("Report of a case"),
        author=case.organisation.strip() or "Casusboek",
        language=_LANGUAGES[current()],
        blocks=tuple(_blocks(file, names, title, today, measure)),
        footer=_("Copy of {date}. The case itself stands in the casebook.").format(date=day(today)),
        made=datetime.combine(today, time(), UTC),
    )


def _blocks(file: "CaseFile", names: Names, title: str, today: date, measure: Measure) -> Iterator[Block]:
    case = file.case.record
    yield from _opening(file, title)
    yield from facts(case, _FACTS, _codes(names))
    yield from texts(case, ("request", "goal"), level=2)
    yield from section(_("What is possible?"), [*_room(case)])
    yield from section(_("What the policy fields say"), [*_contributions(file, names)])
    yield from section(_("Dilemmas"), [*weighing(file, names, measure)])
    yield from section(_("Direction and reasons"), [*_direction(file)])
    yield from section(_("Conditions"), [*_conditions(file, today)])
    yield from section(_("Support"), [*_supports(file)])
    yield from section(_("Expectation and lessons"), [*_lessons(case)])
    yield from section(_("Course"), [*_course(file, names, today, measure)])
    yield from section(_("Looking again"), [*_follow_ups(file)])


_FACTS = (
    "status",
    "asked_on",
    "organisation",
    "areas",
    "citywide",
    "initiator_kind",
    "parties",
    "entry_route",
    "contact_person",
    "policy_fields",
    "frameworks",
    "scale",
    "duration",
    "role_wanted",
    "role_actual",
    "file_number",
)


def _codes(names: Names) -> Codes:
    return {
        "areas": names.areas.name,
        "policy_fields": names.policy_fields.name,
        "entry_route": names.entry_routes.name,
        "frameworks": names.frameworks.name,
    }


def _opening(file: "CaseFile", title: str) -> Iterator[Block]:
    case = file.case.record
    direction = standing(file.directions)
    said = label_of(direction, file.conditions)
    yield Paragraph(_("Case {reference}").format(reference=case.reference).strip(), Tone.LABEL)
    yield Heading(1, title)
    yield Paragraph(said.text if said else _("No direction yet"), Tone.VERDICT)
    if direction and status_of(direction, file.directions, file.alignments) is DirectionStatus.DRAFT:
        yield Notice(_("DRAFT – not yet aligned with the administration"))
    if case.sample:
        yield Notice(_("This is a sample case: made up, to learn from."))
    yield from blocks_of(case.summary, Tone.LEAD)


def _room(case: Case) -> Iterator[Block]:
    yield from texts(case, ("can_now", "can_with_condition", "needs_deviation"), level=3)
    yield from facts(case, ("competent_body", "deviation"))


def _contributions(file: "CaseFile", names: Names) -> Iterator[Block]:
    header = [label(Contribution, each) for each in ("policy_field", "possible", "pinches")]
    rows = [(_contributor(each, names), cell(each, "possible"), cell(each, "pinches")) for each in file.contributions]
    yield from table(header, rows, (3, 5, 5))


def _contributor(contribution: Contribution, names: Names) -> Cell:
    """The policy field, with the role that spoke for it and when."""
    name = names.policy_fields.name(contribution.policy_field) or label(Contribution, "policy_field")
    when = day(contribution.on) if contribution.on else ""
    said = "\n".join(filter(None, (contribution.by_role.strip(), when)))
    return (_strong(name), *((Paragraph(said, Tone.QUIET),) if said else ()))


def _direction(file: "CaseFile") -> Iterator[Block]:
    direction = standing(file.directions)
    if direction:
        yield from facts(direction, ("direction", "main_reason", "reasons", "on", "forum"))
        yield from texts(direction, ("motivation", "would_help"), level=3)
        yield from section(_("Political alignment"), [*_alignments(file, direction)], level=3)
    earlier = [each for each in file.directions if each is not direction]
    header = [label(Direction, each) for each in ("on", "direction", "motivation")]
    rows = [tuple(cell(each, name) for name in ("on", "direction", "motivation")) for each in earlier]
    yield from section(_("Earlier directions"), [*table(header, rows, (3, 3, 7))], level=3)


def _alignments(file: "CaseFile", direction: Direction) -> Iterator[Block]:
    names = ("on", "aligned_with", "outcome", "remark")
    rows = [tuple(cell(each, name) for name in names) for each in file.alignments if each.direction_id == direction.id]
    yield from table([label(Alignment, each) for each in names], rows, (3, 3, 3, 5))


def _conditions(file: "CaseFile", today: date) -> Iterator[Block]:
    names = ("text", "why", "owner", "due", "status")
    rows = [
        (
            (*blocks_of(each.text), *blocks_of(each.note, Tone.QUIET)),
            *(cell(each, name) for name in names[1:-1]),
            (_strong(_("Late")) if each.is_late(today) else Paragraph(each.status.text),),
        )
        for each in file.conditions
    ]
    yield from table([label(Condition, each) for each in names], rows, (6, 5, 2.8, 2.6, 2.4))


def _supports(file: "CaseFile") -> Iterator[Block]:
    header = [label(Support, each) for each in ("support_kind", "phase")]
    header += [_("How much"), label(Support, "scheme"), label(Support, "explanation")]
    rows = [
        (
            each.support_kind.text if each.support_kind else label(Support, "support_kind"),
            each.phase.text,
            _how_much(each),
            cell(each, "scheme"),
            cell(each, "explanation"),
        )
        for each in file.supports
    ]
    yield from table(header, rows, (3, 2.5, 3, 3, 5))


def _how_much(support: Support) -> str:
    parts = (
        euros(support.amount) if support.amount is not None else "",
        plural("{n} hour", "{n} hours", support.hours) if support.hours is not None else "",
        support.period.strip(),
    )
    return ", ".join(filter(None, parts))


def _lessons(case: Case) -> Iterator[Block]:
    yield from texts(case, ("expectation", "tipping_point", "outcome", "learned"), level=3)
    if case.paradigm is not Paradigm.NONE:
        yield Heading(3, case.paradigm.text)
        yield from blocks_of(case.paradigm_why) or (Paragraph("–"),)


def _course(file: "CaseFile", names: Names, today: date, measure: Measure) -> Iterator[Block]:
    picture = timeline(course_of(file, names, today), TEXT_WIDTH, today=today, measure=measure)
    if picture:
        yield Figure(picture, (1, 3))


def _follow_ups(file: "CaseFile") -> Iterator[Block]:
    names = ("follow_up_kind", "planned_on", "done_on", "outcome", "note")
    rows = [
        (*(cell(each, name) for name in names[:3]), (each.outcome or each.status).text, cell(each, "note"))
        for each in file.follow_ups
    ]
    yield from table([label(FollowUp, each) for each in names], rows, (2.6, 2.8, 2.8, 2.8, 6))


def _strong(words: str) -> Paragraph:
    return Paragraph((Run(words, bold=True),))
