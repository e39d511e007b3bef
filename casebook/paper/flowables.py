"""The parts of a page that flow: tagged text, a bar beside it, and pictures; each drawn as what it is."""

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Paragraph

from casebook.paper.glyphs import Printable, clean_xml
from casebook.paper.painting import paint
from casebook.paper.structure import Element
from casebook.paper.style import BAR, COLOURS, Type
from casebook.picture import Colour, Picture

ROOM = 1e6
"""More height than anything needs: to ask how high something would be."""


class Flowing(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Something that flows and says how much of it must stay together with what comes before it."""

    leads = False
    """Whether it belongs with what comes after it."""

    def least_height(self, width: float) -> float:
        """The height of the smallest part that can stand at the foot of a page under its heading."""
        return float(self.wrap(width, ROOM)[1])


class TaggedText(Flowing):
    """A paragraph that is content of one element, also when it is split over pages."""

    def __init__(self, inner: Paragraph, element: Element) -> None:
        super().__init__()
        self.inner = inner
        self.element = element

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = self.inner.wrap(width, height)
        return self.width, self.height

    def split(self, width: float, height: float) -> list["TaggedText"]:
        return [TaggedText(part, self.element) for part in self.inner.split(width, height)]

    def getSpaceBefore(self) -> float:
        return float(self.inner.getSpaceBefore())

    def getSpaceAfter(self) -> float:
        return float(self.inner.getSpaceAfter())

    def least_height(self, width: float) -> float:
        return min(super().least_height(width), 3 * float(self.inner.style.leading))

    def draw(self) -> None:
        with self.canv.element(self.element):
            self.inner.drawOn(self.canv, 0, 0)


class HeadingText(TaggedText):
    """A heading, which is a bookmark too."""

    leads = True

    def __init__(self, inner: Paragraph, element: Element, level: int, title: str) -> None:
        super().__init__(inner, element)
        self.level = level
        self.title = clean_xml(title)

    def split(self, width: float, height: float) -> list[TaggedText]:
        parts = super().split(width, height)
        if parts:
            parts[0] = HeadingText(parts[0].inner, self.element, self.level, self.title)
        return parts

    def draw(self) -> None:
        key = f"heading-{self.canv.getPageNumber()}-{len(self.canv.marked[-1])}"
        self.canv.bookmarkHorizontal(key, 0, self.height)
        self.canv.addOutlineEntry(self.title, key, self.level - 1, closed=False)
        super().draw()


class LabelledText(TaggedText):
    """The first paragraph of an element of a list, with its dot or number before it."""

    def __init__(self, inner: Paragraph, element: Element, label: str, label_element: Element, look: Type) -> None:
        super().__init__(inner, element)
        self.label = label
        self.label_element = label_element
        self.look = look

    def split(self, width: float, height: float) -> list[TaggedText]:
        parts = super().split(width, height)
        if parts:
            parts[0] = LabelledText(parts[0].inner, self.element, self.label, self.label_element, self.look)
        return parts

    def draw(self) -> None:
        with self.canv.element(self.label_element):
            self.canv.setFont(self.look.font, self.look.size)
            self.canv.setFillColor(HexColor(COLOURS[self.look.colour]))
            end = self.inner.style.leftIndent - 5
            self.canv.drawRightString(end, self.height - self.look.size, self.label)
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
    """A picture as one figure, with the place it has on its page."""

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
