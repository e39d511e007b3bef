"""The areas of a municipality from a list: code, name, kind, parent, inhabitants, year."""

from casebook.areas import Area, AreaKind
from casebook.database import Database, note
from casebook.dutch import fold
from casebook.importing.plan import Outcome
from casebook.importing.sheets import Sheet
from casebook.importing.values import choices
from casebook.present import every
from casebook.problem import Problem
from casebook.record import new_id, plain_values
from casebook.saving import Edit, save_edits
from resources.language import _, mark

_NAMES = {
    "code": "code|gebiedscode|buurtcode|wijkcode|nr",
    "name": "name|naam|gebied|gebiedsnaam|buurt|wijk",
    "area_kind": "kind|soort|type|niveau",
    "parent_code": "parent|ouder|valt onder|onderdeel van|hoort bij",
    "inhabitants": "inhabitants|inwoners|aantal inwoners|bevolking",
    "counted_in": "year|jaar|peiljaar",
    "cbs_code": "cbs|cbs code|cbscode|cbs-code",
}
_KINDS = {
    "stadsdeel": AreaKind.BOROUGH,
    "gebied": AreaKind.AREA,
    "wijk": AreaKind.DISTRICT,
    "buurt": AreaKind.NEIGHBOURHOOD,
}


def bring_in_areas(db: Database, sheet: Sheet) -> Outcome:
    """Save the areas of *sheet* as one act; an area whose code is here already is updated."""
    columns = _columns(sheet)
    held = {each.record.code: each for each in every(db, Area)}
    edits: dict[str, Edit] = {}
    new = skipped = 0
    for row in (each for each in sheet.rows if any(each)):
        values = _values({name: row[n] for name, n in columns.items()})
        code = str(values.get("code", ""))
        here = held.get(code)
        before = plain_values(here.record) if here else {}
        fields = {name: each for name, each in values.items() if before.get(name) != each}
        if not code or (not here and not values.get("name")) or not fields or code in edits:
            skipped += 1
            continue
        new += here is None
        edits[code] = Edit(here.record.id if here else new_id(), Area.kind, fields, here.heads if here else ())
    if edits:
        save_edits(db, list(edits.values()), mark("Import areas"))
        with db.write() as connection:
            note(connection, db.clock(), "import", sheet.name)
    return Outcome(new, len(edits) - new, skipped)


def _columns(sheet: Sheet) -> dict[str, int]:
    header = [fold(each).strip() for each in sheet.header]
    found = {
        field: next((n for n, each in enumerate(header) if each in names.split("|")), None)
        for field, names in _NAMES.items()
    }
    if found["code"] is None or found["name"] is None:
        raise Problem(
            _(
                "A list of areas needs a column code and a column name. Nothing was changed. "
                "The columns are: {columns}."
            ).format(columns=", ".join(sheet.header))
        )
    return {field: n for field, n in found.items() if n is not None}


def _values(cells: dict[str, str]) -> dict[str, str | int]:
    values: dict[str, str | int] = {}
    for name, cell in cells.items():
        if name == "area_kind":
            kind = _KINDS.get(fold(cell)) or choices(AreaKind).get(fold(cell))
            if kind:
                values[name] = kind.value
        elif name in ("inhabitants", "counted_in"):
            digits = cell.replace(".", "").replace(" ", "")
            if digits.isdecimal():
                values[name] = int(digits)
        elif cell:
            values[name] = cell
    return values
