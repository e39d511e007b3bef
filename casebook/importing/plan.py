"""What an import would do, row by row, before it does it; and doing it as one act that can be undone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from casebook import tables
from casebook.case import Case
from casebook.database import Database, note
from casebook.direction import Direction, standing
from casebook.dutch import fold
from casebook.envelope import RevisionId
from casebook.importing import mapping as columns
from casebook.importing.row import Read, Reader
from casebook.importing.sheets import Sheet
from casebook.progress import Progress, unheard
from casebook.record import RecordId
from casebook.rights import allowed_in
from casebook.saving import Edit, save_edits
from casebook.standing import entry_in, state_of, values_of
from resources.language import _, mark

PREVIEW = 10
_AT_ONCE = 500


class Step(Enum):
    """What happens to a row."""

    NEW = "new"
    UPDATE = "update"
    SAME = "same"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: what it says as plain values, what becomes of it, and when it is skipped, why."""

    row: int
    step: Step
    title: str
    reference: str = ""
    why: str = ""
    edits: tuple[Edit, ...] = ()
    says: Mapping[str, Any] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    """What was not understood, as "column: value"."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an import would do, as one act that is called *label* (a msgid)."""

    name: str
    label: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def preview(self) -> tuple[Line, ...]:
        """The first ten rows that come in."""
        return tuple(each for each in self.lines if each.edits)[:PREVIEW]

    def skipped(self) -> tuple[Line, ...]:
        """The rows that do not, each with its reason."""
        return self.of(Step.SKIP)

    def of(self, step: Step) -> tuple[Line, ...]:
        """The rows that go this way."""
        return tuple(each for each in self.lines if each.step is step)

    def outcome(self) -> "Outcome":
        """What carrying this out will have done."""
        counted = Counter(each.step for each in self.lines)
        return Outcome(counted[Step.NEW], counted[Step.UPDATE], counted[Step.SKIP], counted[Step.SAME])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    new: int
    updated: int
    skipped: int
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class _Held:
    """A case of the casebook as an import compares it."""

    id: RecordId
    space: str
    values: dict[str, Any]
    heads: tuple[RevisionId, ...]


def plan(
    db: Database, sheet: Sheet, mapping: columns.Mapping, *, update: bool = True, progress: Progress = unheard
) -> Plan:
    """What importing *sheet* would do; a row with a reference that is here already updates or is skipped.

    Of a case that was shared it updates the own one; where several have its reference, none.
    """
    mapping.require(columns.CASES)
    reader = Reader(db, sheet, mapping)
    rows = [(n, reader.read(row)) for n, row in filled(sheet, progress)]
    planner = _Planner(db, [each for _n, each in rows], update=update)
    lines = tuple(planner.line(n, each) for n, each in rows)
    return Plan(sheet.file or sheet.name, mark("Import a list"), lines, sheet.notes)


