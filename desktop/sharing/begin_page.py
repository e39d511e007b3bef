"""Beginning a circle: its name, what its members promise each other, and where it is shared."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from casebook.database import Database
from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.labelled import labelled
from desktop.sharing.act import Act, say_in
from desktop.sharing.place_part import AddressLine
from desktop.theme import STEP
from resources.language import _
from sync.circles import begin, connect
from sync.connecting import found

_LINES = 4


class BeginPage(QWidget):
    """`wanted` tells what is to be done, `begun` which circle there is then, `left` that the reader goes back."""

    wanted = Signal(object)
    begun = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name = QLineEdit()
        self.promise = QPlainTextEdit(tabChangesFocus=True)
        self.promise.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 4 * STEP)
        self.address = AddressLine(_("&Where it is shared (this can be chosen later too)"), begins=True)
        self.go = QPushButton(_("Begin the circle"))
        self.go.setProperty("role", "primary")
        back = QPushButton(_("Cancel"))
        self.trouble = words("", "warn")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * STEP, 2 * STEP, 4 * STEP, 2 * STEP)
        layout.setSpacing(2 * STEP)
        layout.addWidget(words(_("Begin a circle"), "title"))
        layout.addWidget(
            words(
                _(
                    "A circle is a group of colleagues who see the same cases. Only what somebody brings into the "
                    "circle is seen by its members; your other cases stay yours. You are its administrator."
                ),
                "muted",
            )
        )
        for label, field in (
            (_("&Name of the circle"), self.name),
            (_("Who sees what, and what &for (the members read this)"), self.promise),
        ):
            layout.addWidget(labelled(label, field))
        layout.addWidget(self.address)
        layout.addWidget(self.trouble)
        buttons = Flow()
        buttons.addWidget(self.go)
        buttons.addWidget(back)
        layout.addLayout(buttons)
        layout.addStretch()
        self.go.clicked.connect(self._go)
        self.name.returnPressed.connect(self._go)
        self.address.entered.connect(self._go)
        back.clicked.connect(self.left)
        self.setFocusProxy(self.name)

    def start(self) -> None:
        """From the start."""
        self.name.clear()
        self.promise.clear()
        self.address.clear()
        self.trouble.hide()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        self.trouble.hide()
        promise = self.promise.toPlainText().strip()
        work = partial(
            _begun, name=self.name.text(), promise=promise, address=self.address.address, ticket=self.address.ticket
        )
        told = (
            _("The circle is there. Invite your first colleague.")
            if self.address.address
            else _("The circle is there. Choose where you share it; then you can invite your first colleague.")
        )
        says = _("Beginning the circle")
        self.wanted.emit(Act(says, work, told, self.begun.emit, refused=partial(say_in, self.trouble)))


def _begun(db: Database, name: str, promise: str, address: str, ticket: str) -> str:
    if address:
        found(address)  # nothing is begun at an address that is none
    space = begin(db, name, promise=promise)
    if address:
        connect(db, space, address, ticket)
    return space
