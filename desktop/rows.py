"""A long list on the screen: as many lines as there are, of which a few pages are in memory."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from resources.language import _

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

PAGE = 50
PAGES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column: its title (a msgid), what it shows of a line, and what the list is ordered by when it is clicked."""

    title: str
    text: Callable[[T], str]
    sort: object = None


class Rows(QAbstractTableModel, Generic[T]):
    """The lines of a list; a line that is not here yet is blank and is asked for."""

    def __init__(
        self,
        columns: Sequence[Column[T]],
        ask: Callable[[int], None],
        parent: QObject | None = None,
        *,
        identity: Callable[[T], object] = lambda line: line,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._ask = ask
        self._identity = identity
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._asked: set[int] = set()
        self._total = 0

    def restart(self, total: int, first: Sequence[T]) -> None:
        """Another list: *total* lines, of which the first page is here."""
        self.beginResetModel()
        self._total = total
        self._pages = OrderedDict({0: first})
        self._asked.clear()
        self.endResetModel()

    def renew(self, total: int, pages: Mapping[int, Sequence[T]]) -> None:
        """The same list as it is now; what is chosen or in view stays so, as far as it is in *pages*."""
        if total > self._total:
            self.beginInsertRows(_NOWHERE, self._total, total - 1)
            self._total = total
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        was = [self._known(index.row()) for index in held]
        self._pages = OrderedDict(pages)
        self._asked.clear()
        now = {self._identity(line): page * PAGE + at for page, lines in pages.items() for at, line in enumerate(lines)}
        rows = [now.get(identity, -1) for identity in was]
        moved = [self.index(row, index.column()) for row, index in zip(rows, held, strict=True)]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()
        if total < self._total:
            # Only now: what moved up from the end is chosen still.
            self.beginRemoveRows(_NOWHERE, total, self._total - 1)
            self._total = total
            self.endRemoveRows()

    def deliver(self, page: int, lines: Sequence[T]) -> None:
        """A page that was asked for."""
        self._asked.discard(page)
        self._pages[page] = lines
        while len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        if lines:
            top = self.index(page * PAGE, 0)
            bottom = self.index(min(page * PAGE + len(lines), self._total) - 1, len(self._columns) - 1)
            self.dataChanged.emit(top, bottom)

    def line(self, row: int) -> T | None:
        """The line at *row*, if it is here; else it is asked for."""
        page, within = divmod(row, PAGE)
        lines = self._pages.get(page)
        if lines is None:
            if page not in self._asked and 0 <= row < self._total:
                self._asked.add(page)
                self._ask(page)
            return None
        self._pages.move_to_end(page)
        return lines[within] if within < len(lines) else None

    def _known(self, row: int) -> object:
        page, within = divmod(row, PAGE)
        lines = self._pages.get(page, ())
        return self._identity(lines[within]) if within < len(lines) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """All lines there are."""
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """All columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words in a cell."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        line = self.line(index.row())
        return "" if line is None else self._columns[index.column()].text(line)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _(self._columns[section].title)
        return None


class HeldRows(Rows[T]):
    """The lines of a list that is in memory from the first to the last."""

    def __init__(self, columns: Sequence[Column[T]], parent: QObject | None = None) -> None:
        super().__init__(columns, lambda _page: None, parent)
        self._lines: Sequence[T] = ()

    def show(self, lines: Sequence[T]) -> None:
        """These lines from now on."""
        self._lines = lines
        self.restart(len(lines), ())

    def line(self, row: int) -> T | None:
        """The line at *row*."""
        return self._lines[row] if 0 <= row < len(self._lines) else None
