"""Bringing in a list of 20,000 cases, beside reading the same file with openpyxl alone."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from casebook.database import create_casebook
from casebook.importing.mapping import CASES, guess
from casebook.importing.plan import carry_out, plan
from casebook.importing.sheets import read
from casebook.keys import FileKey
from tests.bench.figure import Figure
from tests.bench.size import Size

_TEXT = "Bewoners willen samen een buurttuin beginnen op het braakliggende veld achter de school. " * 3


def figures(size: Size) -> Iterator[Figure]:
    """Cases a second for reading alone, for the plan, and for the whole import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        rows = size.rows
        _written(path, rows)
        started = time.perf_counter()
        book = load_workbook(path, read_only=True, data_only=True)
        assert sum(1 for _row in book.worksheets[0].iter_rows(values_only=True)) == rows + 1
        book.close()
        yield Figure("import_openpyxl_alone", rows / (time.perf_counter() - started), "cases/s")
        db = create_casebook(Path(folder) / "casebook.db", FileKey(b"k" * 32, b"s" * 16))
        started = time.perf_counter()
        sheet = read(path)
        planned = plan(db, sheet, guess(sheet, CASES))
        yield Figure("import_read_and_plan", rows / (time.perf_counter() - started), "cases/s")
        assert carry_out(db, planned).new == rows
        yield Figure("import_whole", rows / (time.perf_counter() - started), "cases/s")
        started = time.perf_counter()
        sheet = read(path)
        assert plan(db, sheet, guess(sheet, CASES)).outcome().unchanged == rows
        yield Figure("import_again_planned", rows / (time.perf_counter() - started), "cases/s")
        db.close()


def _written(path: Path, rows: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lijst")
    sheet.append(["Nr", "Titel", "Datum", "Samenvatting", "Richting", "Motivering"])
    for n in range(rows):
        day = date(2020, 1, 1) + timedelta(days=n % 2000)
        sheet.append(
            [f"B-{n}", f"Buurttuin {n}", day, _TEXT, "Positief" if n % 2 else "", "Het past." if n % 2 else ""]
        )
    book.save(path)
