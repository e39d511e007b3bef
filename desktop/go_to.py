"""Ctrl+K: go to anything, or do anything, by typing its name."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from casebook.case_line import CaseLine
from casebook.case_query import Query, lines
from casebook.database import Database
from casebook.present import circles, how_many_unindexed
from desktop.background import Background
from desktop.casebook.list_screen import unindexed_told
from desktop.theme import STEP
from resources.language import _

_WIDTH = 140 * STEP
_LETTERS = 90
_MOST = 12


class GoTo(QFrame):
    """A box over the window: commands first, then cases; Enter does it, Esc leaves."""

    def __init__(
        self,
        window: QWidget,
        db: Database,
        background: Background,
        actions: list[QAction],
        open_case: Callable[[str], None],
    ) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self._db, self._background = db, background
        self._actions, self._open_case = actions, open_case
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("Type what you want to do, or words of a case"))
        self.line.setAccessibleName(_("Go to, or do anything"))
        self.found = QListWidget()
        self.found.setObjectName("found")
        self.found.setAccessibleName(_("What was found"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * STEP, 3 * STEP, 3 * STEP, 3 * STEP)
        layout.addWidget(self.line)
        layout.addWidget(self.found)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._look)
        self.found.itemActivated.connect(self._take)
        self.found.itemClicked.connect(self._take)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        wanted = max(_WIDTH, _LETTERS * self.fontMetrics().averageCharWidth())
        self.resize(min(wanted, window.width() - 8 * STEP), 90 * STEP)
        self.move(window.mapToGlobal(window.rect().center()) - self.rect().center())
        self._look("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows walk through what was found while one types."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                self.found.setCurrentRow(max(0, min(self.found.count() - 1, self.found.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.found.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _look(self, words: str) -> None:
        self.found.clear()
        wanted = words.casefold().strip()
        for each in self._actions:
            title = each.text().replace("&", "").rstrip("…")
            if each.isEnabled() and wanted in title.casefold():
                keys = each.shortcut().toString()
                self._offer(f"{title}    {keys}" if keys else title, each.trigger)
        self.found.setCurrentRow(0)
        if wanted:
            self._background.run(partial(_cases_with, self._db, words), self._add, self, key="go_to")

    def _add(self, answer: tuple[list[CaseLine], int]) -> None:
        found, unindexed = answer
        for line in found:
            below = " · ".join(each for each in (line.circle, line.reference, line.status.text) if each)
            self._offer(f"{line.title}    {below}", partial(self._open_case, line.id))
        if unindexed:
            QListWidgetItem(unindexed_told(unindexed), self.found).setFlags(Qt.ItemFlag.ItemIsEnabled)
        if self.found.currentRow() < 0:
            self.found.setCurrentRow(0)

    def _offer(self, text: str, act: Callable[[], object]) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, act)
        self.found.addItem(item)

    def _take(self, item: QListWidgetItem | None) -> None:
        act = item.data(Qt.ItemDataRole.UserRole) if item else None
        if act is None:
            return
        self.close()
        act()


def _cases_with(db: Database, words: str) -> tuple[list[CaseLine], int]:
    """The first cases with these words, and how many cases were not looked through yet."""
    with db.read() as connection:
        found = lines(connection, Query(words=words), 0, _MOST, circles(db, connection))
        return found, how_many_unindexed(connection)
