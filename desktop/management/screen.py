"""Looking after the casebook: what comes in and goes out, the copies, and the list of what went in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from casebook.audit import Noted, noted
from casebook.case_query import Query
from casebook.copies import Copy, listed
from casebook.database import Database
from casebook.present import count
from casebook.written import short_day
from desktop.background import Background
from desktop.commands import COMMANDS
from desktop.flow import Flow
from desktop.management.copies_part import CopiesPart
from desktop.plain_table import plain_table
from desktop.rows import Column, HeldRows
from desktop.theme import STEP
from resources.language import _, mark

ACTS = ("import_cases", "import_areas", "import_all", "export_list", "export_all")
"""The commands that stand here as buttons."""

_NOTED: tuple[Column[Noted], ...] = (
    Column(mark("When"), lambda line: f"{short_day(line.at.date())} {line.at:%H:%M}"),
    Column(mark("What"), lambda line: line.text),
    Column(mark("File"), lambda line: line.detail),
)
_LINES = 6


@dataclass(frozen=True, slots=True)
class _Seen:
    total: int
    copies: Sequence[Copy]
    noted: Sequence[Noted]


class ManagementScreen(QScrollArea):
    """`asked` names a command; `restore_asked` the copy to put back."""

    asked = Signal(str)
    restore_asked = Signal(object)

    def __init__(self, db: Database, background: Background) -> None:
        super().__init__()
        self._db, self._background = db, background
        self.copies = CopiesPart()
        self.noted = HeldRows(_NOTED, self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(self._body())
        self.copies.restore_asked.connect(self.restore_asked)

    def refresh(self) -> None:
        """Look again, when somebody looks."""
        if self.isVisible():
            self._background.run(partial(_seen, self._db), self._show, self, key="management")

    def showEvent(self, event: QShowEvent) -> None:
        """What stands here is looked up when it comes into view."""
        super().showEvent(event)
        self.refresh()

    def _body(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(10 * STEP, 8 * STEP, 10 * STEP, 8 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(_label(_("Manage"), "title"))
        layout.addWidget(_label(_("In and out"), "heading"))
        layout.addWidget(
            _label(_("One undo takes back what you brought in. What you take out can be read by others."), "muted")
        )
        buttons = Flow()
        titles = {each.name: each.title for each in COMMANDS}
        for name in ACTS:
            button = QPushButton(_(titles[name]))
            button.clicked.connect(partial(self.asked.emit, name))
            buttons.addWidget(button)
        layout.addLayout(buttons)
        layout.addSpacing(3 * STEP)
        layout.addWidget(self.copies)
        layout.addSpacing(3 * STEP)
        layout.addWidget(_label(_("What came in and went out"), "heading"))
        layout.addWidget(_label(_("This list stays on this computer."), "muted"))
        table = plain_table(self.noted, _("What came in and went out"), 22, 20)
        table.setMinimumHeight(_LINES * table.verticalHeader().defaultSectionSize())
        layout.addWidget(table, 1)
        return body

    def _show(self, seen: _Seen) -> None:
        self.copies.show_copies(seen.copies, seen.total)
        self.noted.show(seen.noted)


def _seen(db: Database) -> _Seen:
    return _Seen(count(db, Query()), listed(db.path, db.file_key), noted(db))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("role", role)
    return label
