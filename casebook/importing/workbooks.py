"""The cells of xlsx and ods files as text, a row at a time."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from resources.language import _, plural

_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
_UNCALCULATED = re.compile(rb"<f[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one sheet, and what the reader should know of them."""

    name: str
    rows: Iterator[tuple[str, ...]]
    notes: tuple[str, ...] = ()


def of_xlsx(path: Path) -> Cells:
    """The first sheet with something in it; values as they were calculated last."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets:
            rows = [_texts(each) for each in sheet.iter_rows(values_only=True)]
            if any(any(each) for each in rows):
                # Read-only sheets do not tell what is merged or a formula; the file itself does.
                with zipfile.ZipFile(path) as archive:
                    source = archive.read(sheet._worksheet_path)
                return Cells(sheet.title, iter(_filled_down(rows, source)), _notes(source))
        return Cells(path.stem, iter(()))
    finally:
        book.close()


def of_ods(path: Path) -> Cells:
    """The same for OpenDocument."""
    from odfdo import Document

    for table in Document(path).body.tables:
        table.rstrip(aggressive=True)
        rows = [_texts(each) for each in table.iter_values()]
        if any(any(each) for each in rows):
            return Cells(table.name or path.stem, iter(rows))
    return Cells(path.stem, iter(()))


def _texts(row: object) -> tuple[str, ...]:
    assert isinstance(row, tuple | list)  # what both libraries give
    return tuple(_text(each) for each in row)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float | Decimal) and cell == int(cell):
        return str(int(cell))
    return str(cell).strip()


def _filled_down(rows: list[tuple[str, ...]], source: bytes) -> list[tuple[str, ...]]:
    """What was merged over several rows stands in each of them."""
    from openpyxl.utils import column_index_from_string

    for letters, first, last in _MERGED.findall(source):
        column, top = column_index_from_string(letters.decode()) - 1, int(first) - 1
        for n in range(top + 1, min(int(last), len(rows))):
            if column < min(len(rows[n]), len(rows[top])):
                rows[n] = (*rows[n][:column], rows[top][column], *rows[n][column + 1 :])
    return rows


def _notes(source: bytes) -> tuple[str, ...]:
    missing = len(_UNCALCULATED.findall(source))
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
