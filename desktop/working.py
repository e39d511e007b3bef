"""Long work: on a lane of its own, with how far it is in words, and a cancel that works."""

import gc
import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget
from shiboken6 import isValid

from casebook.progress import Cancelled, Progress
from desktop.background import Background
from desktop.theme import STEP
from resources.language import _

T = TypeVar("T")

_PATIENCE = 500
"""Milliseconds of work before anything is said of it."""
_BETWEEN = 0.1
"""Seconds between two looks at how far it is."""
_PARTS = 1_000


class Working(QFrame):
    """One long piece of work at a time; the rest of the window stays as it is."""

    finished = Signal()
    _heard = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._lane = Background(self)
        self._stopping = Event()
        self._call_off: Callable[[], object] = lambda: None
        self._says = ""
        self._told = 0.0
        self.is_busy = False
        self._text = QLabel(wordWrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar(maximum=_PARTS, textVisible=False)
        self._bar.setAccessibleName(_("How far it is"))
        self.cancel = QPushButton(_("Cancel"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4 * STEP, 2 * STEP, 2 * STEP, 2 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(self._text, 2)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self.cancel)
        self._waiting = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._waiting.timeout.connect(self._appear)
        self._heard.connect(self._show)
        self.cancel.clicked.connect(self.stop)
        self.hide()

    @property
    def said(self) -> str:
        """What is being said of the work."""
        return self._text.text()

    def run(
        self,
        work: Callable[[Progress], T],
        then: Callable[[T], None],
        owner: QObject,
        *,
        says: str,
        failed: Callable[[BaseException], None],
        changes: bool = False,
        call_off: Callable[[], object] = lambda: None,
    ) -> None:
        """Do *work* elsewhere, then call *then* here; *failed* hears what went wrong, `Cancelled` too.

        *call_off* ends what the work waits for. Work that *changes* something and was finished before it could be
        stopped, is told as done.
        Does nothing while other work is busy: ask `is_busy` first.
        """
        if self.is_busy:
            return

        def deliver(result: T) -> None:
            unwanted = self._stopping.is_set() and not changes
            self._end(owner, partial(failed, Cancelled()) if unwanted else partial(then, result))

        self.is_busy = True
        # Looking for garbage among the millions of values of a large list would hold the screen for half a second.
        gc.disable()
        self._stopping.clear()
        self._call_off = call_off
        self._says, self._told = says, 0.0
        self._bar.setValue(0)
        self._text.setText(f"{says}…")
        self.cancel.setEnabled(True)
        self._waiting.start()
        self._lane.run(
            partial(work, self._progress),
            deliver,
            self,
            failed=lambda error: self._end(owner, partial(failed, error)),
        )

    def stop(self) -> None:
        """Call the work off, as soon as it can be left without a trace."""
        if self.is_busy:
            self._stopping.set()
            self._call_off()
            self._text.setText(_("{what} is being stopped…").format(what=self._says))
            self.cancel.setEnabled(False)

    def close_lane(self) -> None:
        """Stop what is busy, wait for it, and take no more."""
        self._stopping.set()
        self._call_off()
        self._lane.close()
        _tidy_again()

    def _progress(self, done: int, everything: int) -> None:
        """Heard in the lane, not here."""
        if self._stopping.is_set():
            raise Cancelled
        now = time.monotonic()
        if everything and now - self._told > _BETWEEN:
            self._told = now
            self._heard.emit(_PARTS * min(done, everything) // everything)

    def _show(self, parts: int) -> None:
        if self.is_busy and not self._stopping.is_set():
            self._bar.setValue(parts)
            self._text.setText(_("{what}: {percent} %").format(what=self._says, percent=parts * 100 // _PARTS))

    def _appear(self) -> None:
        if self.is_busy:
            self.show()
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self._text.text()))

    def _end(self, owner: QObject, told: Callable[[], None]) -> None:
        self.is_busy = False
        _tidy_again()
        self._waiting.stop()
        self.hide()
        if isValid(owner):
            told()
        self.finished.emit()


def _tidy_again() -> None:
    """From now on garbage is looked for again, among what is made from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
