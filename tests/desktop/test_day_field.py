"""A day is typed as people say it, or chosen in a calendar, with the keys alone."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCalendarWidget, QLabel, QTableView
from pytestqt.qtbot import QtBot

from desktop.day import shown_day, shown_with_weekday
from desktop.day_field import DayField
from resources import language


@pytest.fixture
def field(qtbot: QtBot) -> DayField:
    """An empty day."""
    field = DayField()
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    return field


def below(field: DayField) -> str:
    label = field.findChildren(QLabel)[0]
    return label.text() if label.isVisible() else ""


def opened(field: DayField, qtbot: QtBot) -> QCalendarWidget:
    qtbot.keyClick(field.line, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(field.findChildren(QCalendarWidget)) == 1)
    return field.findChildren(QCalendarWidget)[0]


def test_a_day_is_understood_while_it_is_typed(field: DayField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field.line, "23-11-2026")
    assert field.day == date(2026, 11, 23)
    assert below(field) == shown_with_weekday(date(2026, 11, 23)) == "maandag 23 november 2026"


def test_days_are_typed_as_people_say_them(field: DayField, qtbot: QtBot) -> None:
    today = date.today()  # noqa: DTZ011
    for typed, days in (("gisteren", -1), ("over 6 weken", 42), ("morgen", 1)):
        field.line.clear()
        qtbot.keyClicks(field.line, typed)
        assert field.day == today + timedelta(days=days), typed


def test_leaving_writes_the_day_out(field: DayField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field.line, "23 nov 2026")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert field.line.text() == shown_day(date(2026, 11, 23))
    assert below(field) == ""


def test_what_is_not_a_day_is_told_and_the_day_before_it_stays(field: DayField, qtbot: QtBot) -> None:
    field.show_day(date(2026, 11, 23))
    field.line.selectAll()
    qtbot.keyClicks(field.line, "31-2-2026")
    qtbot.keyClick(field.line, Qt.Key.Key_Return)
    assert field.day == date(2026, 11, 23)
    assert field.line.text() == "23 november 2026"
    assert "31-2-2026" in below(field)


def test_emptying_the_line_takes_the_day_away(field: DayField, qtbot: QtBot) -> None:
    field.show_day(date(2026, 11, 23))
    field.line.selectAll()
    qtbot.keyClick(field.line, Qt.Key.Key_Delete)
    assert field.day is None


def test_the_calendar_opens_with_the_keys_and_enter_chooses(field: DayField, qtbot: QtBot) -> None:
    field.show_day(date(2026, 11, 23))
    months = opened(field, qtbot)
    assert months.selectedDate() == QDate(2026, 11, 23)
    view = months.findChild(QTableView)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(field.changed):
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert field.day == date(2026, 11, 30)
    assert field.line.text() == "30 november 2026"


def test_escape_leaves_the_day_as_it_was(field: DayField, qtbot: QtBot) -> None:
    field.show_day(date(2026, 11, 23))
    months = opened(field, qtbot)
    view = months.findChild(QTableView)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not field.findChildren(QCalendarWidget))
    assert field.day == date(2026, 11, 23)


def test_the_week_begins_on_monday_and_months_have_dutch_names(field: DayField, qtbot: QtBot) -> None:
    months = opened(field, qtbot)
    assert months.firstDayOfWeek() is Qt.DayOfWeek.Monday
    assert months.locale().monthName(3) == "maart"
    field.calendar.click()
    language.use("en")
    qtbot.waitUntil(lambda: not field.findChildren(QCalendarWidget))
    assert opened(field, qtbot).locale().monthName(3) == "March"
