"""A window of Ank, the casebook of Bea, and a folder they both reach."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from casebook.database import Database, create_casebook, set_setting
from casebook.keys import FileKey, new_file_key
from casebook.record import made_here
from desktop.window import MainWindow
from sync import circles
from sync.syncing import exchange_all
from tests.desktop.sharing.using import Ank


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a shared folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def bea(tmp_path: Path) -> Iterator[Database]:
    """The casebook of a colleague, without a window."""
    db = create_casebook(tmp_path / "bea" / "casebook.db", FileKey(b"bea".ljust(32, b"."), b"s" * 16))
    _called(db, "Bea")
    yield db
    db.close()


@pytest.fixture
def ank(tmp_path: Path, qtbot: QtBot) -> Iterator[Ank]:
    """A window on a casebook with nothing in it, and nothing shared."""
    path = tmp_path / "ank" / "casebook.db"
    db = create_casebook(path, new_file_key(None))
    _called(db, "Ank")
    db.close()
    window = MainWindow(path, QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    window.resize(1366, 768)
    window.show()
    window.open_casebook()
    qtbot.waitUntil(lambda: window.screens is not None and window.screens.case.tabs.count() > 0)
    yield Ank(window, qtbot)
    window.close()
    delete(window)


@pytest.fixture
def circle(ank: Ank, store: str) -> str:
    """A circle that Ank shares through the folder; the exchange is going on."""
    made_here(ank.db.device.id)
    space = circles.begin(ank.db, "Kring Spaarne")
    circles.connect(ank.db, space, store)
    exchange_all(ank.db)
    ank.exchange()
    return space


@pytest.fixture
def shared(ank: Ank, bea: Database, circle: str) -> str:
    """The same, with Bea in it."""
    made_here(ank.db.device.id)
    invitation = circles.invite_code(ank.db, circle)
    exchange_all(ank.db)
    made_here(bea.device.id)
    circles.join(bea, invitation.address, invitation.code)
    exchange_all(bea)
    exchange_all(ank.db)
    exchange_all(bea)
    ank.exchange()
    return circle


def _called(db: Database, name: str) -> None:
    with db.write() as connection:
        set_setting(connection, "name", name)
        set_setting(connection, "municipality", "Spaarnwijk")
