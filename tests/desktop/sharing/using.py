"""What Ank does in her window, in a word."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casebook.database import Database
from casebook.record import made_here
from desktop.screens import Screens
from desktop.sharing.running import Running
from desktop.window import MainWindow
from sync.status import Sharing

W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True)
class Ank:
    """A window, and who waits for what happens in it."""

    window: MainWindow
    qtbot: QtBot

    @property
    def db(self) -> Database:
        assert self.window.db is not None
        return self.window.db

    @property
    def screens(self) -> Screens:
        assert self.window.screens is not None
        return self.window.screens

    @property
    def running(self) -> Running:
        assert self.window.running is not None
        return self.window.running

    def exchange(self) -> None:
        """Synchronise as it goes by itself, while one types on; wait until that is done."""
        asked = datetime.now(UTC)
        self.running.wake()
        rested = (Sharing.SHARED, Sharing.DIFFERENCES)

        def is_done() -> bool:
            status = self.running.status
            return status.state in rested and status.at is not None and status.at > asked

        # A round that was going on already may have begun before what this one is to bring.
        self.waits_until(is_done)
        asked = datetime.now(UTC)
        self.running.wake()
        self.waits_until(is_done)

    def press(self, text: str, under: QWidget | None = None) -> None:
        """Press the button with this text that can be seen."""
        made_here(self.db.device.id)
        found = [each for each in (under or self.window).findChildren(QPushButton) if each.text() == text]
        next(each for each in found if each.isVisible()).click()

    def waits_until(self, fact: object) -> None:
        """Wait for something another thread does."""
        assert callable(fact)
        self.qtbot.waitUntil(lambda: bool(fact()), timeout=15_000)
