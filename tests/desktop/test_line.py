"""One line of words that is looked over."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.line import Line
from desktop.spelling import Spelling
from resources.language import _


@pytest.fixture
def line(qtbot: QtBot) -> Iterator[Line]:
    spelling = Spelling()
    field = Line(spelling)
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    yield field
    field.close()
    spelling.deleteLater()


def test_a_wrong_word_is_marked_when_it_is_left_and_marking_is_no_typing(line: Line, qtbot: QtBot) -> None:
    typed: list[str] = []
    line.textEdited.connect(typed.append)
    qtbot.keyClicks(line, "Een moestuin voor bewooners")
    qtbot.wait(300)
    assert line.marked() == []
    qtbot.keyClicks(line, " ")
    qtbot.waitUntil(lambda: line.marked() == ["bewooners"], timeout=20_000)
    assert line.text() == "Een moestuin voor bewooners "
    assert len(typed) == len(line.text())
    line.undo()
    assert line.text() != "Een moestuin voor bewooners "


def test_the_menu_offers_what_was_meant_and_puts_it_in(line: Line, qtbot: QtBot) -> None:
    qtbot.keyClicks(line, "Voor bewooners van de straat")
    qtbot.waitUntil(lambda: line.marked() == ["bewooners"], timeout=20_000)
    menu = line.menu_at(7)
    qtbot.waitUntil(lambda: "bewoners" in [each.text() for each in menu.actions()], timeout=20_000)
    assert _("Add “{word}” to my words").format(word="bewooners") in [each.text() for each in menu.actions()]
    next(each for each in menu.actions() if each.text() == "bewoners").trigger()
    menu.deleteLater()
    assert line.text() == "Voor bewoners van de straat"
    assert line.marked() == []
