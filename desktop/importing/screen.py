"""Bringing in a list: choose a file, say which column is what, look at what will happen, and do it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from casebook.database import Database
from casebook.importing.mapping import Mapping, guess
from casebook.importing.plan import Outcome, Plan, carry_out
from casebook.importing.preview import Preview, preview
from casebook.importing.sheets import MissingRows, Sheet, read
from casebook.problem import Problem
from casebook.progress import Cancelled, Progress, unheard
from desktop import files
from desktop.background import Background
from desktop.importing.check_step import CheckStep
from desktop.importing.columns_step import ColumnsStep
from desktop.importing.kinds import CASE_LIST, Kind
from desktop.messages import Messages
from desktop.theme import STEP
from desktop.working import Working
from resources.language import _

T = TypeVar("T")

FILE, COLUMNS, CHECK = range(3)
_LOOKED_AT = 60
"""Rows from which the preview is made while the columns are being corrected."""


class ImportScreen(QWidget):
    """Three steps in one page; `done` tells what came in, `left` that the reader goes back."""

    done = Signal(str)
    left = Signal()

    def __init__(self, db: Database, background: Background, working: Working, messages: Messages) -> None:
        super().__init__()
        self._db, self._background, self._working, self._messages = db, background, working, messages
        self._kind = CASE_LIST
        self._path = Path()
        self._sheet: Sheet | None = None
        self._plan: Plan | None = None
        self._update = True
        self._title, self._explained, self._where = QLabel(), QLabel(wordWrap=True), QLabel()
        self._title.setProperty("role", "title")
        self._explained.setProperty("role", "muted")
        self.trouble = QLabel(wordWrap=True)
        self.trouble.setProperty("role", "warn")
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.choose_file = QPushButton(_("Choose a &file…"))
        self.columns, self.check = ColumnsStep(), CheckStep()
        self.steps = QStackedWidget()
        self.back, self.forward = QPushButton(), QPushButton()
        self._arrange()
        self.setAcceptDrops(True)
        self.choose_file.clicked.connect(self.ask_file)
        self.columns.changed.connect(self._corrected)
        self.columns.sheet_chosen.connect(self._read)
        self.check.update_wanted.connect(self._plan_again)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self._go_on)
        leaving = QAction(self, shortcut=QKeySequence(Qt.Key.Key_Escape))
        leaving.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leaving.triggered.connect(self.go_back)
        self.addAction(leaving)

    def begin(self, kind: Kind) -> None:
        """From the start, for this kind of list."""
        if self._working.is_busy:
            return
        self._kind, self._sheet, self._plan, self._update = kind, None, None, True
        self._title.setText(_(kind.title))
        self._explained.setText(_(kind.explained))
        self._say("")
        self._show_step(FILE)

    def ask_file(self) -> None:
        """Let the reader choose a file, and read it."""
        chosen = files.to_open(self, _(self._kind.title), _("Spreadsheets (*.xlsx *.ods *.csv)"))
        if chosen:
            self.read(chosen)

    def read(self, path: Path) -> None:
        """Read a file, and go on with what stands in it."""
        self._path = path
        self._read("")

    def go_back(self) -> None:
        """One step back; from the first, out of here. While something is busy, that stops."""
        if self._working.is_busy:
            self._working.stop()
        elif self.steps.currentIndex() == FILE:
            self.left.emit()
        else:
            self._say("")
            self._show_step(self.steps.currentIndex() - 1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file from the desktop may be dropped here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """The first file that was dropped is read."""
        files = [Path(each.toLocalFile()) for each in event.mimeData().urls() if each.isLocalFile()]
        if files and not self._working.is_busy:
            self.read(files[0])

    def _arrange(self) -> None:
        first = QWidget()
        column = QVBoxLayout(first)
        column.setContentsMargins(0, 0, 0, 0)
        self.choose_file.setProperty("role", "primary")
        column.addWidget(self.choose_file, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        for each in (first, self.columns, self.check):
            self.steps.addWidget(each)
        self._where.setProperty("role", "muted")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * STEP)
        self.forward.setProperty("role", "primary")
        buttons.addWidget(self.back)
        buttons.addWidget(self.forward)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10 * STEP, 6 * STEP, 10 * STEP, 6 * STEP)
        layout.setSpacing(3 * STEP)
        for each in (self._title, self._explained, self._where, self.trouble):
            layout.addWidget(each)
        layout.addWidget(self.steps, 1)
        layout.addLayout(buttons)

    def _show_step(self, step: int) -> None:
        self.steps.setCurrentIndex(step)
        self._explained.setVisible(step == FILE)
        self._where.setVisible(step != FILE)
        self._where.setText(
            _("Step {n} of {all}: {name}").format(
                n=step + 1, all=CHECK + 1, name=(_("the file"), _("the columns"), _("look at what will happen"))[step]
            )
            + f" · {self._path.name}"
        )
        self.back.setText(_("&Back") if step else _("Leave"))
        self.forward.setVisible(step != FILE)
        self._allow()
        (self.choose_file, self.columns.first(), self.forward)[step].setFocus()

    def _allow(self) -> None:
        """What can be done now."""
        busy = self._working.is_busy
        for each in (self.steps, self.forward):
            each.setEnabled(not busy)
        if self.steps.currentIndex() == CHECK and self._plan:
            outcome = self._plan.outcome()
            number = outcome.new + outcome.updated
            self.forward.setText(self._kind.button(number).replace("&", "&&"))
            self.forward.setEnabled(not busy and number > 0)
            if not number:
                self._say(_("There is nothing in this list that is not in the casebook already."))
        else:
            self.forward.setText(_("G&o on"))
            self.forward.setEnabled(not busy and self._sheet is not None and not self.trouble.text())

    def _say(self, sentence: str) -> None:
        self.trouble.setText(sentence)
        self.trouble.setVisible(bool(sentence))

    def _read(self, wanted: str) -> None:
        work = partial(_looked_at, self._path, wanted, self._kind)
        self._work(_("Reading {name}").format(name=self._path.name), work, self._show_sheet)

    def _show_sheet(self, found: tuple[Sheet, Mapping]) -> None:
        self._sheet, mapping = found
        self.columns.show_sheet(self._kind, self._sheet, mapping)
        self._show_step(COLUMNS)
        self._corrected(mapping)

    def _corrected(self, mapping: Mapping) -> None:
        """Look again at the first rows, now that a column holds something else."""
        if self._sheet is None:
            return
        few = replace(self._sheet, rows=self._sheet.rows[:_LOOKED_AT])
        work = partial(_previewed, self._db, self._kind, few, mapping)
        self._background.run(work, self._show_preview, self, key="import", failed=self._no_preview)

    def _show_preview(self, found: Preview) -> None:
        self._say("")
        self.columns.show_preview(found)
        self._allow()

    def _no_preview(self, error: BaseException) -> None:
        self.columns.show_preview(None)
        self._failed(error)

    def _go_on(self) -> None:
        if self.steps.currentIndex() == COLUMNS:
            self._make_plan()
        elif self._plan:
            work = partial(carry_out, self._db, self._plan)
            self._work(_("Bringing in {name}").format(name=self._plan.name), work, self._came_in, changes=True)

    def _make_plan(self) -> None:
        if self._sheet is None:
            return
        work = partial(_planned, self._db, self._kind, self._sheet, self.columns.mapping, self._update)
        self._work(_("Looking at {name}").format(name=self._path.name), work, self._show_plan)

    def _plan_again(self, update: bool) -> None:
        self._update = update
        self._make_plan()

    def _show_plan(self, planned: Plan) -> None:
        self._plan = planned
        self.check.show_plan(self._kind, planned, update=self._update)
        self._show_step(CHECK)

    def _came_in(self, outcome: Outcome) -> None:
        self.begin(self._kind)
        self.done.emit(self._kind.told(outcome))

    def _work(
        self, says: str, work: Callable[[Progress], T], then: Callable[[T], None], *, changes: bool = False
    ) -> None:
        """Long work; whatever comes of it, the page answers again."""
        if self._working.is_busy:
            self._messages.warn(_("Something else is busy. Wait for it, or stop it first."))
            return
        self._say("")
        self._working.run(work, then, self, says=says, failed=self._failed, changes=changes)
        self._allow()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, MissingRows) and len(error.among) > 1:
            self._sheet = None
            self.columns.show_sheets(error.among, self.columns.sheets.currentText())
        if isinstance(error, Cancelled):
            self._messages.tell(_("Stopped. Nothing was changed."))
        elif isinstance(error, Problem):
            self._say(error.sentence)
        else:
            self._messages.explain(error)
        self._allow()


def _looked_at(path: Path, wanted: str, kind: Kind, progress: Progress) -> tuple[Sheet, Mapping]:
    sheet = read(path, wanted, progress)
    return sheet, guess(sheet, kind.subject)


def _previewed(db: Database, kind: Kind, sheet: Sheet, mapping: Mapping) -> Preview:
    return preview(db, kind.plan(db, sheet, mapping, True, unheard), mapping, kind.subject)


def _planned(db: Database, kind: Kind, sheet: Sheet, mapping: Mapping, update: bool, progress: Progress) -> Plan:
    return kind.plan(db, sheet, mapping, update, progress)
