"""A record as it stands in the present: its row, its state, and a case with all that belongs to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Label, Row, Text, literal_column

from casebook.case import Case
from casebook.condition import Condition
from casebook.contribution import Contribution
from casebook.dilemma import Argument, CaseDilemma, Position
from casebook.direction import Alignment, Direction
from casebook.envelope import RevisionId, Stamped, State, is_set
from casebook.fold import Difference, Folded
from casebook.followup import FollowUp
from casebook.record import KINDS, Record, RecordId, created_ms, from_plain
from casebook.support import Support

R = TypeVar("R", bound=Record)
_encode = msgspec.json.Encoder(order="deterministic").encode

PERSONAL_SPACE: Label[str] = literal_column("(SELECT id FROM space WHERE kind = 'personal')", Text).label("personal")
"""A column for `belongs`."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[R]):
    """A record as it stands now, with the revisions it stands on and what differs."""

    record: R
    space: str
    heads: tuple[RevisionId, ...]
    differences: tuple[Difference, ...]
    changed: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it, oldest first."""

    case: Entry[Case]
    entries: tuple[Entry[Any], ...]

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The records of one kind that are not archived."""
        return tuple(each.record for each in self.entries if isinstance(each.record, kind) and not each.record.archived)

    def entry(self, record_id: RecordId) -> Entry[Any] | None:
        """The entry of one of its records."""
        return next((each for each in self.entries if each.record.id == record_id), None)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        return self.of(Contribution)

    @property
    def directions(self) -> tuple[Direction, ...]:
        return self.of(Direction)

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        return self.of(Alignment)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.of(Condition)

    @property
    def supports(self) -> tuple[Support, ...]:
        return self.of(Support)

    @property
    def dilemmas(self) -> tuple[CaseDilemma, ...]:
        return self.of(CaseDilemma)

    @property
    def positions(self) -> tuple[Position, ...]:
        return self.of(Position)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        return self.of(Argument)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        return self.of(FollowUp)


def case_of(entries: Iterable[Entry[Any]]) -> CaseFile | None:
    """The case among these records with the others behind it; None where it is not there (yet)."""
    ordered = sorted(entries, key=lambda each: (created_ms(each.record.id), each.record.id))
    case = next((each for each in ordered if isinstance(each.record, Case)), None)
    return CaseFile(case, tuple(each for each in ordered if each is not case)) if case else None


def belongs(row: Row[Any], case_space: str) -> bool:
    """Whether a record goes with the case it names: it is in the same space, or in one's own."""
    return row.space in (case_space, row.personal)


def entry_of(record_id: str, space: str, folded: Folded) -> Entry[Any]:
    """A record of a kind that this version knows."""
    return Entry(
        record=from_plain(KINDS[folded.state.kind], RecordId(record_id), values_of(folded.state)),
        space=space,
        heads=folded.heads,
        differences=folded.differences,
        changed=datetime.fromtimestamp(changed_ms(folded.state) / 1000, UTC),
    )


def entry_in(row: Row[Any]) -> Entry[Any]:
    """The same from a row of the present."""
    return entry_of(row.id, row.space, state_of(row))


def changed_ms(state: State) -> int:
    """When somebody last changed a field."""
    return max((each.wall for each in state.fields.values()), default=0)


def state_of(row: Row[Any]) -> Folded:
    """The folded state that a row of the present holds."""
    plain = msgspec.json.decode(row.state)
    fields = {name: _unpacked(each) for name, each in plain["f"].items()}
    differs = tuple(Difference(name, shown, tuple(others)) for name, shown, others in msgspec.json.decode(row.differs))
    return Folded(State(row.kind, fields, plain["sv"], plain["needs"]), _heads(row.heads), differs)


def values_of(state: State) -> dict[str, Any]:
    """The fields of a state as plain values; of a set the elements that are in it."""
    return {name: _value(each) for name, each in state.fields.items()}


def _value(each: Stamped) -> Any:
    if is_set(each):
        return sorted(name for name, one in each.value.items() if one.value)
    return each.value


def _packed(each: Stamped) -> list[Any]:
    if is_set(each):
        return ["set", {name: _packed(one) for name, one in each.value.items()}, each.wall, each.rev.hex()]
    return [each.value, each.wall, each.rev.hex()]


def _unpacked(plain: list[Any]) -> Stamped:
    if len(plain) == 4:
        return Stamped({name: _unpacked(one) for name, one in plain[1].items()}, plain[2], bytes.fromhex(plain[3]))
    return Stamped(plain[0], plain[1], bytes.fromhex(plain[2]))


def _heads(packed: bytes) -> tuple[RevisionId, ...]:
    return tuple(RevisionId(packed[start : start + 32]) for start in range(0, len(packed), 32))


def packed(folded: Folded) -> dict[str, bytes]:
    """What `state_of` reads: the columns of a row that hold the state."""
    plain = {
        "sv": folded.state.version,
        "needs": folded.state.needs,
        "f": {name: _packed(each) for name, each in folded.state.fields.items()},
    }
    return {
        "state": _encode(plain),
        "heads": b"".join(folded.heads),
        "differs": _encode([[each.field, each.shown, each.others] for each in folded.differences]),
    }
