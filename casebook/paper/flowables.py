"""The parts of a page that flow: tagged text, a bar beside it, and pictures; each drawn as what it is."""

from dataclasses import dataclass, replace

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from casebook.paper.glyphs import Printable, clean_xml
from casebook.paper.painting import paint
from casebook.paper.structure import Element
from casebook.paper.style import BAR, COLOURS, Type
from casebook.paper.tagging import TaggedCanvas
from casebook.paper.typesetting import Line, Piece, lines_of
from casebook.picture import Colour, Picture

ROOM = 1e6
"""More height than anything needs: to ask how high something would be."""


@dataclass(frozen=True, slots=True)
class SetText:
    """Words in a look, or, of a text that was split over pages, the lines of one part."""

    pieces: tuple[Piece, ...]
    look: Type
    lines: tuple[Line, ...] | None = None

    def lines_at(self, width: float) -> tuple[Line, ...]:
        """The lines that fit in *width*, indent and all."""
        if self.lines is None:
            return tuple(lines_of(self.pieces, self.look.size, width - self.look.indent))
        return self.lines

    def height(self, width: float) -> float:
        return len(self.lines_at(width)) * self.look.leading

    def split(self, width: float, height: float) -> "list[SetText]":
        """What fits in *height* and the rest, no line alone on either page; nothing where that is impossible."""
        lines = self.lines_at(width)
        count = min(int(height / self.look.leading), len(lines))
        if count == len(lines) - 1:
            count -= 1
        if count == len(lines):
            return [self]
        if count < 2:
            return []
        return [replace(self, lines=lines[:count]), replace(self, lines=lines[count:])]

    def draw(self, canvas: TaggedCanvas, width: float, height: float) -> None:
        """Draw the lines downwards from *height*."""
        written = canvas.beginText(self.look.indent, height - self.look.baseline)
        written.setFillColor(HexColor(COLOURS[self.look.colour]))
        for line in self.lines_at(width):
            for font, words in line:
                written.setFont(font, self.look.size, self.look.leading)
                written.textOut(words)
            written.textLine()
        canvas.drawText(written)


class Flowing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Something that flows and says how much of it must stay together with what comes before it."""

    leads = False
    """Whether it belongs with what comes after it."""

    def least_height(self, width: float) -> float:
        """The height of the smallest part that can stand at the foot of a page under its heading."""
        return float(self.wrap(width, ROOM)[1])


class TaggedText(Flowing):
    """A paragraph that is content of one element, also when it is split over pages."""

    def __init__(self, text: SetText, element: Element) -> None:
        super().__init__()
        self.text = text
        self.element = element
        self.spaceBefore = text.look.before
        self.spaceAfter = text.look.after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, self.text.height(width)
        return self.width, self.height

    def split(self, width: float, height: float) -> list["TaggedText"]:
        return [self.part(text, number) for number, text in enumerate(self.text.split(width, height))]

    def part(self, text: SetText, _number: int) -> "TaggedText":
        """One of the parts into which it is split, counted from nought."""
        return TaggedText(text, self.element)

    def least_height(self, width: float) -> float:
        return min(super().least_height(width), 3 * self.text.look.leading)

    def draw(self) -> None:
        with self.canv.element(self.element):
            self.text.draw(self.canv, self.width, self.height)


class HeadingText(TaggedText):
    """A heading, which is a bookmark too."""

    leads = True

    def __init__(self, text: SetText, element: Element, level: int, title: str) -> None:
        super().__init__(text, element)
        self.level = level
        self.title = clean_xml(title)

    def part(self, text: SetText, number: int) -> TaggedText:
        if number:
            return super().part(text, number)
        return HeadingText(text, self.element, self.level, self.title)

    def draw(self) -> None:
        key = f"heading-{self.canv.getPageNumber()}-{len(self.canv.marked[-1])}"
        self.canv.bookmarkHorizontal(key, 0, self.height)
        self.canv.addOutlineEntry(self.title, key, self.level - 1, closed=False)
        super().draw()


class LabelledText(TaggedText):
    """The first paragraph of an element of a list, with its dot or number before it."""

    def __init__(self, text: SetText, element: Element, label: str, label_element: Element) -> None:
        super().__init__(text, element)
        self.label = label
        self.label_element = label_element

    def part(self, text: SetText, number: int) -> TaggedText:
        if number:
            return super().part(text, number)
        return LabelledText(text, self.element, self.label, self.label_element)

    def draw(self) -> None:
        look = self.text.look
        with self.canv.element(self.label_element):
            self.canv.setFont(look.font, look.size)
            self.canv.setFillColor(HexColor(COLOURS[look.colour]))
            self.canv.drawRightString(look.indent - 5, self.height - look.baseline, self.label)
        super().draw()


class Barred(Flowing):
    """Text with a bar of the accent colour on its left."""

    def __init__(self, inner: TaggedText, after: float) -> None:
        super().__init__()
        self.inner = inner
        self.spaceAfter = after

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = self.inner.wrap(width, height)
        return self.width, self.height

    def split(self, width: float, height: float) -> list["Barred"]:
        return [Barred(part, self.spaceAfter) for part in self.inner.split(width, height)]

    def least_height(self, width: float) -> float:
        return self.inner.least_height(width)

    def draw(self) -> None:
        with self.canv.artifact():
            self.canv.setFillColor(HexColor(COLOURS[Colour.ACCENT]))
            self.canv.rect(0, 0, BAR, self.height, stroke=0, fill=1)
        self.inner.drawOn(self.canv, 0, 0)


class TaggedPicture(Flowing):
    """A picture as one figure, with the place it has on its page; its facts stand under it."""

    leads = True

    def __init__(self, picture: Picture, element: Element, printable: Printable, after: float) -> None:
        super().__init__()
        self.picture = picture
        self.element = element
        self.printable = printable
        self.spaceAfter = after

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = self.picture.width, self.picture.height
        return self.width, self.height

    def draw(self) -> None:
        x, y = self.canv.absolutePosition(0, 0)
        self.element.box = (x, y, x + self.width, y + self.height)
        with self.canv.element(self.element):
            paint(self.picture, self.canv, self.printable)
