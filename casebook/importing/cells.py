"""The cells of a workbook as text, a row at a time, whatever kind of file they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite

from resources.language import _, plural

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one sheet, the names of all sheets in the file, and what the reader should know."""

    name: str
    rows: list[Row]
    among: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def as_text(cell: object) -> str:
    """What a cell holds, as it is read further on: a date as 2026-11-23, a whole number without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | Decimal) and isfinite(cell) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def filled_down(rows: list[Row], merged: Iterable[tuple[int, int, int]]) -> list[Row]:
    """What was merged over several rows stands in each of them; *merged* says column, first row and the row after."""
    for column, top, end in merged:
        for n in range(top + 1, min(end, len(rows))):
            if column < len(rows[top]):
                longer = (*rows[n], *[""] * (column + 1 - len(rows[n])))
                rows[n] = (*longer[:column], rows[top][column], *longer[column + 1 :])
    return rows


def uncalculated(missing: int) -> tuple[str, ...]:
    """What to say of formulas whose result does not stand in the file."""
    if not missing:
        return ()
    return (
        plural(
            "{n} cell holds a formula without its result and is read as empty. Save the file in a spreadsheet program "
            "to have it.",
            "{n} cells hold a formula without its result and are read as empty. Save the file in a spreadsheet program "
            "to have them.",
            missing,
        ),
    )
