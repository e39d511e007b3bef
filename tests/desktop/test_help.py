"""The help on a screen."""

import pytest
from PySide6.QtWidgets import QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from desktop.help import SCREENS, Help


@pytest.mark.parametrize("screen", range(len(SCREENS)))
def test_help_tells_the_shortcuts_in_a_table_in_the_language_of_the_reader(screen: int, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    told = Help(parent, screen).findChild(QTextBrowser)
    assert isinstance(told, QTextBrowser)
    assert told.textCursor().atStart()
    assert "|" not in told.toPlainText()
    assert "**" not in told.toPlainText()
    assert "<table" in told.toHtml()
    lines = told.toPlainText().splitlines()
    assert lines[lines.index("Sneltoetsen") + 1 :][:2] == ["Toets", "Doet"]
