"""What somebody does with the window, in a word."""

from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from casebook.case import Case
from casebook.database import Database
from casebook.saving import Change, save
from desktop.rows import PAGE
from desktop.window import MainWindow


class Opening(Protocol):
    """Starts the window on one and the same casebook, as often as asked."""

    def __call__(self, passphrase_file: Path | None = None) -> MainWindow: ...


def answer_with(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> None:
    """Whatever file is asked for from here on, this one is chosen."""

    def chosen(dialog: QFileDialog) -> bool:
        if kind:
            dialog.selectNameFilter(kind)
        dialog.selectFile(str(path))
        return True

    monkeypatch.setattr(QFileDialog, "exec", chosen)


def press(window: MainWindow, text: str) -> None:
    next(each for each in window.findChildren(QPushButton) if each.text() == text and each.isVisible()).click()


def database(window: MainWindow) -> Database:
    assert window.db is not None
    return window.db


def lines(window: MainWindow) -> list[str]:
    assert window.screens is not None
    rows = window.screens.list.rows
    return [rows.index(row, 0).data() for row in range(min(rows.rowCount(), PAGE))]


def with_cases(window: MainWindow, *titles: str) -> None:
    save(database(window), [Change(Case(title=each)) for each in titles], "New case")
