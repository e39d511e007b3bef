"""The lists a network can change: policy fields, entry routes, frameworks and dilemmas, each with a start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from casebook.fields import Choice, Class, Weight, line, prose, title, value
from casebook.record import Record
from resources.language import _, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Record):
    """An entry of a list that people can change; cases hold its code, so a new name never rewrites them."""

    code: str = line(Class.FACT, mark("Code"), weight=Weight.NONE)
    name: str = title(mark("Name"))
    active: bool = value(mark("In use"), default=True)

    @property
    def text(self) -> str:
        """The name in the reader's language where it is one of ours, else as it was typed."""
        return _(self.name) if self.name else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyField(Listed, kind="policy_field"):
    """A field of policy from which a question is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRoute(Listed, kind="entry_route"):
    """The door through which a question came in: unequal treatment hides between doors."""


class FrameworkKind(Choice):
    """What a policy framework is in law."""

    ACT = "act", mark("Act")
    BYLAW = "bylaw", mark("By-law")
    POLICY_RULE = "policy_rule", mark("Policy rule")
    MEMORANDUM = "memorandum", mark("Policy memorandum")
    SCHEME = "scheme", mark("Scheme")
    SETTLED_PRACTICE = "settled_practice", mark("Settled practice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework(Listed, kind="framework"):
    """A rule or policy within which a direction is given."""

    framework_kind: FrameworkKind | None = value(mark("Kind"))
    reference: str = line(Class.FACT, mark("Where to find it"))
    valid_from: date | None = value(mark("Valid from"))
    valid_until: date | None = value(mark("Valid until"))
    room: str = prose(Class.WEIGHING, mark("The room it leaves"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dilemma(Listed, kind="dilemma"):
    """A tension between two good things; neither pole is the right one (`domain/practice.md` 1.1)."""

    tag: str = line(Class.FACT, mark("Tag"), weight=Weight.NONE)
    left: str = line(Class.FACT, mark("On the one hand"))
    right: str = line(Class.FACT, mark("On the other hand"))
    question: str = line(Class.FACT, mark("Question to think about"))
    symbol: str = line(Class.FACT, mark("Symbol"), weight=Weight.NONE)


DILEMMAS: tuple[Dilemma, ...] = tuple(
    Dilemma(code=code, tag=tag, name=name, left=left, right=right, question=question, symbol=symbol)
    for code, tag, name, left, right, question, symbol in (
        (
            "RM",
            "legality",
            mark("Lawfulness"),
            mark("Room for tailoring"),
            mark("Stay within the rules"),
            mark("Which rule pinches, and what does that rule protect?"),
            "§",
        ),
        (
            "RG",
            "equality",
            mark("Equality before the law"),
            mark("Do justice to this case"),
            mark("Treat like cases alike"),
            mark("What do we tell the next one who asks this?"),
            "=",
        ),
        (
            "DM",
            "efficiency",
            mark("Efficiency"),
            mark("Small scale, human scale"),
            mark("Efficient with scarce means"),
            mark("What does this cost in money and hours, and who then goes without?"),
            "€",
        ),
        (
            "ZR",
            "self-reliance",
            mark("Self-reliance"),
            mark("The municipality supports"),
            mark("The initiative does it itself"),
            mark("What happens if we stop helping tomorrow?"),
            "↑",
        ),
        (
            "RR",
            "risk",
            mark("Risks and rules"),
            mark("Dare to do it differently"),
            mark("Cover the risks"),
            mark("Which risk is real, how large is it, and who bears it?"),
            "!",
        ),
        (
            "EV",
            "distribution",
            mark("Fair distribution"),
            mark("Follow the energy where it is"),
            mark("Divide fairly over the city"),
            mark("Which area does not ask this, but does need it?"),
            "÷",
        ),
        (
            "CO",
            "continuity",
            mark("Continuity"),
            mark("Temporary is fine too"),
            mark("Lasting"),
            mark("What must still stand in two years?"),
            "∞",
        ),
    )
)

POLICY_FIELDS: tuple[PolicyField, ...] = tuple(
    PolicyField(code=code, name=name)
    for code, name in (
        ("physical", mark("Physical environment")),
        ("social", mark("Social domain")),
        ("sustainability", mark("Sustainability")),
        ("safety", mark("Safety and enforcement")),
        ("public_space", mark("Green and public space")),
        ("economy", mark("Economy")),
        ("culture", mark("Culture and events")),
        ("sport_recreation", mark("Sport and recreation")),
        ("education_youth", mark("Education and youth")),
        ("mobility", mark("Mobility")),
        ("property", mark("Property and accommodation")),
        ("area_based", mark("Area-based work")),
        ("democracy", mark("Participation and democracy")),
    )
)

ENTRY_ROUTES: tuple[EntryRoute, ...] = tuple(
    EntryRoute(code=code, name=name)
    for code, name in (
        ("bestuur_op_maat", mark("Bestuur op Maat")),
        ("initiative_budget", mark("Initiative budget")),
        ("right_to_challenge", mark("Right to challenge")),
        ("neighbourhood_budget", mark("Neighbourhood budget")),
        ("environment_table", mark("Environment table")),
        ("challenge", mark("Challenge")),
        ("start_subsidy", mark("Start subsidy")),
        ("direct", mark("Directly")),
        ("other", mark("Other")),
    )
)

FRAMEWORKS: tuple[Framework, ...] = tuple(
    Framework(code=code, name=name, framework_kind=kind)
    for code, name, kind in (
        ("omgevingswet", mark("Environment and Planning Act"), FrameworkKind.ACT),
        ("wmo", mark("Social Support Act (Wmo)"), FrameworkKind.ACT),
        ("apv", mark("General local by-law (APV)"), FrameworkKind.BYLAW),
        ("participation_bylaw", mark("Participation by-law"), FrameworkKind.BYLAW),
        ("subsidy_scheme", mark("Subsidy scheme for initiatives"), FrameworkKind.SCHEME),
    )
)

STARTERS: dict[type[Listed], tuple[Listed, ...]] = {
    Dilemma: DILEMMAS,
    PolicyField: POLICY_FIELDS,
    EntryRoute: ENTRY_ROUTES,
    Framework: FRAMEWORKS,
}

L = TypeVar("L", bound=Listed)


class Lists(Generic[L]):
    """One list as it stands: our starters, with what people changed and added laid over them."""

    def __init__(self, kind: type[L], own: Iterable[L]) -> None:
        starters = {each.code: each for each in STARTERS.get(kind, ())}
        changed = {each.code: each for each in own if not each.archived}
        self._by_code: dict[str, L] = starters | changed  # type: ignore[assignment]  # STARTERS pairs kind and entries

    def in_use(self) -> list[L]:
        """The entries to choose from, in order."""
        return [each for each in self._by_code.values() if each.active]

    def all(self) -> list[L]:
        """Every entry, also those that are no longer in use."""
        return list(self._by_code.values())

    def name(self, code: str) -> str:
        """What to call *code*, also when it is no longer in use or unknown here."""
        entry = self._by_code.get(code)
        return entry.text if entry else code

    def get(self, code: str) -> L | None:
        """The entry with this code."""
        return self._by_code.get(code)
