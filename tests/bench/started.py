"""A start in a process of its own that tells when things stood, in seconds since it was asked for, and what it holds.

Without a casebook it is the bare window with a table that Casusboek is compared with.
"""

# ruff: noqa: T201 - what is printed is the answer

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QWidget

if TYPE_CHECKING:
    from desktop.window import MainWindow

_REST = int(float(os.environ["REST"]) * 1000)


class FirstPaint(QObject):
    """Calls *then* as soon as *window* was painted for the first time."""

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The paint itself goes on; what stands at its end is told first of all."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def bare() -> None:
    """A bare window with a table."""
    app = QApplication(sys.argv)
    window = QMainWindow()
    window.setCentralWidget(QTableWidget(20, 6))
    told: dict[str, float] = {}

    def painted() -> None:
        told["painted"] = _since()
        QTimer.singleShot(_REST, lambda: _tell(told))

    FirstPaint(window, painted)
    window.show()
    app.exec()


def whole(casebook: Path) -> None:
    """Casusboek with this casebook, until its list stands and the search box takes keys."""
    from desktop import app

    start = app.start
    told: dict[str, float] = {}

    def started(casebook: Path | None, passphrase_file: Path | None = None) -> "tuple[QApplication, MainWindow]":
        running, window = start(casebook, passphrase_file)
        FirstPaint(window, lambda: told.update(painted=_since()))
        window.opened.connect(lambda: _when_filled(window, told))
        return running, window

    app.start = started
    app.run(casebook)


def _when_filled(window: "MainWindow", told: dict[str, float]) -> None:
    from PySide6.QtTest import QTest

    assert window.screens is not None
    screen = window.screens.list
    window.screens.do("show_casebook")

    def filled() -> None:
        screen.filled.disconnect(filled)
        QApplication.processEvents()
        screen.search.setFocus()
        QTest.keyClicks(screen.search, "tu")
        assert screen.search.text() == "tu"
        QApplication.processEvents()
        told["filled"] = _since()
        screen.search.clear()
        QTimer.singleShot(_REST, lambda: _tell(told))

    screen.filled.connect(filled)


def _since() -> float:
    return time.time() - float(os.environ["ASKED"])


def _tell(told: dict[str, float]) -> None:
    import psutil

    memory = psutil.Process().memory_full_info()
    print(json.dumps({**told, "uss": memory.uss / 2**20, "rss": memory.rss / 2**20}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    bare() if len(sys.argv) < 2 else whole(Path(sys.argv[1]))
