"""What the screen *Delen* shows, as it was looked up: plain values."""

from dataclasses import dataclass

from casebook.database import Database
from casebook.people import Circle
from casebook.present import every
from sync.certificates import Policy, Role
from sync.circles import CircleLine, InviteLine, Person, circles, invites, people
from sync.erasing import ErasingAct, acts
from sync.policy import policy_of
from sync.refusals import Refusal, refusals


@dataclass(frozen=True, slots=True)
class SpaceSeen:
    """One space with all that belongs to it."""

    line: CircleLine
    promise: str
    people: tuple[Person, ...]
    invites: tuple[InviteLine, ...]
    refusals: tuple[Refusal, ...]
    erased: tuple[ErasingAct, ...]
    policy: Policy
    """What is asked of who joins through a hub."""

    @property
    def may_manage(self) -> bool:
        """Whether this device is an administrator's."""
        return self.line.role is Role.ADMIN


@dataclass(frozen=True, slots=True)
class Seen:
    """Every space, and the chosen one whole."""

    lines: tuple[CircleLine, ...]
    chosen: SpaceSeen


def look(db: Database, space: str) -> Seen:
    """The spaces, and *space* whole; the personal one where that is not here (any more)."""
    lines = circles(db)
    line = next((each for each in lines if each.space == space), lines[0])
    promise = next((each.record.promise for each in every(db, Circle) if each.space == line.space), "")
    return Seen(
        tuple(lines),
        SpaceSeen(
            line=line,
            promise=promise,
            people=tuple(people(db, line.space)),
            invites=tuple(invites(db, line.space)),
            refusals=tuple(refusals(db, line.space)),
            erased=tuple(acts(db, line.space)),
            policy=policy_of(db, line.space),
        ),
    )
