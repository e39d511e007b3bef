"""The window on a casebook of its own, as somebody has it before them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop import theme
from desktop.welcome import Welcome
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import Opening, press


@pytest.fixture
def opening(tmp_path: Path, qtbot: QtBot) -> Iterator[Opening]:
    """Starts the window on one and the same casebook, as often as asked."""
    windows: list[MainWindow] = []

    def start(passphrase_file: Path | None = None) -> MainWindow:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(tmp_path / "casebook.db", settings, passphrase_file)
        windows.append(window)
        window.show()
        window.open_casebook()
        return window

    yield start
    qtbot.waitUntil(lambda: not any(each.working.is_busy for each in windows))
    for each in windows:
        each.close()
    qtbot.waitUntil(lambda: not any(each.isVisible() for each in windows))
    # A window that lingers makes every later change of letters or colours slower.
    for each in windows:
        delete(each)


@pytest.fixture
def window(opening: Opening, qtbot: QtBot) -> MainWindow:
    """A window on a new, empty casebook."""
    begun = opening()
    qtbot.waitUntil(lambda: isinstance(begun.pages.currentWidget(), Welcome))
    press(begun, _("Start e&mpty"))
    qtbot.waitUntil(lambda: begun.screens is not None)
    return begun


@pytest.fixture
def look(qtbot: QtBot, qapp: QApplication) -> Iterator[None]:
    """The look as the program has it, and the test runner's own afterwards."""
    before = qapp.font()
    theme.follow_system(qapp)
    yield
    theme.choose("")
    qapp.setFont(before)
    qapp.setStyleSheet("")
