"""Writing longer text: undo by the word, lists and bold, plain pasting, and Dutch spelling with the keys alone."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.prose import Prose
from desktop.spelling import Spelling
from resources import language
from resources.language import _

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def field(qtbot: QtBot) -> Prose:
    """An empty field."""
    field = Prose()
    qtbot.addWidget(field)
    return field


@pytest.fixture
def checked(qtbot: QtBot) -> Iterator[Prose]:
    """A field with spelling, in which the keys are."""
    spelling = Spelling()
    field = Prose(spelling)
    qtbot.addWidget(field)
    field.show()
    field.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    yield field
    field.close()
    spelling.deleteLater()


def written(field: Prose, text: str, qtbot: QtBot) -> None:
    """Type something and wait until its words are looked up."""
    field.setPlainText(text)
    field.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.waitUntil(lambda: bool(underlined(field)), timeout=20_000)


def underlined(field: Prose) -> list[str]:
    """The words with a wavy line."""
    found = []
    block = field.document().begin()
    while block.isValid():
        for each in block.layout().formats():
            if each.format.underlineStyle() is QTextCharFormat.UnderlineStyle.WaveUnderline:
                found.append(block.text()[each.start : each.start + each.length])
        block = block.next()
    return found


def entries(menu: QMenu) -> list[str]:
    return [each.text() for each in menu.actions() if not each.isSeparator()]


def test_typing_is_undone_word_by_word(field: Prose, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "een tuin erbij")
    seen = []
    while field.document().isUndoAvailable():
        field.undo()
        seen.append(field.toPlainText())
    assert seen == ["een tuin ", "een ", ""]
    field.redo()
    field.redo()
    assert field.toPlainText() == "een tuin "


def test_typing_elsewhere_begins_a_step_of_its_own(field: Prose, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "tuin")
    field.moveCursor(QTextCursor.MoveOperation.Start)
    qtbot.keyClicks(field, "moes")
    field.undo()
    assert field.toPlainText() == "tuin"


def test_what_is_typed_over_a_choice_replaces_it(field: Prose, qtbot: QtBot) -> None:
    field.setPlainText("moestuin")
    field.selectAll()
    qtbot.keyClicks(field, "ja")
    assert field.toPlainText() == "ja"


@pytest.mark.parametrize(
    ("line", "following"), [("- een", "- een\n- "), ("* een", "* een\n* "), ("3. een", "3. een\n4. "), ("een", "een\n")]
)
def test_enter_goes_on_with_a_list(field: Prose, qtbot: QtBot, line: str, following: str) -> None:
    qtbot.keyClicks(field, line)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.toPlainText() == following


def test_enter_on_an_empty_point_ends_the_list(field: Prose, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "- een")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClicks(field, "verder")
    assert field.toPlainText() == "- een\nverder"


def test_ctrl_b_makes_bold_and_plain_again(field: Prose, qtbot: QtBot) -> None:
    field.setPlainText("heel belangrijk")
    field.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(field, Qt.Key.Key_B, CTRL)
    assert field.toPlainText() == "heel **belangrijk**"
    qtbot.keyClick(field, Qt.Key.Key_B, CTRL)
    assert field.toPlainText() == "heel belangrijk"


def test_what_is_pasted_comes_without_its_looks(field: Prose) -> None:
    copied = QMimeData()
    copied.setHtml("<b>een</b>&nbsp;<i style='color:red'>tuin</i>")
    copied.setText("een\xa0tuin\u200b")
    field.insertFromMimeData(copied)
    assert field.toPlainText() == "een tuin"


def test_marking_words_is_not_typing(checked: Prose, qtbot: QtBot) -> None:
    checked.setPlainText("Een hius in de buurt")
    with qtbot.assertNotEmitted(checked.edited):
        qtbot.waitUntil(lambda: underlined(checked) == ["hius"], timeout=20_000)


def test_wrong_words_are_underlined_and_long_compounds_are_not(checked: Prose, qtbot: QtBot) -> None:
    written(checked, "Het hius van de initiatiefnemer vraagt een buurtkamer en een startsubsidie.", qtbot)
    assert underlined(checked) == ["hius"]


def test_the_word_under_the_hands_is_left_in_peace_until_it_is_left(checked: Prose, qtbot: QtBot) -> None:
    qtbot.keyClicks(checked, "het hius")
    assert checked.wrong_words() in ([], [(4, "hius")])
    qtbot.waitUntil(lambda: checked.wrong_words() == [(4, "hius")], timeout=20_000)
    assert underlined(checked) == []
    qtbot.keyClicks(checked, " ")
    qtbot.waitUntil(lambda: underlined(checked) == ["hius"])


def test_the_menu_offers_what_was_meant_and_puts_it_in(checked: Prose, qtbot: QtBot) -> None:
    written(checked, "Het hius staat er.", qtbot)
    cursor = checked.textCursor()
    cursor.setPosition(5)
    menu = checked.menu_at(cursor)
    assert entries(menu)[:2] == [_("Looking for what you meant…"), _("Add “{word}” to my words").format(word="hius")]
    qtbot.waitUntil(lambda: "huis" in entries(menu), timeout=20_000)
    next(each for each in menu.actions() if each.text() == "huis").trigger()
    assert checked.toPlainText() == "Het huis staat er."
    checked.undo()
    assert checked.toPlainText() == "Het hius staat er."
    menu.deleteLater()


def test_a_word_that_is_added_is_right_from_then_on(checked: Prose, qtbot: QtBot) -> None:
    written(checked, "Foodtruckplein en foodtruckplein", qtbot)
    menu = checked.menu_at(checked.textCursor())
    add = _("Add “{word}” to my words").format(word="Foodtruckplein")
    next(each for each in menu.actions() if each.text() == add).trigger()
    assert underlined(checked) == []
    menu.deleteLater()


def test_who_works_in_english_is_left_in_peace(qtbot: QtBot) -> None:
    language.use("en")
    spelling = Spelling()
    assert not spelling.is_wrong("hius")
    assert not spelling.is_on
