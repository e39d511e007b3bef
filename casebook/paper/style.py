"""The house style on paper: one accent, one family of type, white space in steps of four points."""

from dataclasses import dataclass

from casebook.picture import Colour

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
"""A4 in points."""

MARGIN = 60
TOP = 48
BOTTOM = 68
FOOTER = 36
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN

REGULAR = "Casusboek"
BOLD = "Casusboek-Bold"
ITALIC = "Casusboek-Italic"
SEMIBOLD = "Casusboek-SemiBold"

COLOURS = {
    Colour.INK: "#1f2930",
    Colour.MUTED: "#55636d",
    Colour.LINE: "#c9d2d8",
    Colour.ACCENT: "#1b5e7a",
    Colour.POSITIVE: "#2f6b3c",
    Colour.NEGATIVE: "#96392c",
    Colour.GROUND: "#ffffff",
}
"""All colours of words have a contrast of at least 4.5 to 1 with white paper."""


@dataclass(frozen=True, slots=True)
class Type:
    """How a kind of text is set; sizes in points."""

    size: float
    leading: float
    before: float = 0
    after: float = 0
    font: str = REGULAR
    colour: Colour = Colour.INK
    indent: float = 0

    @property
    def baseline(self) -> float:
        """How far below the top of its line a text stands, so that its capitals are in the middle."""
        return (self.leading + 0.66 * self.size) / 2


BODY = Type(10.5, 15, after=8)
LEAD = Type(12, 18, after=12)
QUIET = Type(9, 13, after=8, colour=Colour.MUTED)
LABEL = Type(9, 12, after=4, font=SEMIBOLD, colour=Colour.ACCENT)
VERDICT = Type(16, 22, after=8, font=SEMIBOLD, colour=Colour.ACCENT)
NOTICE = Type(10.5, 15, font=SEMIBOLD, colour=Colour.ACCENT)
QUOTE = Type(10.5, 15, font=ITALIC)
CELL = Type(9.5, 13)
CELL_NAME = Type(9.5, 13, font=SEMIBOLD)
FACT_NAME = Type(9.5, 13, colour=Colour.MUTED)
CELL_HEADER = Type(9, 12, font=SEMIBOLD, colour=Colour.ACCENT)
CAPTION = Type(9, 12, before=4, after=4, colour=Colour.MUTED)
PAGE_FOOT = Type(8.5, 12, colour=Colour.MUTED)

HEADINGS = {
    1: Type(24, 30, after=12, font=SEMIBOLD),
    2: Type(15, 20, before=18, after=6, font=SEMIBOLD, colour=Colour.ACCENT),
    3: Type(11.5, 16, before=10, after=4, font=SEMIBOLD),
}

LIST_INDENT = 16
BAR = 3
BAR_INDENT = 12
CELL_PADDING = 4
GUTTER = 12

FACTS_LONG = (108, TEXT_WIDTH - 108)
FACTS_BESIDE = (108, TEXT_WIDTH / 2 - 100, 100, TEXT_WIDTH / 2 - 108)
"""The widths of a name and a value, and of two of them side by side."""
