"""The direction a case is given, with its reasons, and how it was aligned politically."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casebook.condition import Condition, ConditionStatus
from casebook.fields import Choice, Class, line, prose, required, several, value
from casebook.problem import Problem
from casebook.record import Record, RecordId, created_ms
from resources.language import _, mark


class DirectionValue(Choice):
    """Which way a case goes."""

    POSITIVE = "positive", mark("Positive")
    NEGATIVE = "negative", mark("Negative")
    ON_HOLD = "on_hold", mark("On hold")


class DirectionLabel(Choice):
    """What the reader sees: *ja*, *ja, mits*, *nee* or *aangehouden*."""

    POSITIVE = "positive", mark("Positive")
    POSITIVE_CONDITIONS = "positive_conditions", mark("Positive, under conditions")
    NEGATIVE = "negative", mark("Negative")
    ON_HOLD = "on_hold", mark("On hold")


class Reason(Choice):
    """Why a direction is negative, or why the case is on hold."""

    NOT_PROMISING = "not_promising", mark("Not promising")
    NOT_THOUGHT_THROUGH = "not_thought_through", mark("Not yet thought through")
    DOES_NOT_FIT = "does_not_fit", mark("Does not fit the goals")
    INFORMATION_NEEDED = "information_needed", mark("Information needed")
    ALIGNMENT_NEEDED = "alignment_needed", mark("Alignment needed")
    COUNCIL_FRAMEWORK_NEEDED = "council_framework_needed", mark("A framework of the council is needed")


REASONS: dict[DirectionValue, tuple[Reason, ...]] = {
    DirectionValue.POSITIVE: (),
    DirectionValue.NEGATIVE: (Reason.NOT_PROMISING, Reason.NOT_THOUGHT_THROUGH, Reason.DOES_NOT_FIT),
    DirectionValue.ON_HOLD: (
        Reason.INFORMATION_NEEDED,
        Reason.ALIGNMENT_NEEDED,
        Reason.COUNCIL_FRAMEWORK_NEEDED,
    ),
}


class DirectionStatus(Choice):
    """How far the direction has come."""

    DRAFT = "draft", mark("Draft")
    ALIGNED = "aligned", mark("Aligned")
    REPLACED = "replaced", mark("Replaced")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction(Record, kind="direction"):
    """A direction is never changed: a new one replaces it."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    direction: DirectionValue | None = value(mark("Direction"))
    main_reason: Reason | None = value(mark("Main reason"))
    reasons: frozenset[Reason] = several(mark("Reasons"))
    motivation: str = prose(
        Class.WEIGHING, mark("Reasons given"), help=mark("Why this direction? The initiator reads this.")
    )
    would_help: str = prose(
        Class.WEIGHING, mark("What would help?"), help=mark("What would make it promising after all?")
    )
    on: date | None = value(mark("Date"))
    forum: str = line(Class.FACT, mark("Where it was given"))
    replaces: RecordId = value(mark("Replaces"), default=RecordId(""))

    def given(self) -> "Direction":
        """This direction, if it is complete enough to be given (Awb 3:46: a decision rests on sound reasons)."""
        for name in needed_to_give(self.direction, self.main_reason):
            value = getattr(self, name)
            required(value if isinstance(value, str) else "-" if value else "", _(_NEEDED[name]))
        if self.direction and self.main_reason and self.main_reason not in REASONS[self.direction]:
            raise Problem(_("This reason does not belong to this direction. Choose another one."))
        return self


_NEEDED = {
    "direction": mark("Choose a direction first: positive, negative or on hold."),
    "motivation": mark("A direction needs its reasons. Write in a few sentences why."),
    "main_reason": mark("Choose the main reason."),
    "would_help": mark("Not yet thought through asks for the way back: write what would make it promising."),
}


def needed_to_give(direction: DirectionValue | None, main_reason: Reason | None) -> tuple[str, ...]:
    """The fields without which a direction cannot be given, in the order in which they are asked."""
    is_needed = {
        "direction": True,
        "motivation": direction is not DirectionValue.ON_HOLD,
        "main_reason": direction in (DirectionValue.NEGATIVE, DirectionValue.ON_HOLD),
        "would_help": direction is DirectionValue.NEGATIVE and main_reason is Reason.NOT_THOUGHT_THROUGH,
    }
    return tuple(name for name, needed in is_needed.items() if needed)


class AlignedWith(Choice):
    """With whom a direction is aligned."""

    ALDERMAN = "alderman", mark("Alderman")
    EXECUTIVE = "executive", mark("Municipal executive")
    MANAGEMENT = "management", mark("Senior management")
    COUNCIL = "council", mark("Council or council committee")
    OTHER = "other", mark("Other")


class AlignmentOutcome(Choice):
    """What came out of the alignment."""

    AGREED = "agreed", mark("Agreed")
    AGREED_WITH_REMARK = "agreed_with_remark", mark("Agreed, with a remark")
    OTHER_DIRECTION = "other_direction", mark("Another direction")
    NOT_NEEDED = "not_needed", mark("Not needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment(Record, kind="alignment"):
    """With whom, when and with what outcome a direction was aligned; never changed afterwards."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    direction_id: RecordId = value(mark("Direction"), default=RecordId(""))
    on: date | None = value(mark("Date"))
    aligned_with: AlignedWith | None = value(mark("With"))
    outcome: AlignmentOutcome | None = value(mark("Outcome of the alignment"))
    remark: str = prose(Class.OPINION, mark("Remark"))

    @property
    def agrees(self) -> bool:
        """Whether the direction stands after this alignment."""
        return self.outcome not in (None, AlignmentOutcome.OTHER_DIRECTION)


def standing(directions: Iterable[Direction]) -> Direction | None:
    """The direction that stands: the newest that no other one replaces."""
    kept = [each for each in directions if not each.archived]
    replaced = {each.replaces for each in kept if each.replaces}
    open_ones = [each for each in kept if each.id not in replaced]
    return max(open_ones, key=lambda each: (each.on or date.min, created_ms(each.id), each.id), default=None)


def status_of(
    direction: Direction, directions: Iterable[Direction], alignments: Iterable[Alignment]
) -> DirectionStatus:
    """Whether a direction is a draft, aligned, or replaced: derived, never stored twice."""
    if any(each.replaces == direction.id for each in directions if not each.archived):
        return DirectionStatus.REPLACED
    agreed = any(each.direction_id == direction.id and each.agrees for each in alignments if not each.archived)
    return DirectionStatus.ALIGNED if agreed else DirectionStatus.DRAFT


def label_of(direction: Direction | None, conditions: Iterable[Condition]) -> DirectionLabel | None:
    """What the reader sees; positive with an open or met condition is *under conditions*."""
    if direction is None or direction.direction is None:
        return None
    if direction.direction is DirectionValue.POSITIVE and any(
        not each.archived and each.status is not ConditionStatus.LAPSED for each in conditions
    ):
        return DirectionLabel.POSITIVE_CONDITIONS
    return DirectionLabel(direction.direction.value)
