"""The areas of a municipality from a list: code, name, kind, parent, inhabitants, year."""

from collections.abc import Mapping as Pairs
from typing import Any

from casebook.areas import Area, AreaKind
from casebook.database import Database
from casebook.dutch import fold
from casebook.fields import fields_by_name
from casebook.importing.mapping import Mapping, Subject
from casebook.importing.plan import Line, Plan, Step, filled
from casebook.importing.sheets import Sheet
from casebook.importing.values import choices
from casebook.present import Entry, every
from casebook.progress import Progress, unheard
from casebook.record import new_id, plain_values
from casebook.rights import Allowed, allowed
from casebook.saving import Edit
from resources.language import _, mark

AREAS = Subject(
    {
        "code": "gebiedscode|buurtcode|wijkcode|nr",
        "name": "naam|gebied|gebiedsnaam|buurt|wijk",
        "area_kind": "kind|soort|type|niveau",
        "parent_code": "parent|ouder|valt onder|hoort bij",
        "inhabitants": "inwoners|aantal inwoners|bevolking",
        "counted_in": "year|jaar|peiljaar",
        "cbs_code": "cbs|cbscode|cbs-code",
    },
    ("code", "name"),
    lambda target: _(fields_by_name(Area)[target].label),
)
"""A list of areas."""

_KINDS = {
    "stadsdeel": AreaKind.BOROUGH,
    "gebied": AreaKind.AREA,
    "wijk": AreaKind.DISTRICT,
    "buurt": AreaKind.NEIGHBOURHOOD,
}
_NUMBERS = ("inhabitants", "counted_in")


def plan_areas(db: Database, sheet: Sheet, mapping: Mapping, progress: Progress = unheard) -> Plan:
    """What bringing in the areas of *sheet* would do; an area whose code is here already is updated."""
    mapping.require(AREAS)
    held = {each.record.code: each for each in every(db, Area)}
    may = allowed(db)
    seen: set[str] = set()
    lines = []
    for n, row in filled(sheet, progress):
        values, left = _read(sheet.header, mapping, row)
        line = _line(n, values, left, held, seen, may)
        seen.add(line.reference)
        lines.append(line)
    return Plan(sheet.file or sheet.name, mark("Import areas"), tuple(lines), sheet.notes)


def _line(
    row: int,
    values: dict[str, Any],
    left: tuple[str, ...],
    held: Pairs[str, Entry[Area]],
    seen: set[str],
    may: Allowed,
) -> Line:
    code, name = str(values.get("code", "")), str(values.get("name", ""))
    here = held.get(code)
    if not code:
        return Line(row, Step.SKIP, name, "", _("There is no code in this row."))
    if code in seen:
        return Line(row, Step.SKIP, name, code, _("This code stands in the file before."))
    if here is None and not name:
        return Line(row, Step.SKIP, "", code, _("There is no name in this row."))
    before = plain_values(here.record) if here else {}
    fields = {field: each for field, each in values.items() if before.get(field) != each}
    if here and fields and not may.may_change(here.space, here.record.id):
        return Line(row, Step.SKIP, name, code, may.in_space(here.space).why)
    edits = (Edit(here.record.id if here else new_id(), Area.kind, fields, here.heads if here else ()),)
    step = Step.NEW if here is None else Step.UPDATE if fields else Step.SAME
    return Line(row, step, name, code, edits=edits if fields else (), says=values, left=left)


def _read(header: tuple[str, ...], mapping: Mapping, row: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The plain values of a row, and what was not understood."""
    values: dict[str, Any] = {}
    left = []
    for column, target, cell in zip(header, mapping.targets, row, strict=True):
        if not target or not cell:
            continue
        value = _value(target, cell)
        if value is None:
            left.append(f"{column}: {cell}")
        else:
            values[target] = value
    return values, tuple(left)


def _value(target: str, cell: str) -> str | int | None:
    if target == "area_kind":
        kind = _KINDS.get(fold(cell)) or choices(AreaKind).get(fold(cell))
        return kind.value if kind else None
    if target in _NUMBERS:
        digits = cell.replace(".", "").replace(" ", "")
        return int(digits) if digits.isdecimal() and len(digits) <= 9 else None
    return " ".join(cell.split())