def filled(sheet: Sheet, progress: Progress) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows with something in them, each with its number in the file."""
    for n, row in enumerate(sheet.rows):
        if n % _AT_ONCE == 0:
            progress(n, len(sheet.rows))
        if any(row):
            yield sheet.top + n, row


def carry_out(db: Database, planned: Plan, progress: Progress = unheard) -> Outcome:
    """Import as planned, in one transaction and one act that can be undone; nothing at all when it is called off."""
    edits = [edit for line in planned.lines for edit in line.edits]
    if edits:
        save_edits(db, edits, planned.label, progress=progress)
        with db.write() as connection:
            note(connection, db.clock(), "import", planned.name)
    return planned.outcome()


class _Planner:
    """Remembers what the casebook has of these rows and what the file has said so far."""

    def __init__(self, db: Database, reads: Sequence[Read], *, update: bool) -> None:
        self._update = update
        self._new_id = db.new_id
        with db.read() as connection:
            held = list(_held(connection, reads))
            self._allowed = allowed_in(connection)
            self._directions = _directions(connection, [each.id for each in held])
        self._by_reference = _by_reference(held, db.personal)
        self._titles = {_key(one.values) for one in held}
        self._references: set[str] = set()

    def line(self, row: int, read: Read) -> Line:
        title, reference = read.case.get("title", ""), read.case.get("reference", "")
        why = self._refusal(title, reference, read)
        if why:
            return Line(row, Step.SKIP, title, reference, why)
        self._references.add(reference)
        self._titles.add(_key(read.case))
        here = next(iter(self._by_reference.get(reference, ())), None)
        edits = self._changes(here, read) if here else self._made(read)
        if here and not all(self._allowed.may_change(here.space, each.record) for each in edits):
            return Line(row, Step.SKIP, title, reference, self._allowed.in_space(here.space).why)
        step = Step.NEW if here is None else Step.UPDATE if edits else Step.SAME
        return Line(row, step, title, reference, edits=edits, says=read.says(), left=read.left)

    def _refusal(self, title: str, reference: str, read: Read) -> str:
        if not title:
            return _("There is no title in this row.")
        if reference and reference in self._references:
            return _("This reference stands in the file before.")
        here = self._by_reference.get(reference, ())
        if here and not self._update:
            return _("A case with this reference is in the casebook already.")
        if len(here) > 1:
            return _("Several cases have this reference, so it is not clear which one the row is about.")
        if not reference and _key(read.case) in self._titles:
            return _("A case with this title and date is there already, and the row has no reference.")
        return ""

    def _changes(self, here: _Held, read: Read) -> tuple[Edit, ...]:
        fields = {name: each for name, each in read.over(here.values).items() if here.values.get(name) != each}
        edits = [Edit(here.id, Case.kind, fields, here.heads)] if fields else []
        if read.direction:
            stands = standing(self._directions.get(here.id, ()))
            if stands is None or not _same(stands, read):
                edits.append(self._direction(here.id, read, stands.id if stands else None))
        return tuple(edits)

    def _made(self, read: Read) -> tuple[Edit, ...]:
        case = Edit(self._new_id(), Case.kind, read.over({}))
        return (case, self._direction(case.record, read, None)) if read.direction else (case,)

    def _direction(self, case: RecordId, read: Read, replaces: RecordId | None) -> Edit:
        fields = {"case_id": case, "direction": read.direction}
        if read.motivation:
            fields["motivation"] = read.motivation
        if replaces:
            fields["replaces"] = replaces
        return Edit(self._new_id(), Direction.kind, fields)


def _by_reference(held: Iterable[_Held], personal: str) -> dict[str, list[_Held]]:
    """What a row with each reference can be about: of a case that was shared the own one, not the copy in a circle."""
    found: dict[str, list[_Held]] = {}
    for each in held:
        if each.values.get("reference"):
            found.setdefault(each.values["reference"], []).append(each)
    return {name: [one for one in ones if one.space == personal] or ones for name, ones in found.items()}


def _same(stands: Direction, read: Read) -> bool:
    says_the_same = stands.direction is not None and stands.direction.value == read.direction
    return says_the_same and (not read.motivation or stands.motivation == read.motivation)


def _key(values: dict[str, Any]) -> tuple[str, str]:
    return fold(values.get("title") or "").strip(), values.get("asked_on") or ""


def _held(connection: Connection, reads: Sequence[Read]) -> Iterator[_Held]:
    """The cases that have the reference of a row, or the title of a row without one."""
    references = {each.case["reference"] for each in reads if each.case.get("reference")}
    titles = {_key(each.case)[0] for each in reads if not each.case.get("reference")}
    columns = tables.record.c
    found = {
        row.n: row
        for column, wanted in ((columns.reference, references), (columns.sort_title, titles - {""}))
        for row in _among(connection, column, Case.kind, wanted)
    }
    for _n, row in sorted(found.items()):
        folded = state_of(row)
        yield _Held(RecordId(row.id), row.space, values_of(folded.state), folded.heads)


def _directions(connection: Connection, case_ids: Iterable[str]) -> dict[str, list[Direction]]:
    found: dict[str, list[Direction]] = {}
    for row in _among(connection, tables.record.c.case_id, Direction.kind, case_ids):
        entry = entry_in(row)
        found.setdefault(row.case_id, []).append(entry.record)
    return found


def _among(connection: Connection, column: Column[Any], kind: str, wanted: Iterable[str]) -> Iterator[Row[Any]]:
    some = sorted(wanted)
    here = (tables.record.c.kind == kind, tables.record.c.archived == 0)
    for start in range(0, len(some), _AT_ONCE):
        query = select(tables.record).where(*here, column.in_(some[start : start + _AT_ONCE]))
        yield from connection.execute(query)
