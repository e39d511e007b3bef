"""A start of the program in a process of its own that tells when things stood: seconds since it was asked for."""

# ruff: noqa: T201 - what is printed is the answer

import os
import sys
import time
from pathlib import Path

asked = float(os.environ["ASKED"])


def since() -> float:
    """Seconds since the process was asked for."""
    return time.time() - asked


def memory() -> int:
    """What this process holds of its own memory now, in bytes."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def bare() -> None:
    """A bare window with a table."""
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget

    app = QApplication(sys.argv)
    window = QMainWindow()
    window.setCentralWidget(QTableWidget(20, 6))
    window.show()
    app.processEvents()
    print(since(), 0.0, memory())


def whole(casebook: Path) -> None:
    """Casusboek with this casebook, until its list stands."""
    from PySide6.QtCore import QTimer

    from desktop.app import start

    app, window = start(casebook)
    app.processEvents()
    painted = since()

    def opened() -> None:
        assert window.screens is not None
        window.navigation.setCurrentRow(1)
        window.screens.list.filled.connect(filled)

    def filled() -> None:
        app.processEvents()
        stood = since()
        QTimer.singleShot(3000, lambda: (print(painted, stood, memory()), app.exit()))

    window.opened.connect(opened)
    QTimer.singleShot(0, lambda: window.open_casebook(os.environ.get("PASS")))
    app.exec()


if __name__ == "__main__":
    bare() if len(sys.argv) < 2 else whole(Path(sys.argv[1]))
