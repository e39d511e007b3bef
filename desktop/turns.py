"""A list and what is chosen in it, side by side; with little room, or large letters, the two take turns."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from desktop.theme import STEP
from resources.language import _

_NARROW = 120
"""Letters: with less room than this the two take turns."""


class Turns(QSplitter):
    """`came_back` tells that the reader went back to the list: it takes the keys then.

    The focus goes to the list, or, where what is chosen stands in its place, to the way back.
    """

    came_back = Signal()

    def __init__(self, index: QWidget, chosen: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.back = QPushButton(_("← Back to the list"))
        self.back.setProperty("role", "link")
        self.back.clicked.connect(self.go_back)
        self._index, self._beside = index, QWidget()
        self._is_narrow = self._shows_chosen = False
        above = QHBoxLayout()
        above.setContentsMargins(5 * STEP, 2 * STEP, 0, 0)
        above.addWidget(self.back)
        above.addStretch()
        right = QVBoxLayout(self._beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(above)
        right.addWidget(chosen, 1)
        self.addWidget(self._index)
        self.addWidget(self._beside)
        self.setChildrenCollapsible(False)

    @property
    def may_go_back(self) -> bool:
        """Whether what is chosen stands in the place of the list."""
        return self._is_narrow and self._shows_chosen

    def show_chosen(self, keys: QWidget | None = None) -> None:
        """Where there is room for one of the two, what is chosen comes forward; *keys* takes the keys of the list."""
        self._shows_chosen = True
        self._share_room(keys)

    def show_list(self) -> None:
        """Where there is room for one of the two, the list comes forward."""
        self._shows_chosen = False
        self._share_room()

    def go_back(self) -> None:
        """The list comes forward and takes the keys."""
        self.show_list()
        self.came_back.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With little room, or large letters, one of the two at a time."""
        super().resizeEvent(event)
        self._is_narrow = event.size().width() < _NARROW * self.fontMetrics().averageCharWidth()
        self._share_room()

    def _share_room(self, keys: QWidget | None = None) -> None:
        held_keys = bool((at := QApplication.focusWidget()) and self._index.isAncestorOf(at))
        for part, comes_forward in ((self._index, not self._shows_chosen), (self._beside, self._shows_chosen)):
            part.setVisible(comes_forward or not self._is_narrow)
        self.back.setVisible(self._is_narrow)
        self.setFocusProxy(self.back if self.may_go_back else self._index)
        if held_keys and self._index.isHidden():
            # Later: the Enter that opened it would press it.
            taker = keys or self.back
            QTimer.singleShot(0, taker, taker.setFocus)
