"""The casebook: search, filters, the list, and the chosen case beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QDate, QEvent, QLocale, QModelIndex, QObject, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from casebook.case_line import CaseLine
from casebook.case_query import MOST_COUNTED, Query, Sort
from casebook.database import Database
from casebook.present import cases, count, how_many_unindexed
from desktop.background import Background
from desktop.casebook.filters import Facet, facets
from desktop.casebook.marked_text import MarkedText
from desktop.casebook.titled import titled
from desktop.flow import Flow
from desktop.rows import PAGE, Column, Rows
from desktop.tab_order import follow
from desktop.theme import STEP
from desktop.turns import Turns
from resources.language import _, current, mark, plural

_TYPING = 0


def day(line: CaseLine) -> str:
    """The day the question came in, short."""
    if line.asked_on is None:
        return ""
    asked = QDate(line.asked_on.year, line.asked_on.month, line.asked_on.day)
    return QLocale(current()).toString(asked, "d MMM yyyy")


COLUMNS: tuple[Column[CaseLine], ...] = (
    Column(mark("Title"), lambda line: titled(line.title, sample=line.sample, circle=line.circle), Sort.TITLE),
    Column(mark("Direction"), lambda line: line.direction.text if line.direction else "", Sort.DIRECTION),
    Column(mark("Status"), lambda line: line.status.text, Sort.STATUS),
    Column(mark("Area"), lambda line: ", ".join(line.areas), Sort.AREA),
    Column(mark("Asked on"), day, Sort.ASKED_ON),
    Column(mark("Reference"), lambda line: line.reference, Sort.REFERENCE),
)
_LETTERS = (36, 20, 16, 16, 13, 13)
"""The widths of the columns to begin with, in letters; the title takes what is left."""
_IN_VIEW = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the casebook said to a query."""

    query: Query
    total: int
    pages: dict[int, list[CaseLine]]
    nearest: str
    unindexed: int = 0
    """Cases that could not be looked through for words yet."""


