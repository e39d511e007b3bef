"""The window itself, read in a language that marks every word it translates: what is unmarked escaped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from casebook.saving import Change, save
from desktop.welcome import Welcome
from desktop.window import MainWindow
from tests.words.marking import case_with_everything, escaped_among, speak_marked


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window on a casebook with one case, all in the marking language."""
    speak_marked(monkeypatch)
    window = MainWindow(tmp_path / "casebook.db", QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_every_word_in_the_window_is_translated(window: MainWindow, qtbot: QtBot) -> None:
    window.open_casebook()
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Welcome))
    assert untranslated(window) == set()
    _samples, empty = window.findChildren(Welcome)[0].findChildren(QPushButton)
    empty.click()
    qtbot.waitUntil(lambda: window.screens is not None, timeout=20_000)
    assert window.db is not None
    assert window.screens is not None
    case, belonging = case_with_everything()
    save(window.db, [Change(each) for each in (case, *belonging)], "act")
    for row in range(window.navigation.count()):
        window.navigation.setCurrentRow(row)
        qtbot.wait(100)
        assert untranslated(window) == set()
    window.screens.open_case(case.id)
    qtbot.wait(300)
    assert untranslated(window) == set()


def test_a_planted_word_in_the_window_is_found(window: MainWindow) -> None:
    QLabel("Planted", window).setToolTip("Planted too")
    assert untranslated(window) == {"Planted", "Planted too"}


def untranslated(window: QWidget) -> set[str]:
    """What somebody would read, or hear, that did not pass through translation."""
    return escaped_among(said(window))


def said(window: QWidget) -> Iterator[str]:
    """All words of a window, those of pages that are not on top too."""
    for action in window.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())
    for widget in (window, *(each for each in window.findChildren(QWidget) if not _is_qts_own(each))):
        yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
        yield from _own_words(widget)


def _is_qts_own(widget: QWidget) -> bool:
    """The buttons that scroll tabs and lists, which Qt translates itself."""
    return isinstance(widget.parent(), QTabBar)


def _own_words(widget: QWidget) -> Iterator[str]:
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QGroupBox():
            yield widget.title()
        case QLineEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(row) for row in range(widget.count()))
        case QTabBar():
            yield from (widget.tabText(tab) for tab in range(widget.count()))
        case QHeaderView() if widget.orientation() is Qt.Orientation.Horizontal and not widget.isHidden():
            titles = (widget.model().headerData(n, widget.orientation()) for n in range(widget.count()))
            yield from (str(title or "") for title in titles)
        case QHeaderView():
            pass
        case QAbstractItemView():
            yield from _cells(widget.model())


def _cells(model: QAbstractItemModel | None) -> Iterator[str]:
    if model is None:
        return
    for row in range(min(model.rowCount(), 30)):
        column = 0
        while (cell := model.index(row, column)).isValid():
            yield str(cell.data() or "")
            column += 1
