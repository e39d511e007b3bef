"""The list as a spreadsheet: readable, harmless, and without names."""

import csv
from pathlib import Path

from openpyxl import load_workbook

from casebook.case import Case
from casebook.case_query import Query
from casebook.database import Database
from casebook.exporting.case_list import export_list
from casebook.saving import Change, save
from tests.casebook.world import not_searched_yet

FORMULA = "=1+1"


def _filled(db: Database) -> None:
    save(db, [Change(Case(title=FORMULA, reference="B-1", initiator_name="Jansen", summary="Café\nmet \x07 bel"))], "x")


def test_a_csv_opens_in_a_dutch_spreadsheet_and_calculates_nothing(db: Database, tmp_path: Path) -> None:
    _filled(db)
    assert export_list(db, tmp_path / "lijst.csv") == 1
    content = (tmp_path / "lijst.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"Jansen" not in content
    header, row = csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), delimiter=";")
    assert len(header) == len(row)
    assert row[:2] == ["B-1", "'=1+1"]


def test_an_xlsx_has_a_header_that_stays_and_texts_only(db: Database, tmp_path: Path) -> None:
    _filled(db)
    export_list(db, tmp_path / "lijst.xlsx")
    sheet = load_workbook(tmp_path / "lijst.xlsx").active
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert (sheet["B2"].value, sheet["B2"].data_type) == (FORMULA, "s")
    assert sheet.column_dimensions["B"].width == 48


def test_every_page_of_a_long_list_is_written(db: Database, tmp_path: Path) -> None:
    save(db, [Change(Case(title=f"Zaak {n}")) for n in range(501)], "x")
    assert export_list(db, tmp_path / "lijst.csv") == 501
    assert len((tmp_path / "lijst.csv").read_text(encoding="utf-8-sig").splitlines()) == 502


def test_a_list_of_what_was_sought_misses_no_case_that_just_came_in(db: Database, tmp_path: Path) -> None:
    save(db, [Change(Case(title=title)) for title in ("Linde", "Eik")], "x")
    not_searched_yet(db)
    assert export_list(db, tmp_path / "lijst.csv", Query(words="linde")) == 1
