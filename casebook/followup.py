"""Looking again later: does it run, does it stand, did it come back."""

from dataclasses import dataclass, replace
from datetime import date

from casebook.fields import Choice, Class, prose, value
from casebook.problem import Problem
from casebook.record import Record, RecordId
from resources.language import _, mark


class FollowUpKind(Choice):
    """Why one looks again."""

    PROGRESS = "progress", mark("Progress")
    CONTINUITY = "continuity", mark("Continuity")
    RETURN = "return", mark("Return")
    EVALUATION = "evaluation", mark("Evaluation")


class FollowUpStatus(Choice):
    """Where a follow-up stands."""

    PLANNED = "planned", mark("Planned")
    DONE = "done", mark("Done")
    SKIPPED = "skipped", mark("Skipped")
    MOVED = "moved", mark("Moved")


class FollowUpOutcome(Choice):
    """What was found."""

    RUNNING = "running", mark("Running")
    GROWN = "grown", mark("Grown")
    INDEPENDENT = "independent", mark("Independent")
    LEANS = "leans_on_municipality", mark("Leans on the municipality")
    TAKEN_OVER = "taken_over", mark("Taken over")
    ENDED_WELL = "ended_well", mark("Ended, and succeeded")
    ENDED_STUCK = "ended_stuck", mark("Ended, got stuck")
    RETURNED = "returned_with_plan", mark("Returned with a new plan")
    NOT_RETURNED = "not_returned", mark("Not returned")
    UNKNOWN = "unknown", mark("Unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Record, kind="follow_up"):
    """A moment to look at a case again, and what was found."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    follow_up_kind: FollowUpKind = value(mark("Kind"), default=FollowUpKind.PROGRESS)
    planned_on: date | None = value(mark("Planned on"))
    done_on: date | None = value(mark("Done on"))
    status: FollowUpStatus = value(mark("Status"), default=FollowUpStatus.PLANNED)
    outcome: FollowUpOutcome | None = value(mark("Outcome"))
    note: str = prose(Class.FACT, mark("Note"))

    def planned(self) -> "FollowUp":
        """This follow-up, if it can stand: it has a day."""
        if self.planned_on is None:
            raise Problem(_("Choose the day on which you look again."))
        return self

    def done(self, on: date, outcome: FollowUpOutcome) -> "FollowUp":
        """The follow-up as done."""
        self._refuse_twice()
        return replace(self, status=FollowUpStatus.DONE, done_on=on, outcome=outcome)

    def skipped(self) -> "FollowUp":
        """The follow-up as skipped."""
        self._refuse_twice()
        return replace(self, status=FollowUpStatus.SKIPPED)

    def moved(self, to: date) -> "FollowUp":
        """The follow-up on another day."""
        self._refuse_twice()
        return replace(self, planned_on=to, status=FollowUpStatus.MOVED)

    def is_late(self, today: date) -> bool:
        """Whether its day has passed without anything being noted."""
        return self.is_waiting and self.planned_on is not None and self.planned_on < today

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be done."""
        return self.status in (FollowUpStatus.PLANNED, FollowUpStatus.MOVED)

    def _refuse_twice(self) -> None:
        if self.status in (FollowUpStatus.DONE, FollowUpStatus.SKIPPED):
            raise Problem(_("This follow-up is finished already. Plan a new one."))
