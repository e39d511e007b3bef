"""A field for one line of words: what is spelled wrong is marked, and F7 tells what may have been meant."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QInputMethodEvent, QKeyEvent, QTextCharFormat, QTextFormat
from PySide6.QtWidgets import QLineEdit, QMenu

from casebook.spelling import words_in
from desktop.prose import offer, underlined
from desktop.spelling import Spelling


class Line(QLineEdit):
    """Looked over from when somebody comes into it, as the longer fields are."""

    def __init__(self, spelling: Spelling) -> None:
        super().__init__()
        self._spelling = spelling
        self._is_looked_over = False
        spelling.learned.connect(self._mark)
        self.textChanged.connect(self._mark)
        self.cursorPositionChanged.connect(self._mark)

    def wrong_words(self) -> list[tuple[int, str]]:
        """The words that are known to be wrong, each with where it begins."""
        return [(at, word) for at, word in words_in(self.text()) if self._spelling.is_wrong(word)]

    def marked(self) -> list[str]:
        """Those that are marked: all but the one that is being typed."""
        return [self.text()[at : at + length] for at, length in self._to_mark()]

    def menu_at(self, position: int) -> QMenu:
        """What one can do here; for a wrong word first what may have been meant."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for start, word in self.wrong_words():
            if start <= position <= start + len(word):
                offer(menu, self._spelling, word, partial(self._put, start, word))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu at the pointer, or for who uses keys at the cursor."""
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        position = self.cursorPositionAt(event.pos()) if by_mouse else self.cursorPosition()
        at = event.pos() if by_mouse else self.cursorRect().bottomLeft()
        self.menu_at(position).popup(self.mapToGlobal(at))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """From now on it is looked over."""
        self._is_looked_over = True
        super().focusInEvent(event)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The last word is not being typed any more."""
        super().focusOutEvent(event)
        self._mark()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F7 goes to the next wrong word."""
        if event.key() == Qt.Key.Key_F7 and not event.modifiers():
            self._to_next_wrong()
        else:
            super().keyPressEvent(event)

    def _to_next_wrong(self) -> None:
        wrong = self.wrong_words()
        here = self.selectionEnd() if self.hasSelectedText() else self.cursorPosition()
        following = next((each for each in wrong if each[0] >= here), wrong[0] if wrong else None)
        if following is None:
            return
        start, word = following
        self.setSelection(start, len(word))
        self.menu_at(start).popup(self.mapToGlobal(self.cursorRect().bottomLeft()))

    def _put(self, start: int, word: str, right: str) -> None:
        self.setSelection(start, len(word))
        self.insert(right)

    def _to_mark(self) -> list[tuple[int, int]]:
        here = self.cursorPosition() if self.hasFocus() else -1
        return [(at, len(word)) for at, word in self.wrong_words() if at + len(word) != here]

    def _mark(self) -> None:
        """A line of Qt takes marks in its text only in the way that input methods give them."""
        if not self._is_looked_over:
            return
        look, here = QTextFormat(underlined(QTextCharFormat())), self.cursorPosition()
        kind = QInputMethodEvent.AttributeType.TextFormat
        marks = [QInputMethodEvent.Attribute(kind, at - here, length, look) for at, length in self._to_mark()]
        QCoreApplication.sendEvent(self, QInputMethodEvent("", marks))
