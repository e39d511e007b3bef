"""The copies one can go back to, and what happens when one does."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from casebook.copies import Copy
from casebook.written import day, short_day, whole
from desktop.plain_table import plain_table
from desktop.rows import Column, HeldRows
from desktop.theme import STEP
from resources.language import _, current, mark, plural

_COLUMNS: tuple[Column[Copy], ...] = (
    Column(mark("Day"), lambda copy: short_day(copy.made)),
    Column(mark("Cases"), lambda copy: _("cannot be opened") if copy.cases is None else whole(copy.cases)),
    Column(
        mark("Size"),
        lambda copy: QLocale(current()).formattedDataSize(copy.size, 0, QLocale.DataSizeFormat.DataSizeSIFormat),
    ),
    Column(mark("What"), lambda copy: _("daily copy") if copy.is_daily else _("kept when a copy was put back")),
)
_LINES = 6


class CopiesPart(QWidget):
    """A list of copies; below it in words what putting the chosen one back does, and the button that does it."""

    restore_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._total: int | None = None
        self.rows = HeldRows(_COLUMNS, self)
        self.table = plain_table(self.rows, _("Copies"), 16, 18, 12)
        self.table.setMinimumHeight(_LINES * self.table.verticalHeader().defaultSectionSize())
        self.explained = QLabel(wordWrap=True)
        self.restore = QPushButton()
        heading = QLabel(_("Copies"))
        heading.setProperty("role", "heading")
        sentence = QLabel(_("Every day a copy is made; seven are kept, beside the casebook."), wordWrap=True)
        sentence.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        layout.addWidget(heading)
        layout.addWidget(sentence)
        layout.addWidget(self.table)
        layout.addWidget(self.explained)
        layout.addWidget(self.restore, 0, Qt.AlignmentFlag.AlignLeft)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.restore.clicked.connect(self._restore)
        self._chosen(QModelIndex(), QModelIndex())

    def show_copies(self, found: Sequence[Copy], total: int | None) -> None:
        """The copies there are, beside a casebook of *total* cases, None where it does not open; the choice stays."""
        held = self._copy()
        self._total = total
        self.rows.show(found)
        for row, each in enumerate(found):
            if held and each.path == held.path:
                self.table.selectRow(row)
        self._chosen(self.table.currentIndex(), QModelIndex())

    def _copy(self) -> Copy | None:
        return self.rows.line(self.table.currentIndex().row())

    def _chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        copy = self._copy()
        self.restore.setVisible(copy is not None and copy.cases is not None)
        if copy is None:
            self.explained.setText(
                _("Choose a copy to see what putting it back does.")
                if self.rows.rowCount()
                else _("There is no copy yet. The first is made a moment after the casebook is opened.")
            )
        elif copy.cases is None:
            self.explained.setText(_("This copy cannot be opened with the key of this casebook. It is left as it is."))
        else:
            self.explained.setText(self._told(copy))
            self.restore.setText(_("Put back the copy of {day}").format(day=day(copy.made)))

    def _told(self, copy: Copy) -> str:
        assert copy.cases is not None
        then = plural("{n} case", "{n} cases", copy.cases)
        if self._total is None:
            return _(
                "The casebook becomes as it was on {day}, with {then}. The file that stands there now is kept beside "
                "it."
            ).format(day=day(copy.made), then=then)
        now = plural("{n} case", "{n} cases", self._total)
        return _(
            "The casebook becomes as it was on {day}, with {then}. What is here now, with {now}, is kept beside it and "
            "joins this list, so you can come back to it. The program stays open."
        ).format(day=day(copy.made), then=then, now=now)

    def _restore(self) -> None:
        copy = self._copy()
        if copy:
            self.restore_asked.emit(copy)
