"""The sheets of an xlsx file."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.importing.cells import Cells, Row, as_text, filled_down, uncalculated
from casebook.progress import Progress

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
_UNCALCULATED = re.compile(rb"<f[^>]*?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>")
_AT_ONCE = 500


def of_xlsx(path: Path, wanted: str, most: int, progress: Progress) -> Cells:
    """The sheet *wanted*, else the first with something in it; values as they were calculated last.

    Reads no more than *most* rows.
    """
    from openpyxl import load_workbook

    # By what it holds: the library goes by the ending of a name.
    with path.open("rb") as file, closing(load_workbook(file, read_only=True, data_only=True)) as book:
        among = tuple(each.title for each in book.worksheets)
        for sheet in book.worksheets:
            if wanted and sheet.title != wanted:
                continue
            rows = list(_rows(sheet, most, progress))
            if wanted or any(any(each) for each in rows):
                # Read-only sheets do not tell what is merged or a formula; the file itself does.
                with zipfile.ZipFile(path) as archive:
                    source = archive.read(sheet._worksheet_path)
                within, _end, after = source.rpartition(b"</sheetData>")
                # A row at a time: one look at all of it would hold up the screen.
                missing = sum(len(_UNCALCULATED.findall(row)) for row in within.split(b"</row>"))
                return Cells(sheet.title, filled_down(rows, _merged(after)), among, uncalculated(missing))
        return Cells(path.stem, [], among)


def _rows(sheet: "ReadOnlyWorksheet", most: int, progress: Progress) -> Iterator[Row]:
    everything: Any = sheet.max_row
    for n, row in enumerate(sheet.iter_rows(values_only=True)):
        if n > most:
            return
        if n % _AT_ONCE == 0:
            progress(n, max(n, everything or 0))
        yield tuple(as_text(each) for each in row)


def _merged(source: bytes) -> Iterator[tuple[int, int, int]]:
    from openpyxl.utils import column_index_from_string

    for letters, first, last in _MERGED.findall(source):
        yield column_index_from_string(letters.decode()) - 1, int(first) - 1, int(last)
