"""Bringing a list in with the window: real files, real keys, a real casebook."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from casebook.areas import Area
from casebook.case import Case
from casebook.case_query import Query
from casebook.present import count, every
from desktop.importing.screen import CHECK, COLUMNS, FILE, ImportScreen
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import answer_with, database, lines, press

LIST = "nr;naam;wat;wijk\nB-1;Buurttuin;groen;Laak\nB-2;Speelstraat;spelen;\n;;leeg;\nB-1;Nog eens;;\n"


@pytest.fixture
def page(window: MainWindow) -> ImportScreen:
    """The page, at its first step."""
    window.actions_by_name["import_cases"].trigger()
    assert window.screens is not None
    return window.screens.importing


def a_list(folder: Path, text: str = LIST) -> Path:
    path = folder / "lijst.csv"
    path.write_text(text, encoding="utf-8")
    return path


def at(page: ImportScreen, step: int) -> Callable[[], bool]:
    return lambda: page.steps.currentIndex() == step and page.steps.isEnabled() and not page.trouble.text()


def choose(page: ImportScreen, path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    answer_with(monkeypatch, path)
    qtbot.keyClick(page.choose_file, Qt.Key.Key_Space)


def preview(page: ImportScreen) -> list[list[str]]:
    rows = page.columns.preview.model()
    return [[rows.index(row, column).data() for column in range(rows.columnCount())] for row in range(rows.rowCount())]


def rows(page: ImportScreen) -> list[list[str]]:
    held = page.check.rows
    return [[held.index(row, column).data() for column in range(held.columnCount())] for row in range(held.rowCount())]


def test_a_list_comes_in_with_the_keyboard_and_is_taken_back_by_the_notice(
    window: MainWindow, page: ImportScreen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    assert window.pages.currentWidget() is page
    choose(page, a_list(tmp_path), monkeypatch, qtbot)
    qtbot.waitUntil(at(page, COLUMNS))
    assert page.columns.first().hasFocus()
    qtbot.waitUntil(
        lambda: [line[3] for line in preview(page)] == ["Buurttuin", "Speelstraat"] or len(preview(page)) == 2
    )
    qtbot.waitUntil(page.forward.isEnabled)
    qtbot.keyClick(page.forward, Qt.Key.Key_Space)
    qtbot.waitUntil(at(page, CHECK))
    assert [page.check.counts.tabText(n).split()[-1] for n in range(5)] == ["2", "0", "0", "2", "1"]
    assert [line[0] for line in rows(page)] == ["4", "5"]
    assert all(line[3] for line in rows(page))
    assert page.forward.hasFocus()
    qtbot.keyClick(page.forward, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: sorted(lines(window)) == ["Buurttuin", "Speelstraat"])
    qtbot.waitUntil(window.messages.isVisible)
    assert window.pages.currentWidget() is not page
    press(window, _("Undo"))
    qtbot.waitUntil(lambda: lines(window) == [])


def test_another_column_is_chosen_with_the_keys_and_the_preview_follows(
    page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(a_list(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    name, what = page.columns.choices[1], page.columns.choices[2]
    assert (name.currentData(), what.currentData()) == ("title", "")
    qtbot.keyClick(what, Qt.Key.Key_Down)
    assert (name.currentData(), what.currentData()) == ("", "title")
    qtbot.waitUntil(lambda: [line[2] for line in preview(page)] == ["groen", "spelen", "leeg"])
    qtbot.keyClick(what, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: _("Title") in page.trouble.text())
    assert not page.forward.isEnabled()
    assert preview(page) == []
    qtbot.keyClick(name, Qt.Key.Key_Down)
    qtbot.waitUntil(page.forward.isEnabled)


def test_unused_columns_go_to_the_summary_when_that_is_asked(
    window: MainWindow, page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(a_list(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    page.columns.rest.click()
    bring_in(page, qtbot)
    qtbot.waitUntil(lambda: len(lines(window)) == 2)
    found = {each.record.title: each.record.summary for each in every(database(window), Case)}
    assert found == {"Buurttuin": "wat: groen\n\nwijk: Laak", "Speelstraat": "wat: spelen"}


def bring_in(page: ImportScreen, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.forward.isEnabled)
    page.forward.click()
    qtbot.waitUntil(at(page, CHECK))
    page.forward.click()
    qtbot.waitUntil(at(page, FILE))


def test_the_same_list_again_has_nothing_to_bring_in_and_updating_can_be_declined(
    window: MainWindow, page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(a_list(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    bring_in(page, qtbot)
    page.read(a_list(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    qtbot.waitUntil(page.forward.isEnabled)
    page.forward.click()
    qtbot.waitUntil(lambda: page.steps.currentIndex() == CHECK)
    assert not page.forward.isEnabled()
    assert page.trouble.text()
    page.go_back()
    page.read(a_list(tmp_path, LIST.replace("Buurttuin", "Moestuin")))
    qtbot.waitUntil(at(page, COLUMNS))
    qtbot.waitUntil(page.forward.isEnabled)
    page.forward.click()
    qtbot.waitUntil(at(page, CHECK))
    assert page.check.counts.tabText(1).endswith("1")
    page.check.update_held.click()
    qtbot.waitUntil(lambda: page.check.counts.tabText(1).endswith("0"))
    assert count(database(window), Query()) == 2


def two_sheets(folder: Path) -> Path:
    book = Workbook()
    for name, title in (("2025", "Oud"), ("2026", "Nieuw")):
        sheet = book.create_sheet(name)
        sheet.append(["Nr", "Titel"])
        sheet.append([1, title])
    book.save(folder / "lijst.xlsx")
    return folder / "lijst.xlsx"


def test_of_several_sheets_one_is_chosen_and_an_empty_one_says_so(
    page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(two_sheets(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    sheets = page.columns.sheets
    assert sheets.currentText() == "2025"
    choose_sheet(page, "2026")
    qtbot.waitUntil(lambda: [line[2] for line in preview(page)] == ["Nieuw"])
    choose_sheet(page, "Sheet")
    qtbot.waitUntil(lambda: bool(page.trouble.text()))
    assert not page.forward.isEnabled()
    choose_sheet(page, "2025")
    qtbot.waitUntil(lambda: [line[2] for line in preview(page)] == ["Oud"])


def choose_sheet(page: ImportScreen, name: str) -> None:
    sheets = page.columns.sheets
    sheets.setCurrentText(name)
    sheets.activated.emit(sheets.currentIndex())


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n\0\0", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), None],
)
def test_what_cannot_be_read_is_told_in_the_page(
    page: ImportScreen, tmp_path: Path, qtbot: QtBot, content: bytes | None
) -> None:
    path = tmp_path / "lijst.xlsx"
    if content is not None:
        path.write_bytes(content)
    page.read(path)
    qtbot.waitUntil(page.trouble.isVisible)
    assert "lijst.xlsx" in page.trouble.text()
    assert page.steps.currentIndex() == FILE
    assert page.choose_file.isEnabled()


def test_escape_goes_a_step_back_and_then_out(
    window: MainWindow, page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(a_list(tmp_path))
    qtbot.waitUntil(at(page, COLUMNS))
    qtbot.keyClick(page.columns.first(), Qt.Key.Key_Escape)
    assert page.steps.currentIndex() == FILE
    qtbot.keyClick(page.choose_file, Qt.Key.Key_Escape)
    assert window.screens is not None
    assert window.pages.currentWidget() is window.screens.list


def test_a_file_can_be_dropped_on_the_page(page: ImportScreen, tmp_path: Path, qtbot: QtBot) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(a_list(tmp_path)))])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.dropEvent(QDropEvent(QPointF(QPoint(5, 5)), Qt.DropAction.CopyAction, dropped, button, none))
    qtbot.waitUntil(at(page, COLUMNS))


def test_areas_come_in_from_the_lists_screen(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert window.screens is not None
    window.navigation.setCurrentRow(2)
    found = window.screens.lists
    found.which.setCurrentIndex(found.which.findData(Area))
    qtbot.waitUntil(found.bring.isVisible)
    found.bring.click()
    page = window.screens.importing
    both = (["L", "Laak"], ["M", "Molenwijk"])
    page.read(a_list(tmp_path, "code;naam;soort;inwoners\nL;Laak;stadsdeel;45.000\nM;Molenwijk;iets;\n;Zonder;;\n"))
    qtbot.waitUntil(at(page, COLUMNS))
    qtbot.waitUntil(lambda: [line[1:4] for line in preview(page)] == [[_("New"), *each] for each in both])
    bring_in(page, qtbot)
    qtbot.waitUntil(lambda: found.entries.count() == 2)
    assert window.pages.currentWidget() is found
    assert [each.record.inhabitants for each in every(database(window), Area)] == [45_000, None]


def a_long_list(folder: Path) -> Path:
    return a_list(folder, "nr;titel\n" + "".join(f"B-{n};Tuin {n}\n" for n in range(20_000)))


@pytest.mark.parametrize("step", ["reading", "saving"])
def test_stopping_leaves_nothing_behind(
    window: MainWindow, page: ImportScreen, tmp_path: Path, qtbot: QtBot, step: str
) -> None:
    path = a_long_list(tmp_path)
    if step == "saving":
        page.read(path)
        qtbot.waitUntil(at(page, COLUMNS))
        qtbot.waitUntil(page.forward.isEnabled)
        page.forward.click()
        qtbot.waitUntil(at(page, CHECK))
        page.forward.click()
    else:
        page.read(path)
    assert window.working.is_busy
    window.working.stop()
    qtbot.waitUntil(lambda: not window.working.is_busy)
    assert window.messages.text == _("Stopped. Nothing was changed.")
    assert count(database(window), Query()) == 0
    assert page.steps.currentIndex() == (CHECK if step == "saving" else FILE)
    assert page.steps.isEnabled()


def test_a_window_that_is_busy_is_not_closed_unasked(
    window: MainWindow, page: ImportScreen, tmp_path: Path, qtbot: QtBot
) -> None:
    page.read(a_long_list(tmp_path))
    window.close()
    assert window.isVisible()
    assert window.messages.isVisible()
    press(window, _("Stop it and quit"))
    qtbot.waitUntil(lambda: not window.isVisible())
