"""A case screen for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from casebook.database import create_casebook
from casebook.keys import new_file_key
from desktop.background import Background
from desktop.casebook.case_view import CaseView
from desktop.messages import Messages
from tests.desktop.casebook.screen import Screen


@pytest.fixture
def screen(tmp_path: Path, qtbot: QtBot) -> Iterator[Screen]:
    """A case screen on an empty casebook."""
    db = create_casebook(tmp_path / "casebook.db", new_file_key(None))
    background, messages = Background(), Messages()
    background.failed.connect(messages.explain)
    view = CaseView(db, background, messages)
    qtbot.addWidget(messages)
    view.show()
    qtbot.waitUntil(lambda: view.tabs.count() > 0)
    yield Screen(view, db, messages, background)
    delete(view)
    background.close()
    db.close()
