"""What an import would do, row by row, before it does it; and doing it as one act that can be undone."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import select

from casebook import tables
from casebook.case import Case
from casebook.database import Database, note
from casebook.direction import Direction, standing
from casebook.dutch import fold
from casebook.envelope import RevisionId
from casebook.importing.mapping import Mapping, label_of
from casebook.importing.row import Read, Reader
from casebook.importing.sheets import Sheet
from casebook.present import every, state_of, values_of
from casebook.problem import Problem
from casebook.record import RecordId, new_id
from casebook.saving import Edit, save_edits
from resources.language import _, mark

Progress = Callable[[int, int], None]
PREVIEW = 10


class Step(Enum):
    """What happens to a row."""

    NEW = "new"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: what becomes of it, and when it is skipped, why."""

    row: int
    step: Step
    title: str
    reference: str = ""
    why: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an import would do."""

    name: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def preview(self) -> tuple[Line, ...]:
        """The first ten rows that come in."""
        return tuple(each for each in self.lines if each.step is not Step.SKIP)[:PREVIEW]

    def skipped(self) -> tuple[Line, ...]:
        """The rows that do not, each with its reason."""
        return tuple(each for each in self.lines if each.step is Step.SKIP)

    def outcome(self) -> "Outcome":
        """What carrying this out will have done."""
        return Outcome(self.count(Step.NEW), self.count(Step.UPDATE), self.count(Step.SKIP))

    def count(self, step: Step) -> int:
        """How many rows go this way."""
        return Counter(each.step for each in self.lines)[step]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    new: int
    updated: int
    skipped: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A case of the casebook as an import compares it."""

    id: RecordId
    values: dict[str, Any]
    heads: tuple[RevisionId, ...]


def plan(db: Database, sheet: Sheet, mapping: Mapping, *, update: bool = True) -> Plan:
    """What importing *sheet* would do; a row with a reference that is here already updates or is skipped."""
    if "title" not in mapping.targets:
        raise Problem(
            _("Choose the column that holds {field} first. Nothing was changed.").format(field=label_of("title"))
        )
    planner = _Planner(db, update=update)
    reader = Reader(db, sheet, mapping)
    filled = ((n, row) for n, row in enumerate(sheet.rows, start=sheet.top) if any(row))
    lines = tuple(planner.line(n, reader.read(row)) for n, row in filled)
    return Plan(sheet.name, lines, sheet.notes)


def carry_out(
    db: Database,
    planned: Plan,
    progress: Progress = lambda _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Import as planned, in one transaction and one act that can be undone; nothing when *cancelled* in time."""
    edits = [edit for line in planned.lines for edit in line.edits]
    progress(0, len(planned.lines))
    if cancelled():
        return Outcome(0, 0, len(planned.lines))
    if edits:
        save_edits(db, edits, mark("Import a list"))
        with db.write() as connection:
            note(connection, db.clock(), "import", planned.name)
    progress(len(planned.lines), len(planned.lines))
    return planned.outcome()


class _Planner:
    """Remembers what is in the casebook and what the file has said so far."""

    def __init__(self, db: Database, *, update: bool) -> None:
        self._update = update
        held = list(_held(db))
        self._directions: dict[RecordId, list[Direction]] = {}
        for each in every(db, Direction):
            self._directions.setdefault(each.record.case_id, []).append(each.record)
        self._by_reference = {one.values["reference"]: one for one in held if one.values.get("reference")}
        self._titles = {_key(one.values) for one in held}
        self._references: set[str] = set()

    def line(self, row: int, read: Read) -> Line:
        title, reference = read.case.get("title", ""), read.case.get("reference", "")
        why = self._refusal(title, reference, read)
        if why:
            return Line(row, Step.SKIP, title, reference, why)
        self._references.add(reference)
        self._titles.add(_key(read.case))
        here = self._by_reference.get(reference) if reference else None
        if here is None:
            return Line(row, Step.NEW, title, reference, edits=_made(read))
        edits = self._changes(here, read)
        if not edits:
            return Line(row, Step.SKIP, title, reference, _("Nothing in this row differs from the casebook."))
        return Line(row, Step.UPDATE, title, reference, edits=edits)

    def _refusal(self, title: str, reference: str, read: Read) -> str:
        if not title:
            return _("There is no title in this row.")
        if reference and reference in self._references:
            return _("This reference stands in the file before.")
        if reference in self._by_reference and reference and not self._update:
            return _("A case with this reference is in the casebook already.")
        if not reference and _key(read.case) in self._titles:
            return _("A case with this title and date is there already, and the row has no reference.")
        return ""

    def _changes(self, here: _Held, read: Read) -> tuple[Edit, ...]:
        fields = {name: each for name, each in read.over(here.values).items() if here.values.get(name) != each}
        edits = [Edit(here.id, Case.kind, fields, here.heads)] if fields else []
        if read.direction:
            stands = standing(self._directions.get(here.id, ()))
            if stands is None or not _same(stands, read):
                edits.append(_direction(here.id, read, stands.id if stands else None))
        return tuple(edits)


def _same(stands: Direction, read: Read) -> bool:
    says_the_same = stands.direction is not None and stands.direction.value == read.direction
    return says_the_same and (not read.motivation or stands.motivation == read.motivation)


def _made(read: Read) -> tuple[Edit, ...]:
    case = Edit(new_id(), Case.kind, read.over({}))
    return (case, _direction(case.record, read, None)) if read.direction else (case,)


def _direction(case: RecordId, read: Read, replaces: RecordId | None) -> Edit:
    fields = {"case_id": case, "direction": read.direction}
    if read.motivation:
        fields["motivation"] = read.motivation
    if replaces:
        fields["replaces"] = replaces
    return Edit(new_id(), Direction.kind, fields)


def _key(values: dict[str, Any]) -> tuple[str, str]:
    return fold(values.get("title") or "").strip(), values.get("asked_on") or ""


def _held(db: Database) -> Iterable[_Held]:
    with db.read() as connection:
        rows = connection.execute(
            select(tables.record)
            .where(tables.record.c.kind == Case.kind, tables.record.c.archived == 0)
            .order_by(tables.record.c.n)
        ).all()
    for row in rows:
        folded = state_of(row)
        yield _Held(RecordId(row.id), values_of(folded.state), folded.heads)
