"""What will happen to every row, counted and listed, before it does."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QTabBar, QVBoxLayout, QWidget

from casebook.importing.plan import Line, Plan, Step
from casebook.written import whole
from desktop.importing.kinds import Kind
from desktop.plain_table import plain_table
from desktop.rows import Column, HeldRows
from desktop.theme import STEP
from resources.language import _, mark


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that are looked at together."""

    title: str
    of: Callable[[Plan], tuple[Line, ...]]


_GROUPS = (
    _Group(mark("New"), lambda plan: plan.of(Step.NEW)),
    _Group(mark("Updated"), lambda plan: plan.of(Step.UPDATE)),
    _Group(mark("Unchanged"), lambda plan: plan.of(Step.SAME)),
    _Group(mark("Skipped"), lambda plan: plan.of(Step.SKIP)),
    _Group(mark("Not recognised"), lambda plan: tuple(each for each in plan.lines if each.left)),
)
_COLUMNS: tuple[Column[Line], ...] = (
    Column(mark("Row"), lambda line: str(line.row)),
    Column(mark("Title"), lambda line: line.title),
    Column(mark("Reference"), lambda line: line.reference),
    Column(mark("Remark"), lambda line: line.why or _not_recognised(line)),
)


def _not_recognised(line: Line) -> str:
    left = "; ".join(" ".join(each.split()) for each in line.left)
    return _("Not recognised: {what}").format(what=left) if left else ""


class CheckStep(QWidget):
    """Counts that are tabs, and the rows of the chosen one; `update_wanted` says whether what is here may change."""

    update_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[tuple[Line, ...]] = []
        self.counts = QTabBar(expanding=False, drawBase=False, usesScrollButtons=True)
        self.counts.setAccessibleName(_("What happens to the rows"))
        self.rows = HeldRows(_COLUMNS, self)
        self.table = plain_table(self.rows, _("Rows"), 5, 0, 18)
        self.notes = QLabel(wordWrap=True)
        self.notes.setProperty("role", "warn")
        self.explained = QLabel(wordWrap=True)
        self.explained.setProperty("role", "muted")
        self.update_held = QCheckBox(_("&Update what is here already"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        for each in (self.update_held, self.notes, self.counts, self.explained):
            layout.addWidget(each)
        layout.addWidget(self.table, 1)
        self.counts.currentChanged.connect(self._show_group)
        self.update_held.toggled.connect(self.update_wanted)

    def show_plan(self, kind: Kind, planned: Plan, *, update: bool) -> None:
        """A plan to look at: the rows that are skipped first, when there are any."""
        self.notes.setText("\n".join(planned.notes))
        self.notes.setVisible(bool(planned.notes))
        self.update_held.setVisible(kind.can_add_rest)
        with QSignalBlocker(self.update_held), QSignalBlocker(self.counts):
            self.update_held.setChecked(update)
            self._groups = [each.of(planned) for each in _GROUPS]
            while self.counts.count():
                self.counts.removeTab(0)
            for group, lines in zip(_GROUPS, self._groups, strict=True):
                self.counts.addTab(f"{_(group.title)} {whole(len(lines))}")
        first = 3 if self._groups[3] else next((at for at, lines in enumerate(self._groups) if lines), 0)
        self.counts.setCurrentIndex(first)
        self._show_group(first)

    def _show_group(self, at: int) -> None:
        if not 0 <= at < len(self._groups):
            return
        self.rows.show(self._groups[at])
        is_lost = at == _LEFT and not self.update_held.isVisibleTo(self)
        self.explained.setText(_(_LOST if is_lost else _EXPLAINED[at]))


_EXPLAINED = (
    mark("These rows are not in the casebook yet."),
    mark("These are in the casebook already, and something in the row differs: that is what changes."),
    mark("These are in the casebook already, just as they are here."),
    mark("These rows do not come in; the reason stands beside each."),
    mark("These rows come in; what was not recognised stands under the summary, as text."),
)
_LEFT = 4
_LOST = mark("These rows come in without what was not recognised.")
