"""With little room, or large letters, the list and the case take turns, and labels stand above their fields."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.fields import fields_by_name
from casebook.present import every
from desktop.casebook.forms import Form
from desktop.casebook.list_screen import ListScreen
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import database, lines, with_cases


def narrow(window: MainWindow, qtbot: QtBot) -> ListScreen:
    """The casebook with one case, in a window with room for one of the two."""
    assert window.screens is not None
    with_cases(window, "Buurttuin")
    window.actions_by_name["show_casebook"].trigger()
    qtbot.waitUntil(lambda: lines(window) == ["Buurttuin"])
    window.resize(700, 600)
    return window.screens.list


def test_in_a_narrow_window_the_list_comes_first(window: MainWindow, qtbot: QtBot) -> None:
    screen = narrow(window, qtbot)
    qtbot.waitUntil(screen.table.isVisible)
    assert window.screens is not None
    assert not window.screens.case.isVisible()


def test_enter_opens_the_case_and_escape_goes_back_to_the_list(window: MainWindow, qtbot: QtBot) -> None:
    screen = narrow(window, qtbot)
    assert window.screens is not None
    case = window.screens.case
    screen.table.setFocus()
    screen.table.selectRow(0)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    qtbot.waitUntil(case.isVisible)
    qtbot.waitUntil(lambda: window.focusWidget() is screen.turns.back)
    assert screen.turns.back.isVisible()
    assert not screen.table.isVisible()
    screen.turns.back.click()
    assert screen.table.isVisible()
    assert not case.isVisible()


def test_a_case_that_is_opened_from_elsewhere_comes_forward(window: MainWindow, qtbot: QtBot) -> None:
    narrow(window, qtbot)
    assert window.screens is not None
    window.screens.open_case(every(database(window), Case)[0].record.id)
    qtbot.waitUntil(window.screens.case.isVisible)
    window.actions_by_name["find"].trigger()
    assert window.screens.list.search.isVisible()


def test_with_room_enough_both_are_there(window: MainWindow, qtbot: QtBot) -> None:
    screen = narrow(window, qtbot)
    window.resize(1366, 740)
    assert window.screens is not None
    qtbot.waitUntil(window.screens.case.isVisible)
    assert screen.table.isVisible()
    assert not screen.turns.back.isVisible()


def test_with_little_room_labels_stand_above_their_fields(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    form = Form([fields_by_name(Case)["title"]], {}, QFormLayout(around))
    around.resize(200, 200)
    around.show()
    label = around.findChildren(QLabel)[0]
    assert label.text() == _("Title")
    qtbot.waitUntil(lambda: label.geometry().bottom() < form.first().geometry().top())
    around.resize(900, 200)
    qtbot.waitUntil(lambda: label.geometry().bottom() > form.first().geometry().top())


def test_down_from_the_search_box_chooses_the_first_hit(window: MainWindow, qtbot: QtBot) -> None:
    assert window.screens is not None
    with_cases(window, "Buurttuin", "Speelstraat")
    screen = window.screens.list
    window.actions_by_name["find"].trigger()
    qtbot.keyClicks(screen.search, "speel")
    qtbot.waitUntil(lambda: lines(window) == ["Speelstraat"])
    qtbot.keyClick(screen.search, Qt.Key.Key_Down)
    assert [each.row() for each in screen.table.selectionModel().selectedRows()] == [0]
    qtbot.waitUntil(lambda: window.screens is not None and window.screens.case.title.text() == "Speelstraat")
