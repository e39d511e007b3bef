"""Where a space is shared: an address, a folder or a hub, to connect to, to move to, or to leave."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop import files
from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.labelled import labelled
from desktop.sharing.act import Act, say_in, see
from desktop.theme import STEP
from resources.language import _
from sync.circles import CircleLine, connect, disconnect


def is_hub(address: str) -> bool:
    """Whether an address, as far as it was typed, is that of a hub."""
    return address.lower().startswith(("https:", "http:"))


class AddressLine(QWidget):
    """A line for an address, with a button that lets one choose a folder instead.

    Where something *begins*, a hub may ask for a ticket: then there is a line for that too. `entered` tells that the
    reader pressed Enter in it.
    """

    entered = Signal()

    def __init__(self, label: str, *, begins: bool = False) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("a shared folder, or the https address of a hub"))
        self.choose = QPushButton(_("Choose a folder…"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        layout.addWidget(labelled(label, self.line))
        self._ticket = QLineEdit()
        self._asks_ticket = labelled(_("&Ticket, if the administrator of the hub gave you one"), self._ticket)
        layout.addWidget(self._asks_ticket)
        self._show_ticket()
        if begins:
            self.line.textChanged.connect(self._show_ticket)
        row = Flow()
        row.addWidget(self.choose)
        layout.addLayout(row)
        self.row = row
        self.line.returnPressed.connect(self.entered)
        self._ticket.returnPressed.connect(self.entered)
        self.choose.clicked.connect(self._ask_folder)

    @property
    def address(self) -> str:
        """What stands in it."""
        return self.line.text().strip()

    @property
    def ticket(self) -> str:
        """The ticket for the hub that stands in it."""
        return self._ticket.text().strip() if is_hub(self.address) else ""

    def clear(self) -> None:
        """Nothing in it any more."""
        self.line.clear()
        self.forget_ticket()

    def forget_ticket(self) -> None:
        """A ticket is good once."""
        self._ticket.clear()

    def _show_ticket(self) -> None:
        self._asks_ticket.setVisible(is_hub(self.address))

    def _ask_folder(self) -> None:
        place, _hash, space = self.address.partition("#")
        chosen = files.folder(self, _("A folder that your colleagues reach too"), place)
        if chosen:
            self.line.setText(f"{chosen}#{space}" if space else str(chosen))


class PlacePart(QWidget):
    """`wanted` tells what is to be done."""

    wanted = Signal(object)

    def __init__(self, line: CircleLine) -> None:
        super().__init__()
        self._line = line
        self.address = AddressLine(
            _("&Move to another folder or hub") if line.address else _("Share th&rough"), begins=True
        )
        self.go = QPushButton(_("Move there") if line.address else _("Connect"))
        self.go.setProperty("role", "" if line.address else "primary")
        self.address.row.addWidget(self.go)
        self.trouble = words("", "warn")
        self.trouble.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        if line.address:
            layout.addWidget(words(_("Shared through {address}").format(address=line.address), ""))
            row = Flow()
            self.move_on = QPushButton(_("Move elsewhere…"))
            self.move_on.setCheckable(True)
            self.move_on.toggled.connect(self._show_form)
            # Who only has a ticket to give finds the address there.
            self.address.line.setText(line.address)
            leave = QPushButton(_("Disconnect"))
            leave.clicked.connect(self._disconnect)
            row.addWidget(self.move_on)
            row.addWidget(leave)
            layout.addLayout(row)
        else:
            layout.addWidget(
                words(_("This stands on this computer only. Choose where to share it: nobody sees anything yet."), "")
            )
        layout.addWidget(self.address)
        layout.addWidget(self.trouble)
        self._moving = words(
            _("Everything is sent there too. What stands in the old place stays there; tell the others to move along."),
            "muted",
        )
        layout.addWidget(self._moving)
        self._show_form(not line.address)
        self._moving.setVisible(False)
        self.go.clicked.connect(self._connect)
        self.address.entered.connect(self._connect)

    def _show_form(self, shown: bool) -> None:
        self.address.setVisible(shown)
        self._moving.setVisible(shown)
        if shown and self.isVisible():
            self.address.line.setFocus()
            see(self._moving)

    def _connect(self) -> None:
        work = partial(connect, space=self._line.space, address=self.address.address, ticket=self.address.ticket)
        told = _("Connected. It is shared from now on.")
        self.wanted.emit(Act(_("Connecting"), work, told, self._connected, refused=self._refused))

    def _connected(self, _result: object) -> None:
        if self._line.address:
            self.move_on.setChecked(False)
            self.address.line.setText(self._line.address)
            self.address.forget_ticket()

    def _disconnect(self) -> None:
        work = partial(disconnect, space=self._line.space)
        told = _("Disconnected. What is here stays here, and what was shared stays with the others.")
        self.wanted.emit(Act(_("Disconnecting"), work, told))

    def _refused(self, error: BaseException) -> bool:
        self.address.line.setFocus()
        return say_in(self.trouble, error)
