"""Words and cards: what a record is shown in."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from desktop.theme import STEP


class Card(QFrame):
    """One record: what it is, and a quiet line beside it; an inner one stands in the card of another."""

    def __init__(self, title: str, beside: str, about: str = "", *, inner: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "" if inner else "card")
        self.about = about
        """The id of the record, for who wants to find it again."""
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(*((0, 0, 0, 0) if inner else (4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)))
        self.column.setSpacing(STEP if inner else 2 * STEP)
        if title:
            self.column.addWidget(words(title, "strong"))
        if beside:
            self.column.addWidget(words(beside, "muted"))

    def say(self, text: str, only_with: str, role: str = "") -> None:
        """Add a line, if there is something to say."""
        if only_with:
            self.column.addWidget(words(text, role))


def words(text: str, role: str) -> QLabel:
    """A label that wraps, in one of the roles of the look."""
    label = QLabel(text, wordWrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
