"""A field for longer text: Markdown that goes on by itself, undo word by word, plain pasting, spelling."""

import re
from collections.abc import Callable, Iterator

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QPlainTextEdit

from casebook.spelling import words_in
from desktop.spelling import Spelling
from desktop.theme import STEP, tone
from resources.language import _

_LISTED = re.compile(r"(\s*)([-*+]|(\d+)([.)]))(\s+)(.*)")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_FEWEST, _MOST = 3, 12
_PLAIN_KEYS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class Prose(QPlainTextEdit):
    """Grows with its text; `edited` tells that the text is another one than before."""

    edited = Signal()

    def __init__(self, spelling: Spelling | None = None) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self._spelling = spelling
        self._marks: _Marks | None = None
        self._text = ""
        self._typed_to = -1
        self.textChanged.connect(self._changed)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
        self._grow()

    def wrong_words(self) -> list[tuple[int, str]]:
        """The words that are known to be wrong, each with where it begins."""
        held = self._spelling
        return [(at, word) for at, word in words_in(self.toPlainText()) if held and held.is_wrong(word)]

    def menu_at(self, cursor: QTextCursor) -> QMenu:
        """What one can do here; for a wrong word first what may have been meant."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        word = next(
            (each for each in self.wrong_words() if each[0] <= cursor.position() <= each[0] + len(each[1])), None
        )
        if word and self._spelling:
            start, wrong = word
            offer(menu, self._spelling, wrong, lambda right: self._at(start, wrong).insertText(right))
        return menu

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A field is looked over from when somebody comes into it: a screen full of marks helps nobody."""
        if self._marks is None:
            self._marks = _Marks(self, self._spelling)
        super().focusInEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu at the pointer, or for who uses keys at the cursor."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        cursor = self.cursorForPosition(event.pos()) if by_mouse else self.textCursor()
        at = event.pos() if by_mouse else self.cursorRect().bottomLeft()
        self.menu_at(cursor).popup(self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Lists go on with Enter, Ctrl+B makes bold, F7 goes to the next wrong word; typing is undone by the word."""
        keys = Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter) and not event.modifiers() and self._next_in_list():
            return
        if event.matches(QKeySequence.StandardKey.Bold) or (
            event.key() == keys.Key_B and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            self._turn_bold()
        elif event.key() == keys.Key_F7 and not event.modifiers():
            self._to_next_wrong()
        elif event.text().isprintable() and event.text() and not event.modifiers() & ~_PLAIN_KEYS:
            self._type(event.text())
        else:
            self._typed_to = -1
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Accents that are composed of several keys are typed as the system does it."""
        self._typed_to = -1
        super().inputMethodEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """What is pasted comes without its looks, and without characters nobody sees."""
        text = source.text().replace("\r\n", "\n").replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "")
        self._typed_to = -1
        self.textCursor().insertText(text)
        self.ensureCursorVisible()

    def _type(self, text: str) -> None:
        """Put *text* in; letters of one word, and the space after it, are undone together."""
        cursor = self.textCursor()
        goes_on = cursor.position() == self._typed_to and not cursor.hasSelection()
        before = self.document().characterAt(cursor.position() - 1) if cursor.position() else ""
        if goes_on and (text.isspace() or not before.isspace()) and self.document().isUndoAvailable():
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        cursor.insertText(text)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._typed_to = cursor.position()

    def _next_in_list(self) -> bool:
        """Begin the next point of a list; an empty point ends the list."""
        cursor = self.textCursor()
        found = _LISTED.fullmatch(cursor.block().text())
        if not found or cursor.hasSelection() or cursor.positionInBlock() < found.start(6):
            return False
        space, sign, number, stop, gap, words = found.groups()
        cursor.beginEditBlock()
        if words.strip():
            cursor.insertText(f"\n{space}{f'{int(number) + 1}{stop}' if number else sign}{gap}")
        else:
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        return True

    def _turn_bold(self) -> None:
        """Make the chosen words bold, or plain again; without a choice the word at the cursor."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        words = self.toPlainText()[start:end]
        if not words.strip() or "\n" in words:
            return
        is_bold = self.toPlainText()[max(0, start - 2) : start] == "**" == self.toPlainText()[end : end + 2]
        shift = -2 if is_bold else 2
        if is_bold:
            cursor.setPosition(start - 2)
            cursor.setPosition(end + 2, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(words if is_bold else f"**{words}**")
        cursor.setPosition(start + shift)
        cursor.setPosition(end + shift, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _to_next_wrong(self) -> None:
        """Choose the next wrong word after the cursor, from the end on to the beginning, with its menu."""
        wrong = self.wrong_words()
        here = self.textCursor().selectionEnd()
        following = next((each for each in wrong if each[0] >= here), wrong[0] if wrong else None)
        if following:
            cursor = self._at(*following)
            self.setTextCursor(cursor)
            self.menu_at(cursor).popup(self.viewport().mapToGlobal(self.cursorRect().bottomLeft()))

    def _at(self, start: int, word: str) -> QTextCursor:
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(start + len(word), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _changed(self) -> None:
        # Marking words is a change too for Qt; for the reader it is none.
        text = self.toPlainText()
        if text != self._text:
            self._text = text
            self.edited.emit()

    def _grow(self) -> None:
        lines = max(_FEWEST, min(_MOST, self.document().size().height()))
        self.setFixedHeight(int(lines * self.fontMetrics().lineSpacing()) + 5 * STEP)


class _Marks(QSyntaxHighlighter):
    """Bold words bold, and a wavy red line under wrong ones, but not under the one that is being typed."""

    def __init__(self, field: Prose, spelling: Spelling | None) -> None:
        super().__init__(field.document())
        self._field, self._spelling = field, spelling
        self._passed = False
        self._bold = QTextCharFormat()
        self._bold.setFontWeight(QFont.Weight.Bold)
        if spelling:
            spelling.learned.connect(self._look_again)
        field.cursorPositionChanged.connect(self._moved)

    def highlightBlock(self, text: str) -> None:
        """Mark one paragraph."""
        for found in _BOLD.finditer(text):
            self.setFormat(found.start(), len(found[0]), self._bold)
        for start, word in self._wrong(text):
            for at in range(start, start + len(word)):
                self.setFormat(at, 1, underlined(self.format(at)))

    def _wrong(self, text: str) -> Iterator[tuple[int, str]]:
        spelling = self._spelling
        if spelling is None:
            return
        first = self.currentBlock().position()
        here = self._field.textCursor().position() - first if self._field.hasFocus() else -1
        for start, word in words_in(text):
            if spelling.is_wrong(word):
                if start + len(word) == here:
                    self._passed = True
                else:
                    yield start, word

    def _moved(self) -> None:
        """A word that was being typed is looked at when the cursor leaves it."""
        if self._passed:
            self._passed = False
            self.rehighlight()

    def _look_again(self) -> None:
        if any(block for block in self._field.toPlainText().split()):
            self.rehighlight()


def offer(menu: QMenu, spelling: Spelling, word: str, put: Callable[[str], object]) -> None:
    """At the head of the menu what may have been meant by a wrong word, to *put* in its place, or to add it."""
    standard = menu.actions()[0]
    looking = QAction(_("Looking for what you meant…"), menu)
    looking.setEnabled(False)
    add = QAction(_("Add “{word}” to my words").format(word=word), menu)
    add.triggered.connect(lambda: spelling.add(word))
    for each in (looking, add):
        menu.insertAction(standard, each)
    menu.insertSeparator(standard)

    def found(meant: list[str]) -> None:
        for each in meant:
            action = QAction(each, menu)
            action.triggered.connect(lambda _on=False, right=each: put(right))
            menu.insertAction(looking, action)
        if meant:
            menu.removeAction(looking)
            menu.setActiveAction(menu.actions()[0])
        else:
            looking.setText(_("No suggestions"))

    spelling.suggest(word, found, menu)


def underlined(look: QTextCharFormat) -> QTextCharFormat:
    """The same look, with the mark of a wrong word."""
    look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    look.setUnderlineColor(QColor(tone().warn))
    return look
