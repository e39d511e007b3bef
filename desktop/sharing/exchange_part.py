"""How one space stands: when it was shared, what is going on, what the store would not take."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.casebook.cards import Card, words
from desktop.flow import Flow
from desktop.sharing.act import Act
from desktop.sharing.running import Running
from desktop.sharing.seen import SpaceSeen
from desktop.sharing.status_line import SIGNS
from desktop.theme import STEP
from resources.language import _, plural
from sync.refusals import keep_for_oneself, let_be, try_again
from sync.status import Sharing
from sync.troubles import not_taken

_SHOWN = 12


class ExchangePart(QWidget):
    """`wanted` tells what is to be done; `differences_asked` that the reader wants to see what differs."""

    wanted = Signal(object)
    differences_asked = Signal()

    def __init__(self, seen: SpaceSeen, running: Running) -> None:
        super().__init__()
        self._space, self._address, self._is_in = seen.line.space, seen.line.address, seen.line.is_in
        self._running = running
        self._told_below = not_taken(len(seen.refusals))
        self.state, self.why, self.away = words("", "strong"), words("", "warn"), words("", "")
        now, self.stop = QPushButton(_("Synchronise now")), QPushButton(_("Stop"))
        self.look = QPushButton(_("Look at the differences"))
        now.clicked.connect(running.wake)
        self.stop.clicked.connect(running.cancel)
        self.look.clicked.connect(self.differences_asked)
        row = Flow()
        for each in (now, self.stop, self.look):
            row.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        layout.addWidget(self.state)
        layout.addWidget(self.why)
        layout.addWidget(self.away)
        layout.addLayout(row)
        if seen.refusals:
            layout.addWidget(self._refusals(seen))
        running.told.connect(self.renew)
        self.renew()

    def renew(self) -> None:
        """Say how it stands now."""
        status = self._running.status_of(self._space, self._address)
        self.state.setText(f"{SIGNS[status.state]}  {status.line}")
        self.state.setVisible(self._is_in)
        self.why.setText(status.why)
        is_more = status.why not in ("", self._told_below)
        self.why.setVisible(is_more and status.state is Sharing.ATTENTION)
        self.away.setText(_away(status.waiting, was_reached=status.at is not None))
        self.away.setVisible(status.state is Sharing.OFFLINE)
        self.stop.setVisible(status.state is Sharing.BUSY)
        self.look.setVisible(status.differences > 0)

    def _refusals(self, seen: SpaceSeen) -> Card:
        number = len(seen.refusals)
        card = Card(plural("{n} change was not taken", "{n} changes were not taken", number), "")
        safe = plural(
            "It is safe here, but the others do not see it.",
            "They are safe here, but the others do not see them.",
            number,
        )
        card.column.addWidget(words(safe, "muted"))
        for each in seen.refusals[:_SHOWN]:
            card.column.addWidget(words(f"{each.about}: {each.why}", ""))
        if number > _SHOWN:
            card.column.addWidget(words(plural("and {n} more", "and {n} more", number - _SHOWN), "muted"))
        again, leave = QPushButton(_("Try again")), QPushButton(_("Leave it at that"))
        again.clicked.connect(lambda: self.wanted.emit(Act(_("Trying again"), partial(try_again, space=self._space))))
        leave.clicked.connect(lambda: self.wanted.emit(Act(_("Noting this"), partial(let_be, space=self._space))))
        row = Flow()
        if not all(each.is_lost for each in seen.refusals):
            # What does not count is not taken by asking once more.
            row.addWidget(again)
        row.addWidget(leave)
        if any(each.is_lost for each in seen.refusals):
            keep = QPushButton(_("Keep in my own space"))
            told = _("What did not count is in your own space now, as something new.")
            work = partial(keep_for_oneself, space=self._space)
            keep.clicked.connect(lambda: self.wanted.emit(Act(_("Keeping it"), work, told)))
            row.addWidget(keep)
        card.column.addLayout(row)
        return card


def _away(waiting: int, *, was_reached: bool) -> str:
    """What it means that the store cannot be reached."""
    said = _(
        "The hub or folder through which you share cannot be reached now. You can go on working: it is tried again by "
        "itself."
    )
    if not was_reached:
        said = _(
            "The hub or folder through which you share was not reached yet. You can go on working: it is tried again "
            "by itself. Check the address: if it is not right, choose “Move elsewhere…” and give the right one."
        )
    kept = plural("{n} change waits here until then.", "{n} changes wait here until then.", waiting)
    return f"{said} {kept}" if waiting else said
