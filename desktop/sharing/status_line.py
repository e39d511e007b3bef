"""How sharing stands, in one line below the window; from there one comes to the screen *Delen*."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.theme import STEP
from resources.language import _
from sync.status import Sharing, Status

SIGNS = {
    Sharing.OFF: "○",
    Sharing.SHARED: "✓",
    Sharing.BUSY: "⇅",
    Sharing.WAITING: "↑",
    Sharing.OFFLINE: "—",
    Sharing.DIFFERENCES: "≠",
    Sharing.ATTENTION: "⚠",
}
"""Beside the words, for who takes it in at a glance; never colour alone."""


class StatusLine(QWidget):
    """`asked` tells that the reader wants to see more."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = Sharing.OFF
        self._sentence = ""
        self.line = QPushButton()
        self.line.setProperty("role", "link")
        self.why = QLabel()
        self.why.setProperty("role", "warn")
        self.why.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # Where room is short the page above gives way, not the letters here.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * STEP, 0, 2 * STEP, 0)
        layout.addWidget(self.line)
        layout.addWidget(self.why, 1)
        self.line.clicked.connect(self.asked)
        self.show_status(Status(Sharing.OFF))

    def show_status(self, status: Status) -> None:
        """Say how it stands; a turn for the worse is told to a screen reader too."""
        self.line.setText(f"{SIGNS[status.state]}  {status.line}")
        self.line.setAccessibleName(_("Sharing: {how}").format(how=status.line))
        self._sentence = status.why if status.state is Sharing.ATTENTION else ""
        self.why.setToolTip(self._sentence)
        self.why.setAccessibleName(self._sentence)
        self._fit()
        worse = status.state in (Sharing.ATTENTION, Sharing.OFFLINE, Sharing.DIFFERENCES)
        if worse and status.state is not self._state:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{status.line}. {self._sentence}"))
        self._state = status.state

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much of the sentence as there is room for; all of it stands on the screen *Delen*."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        letters = QFontMetrics(self.why.font())
        room = max(self.why.width(), 0)
        self.why.setText(letters.elidedText(self._sentence, Qt.TextElideMode.ElideRight, room))
