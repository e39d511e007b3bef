"""Everybody can use the window: what can have the keys has a name, a role and a size (EN 301 549, chapter 11)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from casebook.saving import Change, save
from desktop import theme
from desktop.welcome import Welcome
from desktop.window import MainWindow
from tests.words.marking import case_with_everything

SMALLEST = 24
"""Pixels (WCAG 2.2, 2.5.8)."""


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """The window as it looks, on a casebook with one case that has everything."""
    before = qapp.font()
    theme.follow_system(qapp)
    window = MainWindow(tmp_path / "casebook.db", QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.open_casebook()
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Welcome))
    window.findChildren(Welcome)[0].findChildren(QPushButton)[0].click()
    qtbot.waitUntil(lambda: window.screens is not None, timeout=20_000)
    yield window
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    qapp.setFont(before)
    qapp.setStyleSheet("")


def everything_in(window: MainWindow, qtbot: QtBot) -> Iterator[str]:
    """Show each screen, and each tab of a case, in turn."""
    assert window.db is not None
    assert window.screens is not None
    case, belonging = case_with_everything()
    save(window.db, [Change(each) for each in (case, *belonging)], "act")
    for row in range(window.navigation.count()):
        window.navigation.setCurrentRow(row)
        qtbot.wait(150)
        yield f"screen {row}"
    window.screens.open_case(case.id)
    tabs = window.screens.case.tabs
    qtbot.waitUntil(lambda: tabs.isVisible() and tabs.isTabEnabled(1))
    for at in range(tabs.count()):
        tabs.setCurrentIndex(at)
        qtbot.wait(150)
        yield f"tab {at}"


def controls(window: QWidget) -> Iterator[QWidget]:
    """What can have the keys now."""
    for each in window.findChildren(QWidget):
        passes_on = each.focusProxy() is not None or isinstance(each, QScrollArea)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and not passes_on:
            yield each


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} in {type(widget.parent()).__name__}"


def test_every_control_tells_its_name_and_its_role(window: MainWindow, qtbot: QtBot) -> None:
    for place in everything_in(window, qtbot):
        for each in controls(window):
            spoken = QAccessible.queryAccessibleInterface(each)
            assert spoken.text(QAccessible.Text.Name), f"{place}: {told(each)} has no name"
            assert spoken.role() not in (QAccessible.Role.NoRole, QAccessible.Role.Client), f"{place}: {told(each)}"


def test_every_control_is_large_enough_to_hit(window: MainWindow, qtbot: QtBot) -> None:
    for place in everything_in(window, qtbot):
        for each in controls(window):
            assert min(each.width(), each.height()) >= SMALLEST, f"{place}: {told(each)} is {each.size().toTuple()}"


def test_with_letters_twice_as_large_it_fits_a_small_screen(
    window: MainWindow, qtbot: QtBot, qapp: QApplication
) -> None:
    larger = qapp.font()
    larger.setPointSizeF(larger.pointSizeF() * 2)
    qapp.setFont(larger)
    for place in everything_in(window, qtbot):
        least = window.minimumSizeHint()
        assert least.width() <= 1366, f"{place} wants {least.width()}"
        assert least.height() <= 768 - 40, f"{place} wants a height of {least.height()}"


def test_words_on_buttons_are_never_cut_off(window: MainWindow, qtbot: QtBot, qapp: QApplication) -> None:
    larger = qapp.font()
    larger.setPointSizeF(larger.pointSizeF() * 2)
    qapp.setFont(larger)
    for place in everything_in(window, qtbot):
        for each in window.findChildren(QPushButton):
            if each.isVisible():
                room = each.width(), each.height()
                wanted = each.minimumSizeHint().toTuple()
                assert room >= wanted, f"{place}: “{each.text()}” has {room}, wants {wanted}"
                right = each.mapTo(window, each.rect().topRight()).x()
                assert right <= window.width(), f"{place}: “{each.text()}” ends at {right}"
