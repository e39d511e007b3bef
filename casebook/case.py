"""A case: a question of residents or entrepreneurs, and the road it goes."""

from dataclasses import dataclass, replace
from datetime import date

from casebook.fields import Choice, Class, Weight, identifying, line, prose, several, title, value
from casebook.problem import Problem
from casebook.record import Record
from resources.language import _, mark


class CaseStatus(Choice):
    """Where a case stands (`domain/model.md` 6.3)."""

    DRAFT = "draft", mark("Draft")
    SUBMITTED = "submitted", mark("Submitted")
    IN_DISCUSSION = "in_discussion", mark("In discussion")
    ON_HOLD = "on_hold", mark("On hold")
    DIRECTION_GIVEN = "direction_given", mark("Direction given")
    ALIGNED = "aligned", mark("Aligned")
    IN_TRAJECT = "in_traject", mark("In traject")
    IN_PROGRESS = "in_progress", mark("In progress")
    COMPLETED = "completed", mark("Completed")
    STOPPED = "stopped", mark("Stopped")
    RETURNED = "returned", mark("Returned")
    REOPENED = "reopened", mark("Reopened")
    CLOSED = "closed", mark("Closed")
    WITHDRAWN = "withdrawn", mark("Withdrawn by the initiator")


class InitiatorKind(Choice):
    """Who came with the question."""

    RESIDENT = "resident", mark("Resident(s)")
    RESIDENTS_GROUP = "residents_group", mark("Residents' group")
    NEIGHBOURHOOD_COUNCIL = "neighbourhood_council", mark("Neighbourhood council")
    ASSOCIATION = "association", mark("Association or foundation")
    COOPERATIVE = "cooperative", mark("Cooperative")
    ENTREPRENEUR = "entrepreneur", mark("Entrepreneur")
    SOCIAL_ENTREPRENEUR = "social_entrepreneur", mark("Social entrepreneur")
    INSTITUTION = "institution", mark("Institution")
    OTHER = "other", mark("Other")


class Origin(Choice):
    """Where the case comes from."""

    OWN = "own", mark("Own case")
    SHARED = "shared", mark("Shared")
    EXTERNAL = "external", mark("Example from elsewhere")
    PRACTICE = "practice", mark("Practice case")


class Scale(Choice):
    """How large the initiative is."""

    SMALL = "small", mark("Small")
    MEDIUM = "medium", mark("Medium")
    LARGE = "large", mark("Large")


class Duration(Choice):
    """How long the initiative is to last."""

    ONCE = "once", mark("Once")
    TEMPORARY = "temporary", mark("Temporary")
    LASTING = "lasting", mark("Permanent")


class Role(Choice):
    """The municipality's role (the participation ladder of the ROB, 2012)."""

    LET_GO = "let_go", mark("Let go")
    FACILITATE = "facilitate", mark("Facilitate")
    STIMULATE = "stimulate", mark("Stimulate")
    DIRECT = "direct", mark("Direct")
    REGULATE = "regulate", mark("Regulate")


class Deviation(Choice):
    """On what ground the case departs from the rule, if it does."""

    WITHIN = "within_framework", mark("Within the framework")
    HARDSHIP = "hardship_clause", mark("Hardship clause")
    AWB_4_84 = "awb_4_84", mark("Awb article 4:84")
    EXPERIMENT = "experiment", mark("Room for experiment")
    CHANGE = "change_framework", mark("Change the framework")
    NOT_APPLICABLE = "not_applicable", mark("Not applicable")


class Paradigm(Choice):
    """Whether the network takes the case as a guide."""

    NONE = "none", mark("No")
    GUIDING = "guiding", mark("Guiding case")
    SUPERSEDED = "superseded", mark("Superseded")


class Nomination(Choice):
    """What is to become of the record in the end (Selectielijst gemeenten 2020)."""

    KEEP = "keep", mark("Keep")
    DESTROY = "destroy", mark("Destroy")


class ArchiveStatus(Choice):
    """How far keeping or destroying has come."""

    ACTIVE = "active", mark("Active")
    TO_REVIEW = "to_review", mark("To be reviewed")
    TRANSFERRED = "transferred", mark("Transferred")
    LISTED = "listed", mark("On the disposal list")
    APPROVED = "approved", mark("Approved for disposal")
    DESTROYED = "destroyed", mark("Destroyed")


