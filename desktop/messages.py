"""What the program has to say: a strip in the window, in words, with the one action that helps."""

import logging
import traceback
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from casebook.problem import NotSaved, Problem
from desktop.theme import STEP
from resources.language import _

_READING_TIME = 8_000


class Messages(QFrame):
    """One message at a time; it stays until read when something is wrong, else it leaves by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = QLabel(wordWrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._action = QPushButton()
        self._copy = QPushButton(_("Copy details"))
        self._close = QPushButton(_("Close"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4 * STEP, 2 * STEP, 2 * STEP, 2 * STEP)
        for each in (self._text, self._action, self._copy, self._close):
            layout.addWidget(each)
        self._details = ""
        self._act: Callable[[], None] | None = None
        self._leaving = QTimer(self, singleShot=True, interval=_READING_TIME)
        self._leaving.timeout.connect(self.hide)
        self._action.clicked.connect(self._do)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        self._close.clicked.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What is being said."""
        return self._text.text()

    def tell(self, sentence: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Say that something is done, with one thing the reader may do about it."""
        self._show(sentence, action, act, details="")
        self._leaving.start()

    def warn(self, sentence: str, details: str = "", action: str = "", act: Callable[[], None] | None = None) -> None:
        """Say that something is wrong; this stays until the reader closes it."""
        self._leaving.stop()
        self._show(sentence, action, act, details)

    def explain(self, error: BaseException) -> None:
        """Show any error: a problem as its sentence, our own mistake as such, with details to copy."""
        if isinstance(error, Problem):
            typed = _("What you typed stays on the screen.") if isinstance(error, NotSaved) else ""
            self.warn(f"{error.sentence} {typed}".strip(), error.details)
            return
        details = "".join(traceback.format_exception(error))
        logging.getLogger("casusboek").error("%s", details)
        self.warn(
            _("Something went wrong in Casusboek itself. What was saved is safe. Try again, or copy the details."),
            details,
        )

    def _show(self, sentence: str, action: str, act: Callable[[], None] | None, details: str) -> None:
        self._text.setText(sentence)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._copy.setVisible(bool(details))
        self._act, self._details = act, details
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _do(self) -> None:
        self.hide()
        if self._act:
            self._act()
