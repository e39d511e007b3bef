"""The course of a case: its records as moments in time, for the timeline on the screen and on paper."""

from collections.abc import Iterator
from datetime import date
from textwrap import shorten
from typing import TYPE_CHECKING

from casebook.condition import Condition, ConditionStatus
from casebook.contribution import Contribution
from casebook.direction import Alignment, Direction, label_of, standing
from casebook.followup import FollowUp, FollowUpStatus
from casebook.names import Names
from casebook.timeline import EventKind, TimelineEvent
from resources.language import _

if TYPE_CHECKING:
    from casebook.present import CaseFile

_LONGEST = 80


def course_of(file: "CaseFile", names: Names, today: date) -> list[TimelineEvent]:
    """What happened in a case and what is planned, by date; what has no date is left out."""
    return sorted(_events(file, names, today), key=lambda each: each.on)


def _events(file: "CaseFile", names: Names, today: date) -> Iterator[TimelineEvent]:
    if asked_on := file.case.record.asked_on:
        yield TimelineEvent(asked_on, _("Question asked"), EventKind.QUESTION)
    yield from _discussions(file.contributions, names)
    for direction in file.directions:
        if direction.on and direction.direction:
            yield TimelineEvent(direction.on, _direction(direction, file), EventKind.DIRECTION)
    yield from (event for each in file.alignments if (event := _alignment(each)))
    yield from (event for each in file.conditions if (event := _condition(each, today)))
    yield from (event for each in file.follow_ups if (event := _follow_up(each)))


def _discussions(contributions: tuple[Contribution, ...], names: Names) -> Iterator[TimelineEvent]:
    """One moment for all contributions of one day."""
    by_day: dict[date, list[str]] = {}
    for each in contributions:
        if each.on:
            by_day.setdefault(each.on, []).append(names.policy_fields.name(each.policy_field))
    for on, fields in by_day.items():
        said = ", ".join(dict.fromkeys(each for each in fields if each))
        words = _("Discussed: {fields}").format(fields=said) if said else _("Discussed")
        yield TimelineEvent(on, words, EventKind.DISCUSSION)


def _direction(direction: Direction, file: "CaseFile") -> str:
    conditions = file.conditions if direction == standing(file.directions) else ()
    label = label_of(direction, conditions)
    return _("Direction: {direction}").format(direction=label.text if label else "")


def _alignment(alignment: Alignment) -> TimelineEvent | None:
    if not alignment.on:
        return None
    outcome = alignment.outcome.text if alignment.outcome else _("Alignment")
    parts = (outcome, alignment.aligned_with.text if alignment.aligned_with else "")
    return TimelineEvent(alignment.on, ": ".join(filter(None, parts)), EventKind.ALIGNMENT)


def _condition(condition: Condition, today: date) -> TimelineEvent | None:
    if not condition.due or condition.status is ConditionStatus.LAPSED:
        return None
    text = shorten(condition.text.replace("**", ""), _LONGEST, placeholder="…") or _("Condition")
    words = _("Due: {condition}").format(condition=text)
    return TimelineEvent(condition.due, words, EventKind.CONDITION, planned=condition.due > today)


def _follow_up(follow_up: FollowUp) -> TimelineEvent | None:
    on = follow_up.done_on or follow_up.planned_on
    if not on or follow_up.status is FollowUpStatus.SKIPPED:
        return None
    outcome = follow_up.outcome.text if follow_up.outcome else ""
    words = ": ".join(filter(None, (follow_up.follow_up_kind.text, outcome)))
    return TimelineEvent(on, words, EventKind.FOLLOW_UP, planned=follow_up.status is not FollowUpStatus.DONE)
