"""Asking for a file."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop import files
from desktop.app import standard_words
from tests.desktop.using import answer_with


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_a_file_is_looked_for_where_the_last_one_was_and_first_among_the_documents(
    parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents, elsewhere = tmp_path / "Documents", tmp_path / "elders"
    for each in (documents, elsewhere):
        each.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _which: str(documents))
    monkeypatch.setattr("desktop.files._Place.latest", "")
    begun: list[str] = []

    def thinks_again(dialog: QFileDialog) -> bool:
        begun.append(dialog.directory().path())
        return False

    monkeypatch.setattr(QFileDialog, "exec", thinks_again)
    assert files.to_open(parent, "Lijst", "CSV (*.csv)") is None
    answer_with(monkeypatch, elsewhere / "casus.pdf")
    assert files.to_save(parent, "PDF", "x.pdf", "PDF (*.pdf)") == (elsewhere / "casus.pdf", "PDF (*.pdf)")
    monkeypatch.setattr(QFileDialog, "exec", thinks_again)
    assert files.to_open(parent, "Lijst", "CSV (*.csv)") is None
    assert begun == [str(documents), str(elsewhere)]


def test_the_dialog_speaks_dutch(parent: QWidget, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    standard_words(qapp)
    said: list[str] = []

    def read(dialog: QFileDialog) -> bool:
        said.extend(each.text().replace("&", "") for each in dialog.findChildren(QLabel))
        return False

    monkeypatch.setattr(QFileDialog, "exec", read)
    files.to_open(parent, "Lijst", "CSV (*.csv)")
    assert said == ["Zoeken in:", "Bestandsnaam:", "Soort bestand:"]
