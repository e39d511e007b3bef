"""Looks at the window itself in a language that marks every word it translates: what is unmarked escaped."""

import dataclasses
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import TypeVar

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

from casebook.case import Case
from casebook.fields import Weight, fields_of
from casebook.record import KINDS, Record, from_plain, new_id
from casebook.saving import Change, save
from desktop.welcome import Welcome
from desktop.window import MainWindow
from resources import language
from tests.words.escapes import has_letters

R = TypeVar("R", bound=Record)

MARKED = re.compile(r"⟦[^⟦⟧]*⟧|«[^«»]*»")
"""Translated words, and words that somebody typed."""

SAME_EVERYWHERE = re.compile(r"Casusboek|casusboek|PDF|\d+ [a-z]+\.? \d{4}|qt_\w+|\*\.\w+")


class Marking(NullTranslations):
    """A language in which every translated text stands between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window on a casebook with one case, all in the marking language."""
    marking = Marking()
    monkeypatch.setattr(language, "_words", lambda _code: marking)
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
    window.findChildren(Welcome)[0].findChildren(QPushButton)[0].click()
    qtbot.waitUntil(lambda: window.screens is not None, timeout=20_000)
    assert window.db is not None
    assert window.screens is not None
    case = filled_in(Case)
    save(window.db, [Change(each) for each in (case, *belonging_to(case))], "act")
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


def filled_in(kind: type[R], **others: str) -> R:
    """A record in which everything that can be typed is typed, between marks."""
    typed = {each.name: f"«{each.name}»" for each in fields_of(kind) if each.weight is not Weight.NONE}
    return from_plain(kind, new_id(), typed | others)


def belonging_to(case: Case) -> Iterator[Record]:
    """One of everything that belongs to a case, and of the lists."""
    for kind in KINDS.values():
        if any(each.name == "case_id" for each in dataclasses.fields(kind)):
            yield filled_in(kind, case_id=case.id)


def untranslated(window: QWidget) -> set[str]:
    """What somebody would read, or hear, that did not pass through translation."""
    return {text for text in said(window) if has_letters(_without_marked(text))}


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


def _without_marked(text: str) -> str:
    text = SAME_EVERYWHERE.sub("", text)
    while MARKED.search(text):
        text = MARKED.sub("", text)
    return text
