"""A cell in which the words that were searched for are marked."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from casebook.search import highlights, match
from desktop.theme import STEP

_DOTS = "…"


class MarkedText(QStyledItemDelegate):
    """Paints one line of text with the hits in it bold and underlined: never by colour alone."""

    def __init__(self, words: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell."""
        text = str(index.data() or "")
        wanted = match(self._words()) if self._words().strip() else None
        spans = highlights(text, wanted) if wanted else []
        if not spans:
            super().paint(painter, option, index)
            return
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        cell.text = ""
        style = QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        room: QRect = option.rect.adjusted(2 * STEP + 3, 0, -2 * STEP, 0)
        self._draw(painter, room, text, spans, cell)

    def _draw(
        self, painter: QPainter, room: QRect, text: str, spans: list[tuple[int, int]], cell: QStyleOptionViewItem
    ) -> None:
        layout = fitted(text, spans, cell.font, room.width())
        painter.save()
        painter.setClipRect(room)
        painter.setPen(cell.palette.text().color())
        top = room.top() + (room.height() - layout.lineAt(0).height()) / 2
        layout.draw(painter, room.topLeft().toPointF() + _down(top - room.top()))
        painter.restore()


def fitted(text: str, spans: list[tuple[int, int]], font: QFont, width: float) -> QTextLayout:
    """The text on one line with these stretches marked; what does not fit in *width* makes way for three dots."""
    layout = _laid_out(text, spans, font)
    line = layout.lineAt(0)
    if line.naturalTextWidth() <= width:
        return layout
    # A line lives no longer than its layout.
    dots = _laid_out(_DOTS, [(0, 1)], font)
    room = max(width - dots.lineAt(0).naturalTextWidth(), 0)
    kept = text[: line.xToCursor(room, QTextLine.CursorPosition.CursorOnCharacter)].rstrip()
    return _laid_out(kept + _DOTS, [(start, min(end, len(kept))) for start, end in spans], font)


def _laid_out(text: str, spans: list[tuple[int, int]], font: QFont) -> QTextLayout:
    layout = QTextLayout(text, font)
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.setFormats([_marked(start, end) for start, end in spans if start < end])
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(100_000)
    layout.endLayout()
    return layout


def _marked(start: int, end: int) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setFontWeight(QFont.Weight.Bold)
    look.setFontUnderline(True)
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, end - start, look
    return found


def _down(distance: float) -> QPointF:
    return QPointF(0, distance)
