"""A case that one person archived while another worked on it: it is back, and the reader says whether it stays."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.theme import STEP
from resources.language import _


class Returned(QFrame):
    """`wanted` tells whether the case is to be archived after all."""

    wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "difference")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)
        layout.addWidget(
            words(_("Somebody archived this case while somebody else worked on it. It is back."), "strong")
        )
        choices = Flow()
        for text, archived in ((_("Keep it in the casebook"), False), (_("Archive it after all"), True)):
            button = QPushButton(text)
            button.clicked.connect(lambda _on=False, wanted=archived: self.wanted.emit(wanted))
            choices.addWidget(button)
        layout.addLayout(choices)
        self.hide()
