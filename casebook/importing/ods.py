"""The sheets of an OpenDocument spreadsheet (ODF 1.3, part 3, chapter 9), read as it streams by."""

import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from casebook.importing.cells import Cells, Row, as_text, filled_down, uncalculated
from casebook.progress import Progress
from resources.language import _

_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{each}:1.0}}" for each in ("office", "table", "text")
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")
_AT_ONCE = 500
_MOST_COLUMNS = 1024


def of_ods(path: Path, wanted: str, most: int, progress: Progress) -> Cells:
    """The sheet *wanted*, else the first with something in it; values as they were calculated last.

    Reads no more than *most* rows.
    """
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as source:
        size = archive.getinfo("content.xml").file_size
        found: Cells | None = None
        names = []
        for sheet in _sheets(source, size, most, progress):
            names.append(sheet.name)
            if found is None and (sheet.name == wanted if wanted else sheet.rows):
                found = Cells(sheet.name, filled_down(sheet.rows, sheet.merged), (), uncalculated(sheet.missing))
    if found is None:
        return Cells(path.stem, [], tuple(names))
    return Cells(found.name, found.rows, tuple(names), found.notes)


class _Sheet:
    """One table, as far as it has been read."""

    def __init__(self, name: str, most: int) -> None:
        self.name, self._most = name, most
        self.rows: list[Row] = []
        self.merged: list[tuple[int, int, int]] = []
        self.missing = 0
        self._blank = 0

    def add(self, row: Element) -> None:
        """A row that stands in the file once, and may count for many."""
        times = _times(row, "number-rows-repeated")
        texts = self._texts(row)
        if not texts:
            # A sheet ends in a million empty rows: only what is between filled ones counts.
            self._blank += times
            return
        room = self._most + 1 - len(self.rows)
        self.rows += [()] * min(self._blank, room)
        self._blank = 0
        self.rows += [texts] * min(times, max(0, self._most + 1 - len(self.rows)))

    def _texts(self, row: Element) -> Row:
        texts: list[str] = []
        at = len(self.rows) + self._blank
        for cell in row:
            if cell.tag not in _CELLS:
                continue
            text = _text(cell)
            deep = _times(cell, "number-rows-spanned")
            if text and deep > 1:
                self.merged.append((len(texts), at, at + deep))
            self.missing += not text and cell.get(f"{_TABLE}formula") is not None
            texts += [text] * min(_times(cell, "number-columns-repeated"), _MOST_COLUMNS - len(texts))
        while texts and not texts[-1]:
            texts.pop()
        return tuple(texts)


def _sheets(source: IO[bytes], size: int, most: int, progress: Progress) -> Iterator[_Sheet]:
    sheet: _Sheet | None = None
    rows = depth = 0
    for event, element in iterparse(source, ("start", "end")):
        if element.tag == f"{_TABLE}table":
            # A cell can hold a table of its own, which is no sheet.
            depth += 1 if event == "start" else -1
            if event == "start" and depth == 1:
                sheet = _Sheet(element.get(f"{_TABLE}name", ""), most)
            elif event == "end" and depth == 0 and sheet:
                yield sheet
                element.clear()
        elif event == "end" and element.tag == f"{_TABLE}table-row" and depth == 1 and sheet:
            if rows % _AT_ONCE == 0:
                progress(min(source.tell(), size), size)
            rows += 1
            sheet.add(element)
            element.clear()


def _times(element: Element, name: str) -> int:
    given = element.get(f"{_TABLE}{name}", "1")
    return max(1, int(given)) if given.isdecimal() else 1


def _text(cell: Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind in _NUMBERS:
        try:
            return as_text(Decimal(cell.get(f"{_OFFICE}value", "")))
        except InvalidOperation:
            return _shown(cell)
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", "").partition("T")[0] or _shown(cell)
    if kind == "boolean":
        return _("yes") if cell.get(f"{_OFFICE}boolean-value") == "true" else _("no")
    return _shown(cell) or cell.get(f"{_OFFICE}string-value", "").strip()


def _shown(cell: Element) -> str:
    """The paragraphs of a cell; a note that somebody stuck on it is not among them."""
    return "\n".join("".join(_words(each)) for each in cell if each.tag in (f"{_TEXT}p", f"{_TEXT}h")).strip()


def _words(element: Element) -> Iterator[str]:
    yield element.text or ""
    for each in element:
        match each.tag.removeprefix(_TEXT):
            case "s":
                yield " " * int(each.get(f"{_TEXT}c", "1"))
            case "tab":
                yield "\t"
            case "line-break":
                yield "\n"
            case "note" | "ruby-text":
                pass
            case _more if each.tag.startswith(_TEXT):
                yield from _words(each)
            case _other:
                pass
        yield each.tail or ""
