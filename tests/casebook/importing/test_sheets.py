"""A spreadsheet is read as the reader sees it, or refused with a sentence."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from odfdo import Document, Table
from openpyxl import Workbook

from casebook.importing.sheets import read
from casebook.problem import Problem
from resources import language


@pytest.fixture(autouse=True)
def english() -> None:
    language.use("en")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_is_read_whatever_its_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (("Nr", "Titel"), ("1", "Café “De Brug” – buurt"), ("2", "Tuin")))
    (tmp_path / "lijst.csv").write_bytes(text.encode(encoding))
    sheet = read(tmp_path / "lijst.csv")
    assert (sheet.header, sheet.rows) == (("Nr", "Titel"), (("1", "Café “De Brug” – buurt"), ("2", "Tuin")))


def test_the_delimiter_line_of_excel_is_not_a_header(tmp_path: Path) -> None:
    (tmp_path / "lijst.csv").write_text("sep=;\nNr;Titel\n1;Tuin, groot\n", encoding="utf-8")
    assert read(tmp_path / "lijst.csv").rows == (("1", "Tuin, groot"),)


def test_line_breaks_and_delimiters_within_quotes_stay_in_the_cell(tmp_path: Path) -> None:
    (tmp_path / "lijst.csv").write_text('Nr;Titel\n1;"Tuin; groot\nen groen"\n', encoding="utf-8")
    assert read(tmp_path / "lijst.csv").rows == (("1", "Tuin; groot\nen groen"),)


def _xlsx(path: Path) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Lijst 2026"])
    for row in (["Nr", "Wijk", "Datum"], [1, "Laak", date(2026, 11, 23)], [2.0, None, None], [3, "=A3&A4", None]):
        sheet.append(row)
    sheet.merge_cells("B3:B4")
    book.save(path)
    return book


def test_an_xlsx_is_read_with_dates_merged_cells_and_a_title_above_it(tmp_path: Path) -> None:
    _xlsx(tmp_path / "lijst.xlsx")
    sheet = read(tmp_path / "lijst.xlsx")
    assert (sheet.header, sheet.top) == (("Nr", "Wijk", "Datum"), 3)
    assert sheet.rows == (("1", "Laak", "2026-11-23"), ("2", "Laak", ""), ("3", "", ""))


def test_a_formula_without_its_result_is_told(tmp_path: Path) -> None:
    _xlsx(tmp_path / "lijst.xlsx")
    assert [each[:6] for each in read(tmp_path / "lijst.xlsx").notes] == ["1 cell"]


def test_an_ods_is_read(tmp_path: Path) -> None:
    document = Document("spreadsheet")
    document.body.clear()
    table = Table("Lijst")
    table.set_values([["Nr", "Titel"], [1, "Tuin"], [2, "Café"]])
    document.body.append(table)
    document.save(str(tmp_path / "lijst.ods"))
    assert read(tmp_path / "lijst.ods").rows == (("1", "Tuin"), ("2", "Café"))


def _locked_ods(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        archive.writestr("content.xml", b"\x01\x02")


def _cut(path: Path) -> None:
    _xlsx(path)
    path.write_bytes(path.read_bytes()[:-400])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There are no rows"),
        (b"Nr;Titel\n", "There are no rows"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", "old kind"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a spreadsheet"),
        (_locked_ods, "password"),
        (_cut, "damaged"),
        (lambda path: Workbook().save(path), "There are no rows"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path, content: object, said: str) -> None:
    path = tmp_path / "lijst.xlsx"
    if callable(content):
        content(path)
    else:
        assert isinstance(content, bytes)
        path.write_bytes(content)
    with pytest.raises(Problem, match=said):
        read(path)


def test_more_rows_than_the_limit_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lijst.csv").write_text("Nr;Titel\n" + "1;x\n" * 200_001, encoding="utf-8")
    with pytest.raises(Problem, match="too large"):
        read(tmp_path / "lijst.csv")
