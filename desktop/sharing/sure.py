"""The question before what cannot be undone: it names the act on its button, and Esc or Enter leave all as it is."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.casebook.cards import words
from desktop.theme import STEP
from resources.language import _

_WIDTH = 130 * STEP


class Sure(QDialog):
    """With *again* the reader has to say a second time that it is meant before the button works."""

    def __init__(
        self, parent: QWidget, title: str, says: tuple[str, ...], act: str, do: Callable[[], object], again: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6 * STEP, 5 * STEP, 6 * STEP, 5 * STEP)
        layout.setSpacing(3 * STEP)
        heading = words(title, "heading")
        # Of the words, not of the window: large letters on the buttons make it wider.
        heading.setMinimumWidth(min(_WIDTH, parent.window().width() - 30 * STEP))
        layout.addWidget(heading)
        for each in says:
            layout.addWidget(words(each, ""))
        self.act = QPushButton(act)
        self.act.setAutoDefault(False)
        if again:
            meant = QCheckBox(again)
            self.act.setEnabled(False)
            meant.toggled.connect(self.act.setEnabled)
            layout.addWidget(meant)
        keep = QPushButton(_("Leave it as it is"))
        keep.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * STEP)
        buttons.addWidget(self.act)
        buttons.addStretch()
        buttons.addWidget(keep)
        layout.addLayout(buttons)
        self._do = do
        self.act.clicked.connect(self._carry_out)
        keep.clicked.connect(self.reject)
        keep.setFocus()

    def _carry_out(self) -> None:
        self.accept()
        self._do()