_S = CaseStatus
NEXT: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    _S.DRAFT: (_S.SUBMITTED,),
    _S.SUBMITTED: (_S.IN_DISCUSSION,),
    _S.IN_DISCUSSION: (_S.DIRECTION_GIVEN, _S.ON_HOLD),
    _S.ON_HOLD: (_S.IN_DISCUSSION,),
    _S.DIRECTION_GIVEN: (_S.ALIGNED,),
    _S.ALIGNED: (_S.IN_TRAJECT, _S.RETURNED),
    _S.IN_TRAJECT: (_S.IN_PROGRESS,),
    _S.IN_PROGRESS: (_S.COMPLETED, _S.STOPPED),
    _S.RETURNED: (_S.REOPENED, _S.CLOSED),
    _S.REOPENED: (_S.SUBMITTED,),
}
ENDED = frozenset({_S.COMPLETED, _S.STOPPED, _S.CLOSED, _S.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record, kind="case"):
    """A question put to the municipality, from the first call to the outcome."""

    title: str = title(mark("Title"))
    reference: str = line(Class.FACT, mark("Reference"), help=mark("Your own number, for example BOM-2026-014."))
    summary: str = prose(
        Class.FACT,
        mark("Summary"),
        weight=Weight.SUMMARY,
        help=mark("Five sentences at most: what is it about?"),
        most_sentences=5,
    )
    request: str = prose(
        Class.FACT,
        mark("Request to the municipality"),
        help=mark("What exactly is asked of you?"),
    )
    goal: str = prose(Class.FACT, mark("Goal of the initiative"))
    entry_route: str = value(mark("Entry route"), default="", facet="entry_route")
    origin: Origin = value(mark("Origin"), default=Origin.OWN)
    file_number: str = line(
        Class.FACT,
        mark("Number in the case system"),
        help=mark("The official file stays in the case system; here is only its number."),
    )
    file_url: str = line(Class.FACT, mark("Link to the case system"), weight=Weight.NONE)

    organisation: str = line(Class.FACT, mark("Municipality"))
    areas: frozenset[str] = several(mark("Areas"), facet="area")
    citywide: bool = value(mark("The whole city"), default=False)
    asked_on: date | None = value(mark("Asked on"))
    scale: Scale | None = value(mark("Scale"))
    duration: Duration | None = value(mark("Duration"))

    initiator_kind: InitiatorKind | None = value(mark("Initiator"), facet="initiator")
    parties: str = prose(
        Class.FACT, mark("Parties involved"), help=mark("Roles, no names: *the neighbour*, *the chair*.")
    )
    initiator_name: str = identifying(
        mark("Name of the initiator"), help=mark("Stays on this computer. Never shared, never printed.")
    )
    contact_person: str = line(
        Class.FACT, mark("Contact person"), help=mark("One person: who is the face for the initiator?")
    )

    policy_fields: frozenset[str] = several(mark("Policy fields"), facet="policy_field")
    frameworks: frozenset[str] = several(mark("Policy frameworks"), facet="framework")
    factors: frozenset[str] = several(mark("Factors"), facet="factor")

    can_now: str = prose(Class.WEIGHING, mark("What is possible already?"))
    can_with_condition: str = prose(Class.WEIGHING, mark("What is possible under a condition?"))
    needs_deviation: str = prose(Class.WEIGHING, mark("What needs an exception or a decision?"))
    competent_body: str = line(Class.FACT, mark("Who may decide that?"))
    deviation: Deviation | None = value(mark("Ground for an exception"))

    role_wanted: Role | None = value(mark("Role we want"))
    role_actual: Role | None = value(mark("Role we have"))

    expectation: str = prose(Class.WEIGHING, mark("What do we expect to happen?"))
    tipping_point: str = prose(Class.WEIGHING, mark("What would have turned the direction?"))
    outcome: str = prose(Class.FACT, mark("Outcome"))
    learned: str = prose(Class.WEIGHING, mark("What did we learn?"))

    status: CaseStatus = value(mark("Status"), default=CaseStatus.DRAFT, facet="status")
    paradigm: Paradigm = value(mark("Guiding case"), default=Paradigm.NONE)
    paradigm_why: str = prose(Class.WEIGHING, mark("Why it guides, or no longer does"))

    nomination: Nomination = value(mark("Archive nomination"), default=Nomination.DESTROY)
    archive_on: date | None = value(mark("Archive action date"))
    archive_status: ArchiveStatus = value(mark("Archive status"), default=ArchiveStatus.ACTIVE)

    def submitted(self) -> "Case":
        """The case as handed in: enough is known to discuss it."""
        missing = [
            name
            for name, there in (
                (_("Title"), self.title.strip()),
                (_("Request to the municipality"), self.request.strip()),
                (_("Entry route"), self.entry_route),
                (_("Area, or the whole city"), self.areas or self.citywide),
            )
            if not there
        ]
        if missing:
            raise Problem(
                _("Before you submit this case, fill in: {fields}. What you typed is saved.").format(
                    fields=", ".join(missing)
                )
            )
        return self._to(CaseStatus.SUBMITTED)

    def moved(
        self, to: CaseStatus, *, has_direction: bool = False, has_alignment: bool = False, positive: bool = True
    ) -> "Case":
        """The case one step on; raises a `Problem` when something is needed first (`domain/model.md` 6.3)."""
        if to is CaseStatus.SUBMITTED:
            return self.submitted()
        if to is CaseStatus.DIRECTION_GIVEN and not has_direction:
            raise Problem(_("First give a direction with its reasons, on the tab Direction and conditions."))
        if to is CaseStatus.ALIGNED and not has_alignment:
            raise Problem(_("First note with whom the direction was aligned."))
        if to is CaseStatus.IN_TRAJECT and not positive:
            raise Problem(_("A traject needs a positive direction."))
        if to is CaseStatus.IN_TRAJECT and not self.contact_person.strip():
            raise Problem(_("A traject needs one contact person. Fill in who that is."))
        return self._to(to)

    def next_steps(self) -> tuple[CaseStatus, ...]:
        """Where the case can go from here."""
        if self.status in ENDED:
            return ()
        return (*NEXT.get(self.status, ()), CaseStatus.WITHDRAWN)

    def _to(self, status: CaseStatus) -> "Case":
        if status not in self.next_steps():
            raise Problem(
                _("From “{now}” a case cannot go to “{then}” at once.").format(now=self.status.text, then=status.text)
            )
        return replace(self, status=status)
