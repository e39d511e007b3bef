"""What stands in a report, as plain values that know nothing of any file format."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from casebook.picture import Picture


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words that look the same; a newline in it begins a new line."""

    text: str
    bold: bool = False
    italic: bool = False


Words = str | tuple[Run, ...]
"""Words are literal: nothing in them is markup."""


class Tone(Enum):
    """How loud a paragraph speaks."""

    LEAD = "lead"
    NORMAL = "normal"
    QUIET = "quiet"
    LABEL = "label"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is the title of the document; each next level lies in the one before."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    words: Words
    tone: Tone = Tone.NORMAL


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a list, with the lists under it."""

    words: Words
    under: "tuple[Bullets, ...]" = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with dots, or with numbers from `first`."""

    items: tuple[Item, ...]
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that must not be missed."""

    words: Words


@dataclass(frozen=True, slots=True)
class Quote:
    """A question or statement that is set apart."""

    words: Words


Flow = Paragraph | Bullets | Quote
Cell = str | tuple[Flow, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values: in the document a table whose first column heads its rows."""

    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; `shares` divides the width, and the first column names the row.

    A compact table has no lines between its rows.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[float, ...]
    caption: str = ""
    compact: bool = False

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in (*self.rows, self.shares)):
            raise ValueError("every row of a table has as many cells as its header")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its alternative text, and the table of the same facts right under it."""

    picture: Picture
    shares: tuple[float, ...]
    caption: str = ""

    @property
    def table(self) -> Table:
        """The facts of the picture."""
        return Table(self.picture.header, self.picture.rows, self.shares, compact=True)


Block = Heading | Paragraph | Bullets | Notice | Quote | Facts | Table | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report: its blocks in reading order, and what is said about it and at the foot of each page."""

    title: str
    subject: str
    author: str
    language: str
    blocks: tuple[Block, ...]
    footer: str
    made: datetime

    def __post_init__(self) -> None:
        levels = [each.level for each in self.headings()]
        steps = zip([0, *levels], levels, strict=False)
        if levels[:1] != [1] or levels.count(1) != 1 or any(now > before + 1 for before, now in steps):
            raise ValueError(f"headings must begin with one level 1 and skip none: {levels}")

    def headings(self) -> Iterator[Heading]:
        """The headings in order."""
        return (each for each in self.blocks if isinstance(each, Heading))
