"""Pictures as plain shapes in points, which the screen and the paper each paint their own way."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

Measure = Callable[[str, float], float]
"""The width in points of a text at a size in points."""


class Colour(Enum):
    """What a colour is for; the painter knows which one that is in its own surroundings."""

    INK = "ink"
    MUTED = "muted"
    LINE = "line"
    ACCENT = "accent"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    GROUND = "ground"


class Anchor(Enum):
    """Which point of a text stands at its x."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    colour: Colour = Colour.LINE
    width: float = 1
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    fill: Colour = Colour.LINE


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    fill: Colour = Colour.ACCENT
    stroke: Colour = Colour.ACCENT


@dataclass(frozen=True, slots=True)
class Polygon:
    points: tuple[tuple[float, float], ...]
    fill: Colour = Colour.ACCENT
    stroke: Colour = Colour.ACCENT


@dataclass(frozen=True, slots=True)
class Text:
    """One line of words; y is its baseline."""

    x: float
    y: float
    words: str
    size: float
    colour: Colour = Colour.INK
    anchor: Anchor = Anchor.START
    strong: bool = False


Shape = Line | Rect | Circle | Polygon | Text


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes on a ground whose origin is the top left corner, and the same facts in words and in a table."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    alternative_text: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


_NARROW = frozenset(" .,:;'’|!ijlftrI()[]-/")
_WIDE = frozenset("mwMWQOGD@%—…")


def rough_width(words: str, size: float) -> float:
    """A width that is seldom too small, for whoever has no font at hand."""
    return size * sum(0.36 if each in _NARROW else 0.92 if each in _WIDE else 0.6 for each in words)


def shortened(words: str, size: float, room: float, measure: Measure) -> str:
    """As much of *words* as fits in *room*, ending in an ellipsis where something was left out."""
    if measure(words, size) <= room:
        return words
    while words and measure(f"{words}…", size) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"
