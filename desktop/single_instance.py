"""One window a casebook: a second start brings the first one to the front and leaves."""

import sys
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, Signal

_WAIT = 3_000
"""Milliseconds a second start waits for the first, which may be busy painting."""
_SHOW = b"show"


class SingleInstance(QObject):
    """The claim of one process on one casebook of one user.

    The lock is taken before the window stands and costs nothing; the door on which later starts knock
    is opened after it, because that loads Qt's network library.
    """

    asked = Signal()
    """Another start wants this window to be seen."""

    def __init__(self, casebook: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = "casusboek-" + sha256(str(casebook.expanduser().absolute()).encode()).hexdigest()[:16]
        self._lock = QLockFile(QDir.temp().filePath(f"{self._name}-{_user()}.lock"))
        # A lock is stale only when the process that took it is gone, however long ago that was.
        self._lock.setStaleLockTime(0)
        self.is_first = self._lock.tryLock(0)

    def listen(self) -> None:
        """Hear of later starts from now on."""
        from PySide6.QtNetwork import QLocalServer

        self._door = QLocalServer(self)
        self._door.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # What a process that was killed left behind is in nobody's use: we hold the lock.
        QLocalServer.removeServer(self._name)
        self._door.newConnection.connect(self._knocked)
        self._door.listen(self._name)

    def show_first(self) -> bool:
        """Ask the first window to come to the front; whether it heard."""
        from PySide6.QtCore import QDeadlineTimer, QThread
        from PySide6.QtNetwork import QLocalSocket

        _let_others_come_forward()
        patience = QDeadlineTimer(_WAIT)
        while not patience.hasExpired():
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(200):
                socket.write(_SHOW)
                socket.waitForBytesWritten(1_000)
                socket.disconnectFromServer()
                return True
            # The first may hold the lock already and open its door a moment later.
            QThread.msleep(50)
        return False

    def release(self) -> None:
        """Let go of the casebook."""
        if self.is_first:
            self._lock.unlock()
            self.is_first = False

    def _knocked(self) -> None:
        while socket := self._door.nextPendingConnection():
            socket.disconnected.connect(socket.deleteLater)
            self.asked.emit()


def _user() -> str:
    import getpass

    return sha256(getpass.getuser().encode()).hexdigest()[:8]


def _let_others_come_forward() -> None:
    """Windows lets a window come to the front only when the process the reader started allows it."""
    if sys.platform == "win32":
        import ctypes

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)
