"""A picture on the screen: the shapes of `casebook.picture`, with the same facts in words and in a table."""

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from casebook.picture import Anchor, Circle, Colour, Line, Measure, Picture, Polygon, Rect, Text
from desktop.theme import STEP, tone
from resources.language import _

_LETTER = 9.5
"""Points of the letters in most pictures: on the screen these are as large as the reader's own letters."""
_NARROWEST = 60 * STEP


class Make(Protocol):
    """Makes a picture of a width in points, with the widths of the letters in which it will be painted."""

    def __call__(self, width: float, *, measure: Measure) -> Picture:
        """The picture."""
        ...


class PictureView(QWidget):
    """The picture, and a button that shows the same as a table."""

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._canvas = _Canvas(make)
        self._table: QTableWidget | None = None
        turn = QPushButton(_("As a table"))
        turn.setCheckable(True)
        turn.setProperty("role", "link")
        turn.toggled.connect(self._turn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(STEP)
        layout.addWidget(self._canvas)
        layout.addWidget(turn, 0, Qt.AlignmentFlag.AlignLeft)

    def _turn(self, shown: bool) -> None:
        """Show the table, made when somebody wants it, or hide it."""
        if self._table is None:
            self._table = _table(self._canvas.picture)
            column = self.layout()
            assert column is not None  # it was made with the picture
            column.addWidget(self._table)
        self._table.setVisible(shown)

    @property
    def picture(self) -> Picture:
        """What is shown now."""
        return self._canvas.picture


class _Canvas(QWidget):
    """Paints the shapes as wide as there is room for, with letters as large as the reader's."""

    def __init__(self, make: Make) -> None:
        super().__init__()
        self._make = make
        self._scale = self.fontInfo().pixelSize() / _LETTER
        self.setMinimumWidth(_NARROWEST)
        self.picture = self._made(_NARROWEST * 2)
        self.setAccessibleName(self.picture.alternative_text)
        self.setFixedHeight(self._height())

    def sizeHint(self) -> QSize:
        """As it was made at first."""
        return QSize(2 * _NARROWEST, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make it again for the new width."""
        super().resizeEvent(event)
        self.picture = self._made(event.size().width())
        self.setFixedHeight(self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint each shape in its turn."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale, self._scale)
        for shape in self.picture.shapes:
            if isinstance(shape, Text):
                _paint_text(painter, self.font(), shape)
            elif isinstance(shape, Line):
                style = Qt.PenStyle.DashLine if shape.dashed else Qt.PenStyle.SolidLine
                painter.setPen(QPen(_colour(shape.colour), shape.width, style))
                painter.drawLine(QPointF(shape.x1, shape.y1), QPointF(shape.x2, shape.y2))
            elif isinstance(shape, Rect):
                painter.fillRect(QRectF(shape.x, shape.y, shape.width, shape.height), _colour(shape.fill))
            else:
                painter.setPen(QPen(_colour(shape.stroke), 1.5))
                painter.setBrush(_colour(shape.fill))
                _paint_mark(painter, shape)
        painter.end()

    def _made(self, width: int) -> Picture:
        return self._make(width / self._scale, measure=self._measure)

    def _measure(self, words: str, size: float) -> float:
        letter = QFont(self.font())
        letter.setPixelSize(100)
        letter.setBold(True)
        return QFontMetricsF(letter).horizontalAdvance(words) * size / 100

    def _height(self) -> int:
        return int(self.picture.height * self._scale) + 2 * STEP


def _paint_mark(painter: QPainter, shape: Circle | Polygon) -> None:
    if isinstance(shape, Circle):
        painter.drawEllipse(QPointF(shape.x, shape.y), shape.radius, shape.radius)
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in shape.points]))


def _paint_text(painter: QPainter, font: QFont, shape: Text) -> None:
    letter = QFont(font)
    letter.setPixelSize(max(1, round(shape.size)))
    letter.setBold(shape.strong)
    width = QFontMetricsF(letter).horizontalAdvance(shape.words)
    before = {Anchor.START: 0.0, Anchor.MIDDLE: width / 2, Anchor.END: width}[shape.anchor]
    painter.setFont(letter)
    painter.setPen(_colour(shape.colour))
    painter.drawText(QPointF(shape.x - before, shape.y), shape.words)


def _colour(colour: Colour) -> QColor:
    look = tone()
    names = {
        Colour.INK: look.ink,
        Colour.MUTED: look.muted,
        Colour.LINE: look.edge,
        Colour.ACCENT: look.accent,
        Colour.POSITIVE: look.good,
        Colour.NEGATIVE: look.warn,
        Colour.GROUND: look.ground,
    }
    return QColor(names[colour])


def _table(picture: Picture) -> QTableWidget:
    table = QTableWidget(len(picture.rows), len(picture.header))
    table.setAccessibleName(picture.alternative_text)
    table.setHorizontalHeaderLabels(list(picture.header))
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(True)
    table.verticalHeader().hide()
    for at, row in enumerate(picture.rows):
        for column, words in enumerate(row):
            item = QTableWidgetItem(words)
            item.setToolTip(words)
            table.setItem(at, column, item)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    table.setFixedHeight(min(10, len(picture.rows) + 2) * (table.fontMetrics().height() + 3 * STEP))
    return table
