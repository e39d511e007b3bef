"""The copies of a casebook that does not open itself, to go on with one of them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from casebook.copies import Copy
from desktop.management.copies_part import CopiesPart
from desktop.welcome import Page
from resources.language import _

_LETTERS = 72
"""As wide as the table needs."""


class RescuePage(Page):
    """`restore_asked` tells the copy to put back, `left` that the reader tries the casebook itself again."""

    restore_asked = Signal(object)
    left = Signal()

    def __init__(self, found: Sequence[Copy]) -> None:
        super().__init__(
            _("Put back a copy"),
            _("Does your casebook not open? Then choose the copy with which you want to go on."),
        )
        self.copies = CopiesPart()
        self.copies.show_copies(found, None)
        self.copies.table.selectRow(next(row for row, each in enumerate(found) if each.cases is not None))
        self.copies.setMinimumWidth(_LETTERS * self.copies.fontMetrics().averageCharWidth())
        self.form.addRow(self.copies)
        again = QPushButton(_("&Try to open the casebook again"))
        self.buttons.addWidget(again)
        self.buttons.addStretch()
        self.copies.restore_asked.connect(self.restore_asked)
        again.clicked.connect(self.left)
        self.setFocusProxy(self.copies.table)
