"""Conditions: what must be true before, or while, an initiative goes ahead."""

from dataclasses import dataclass, replace
from datetime import date

from casebook.fields import Choice, Class, line, prose, value
from casebook.problem import Problem
from casebook.record import Record, RecordId
from resources.language import _, mark


class ConditionKind(Choice):
    """What a condition is about."""

    LEGAL = "legal", mark("Legal")
    FINANCIAL = "financial", mark("Financial")
    SPATIAL = "spatial", mark("Spatial")
    SAFETY = "safety", mark("Safety")
    SUPPORT = "support", mark("Support in the neighbourhood")
    ORGANISATION = "organisation", mark("Organisation")
    MAINTENANCE = "maintenance", mark("Maintenance")
    COOPERATION = "cooperation", mark("Cooperation")
    COMMUNICATION = "communication", mark("Communication")
    ACCOUNTABILITY = "accountability", mark("Accountability")
    OTHER = "other", mark("Other")


class Owner(Choice):
    """Who sees to it."""

    INITIATOR = "initiator", mark("Initiator")
    MUNICIPALITY = "municipality", mark("Municipality")
    THIRD_PARTY = "third_party", mark("Third party")
    TOGETHER = "together", mark("Together")


class ConditionStatus(Choice):
    """Where a condition stands; *late* is derived, never stored."""

    OPEN = "open", mark("Open")
    IN_PROGRESS = "in_progress", mark("In progress")
    MET = "met", mark("Met")
    NOT_MET = "not_met", mark("Not met")
    LAPSED = "lapsed", mark("Lapsed")


_C = ConditionStatus
NEXT: dict[ConditionStatus, tuple[ConditionStatus, ...]] = {
    _C.OPEN: (_C.IN_PROGRESS, _C.MET, _C.NOT_MET, _C.LAPSED),
    _C.IN_PROGRESS: (_C.MET, _C.NOT_MET, _C.LAPSED),
    _C.MET: (_C.LAPSED,),
    _C.NOT_MET: (_C.IN_PROGRESS, _C.LAPSED),
    _C.LAPSED: (_C.OPEN,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Record, kind="condition"):
    """Something that must be true before, or while, the initiative goes ahead."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    text: str = prose(Class.FACT, mark("Condition"))
    condition_kind: ConditionKind | None = value(mark("Kind"))
    why: str = prose(Class.WEIGHING, mark("Why it is needed"))
    owner: Owner = value(mark("Who sees to it"), default=Owner.TOGETHER)
    due: date | None = value(mark("Due"))
    status: ConditionStatus = value(mark("Status"), default=ConditionStatus.OPEN)
    note: str = line(Class.FACT, mark("Note"), help=mark("What changed? A lapsed condition needs a reason."))
    proof: str = line(Class.FACT, mark("Where the proof is"))
    softens_session: RecordId = value(mark("From damage limitation in session"), default=RecordId(""))

    def moved(self, to: ConditionStatus) -> "Condition":
        """The condition one step on; raises a `Problem` when that step is not possible from here."""
        if to not in NEXT[self.status]:
            raise Problem(
                _("A condition that is “{now}” cannot become “{then}”. Open it again first.").format(
                    now=self.status.text, then=to.text
                )
            )
        if to is ConditionStatus.LAPSED and not self.note.strip():
            raise Problem(_("Write in the note why this condition lapses."))
        return replace(self, status=to)

    def is_late(self, today: date) -> bool:
        """Whether the condition is still to be met after its date."""
        return self.is_waiting and self.due is not None and self.due < today

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be met."""
        return self.status in (_C.OPEN, _C.IN_PROGRESS)
