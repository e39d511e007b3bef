"""Which column is what: as it was guessed, to be corrected, beside the first ten rows as they were understood."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from casebook.importing.mapping import Mapping, moved
from casebook.importing.plan import Step
from casebook.importing.preview import Preview, Shown
from casebook.importing.sheets import Sheet
from desktop.importing.kinds import Kind
from desktop.plain_table import plain_table
from desktop.rows import Column, HeldRows
from desktop.steady import SteadyBox
from desktop.theme import STEP
from resources.language import _, mark

STEPS = {
    Step.NEW: mark("New"),
    Step.UPDATE: mark("Updated"),
    Step.SAME: mark("Unchanged"),
    Step.SKIP: mark("Skipped"),
}
_EXAMPLES = 2
_LONGEST = 36
_LETTERS = 14
_NARROW = 110


class ColumnsStep(QWidget):
    """Left the columns of the file, right what would become of the rows; `changed` says what was corrected."""

    changed = Signal(object)
    sheet_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.mapping = Mapping(())
        self.choices: list[QComboBox] = []
        self.sheets = SteadyBox()
        self._sheets_label = QLabel(_("Shee&t"))
        self._sheets_label.setBuddy(self.sheets)
        self.rest = QCheckBox(_("Keep the &other columns as text"))
        self._columns = QScrollArea(widgetResizable=True)
        self._columns.setFrameShape(QFrame.Shape.NoFrame)
        self._columns.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._columns.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._heading = QLabel(_("The first rows, as they were understood"), wordWrap=True)
        self._heading.setProperty("role", "heading")
        self.preview = plain_table(HeldRows(()), _("The first rows, as they were understood"))
        self._arrange()
        self.rest.toggled.connect(self._keep_rest)
        self.sheets.activated.connect(lambda at: self.sheet_chosen.emit(self.sheets.itemText(at)))

    def show_sheet(self, kind: Kind, sheet: Sheet, mapping: Mapping) -> None:
        """Another sheet, with the columns that were guessed."""
        self.mapping = mapping
        self.show_sheets(sheet.among, sheet.name)
        self.rest.setVisible(kind.can_add_rest)
        with QSignalBlocker(self.rest):
            self.rest.setChecked(mapping.keep_rest)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 2 * STEP, 0)
        grid.setHorizontalSpacing(3 * STEP)
        grid.setVerticalSpacing(2 * STEP)
        # With large letters what a column holds stands under its name.
        is_narrow = self.width() < _NARROW * self.fontMetrics().averageCharWidth()
        for column in range(1 if is_narrow else 2):
            grid.setColumnStretch(column, 1)
        self.choices = []
        for at, name in enumerate(sheet.header):
            choice = _choice(kind, mapping.targets[at])
            choice.setAccessibleName(_("The column {name} holds").format(name=name))
            choice.currentIndexChanged.connect(partial(self._chosen, at))
            grid.addWidget(_described(name, _examples(sheet, at), choice), 2 * at, 0)
            grid.addWidget(choice, *((2 * at + 1, 0) if is_narrow else (2 * at, 1)), Qt.AlignmentFlag.AlignTop)
            self.choices.append(choice)
        grid.setRowStretch(2 * len(sheet.header), 1)
        self._columns.setWidget(body)
        bar = self._columns.verticalScrollBar().sizeHint().width()
        self._columns.setMinimumWidth(body.minimumSizeHint().width() + bar)

    def show_sheets(self, among: tuple[str, ...], chosen: str) -> None:
        """The sheets to choose from, where there are several."""
        with QSignalBlocker(self.sheets):
            self.sheets.clear()
            self.sheets.addItems(among)
            self.sheets.setCurrentText(chosen)
        for each in (self.sheets, self._sheets_label):
            each.setVisible(len(among) > 1)

    def show_preview(self, found: Preview | None) -> None:
        """What the first rows would become; nothing where that cannot be said yet."""
        shown: tuple[Column[Shown], ...] = (
            Column(mark("Row"), lambda line: str(line.row)),
            Column(mark("What happens"), lambda line: _(STEPS[line.step])),
            *(Column(title, _nth(n)) for n, title in enumerate(found.titles if found else ())),
        )
        rows = HeldRows(shown, self.preview)
        rows.show(found.rows if found else ())
        self.preview.setModel(rows)
        letter = self.preview.fontMetrics().averageCharWidth()
        for at in range(len(shown)):
            width = self.preview.sizeHintForColumn(at)
            least = self.preview.horizontalHeader().sectionSizeHint(at)
            self.preview.setColumnWidth(at, min(_LONGEST * letter, max(width, least)))

    def first(self) -> QWidget:
        """Where the keys go when this step appears."""
        return self.choices[0] if self.choices else self.sheets

    def _arrange(self) -> None:
        sheet = QHBoxLayout()
        sheet.addWidget(self._sheets_label)
        sheet.addWidget(self.sheets, 1)
        sheet.addStretch(1)
        heading = QLabel(_("Which column is what?"), wordWrap=True)
        heading.setProperty("role", "heading")
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 3 * STEP, 0)
        column.setSpacing(2 * STEP)
        column.addWidget(heading)
        column.addLayout(sheet)
        column.addWidget(self._columns, 1)
        column.addWidget(self.rest)
        column = QVBoxLayout(right)
        column.setContentsMargins(3 * STEP, 0, 0, 0)
        column.setSpacing(2 * STEP)
        column.addWidget(self._heading)
        column.addWidget(self.preview, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(left)
        both.addWidget(right)
        both.setSizes([480, 620])
        both.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(both)

    def _chosen(self, column: int, _index: int) -> None:
        target = str(self.choices[column].currentData())
        self.mapping = moved(self.mapping, column, target) if target else _without(self.mapping, column)
        for at, choice in enumerate(self.choices):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(choice.findData(self.mapping.targets[at]))
        self.changed.emit(self.mapping)

    def _keep_rest(self, keep: bool) -> None:
        self.mapping = Mapping(self.mapping.targets, keep)
        self.changed.emit(self.mapping)


def _choice(kind: Kind, target: str) -> QComboBox:
    choice = SteadyBox()
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    choice.setMinimumContentsLength(_LETTERS)
    choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    choice.addItem(_("(not used)"), "")
    for each in kind.subject.synonyms:
        choice.addItem(kind.subject.label(each), each)
    choice.setCurrentIndex(choice.findData(target))
    return choice


def _described(name: str, examples: str, choice: QComboBox) -> QWidget:
    """The name of a column with what stands in it."""
    label = QLabel(name.replace("&", "&&"), wordWrap=True)
    label.setProperty("role", "strong")
    label.setBuddy(choice)
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(label)
    if examples:
        small = QLabel(examples, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        small.setProperty("role", "muted")
        column.addWidget(small)
    column.addStretch()
    both = QWidget()
    both.setLayout(column)
    return both


def _examples(sheet: Sheet, column: int) -> str:
    found = dict.fromkeys(" ".join(row[column].split()) for row in sheet.rows[:50] if row[column])
    short = (each if len(each) <= _LONGEST else f"{each[:_LONGEST].rstrip()}…" for each in list(found)[:_EXAMPLES])
    return " · ".join(short)


def _nth(n: int) -> Callable[[Shown], str]:
    return lambda line: " ".join(line.texts[n].split())


def _without(mapping: Mapping, column: int) -> Mapping:
    targets = list(mapping.targets)
    targets[column] = ""
    return Mapping(tuple(targets), mapping.keep_rest)
