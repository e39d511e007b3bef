"""Cases that just came in, in large numbers: they stand in the list before they can be found by their words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.database import Database, create_casebook
from casebook.keys import new_file_key
from casebook.present import index_rest
from casebook.saving import Change, save
from desktop.background import Background
from desktop.casebook.list_screen import ListScreen
from desktop.go_to import GoTo
from tests.casebook.world import not_searched_yet

TOLD = "2 nieuwe casussen zijn nog niet doorzocht"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A casebook with two cases whose words are still to be put in the index."""
    db = create_casebook(tmp_path / "casebook.db", new_file_key(None))
    save(db, [Change(Case(title=title)) for title in ("Linde", "Eik")], "New")
    not_searched_yet(db)
    yield db
    db.close()


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


def test_the_list_has_them_and_says_that_a_search_does_not(db: Database, background: Background, qtbot: QtBot) -> None:
    screen = ListScreen(db, background, QWidget())
    qtbot.addWidget(screen)
    screen.show()
    screen.refresh()
    qtbot.waitUntil(lambda: screen.rows.rowCount() == 2)
    assert screen.unsearched.isHidden()
    qtbot.keyClicks(screen.search, "linde")
    qtbot.waitUntil(screen.unsearched.isVisible)
    assert screen.unsearched.text() == TOLD
    index_rest(db)
    screen.refresh()
    qtbot.waitUntil(lambda: screen.rows.rowCount() == 1)
    assert screen.unsearched.isHidden()


def test_going_to_a_case_says_so_too_and_there_is_nothing_to_pick(
    db: Database, background: Background, qtbot: QtBot
) -> None:
    window, opened = QLineEdit(), list[str]()
    qtbot.addWidget(window)
    box = GoTo(window, db, background, [], opened.append)
    qtbot.keyClicks(box.line, "linde")
    qtbot.waitUntil(lambda: box.found.count() == 1)
    assert box.found.item(0).text() == TOLD
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    assert opened == []
