"""The list of cases as xlsx or csv: what the screen shows, and nothing that points at a person."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from casebook.case_line import CaseLine
from casebook.case_query import Query
from casebook.database import Database, note
from casebook.present import cases, count, index_rest
from casebook.progress import Progress, unheard
from casebook.whole_file import write_whole
from resources.language import _, mark

COLUMNS: tuple[tuple[str, int, Callable[[CaseLine], str]], ...] = (
    (mark("Reference"), 16, lambda line: line.reference),
    (mark("Title"), 48, lambda line: line.title),
    (mark("Status"), 20, lambda line: line.status.text),
    (mark("Direction"), 26, lambda line: line.direction.text if line.direction else ""),
    (mark("Areas"), 28, lambda line: ", ".join(line.areas)),
    (mark("Asked on"), 14, lambda line: line.asked_on.isoformat() if line.asked_on else ""),
    (mark("Summary"), 80, lambda line: line.summary),
)
_PAGE = 500
_CALCULATES = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767


def export_list(db: Database, path: Path, query: Query | None = None, progress: Progress = unheard) -> int:
    """Write the cases that answer *query*, in its order, to an .xlsx or else a csv file; returns how many.

    The audit list notes it.
    """
    lines = list(_lines(db, query or Query(), progress))
    write_whole(path, _xlsx(lines) if path.suffix.lower() == ".xlsx" else _csv(lines))
    with db.write() as connection:
        note(connection, db.clock(), "export", path.name)
    return len(lines)


def _lines(db: Database, query: Query, progress: Progress) -> Iterator[CaseLine]:
    if query.words:
        index_rest(db)
    offset, everything = 0, count(db, query)
    while page := cases(db, query, offset, _PAGE):
        progress(offset, everything)
        yield from page
        offset += len(page)


def _csv(lines: Iterable[CaseLine]) -> bytes:
    """As Dutch spreadsheets read it: semicolons, and a mark of the encoding at the start."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_(name) for name, _width, _of in COLUMNS])
    writer.writerows([_harmless(of(line)) for _name, _width, of in COLUMNS] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """A text that a spreadsheet would calculate is kept a text (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_CALCULATES) else text


def _xlsx(lines: Iterable[CaseLine]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Casebook"))
    sheet.freeze_panes = "A2"
    for n, (_name, width, _of) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.append([_(name) for name, _width, _of in COLUMNS])
    for line in lines:
        row = []
        for _name, _width, of in COLUMNS:
            cell = WriteOnlyCell(sheet, _storable(of(line)))
            # A text that begins with "=" is a text here, not a formula.
            cell.data_type = "s"
            row.append(cell)
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _storable(text: str) -> str:
    """Without the control characters that XML cannot hold, and no longer than a cell can be."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:_LONGEST_CELL]