class ListScreen(QWidget):
    """The list of cases; `chosen` says which case was picked."""

    chosen = Signal(str)
    filled = Signal()
    export_asked = Signal()

    def __init__(self, db: Database, background: Background, detail: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._db, self._background = db, background
        self._query = self._listed = Query()
        self._facets: list[Facet] = []
        self._kept = ""
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setPlaceholderText(_("Search all cases"))
        self.search.setAccessibleName(_("Search all cases"))
        self.rows: Rows[CaseLine] = Rows(COLUMNS, self._ask_page, self, identity=lambda line: line.id)
        self.table = _Table(self.rows, self._mark_words)
        self.number = QLabel()
        self.number.setProperty("role", "muted")
        self.unsearched = QLabel(wordWrap=True)
        self.unsearched.setProperty("role", "muted")
        self.unsearched.hide()
        self.take_out = QPushButton(_("Take out…"))
        self.take_out.setProperty("role", "link")
        self.take_out.setToolTip(_("Take the list out as a spreadsheet"))
        self.take_out.hide()
        self._nearest = QPushButton()
        self._nearest.setProperty("role", "link")
        self._nearest.hide()
        self._chips = Flow()
        self._empty = _Empty()
        self._shown = QStackedWidget()
        self._shown.addWidget(self.table)
        self._shown.addWidget(self._empty)
        self.turns = Turns(self._arranged_list(), detail)
        self.setFocusProxy(self.turns)
        self.turns.setSizes([520, 640])
        self.turns.came_back.connect(self.table.setFocus)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.turns)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING)
        self._typing.timeout.connect(self._search_again)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.installEventFilter(self)
        self.take_out.clicked.connect(self.export_asked)
        self._nearest.clicked.connect(lambda: self.search.setText(self._nearest.property("word")))
        self.table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.table.clicked.connect(lambda _index: self.turns.show_chosen())
        self.table.activated.connect(lambda _index: self.turns.show_chosen())
        self.table.horizontalHeader().sectionClicked.connect(self._sort_by)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape), self, self._clear, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    @property
    def query(self) -> Query:
        """What is being asked: the words, the filters and the order."""
        return self._query

    @property
    def empty(self) -> "_Empty":
        """What stands there when there is no case at all."""
        return self._empty

    def refresh(self) -> None:
        """Ask again, keeping what is chosen chosen."""
        line = self._current_line()
        self._kept = line.id if line else self._kept
        self._ask()
        self._background.run(partial(facets, self._db), self._show_facets, self, key="facets")

    def choose(self, case_id: str) -> None:
        """Choose the line of this case as soon as it is there."""
        self._kept = case_id
        self._choose_kept()

    def show_differing(self) -> None:
        """Only the cases in which two people changed the same thing, whatever was asked before."""
        self.search.clear()
        self._query = Query(facets={"differs": frozenset({"yes"})})
        self._show_facets(self._facets)
        self._ask()

    def remember(self, settings: QSettings) -> None:
        """Write down how the list is arranged."""
        settings.setValue("split", self.turns.saveState())
        if self.table.is_arranged:
            settings.setValue("columns", self.table.horizontalHeader().saveState())

    def restore(self, settings: QSettings) -> None:
        """Arrange the list as it was."""
        split, columns = settings.value("split"), settings.value("columns")
        if isinstance(split, QByteArray):
            self.turns.restoreState(split)
        if isinstance(columns, QByteArray):
            self.table.restore(columns)

    def _arranged_list(self) -> QWidget:
        part = QWidget()
        part.setFocusProxy(self.search)
        layout = QVBoxLayout(part)
        layout.setContentsMargins(4 * STEP, 4 * STEP, 4 * STEP, 2 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(self.search)
        layout.addLayout(self._chips)
        line = QHBoxLayout()
        line.addWidget(self.number)
        line.addWidget(self._nearest)
        line.addStretch()
        line.addWidget(self.take_out)
        layout.addLayout(line)
        layout.addWidget(self.unsearched)
        layout.addWidget(self._shown, 1)
        return part

    def _search_again(self) -> None:
        self._query = Query(self.search.text(), self._query.facets, self._query.sort, self._query.descending)
        self._ask()

    def _ask(self) -> None:
        query = self._query
        pages = self.table.pages_in_use() if query == self._listed else {0}
        self._background.run(partial(_answer, self._db, query, pages), self._show, self, key="list")

    def _ask_page(self, page: int) -> None:
        query = self._query

        def deliver(lines: list[CaseLine]) -> None:
            if query == self._query:
                self.rows.deliver(page, lines)

        self._background.run(partial(cases, self._db, query, page * PAGE, PAGE), deliver, self)

    def _show(self, answer: Answer) -> None:
        if answer.query == self._listed:
            self.rows.renew(answer.total, answer.pages)
        else:
            self.rows.restart(answer.total, answer.pages.get(0, []))
        self._listed = answer.query
        filtered = bool(answer.query.words.strip() or any(answer.query.facets.values()))
        self.number.setVisible(bool(answer.total) or filtered)
        self.take_out.setVisible(bool(answer.total))
        self.number.setText(_told(answer.total))
        self.unsearched.setVisible(bool(answer.unindexed))
        self.unsearched.setText(unindexed_told(answer.unindexed))
        self._nearest.setVisible(bool(answer.nearest))
        self._nearest.setProperty("word", answer.nearest)
        self._nearest.setText(_("Did you mean “{word}”?").format(word=answer.nearest))
        self._shown.setCurrentIndex(0 if answer.total or filtered else 1)
        self._choose_kept()
        self.filled.emit()

    def _choose_kept(self) -> None:
        line = self._current_line()
        if line and line.id == self._kept:
            return
        for row in range(min(self.rows.rowCount(), PAGE)):
            line = self.rows.line(row)
            if line and line.id == self._kept:
                self.table.selectRow(row)
                return

    def _current_line(self) -> CaseLine | None:
        index = self.table.currentIndex()
        return self.rows.line(index.row()) if index.isValid() else None

    def _row_chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        line = self.rows.line(now.row()) if now.isValid() else None
        if line and line.id != self._kept:
            self._kept = line.id
        if line:
            self.chosen.emit(line.id)

    def _sort_by(self, column: int) -> None:
        wanted = COLUMNS[column].sort
        again = self._query.sort is wanted
        if isinstance(wanted, Sort):
            self._query = Query(self._query.words, self._query.facets, wanted, again and not self._query.descending)
            falling = Qt.SortOrder.DescendingOrder if self._query.descending else Qt.SortOrder.AscendingOrder
            self.table.horizontalHeader().setSortIndicatorShown(True)
            self.table.horizontalHeader().setSortIndicator(column, falling)
            self._ask()

    def _show_facets(self, found: list[Facet]) -> None:
        self._facets = found
        with_keys = ""
        while item := self._chips.takeAt(0):
            if widget := item.widget():
                with_keys = widget.objectName() if widget.hasFocus() else with_keys
                widget.deleteLater()
        chips = [self._chip(each) for each in found]
        for chip in chips:
            self._chips.addWidget(chip)
        follow(self.search, *chips)
        for chip in chips:
            if chip.objectName() == with_keys:
                chip.setFocus()

    def _chip(self, facet: Facet) -> QPushButton:
        held = self._query.facets.get(facet.name, frozenset())
        names = [label for code, label in facet.values if code in held]
        button = QPushButton(f"{_(facet.title)}: {', '.join(names)}  ×" if names else f"{_(facet.title)} ▾")
        button.setObjectName(facet.name)
        button.setProperty("role", "chip")
        button.setCheckable(True)
        button.setChecked(bool(names))
        button.setAccessibleName(_("Filter on {name}").format(name=_(facet.title)))
        button.clicked.connect(partial(self._chip_clicked, facet, button, bool(names)))
        return button

    def _chip_clicked(self, facet: Facet, button: QPushButton, is_set: bool) -> None:
        button.setChecked(is_set)
        if is_set:
            self._filter(facet.name, frozenset())
            return
        menu = QMenu(button)
        for code, label in facet.values:
            menu.addAction(label, partial(self._filter, facet.name, frozenset({code})))
        menu.exec(button.mapToGlobal(button.rect().bottomLeft()))

    def _filter(self, name: str, held: frozenset[str]) -> None:
        wanted = {**self._query.facets, name: held}
        self._query = Query(self._query.words, wanted, self._query.sort, self._query.descending)
        self._show_facets(self._facets)
        self._ask()

    def _clear(self) -> None:
        if self.turns.may_go_back:
            self.turns.go_back()
        elif self.search.text():
            self.search.clear()
        elif any(self._query.facets.values()):
            self._query = Query(self._query.words, {}, self._query.sort, self._query.descending)
            self._show_facets(self._facets)
            self._ask()

    def _mark_words(self) -> str:
        return self._query.words

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search box, Down and Enter go into the list."""
        into = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        pressed = watched is self.search and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in into and self.rows.rowCount():
            self.table.setFocus()
            if not self.table.selectionModel().hasSelection() or event.key() != Qt.Key.Key_Down:
                self.table.selectRow(0)
            return True
        return super().eventFilter(watched, event)


class _Table(QTableView):
    """The list: arrows move, Enter opens, Tab leaves."""

    def __init__(self, rows: Rows[CaseLine], words: Callable[[], str]) -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName(_("Cases"))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setItemDelegateForColumn(0, MarkedText(words, self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 5 * STEP)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        letter = self.fontMetrics().averageCharWidth()
        self._widths = [letters * letter + 4 * STEP for letters in _LETTERS]
        for at, width in enumerate(self._widths):
            self.setColumnWidth(at, width)
        self._fitting = True
        self.is_arranged = False
        """Whether the reader gave the columns a width or a place."""
        header.setSectionsMovable(True)
        header.sectionMoved.connect(self._arranged)
        header.sectionResized.connect(self._arranged)
        self._fitting = False

    def restore(self, widths: QByteArray) -> None:
        """Give the columns the widths and places of last time."""
        self.is_arranged = self.horizontalHeader().restoreState(widths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until the reader arranges the columns, the first three fit without scrolling."""
        super().resizeEvent(event)
        if not self.is_arranged:
            self._fitting = True
            left = self.viewport().width() - sum(self._widths[1:_IN_VIEW])
            self.setColumnWidth(0, max(self._widths[0], left))
            self._fitting = False

    def _arranged(self) -> None:
        self.is_arranged = self.is_arranged or not self._fitting

    def pages_in_use(self) -> set[int]:
        """The pages of the lines in view, and of the chosen one."""
        top, bottom = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        last = self.model().rowCount() - 1
        rows = {max(top, 0), bottom if bottom >= 0 else max(last, 0), max(self.currentIndex().row(), 0)}
        return {row // PAGE for row in rows}


class _Empty(QWidget):
    """There is no case yet: one sentence and the next step."""

    new_asked = Signal()
    import_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        sentence = QLabel(_("Here your cases will stand. Begin with the question that is on your desk today."))
        sentence.setWordWrap(True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        new = QPushButton(_("New case"))
        new.setProperty("role", "primary")
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(sentence)
        bring = QPushButton(_("Bring in a list…"))
        layout.addWidget(new, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(bring, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        new.clicked.connect(self.new_asked)
        bring.clicked.connect(self.import_asked)


def _told(total: int) -> str:
    """How many cases there are."""
    if total > MOST_COUNTED:
        return _("More than {n} cases").format(n=MOST_COUNTED)
    return plural("{n} case", "{n} cases", total)


def unindexed_told(number: int) -> str:
    """That so many cases may answer that were not looked through yet; empty for none."""
    return plural("{n} new case is not searched yet", "{n} new cases are not searched yet", number) if number else ""


def _answer(db: Database, query: Query, pages: set[int]) -> Answer:
    from casebook.search import nearest

    total = count(db, query)
    shown = {page: cases(db, query, page * PAGE, PAGE) for page in sorted(pages)} if total else {}
    if not query.words.strip():
        return Answer(query, total, shown, "")
    with db.read() as connection:
        unindexed = how_many_unindexed(connection)
        near = "" if total or unindexed else nearest(connection, query.words) or ""
    return Answer(query, total, shown, near, unindexed)
