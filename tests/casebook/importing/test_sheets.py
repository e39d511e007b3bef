"""A spreadsheet is read as the reader sees it, or refused with a sentence."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from odfdo import Document, Table
from openpyxl import Workbook

from casebook.importing.sheets import MissingRows, read
from casebook.problem import Problem
from casebook.progress import Cancelled
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


def _ods(path: Path, *sheets: tuple[str, str]) -> Path:
    """A file as LibreOffice writes it: each sheet a name and its rows in XML."""
    spaces = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    tables = "".join(f'<table:table table:name="{name}">{rows}</table:table>' for name, rows in sheets)
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return path


def _row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def _cell(text: str, **more: str) -> str:
    named = "".join(f' {name.replace("__", ":").replace("_", "-")}="{value}"' for name, value in more.items())
    return f"<table:table-cell{named}>{text and f'<text:p>{text}</text:p>'}</table:table-cell>"


HEAD = _row(_cell("Nr"), _cell("Wijk"), _cell("Datum"))


def test_an_ods_that_another_program_wrote_is_read(tmp_path: Path) -> None:
    document = Document("spreadsheet")
    document.body.clear()
    table = Table("Lijst")
    table.set_values([["Nr", "Titel"], [1, "Tuin"], [2, "Café"]])
    document.body.append(table)
    document.save(str(tmp_path / "lijst.ods"))
    assert read(tmp_path / "lijst.ods").rows == (("1", "Tuin"), ("2", "Café"))


def test_an_ods_is_read_by_value_with_what_is_merged_and_repeated(tmp_path: Path) -> None:
    number = {"office__value_type": "float", "office__value": "2.0"}
    day = {"office__value_type": "date", "office__date_value": "2026-11-23T00:00:00"}
    note = "<office:annotation><text:p>Vraag na</text:p></office:annotation>"
    spread = _cell("Laak<text:s text:c='2'/>en <text:span>Oost</text:span>", table__number_rows_spanned="2")
    rows = (
        HEAD,
        _row(_cell("2,00", **number), spread, _cell("23 nov", **day)),
        _row(_cell("3"), "<table:covered-table-cell/>", f"<table:table-cell>{note}</table:table-cell>"),
        _row(_cell("", table__number_columns_repeated="900"), times=2),
        _row(_cell("x", table__number_columns_repeated="2"), _cell("", table__formula="of:=1"), times=2),
        _row(_cell(""), times=1_048_570),
    )
    sheet = read(_ods(tmp_path / "lijst.ods", ("Leeg", _row(_cell(""))), ("Lijst", "".join(rows))))
    assert sheet.rows == (
        ("2", "Laak  en Oost", "2026-11-23"),
        ("3", "Laak  en Oost", ""),
        ("", "", ""),
        ("", "", ""),
        ("x", "x", ""),
        ("x", "x", ""),
    )
    assert (sheet.name, sheet.among) == ("Lijst", ("Leeg", "Lijst"))
    assert [each[:6] for each in sheet.notes] == ["1 cell"]


def _xlsx_of_two(path: Path) -> Path:
    book = Workbook()
    for name, title in (("2025", "Oud"), ("2026", "Nieuw")):
        sheet = book.create_sheet(name)
        sheet.append(["Nr", "Titel"])
        sheet.append([1, title])
    book.save(path)
    return path


def _ods_of_two(path: Path) -> Path:
    return _ods(
        path,
        ("Sheet", _row(_cell(""))),
        *((name, HEAD + _row(_cell("1"), _cell(title))) for name, title in (("2025", "Oud"), ("2026", "Nieuw"))),
    )


@pytest.mark.parametrize("made", [_xlsx_of_two, _ods_of_two])
def test_of_several_sheets_one_is_chosen(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    path = made(tmp_path / "lijst")
    assert read(path).among == ("Sheet", "2025", "2026")
    assert read(path).rows[0][1] == "Oud"
    assert read(path, "2026").rows[0][1] == "Nieuw"
    with pytest.raises(MissingRows) as empty:
        read(path, "Sheet")
    assert empty.value.among == ("Sheet", "2025", "2026")
    with pytest.raises(Problem, match="2025"):
        read(path, "2027")


@pytest.mark.parametrize("made", [_xlsx_of_two, _ods_of_two])
def test_reading_can_be_called_off(tmp_path: Path, made: Callable[[Path], Path]) -> None:
    def stop(_done: int, _all: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        read(made(tmp_path / "lijst"), progress=stop)


def test_a_file_that_is_not_there_or_is_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="not there"):
        read(tmp_path / "weg.csv")
    with pytest.raises(Problem, match="folder"):
        read(tmp_path)


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
