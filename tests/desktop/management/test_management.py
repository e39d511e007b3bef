"""Looking after the casebook with the window: copies, what goes out, and the list of it."""

import csv
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.case_query import Query
from casebook.copies import listed
from casebook.database import copies, copy_daily
from casebook.present import count
from casebook.saving import Change, save
from casebook.written import day
from desktop.management.screen import ManagementScreen
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import answer_with, database, lines, press, with_cases

LONG_AGO = date(2026, 11, 3)


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> ManagementScreen:
    """The screen, with a copy of long ago in which one case stood."""
    assert window.screens is not None
    with_cases(window, "Eerst")
    copy_daily(database(window), LONG_AGO)
    with_cases(window, "Daarna")
    qtbot.waitUntil(lambda: len(lines(window)) == 2)
    window.actions_by_name["show_management"].trigger()
    return window.screens.management


def choose_copy(page: ManagementScreen, qtbot: QtBot, of: date) -> None:
    rows = page.copies.rows
    qtbot.waitUntil(lambda: any(each and each.made == of for each in map(rows.line, range(rows.rowCount()))))
    at = next(row for row in range(rows.rowCount()) if (line := rows.line(row)) and line.made == of)
    page.copies.table.selectRow(at)


def test_a_copy_is_put_back_and_the_window_goes_on_with_it(
    window: MainWindow, page: ManagementScreen, qtbot: QtBot
) -> None:
    choose_copy(page, qtbot, LONG_AGO)
    told = page.copies.explained.text()
    assert day(LONG_AGO) in told
    assert "1 casus" in told
    assert "2 casussen" in told
    press(window, _("Put back the copy of {day}").format(day=day(LONG_AGO)))
    qtbot.waitUntil(lambda: window.screens is not None and lines(window) == ["Eerst"])
    assert window.screens is not None
    assert window.pages.currentWidget() is window.screens.management
    kept = [each for each in listed(database(window).path, database(window).file_key) if not each.is_daily]
    assert [each.cases for each in kept] == [2]
    assert kept[0].path.name in window.messages.text
    with_cases(window, "Nieuw erbij")
    qtbot.waitUntil(lambda: sorted(lines(window)) == ["Eerst", "Nieuw erbij"])
    noted = window.screens.management.noted
    qtbot.waitUntil(lambda: [noted.index(row, 1).data() for row in range(noted.rowCount())] == [_("Copy put back")])


def test_what_was_put_back_is_undone_by_the_notice(window: MainWindow, page: ManagementScreen, qtbot: QtBot) -> None:
    choose_copy(page, qtbot, LONG_AGO)
    page.copies.restore.click()
    qtbot.waitUntil(lambda: window.screens is not None and lines(window) == ["Eerst"])
    press(window, _("Undo"))
    qtbot.waitUntil(lambda: window.screens is not None and sorted(lines(window)) == ["Daarna", "Eerst"])


def test_a_damaged_copy_is_not_offered(window: MainWindow, page: ManagementScreen, qtbot: QtBot) -> None:
    path = copies(database(window).path)[-1]
    path.write_bytes(b"x" * 8192)
    page.refresh()
    choose_copy(page, qtbot, LONG_AGO)
    qtbot.waitUntil(lambda: not page.copies.restore.isVisible())
    assert page.copies.explained.text()


def test_a_copy_that_was_damaged_since_leaves_everything_as_it_was(
    window: MainWindow, page: ManagementScreen, qtbot: QtBot
) -> None:
    choose_copy(page, qtbot, LONG_AGO)
    qtbot.waitUntil(page.copies.restore.isVisible)
    copies(database(window).path)[-1].write_bytes(b"x" * 8192)
    page.copies.restore.click()
    qtbot.waitUntil(lambda: window.screens is not None and len(lines(window)) == 2)
    qtbot.waitUntil(window.messages.isVisible)
    assert listed(database(window).path, database(window).file_key)[0].is_daily


def test_what_was_typed_and_not_kept_yet_is_in_the_file_that_is_kept(
    window: MainWindow, page: ManagementScreen, qtbot: QtBot
) -> None:
    assert window.screens is not None
    window.actions_by_name["new_case"].trigger()
    view = window.screens.case
    qtbot.waitUntil(lambda: view.core.first().hasFocus())
    qtbot.keyClicks(view.core.first(), "Half getypt")
    window.actions_by_name["show_management"].trigger()
    choose_copy(page, qtbot, LONG_AGO)
    page.copies.restore.click()
    qtbot.waitUntil(lambda: window.screens is not None and lines(window) == ["Eerst"])
    kept = next(each for each in listed(database(window).path, database(window).file_key) if not each.is_daily)
    assert kept.cases == 3


def test_the_list_is_taken_out_as_it_is_shown_and_noted(
    window: MainWindow, page: ManagementScreen, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.screens is not None
    answer_with(monkeypatch, tmp_path / "mijn lijst", _("CSV (*.csv)"))
    found = window.screens.list
    window.navigation.setCurrentRow(1)
    qtbot.keyClicks(found.search, "eerst")
    qtbot.waitUntil(lambda: lines(window) == ["Eerst"])
    found.take_out.click()
    written = tmp_path / "mijn lijst.csv"
    qtbot.waitUntil(written.exists)
    rows = list(csv.reader(written.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[1] for row in rows] == [_("Title"), "Eerst"]
    qtbot.waitUntil(lambda: "mijn lijst.csv" in window.messages.text)
    window.actions_by_name["show_management"].trigger()
    qtbot.waitUntil(lambda: page.noted.rowCount() == 1)
    assert [page.noted.index(0, column).data() for column in (1, 2)] == [_("Taken out"), "mijn lijst.csv"]


def test_what_cannot_be_written_is_told(
    window: MainWindow, page: ManagementScreen, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, tmp_path / "weg" / "x.json")
    window.actions_by_name["export_all"].trigger()
    qtbot.waitUntil(window.messages.isVisible)
    assert "x.json" in window.messages.text
    assert not window.working.is_busy


def test_every_button_of_the_screen_is_a_command(window: MainWindow, page: ManagementScreen, qtbot: QtBot) -> None:
    assert window.screens is not None
    title = window.actions_by_name["import_areas"].text()
    next(each for each in page.findChildren(QPushButton) if each.text() == title).click()
    assert window.pages.currentWidget() is window.screens.importing


def test_a_long_undo_can_be_stopped(window: MainWindow, qtbot: QtBot) -> None:
    cases = [Change(Case(title=f"Tuin {n}")) for n in range(1_500)]
    save(database(window), cases, "Import a list")
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: window.working.is_busy)
    window.working.stop()
    qtbot.waitUntil(lambda: not window.working.is_busy)
    assert window.messages.text == _("Stopped. Nothing was changed.")
    assert count(database(window), Query()) == len(cases)
