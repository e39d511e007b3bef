"""A table to read: arrows move, Tab leaves, one line is chosen at a time."""

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QHeaderView, QTableView

from desktop.theme import STEP


def plain_table(rows: QAbstractItemModel, name: str, *widths: int) -> QTableView:
    """A table called *name* for who does not see it; the *widths* of its columns are in letters.

    The last column, and each whose width is 0, shares what is left.
    """
    table = QTableView()
    table.setModel(rows)
    table.setAccessibleName(name)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 5 * STEP)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setStretchLastSection(True)
    letter = table.fontMetrics().averageCharWidth()
    for at, letters in enumerate(widths):
        if letters:
            table.setColumnWidth(at, letters * letter + 4 * STEP)
        else:
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
    return table
