"""The exchange beside the window: begun when something is connected, woken when it helps, ended with the window."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from casebook.database import Database
from casebook.spaces import addresses
from desktop.background import Background
from sync.status import Sharing, Status, together

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

    from sync.syncing import Syncing

IDLE = 10 * 60.0
"""Seconds without a key or the mouse after which nobody is at work."""

_LOOK = 20_000
"""Milliseconds between two looks at whether somebody is at work and whether the computer slept."""
_SLEPT = 60.0

_AT_WORK = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel})


class Running(QObject):
    """One exchange for one casebook; `told` says that how it stands changed. The screen never waits for it."""

    told = Signal()
    failed = Signal(object)
    _heard = Signal(object)

    def __init__(self, db: Database, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._db, self._background = db, background
        self._syncing: Syncing | None = None
        self._stopped = False
        self._at_work = time.monotonic()
        self._looked = time.time()
        self.statuses: Mapping[str, Status] = {}
        """How each connected space stands."""
        self._heard.connect(self._changed)
        self._look = QTimer(self, interval=_LOOK)
        self._look.timeout.connect(self.look_around)

    @property
    def status(self) -> Status:
        """How all of them stand together."""
        return together(self.statuses.values())

    def status_of(self, space: str, address: str) -> Status:
        """How one space stands; what was connected to an *address* just now is about to be exchanged."""
        return self.statuses.get(space, Status(Sharing.BUSY if address else Sharing.OFF))

    @property
    def is_idle(self) -> bool:
        """Whether nobody is at work."""
        return time.monotonic() - self._at_work > IDLE

    def start(self) -> None:
        """Begin, if something is connected; once begun, look again at what is."""
        if self._syncing:
            self._syncing.wake()
        elif not self._stopped:
            begin = partial(_begun, self._db, partial(self._say, self._heard), partial(self._say, self.failed))
            self._background.run(begin, self._began, self, key="sharing")

    def wake(self) -> None:
        """Exchange everything now."""
        self.start()

    def cancel(self) -> None:
        """Stop the round that is going on; what was fetched is kept."""
        if self._syncing:
            self._syncing.cancel()

    def stop(self) -> None:
        """End with the window."""
        self._stopped = True
        self._look.stop()
        if self._syncing:
            self._syncing.stop()

    def watch(self, window: QWidget) -> None:
        """See in this window whether somebody is at work."""
        if handle := window.windowHandle():
            handle.installEventFilter(self)

    def look_around(self) -> None:
        """Look less often when nobody is at work; exchange at once when the computer was asleep."""
        now = time.time()
        slept = now - self._looked - _LOOK / 1000 > _SLEPT
        self._looked = now
        if self._syncing:
            self._syncing.is_idle = self.is_idle
            if slept:
                self._syncing.wake()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Somebody is at work; after a pause that is a reason to look what the others did."""
        if event.type() in _AT_WORK:
            was_idle = self.is_idle
            self._at_work = time.monotonic()
            if was_idle and self._syncing:
                self._syncing.is_idle = False
                self._syncing.wake()
        return False

    def _began(self, syncing: "Syncing | None") -> None:
        if syncing is None:
            return
        if self._stopped or self._syncing:
            syncing.stop()
            return
        self._syncing = syncing
        self._look.start()
        from PySide6.QtNetwork import QNetworkInformation

        if QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            network = QNetworkInformation.instance()
            if network:
                network.reachabilityChanged.connect(self._network_changed)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._came_forward)

    def _network_changed(self, reachability: "QNetworkInformation.Reachability") -> None:
        if reachability.name != "Disconnected" and self._syncing:
            self._syncing.wake()

    def _came_forward(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look_around()

    def _changed(self, statuses: Mapping[str, Status]) -> None:
        self.statuses = statuses
        self.told.emit()

    def _say(self, signal: SignalInstance, what: object) -> None:
        """Heard in the exchange's own thread: the signal brings it to the screen's."""
        if isValid(self):
            signal.emit(what)


def _begun(
    db: Database, told: Callable[[Mapping[str, Status]], None], failed: Callable[[Exception], None]
) -> "Syncing | None":
    """The exchange, at work; None while there is nothing to exchange."""
    if not addresses(db):
        return None
    from sync.own_space import finish
    from sync.syncing import Syncing

    finish(db)
    syncing = Syncing(db, told, failed)
    syncing.start()
    return syncing
