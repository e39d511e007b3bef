"""Tables that flow: rows of cells, a header that returns on each page, and rows that break when they must."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from casebook.paper.flowables import ROOM, Flowing
from casebook.paper.style import CELL_PADDING, COLOURS, GUTTER
from casebook.paper.tagging import Artifact, TaggedCanvas
from casebook.picture import Colour

_UNBROKEN = 200
"""A row no higher than this is never broken over pages."""

_SMALL = 96
"""A table no higher than this stays whole."""

_FEWEST = 2
"""So many rows are at least to stay behind when one goes along with the last."""


@dataclass(frozen=True, slots=True)
class Look:
    """The widths of the columns, each with white space at its right, and whether lines part the rows."""

    widths: tuple[float, ...]
    gutter: float = GUTTER
    ruled: bool = True
    padding: float = CELL_PADDING

    @property
    def inner(self) -> tuple[float, ...]:
        """The room in each column; the last has no other beside it."""
        return (*(each - self.gutter for each in self.widths[:-1]), self.widths[-1])


@dataclass(frozen=True, slots=True)
class Stack:
    """What stands in one cell, from top to bottom."""

    parts: tuple[Flowable, ...] = ()

    def height(self, width: float) -> float:
        return sum(space + _high(part, width) for space, part in self._spaced())

    def split(self, width: float, height: float) -> "tuple[Stack, Stack]":
        """What fits in *height*, and the rest."""
        for place, (space, part) in enumerate(self._spaced()):
            height -= space
            high = _high(part, width)
            if high > height:
                broken = part.split(width, height) or [None, part]
                fits = [each for each in broken[:1] if each]
                return Stack((*self.parts[:place], *fits)), Stack((*broken[1:], *self.parts[place + 1 :]))
            height -= high
        return self, Stack()

    def draw(self, canvas: TaggedCanvas, width: float, x: float, top: float) -> None:
        for space, part in self._spaced():
            top -= space + _high(part, width)
            part.drawOn(canvas, x, top)

    def _spaced(self) -> Iterator[tuple[float, Flowable]]:
        """Each part with the white space above it."""
        above: Flowable | None = None
        for part in self.parts:
            space = max(above.getSpaceAfter(), part.getSpaceBefore()) if above else 0
            yield space, part
            above = part


@dataclass(frozen=True)
class Row:
    """Cells side by side."""

    cells: tuple[Stack, ...]
    look: Look

    @cached_property
    def height(self) -> float:
        heights = (cell.height(width) for cell, width in zip(self.cells, self.look.inner, strict=True))
        return max(heights, default=0) + 2 * self.look.padding

    def split(self, height: float) -> "tuple[Row, Row] | None":
        """The part that fits in *height* and the rest; None where no line fits."""
        room = height - 2 * self.look.padding
        halves = [cell.split(width, room) for cell, width in zip(self.cells, self.look.inner, strict=True)]
        if room <= 0 or not any(fits.parts for fits, _rest in halves):
            return None
        fitting, rest = zip(*halves, strict=True)
        return Row(fitting, self.look), Row(rest, self.look)

    def draw(self, canvas: TaggedCanvas, top: float) -> None:
        lefts = [0.0, *accumulate(self.look.widths)]
        for cell, width, left in zip(self.cells, self.look.inner, lefts, strict=False):
            cell.draw(canvas, width, left, top - self.look.padding)


@dataclass(frozen=True, slots=True)
class Header:
    """The row at the head of a table, and whether it stood on an earlier page already."""

    row: Row
    repeated: bool = False

    def draw(self, canvas: TaggedCanvas, top: float) -> None:
        """Once as part of the table, after that as an artifact."""
        shown = canvas.artifact(Artifact.REPEATED_HEADER) if self.repeated else nullcontext()
        with shown:
            self.row.draw(canvas, top)


class Grid(Flowing):
    """A table. Its cells were given their elements when they were made: here they only get a place."""

    def __init__(self, rows: Sequence[Row], look: Look, header: Header | None = None, after: float = 0) -> None:
        super().__init__()
        self.rows = tuple(rows)
        self.look = look
        self.header = header
        self.spaceAfter = after

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        self.width = sum(self.look.widths)
        self.height = self._head_height + sum(row.height for row in self.rows)
        return self.width, self.height

    def least_height(self, width: float) -> float:
        if self.wrap(width, ROOM)[1] <= _SMALL:
            return float(self.height)
        first = self.rows[0].height if self.rows else 0
        return self._head_height + min(first, _UNBROKEN)

    def split(self, _width: float, height: float) -> list["Grid"]:
        if self.height <= _SMALL:
            return []
        room = height - self._head_height
        count = 0
        while count < len(self.rows) and self.rows[count].height <= room:
            room -= self.rows[count].height
            count += 1
        if count == len(self.rows) - 1 and count > _FEWEST and self.rows[count].height <= _UNBROKEN:
            # The last row would stand alone on the next page.
            count -= 1
        fitting, rest = self.rows[:count], self.rows[count:]
        if rest and rest[0].height > _UNBROKEN and (halves := rest[0].split(room)):
            fitting, rest = (*fitting, halves[0]), (halves[1], *rest[1:])
        return [self._part(fitting, self.header), self._part(rest, self._header_again())] if fitting else []

    def draw(self) -> None:
        top = self.height
        if self.header:
            self.header.draw(self.canv, top)
            top -= self._head_height
        for number, row in enumerate(self.rows):
            if self.look.ruled and (number or self.header):
                self._rule(top)
            row.draw(self.canv, top)
            top -= row.height

    @property
    def _head_height(self) -> float:
        return self.header.row.height if self.header else 0

    def _header_again(self) -> Header | None:
        return Header(self.header.row, repeated=True) if self.header else None

    def _part(self, rows: Sequence[Row], header: Header | None) -> "Grid":
        return Grid(rows, self.look, header, self.spaceAfter)

    def _rule(self, y: float) -> None:
        with self.canv.artifact():
            self.canv.setStrokeColor(HexColor(COLOURS[Colour.LINE]))
            self.canv.setLineWidth(0.5)
            self.canv.line(0, y, self.width, y)


def _high(part: Flowable, width: float) -> float:
    return float(part.wrap(width, ROOM)[1])
