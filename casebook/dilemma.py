"""The dilemmas in a case: where it pinches, where people stand, and what speaks for either pole."""

from dataclasses import dataclass
from datetime import date

from casebook.fields import Choice, Class, line, prose, required, value
from casebook.problem import Problem
from casebook.record import Record, RecordId
from resources.language import _, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDilemma(Record, kind="case_dilemma"):
    """A dilemma as it shows itself in one case."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    dilemma: str = value(mark("Dilemma"), default="", facet="dilemma")
    core: str = prose(Class.WEIGHING, mark("Where does it pinch?"))
    main: bool = value(mark("Main dilemma"), default=False)


class Moment(Choice):
    """When a position was taken."""

    AT_INTAKE = "at_intake", mark("At intake")
    BEFORE_SESSION = "before_session", mark("Before the session")
    AFTER_SESSION = "after_session", mark("After the session")
    LOOKING_BACK = "looking_back", mark("Looking back")


class Stance(Choice):
    """Whether a place between the poles was chosen."""

    PLACED = "placed", mark("Placed")
    DO_NOT_KNOW = "do_not_know", mark("I don't know")
    NOT_APPLICABLE = "not_applicable", mark("Not applicable")


STEPS = range(-3, 4)
"""The seven places between the poles: −3 is wholly the left one, 3 wholly the right one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Record, kind="position"):
    """Where somebody stands between the poles, and why; never changed, only followed by a new one."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    dilemma: str = value(mark("Dilemma"), default="")
    member: str = line(Class.FACT, mark("Participant"))
    moment: Moment = value(mark("Moment"), default=Moment.AT_INTAKE)
    stance: Stance = value(mark("Stance"), default=Stance.PLACED)
    place: int = value(mark("Place between the poles"), default=0)
    reason: str = prose(Class.OPINION, mark("Why do you stand there?"))
    session_id: RecordId = value(mark("Session"), default=RecordId(""))
    blind: bool = value(mark("Given without seeing the others"), default=False)
    on: date | None = value(mark("Date"))

    def taken(self) -> "Position":
        """This position, if it can stand: within the poles and with a reason."""
        if self.place not in STEPS:
            raise Problem(_("A place lies between −3 and 3."))
        if self.stance is Stance.PLACED:
            required(self.reason, _("Write in one sentence why you stand there."))
        return self


class ArgumentNature(Choice):
    """What sort of argument it is: facts and norms are kept apart."""

    FACT = "fact", mark("Fact")
    VALUE = "value", mark("Value")
    LEGAL = "legal", mark("Legal")
    STRATEGIC = "strategic", mark("Strategic")


class Pleads(Choice):
    """Which pole an argument speaks for."""

    LEFT = "left", mark("For the left pole")
    RIGHT = "right", mark("For the right pole")
    NEITHER = "neither", mark("For neither")


class ArgumentWeight(Choice):
    """How heavy an argument weighs, in words and never as a number."""

    LIGHT = "light", mark("Light")
    HEAVY = "heavy", mark("Heavy")
    DECISIVE = "decisive", mark("Decisive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument(Record, kind="argument"):
    """Something that speaks for one of the poles, and from whose point of view."""

    case_id: RecordId = value(mark("Case"), default=RecordId(""))
    text: str = prose(Class.WEIGHING, mark("Argument"))
    nature: ArgumentNature | None = value(mark("Nature"))
    dilemma: str = value(mark("Dilemma"), default="")
    pleads: Pleads = value(mark("Speaks for"), default=Pleads.NEITHER)
    weight: ArgumentWeight | None = value(mark("Weight"))
    perspective: str = line(Class.FACT, mark("Seen from (role)"))
