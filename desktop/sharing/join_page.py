"""Joining a circle: an invitation to paste, or an address and a code."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.labelled import labelled
from desktop.sharing import invitation
from desktop.sharing.act import Act, say_in
from desktop.sharing.place_part import AddressLine
from desktop.sharing.sign_in_part import SignInPart
from desktop.theme import STEP
from resources.language import _
from sync.circles import join

_LINES = 4
EXAMPLE = "k7pd-3xmw-9rta"


class JoinPage(QWidget):
    """`wanted` tells what is to be done, `joined` which circle one is in then, `left` that the reader goes back."""

    wanted = Signal(object)
    joined = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pasted = QPlainTextEdit(tabChangesFocus=True)
        self.pasted.setFixedHeight(_LINES * self.fontMetrics().lineSpacing() + 4 * STEP)
        self.address = AddressLine(_("&Address"))
        self.code = QLineEdit()
        self.code.setPlaceholderText(_("like {example}").format(example=EXAMPLE))
        self.go = QPushButton(_("Join"))
        self.go.setProperty("role", "primary")
        back = QPushButton(_("Cancel"))
        self.trouble = words("", "warn")
        self.sign_in, form = SignInPart(), QWidget()
        layout = QVBoxLayout(form)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        layout.addWidget(words(_("Join a circle"), "title"))
        layout.addWidget(
            words(
                _(
                    "With this you join a circle of colleagues, or take your own space to this computer. "
                    "Members see your name and municipality, and what is in the circle; not your other cases."
                ),
                "muted",
            )
        )
        layout.addWidget(labelled(_("&Paste the invitation that you got"), self.pasted))
        layout.addWidget(self.address)
        layout.addWidget(
            words(
                _("If the shared folder has another place on this computer, choose it here: the rest stays."), "muted"
            )
        )
        layout.addWidget(labelled(_("C&ode"), self.code))
        layout.addWidget(self.trouble)
        buttons = Flow()
        buttons.addWidget(self.go)
        buttons.addWidget(back)
        layout.addLayout(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * STEP, 2 * STEP, 4 * STEP, 2 * STEP)
        whole.addWidget(self.sign_in)
        whole.addWidget(form)
        whole.addStretch()
        self.sign_in.waits.connect(form.hide)
        self.sign_in.over.connect(form.show)
        self.sign_in.over.connect(self.go.setFocus)
        self.pasted.textChanged.connect(self._read)
        self.go.clicked.connect(self._go)
        self.code.returnPressed.connect(self._go)
        self.address.entered.connect(self._go)
        back.clicked.connect(self.left)
        self.setFocusProxy(self.pasted)

    def start(self) -> None:
        """From the start."""
        self.pasted.clear()
        self.address.clear()
        self.code.clear()
        self.trouble.hide()
        self.pasted.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self) -> None:
        address, code = invitation.read(self.pasted.toPlainText())
        if address:
            self.address.line.setText(address)
        if code:
            self.code.setText(code)

    def _go(self) -> None:
        self.trouble.hide()
        signs_in = self.sign_in.prepare()
        work = partial(join, address=self.address.address, code=self.code.text(), sign_in=signs_in)
        told = _("You are in. What the others share comes here now.")
        act = Act(_("Joining"), work, told, self.joined.emit, self.sign_in.call_off, partial(say_in, self.trouble))
        self.wanted.emit(act)
