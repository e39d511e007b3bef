"""Words into lines: runs of words broken to a width, each line with the fonts it is set in."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from casebook.paper.content import Words
from casebook.paper.glyphs import Printable
from casebook.paper.style import BOLD, ITALIC, REGULAR, SEMIBOLD, Type
from resources import path

Piece = tuple[str, str]
"""A font, and words in it."""

Line = tuple[Piece, ...]
"""Ends in a space where the next line begins with another word, so that no reader joins the two."""

_FILES = {REGULAR: "Regular", BOLD: "Bold", ITALIC: "Italic", SEMIBOLD: "SemiBold"}
_USUAL = 40
"""A word shorter than this is measured as a whole, and the measure is remembered."""

_BREAKS = re.compile(r"([ \n])")


@cache
def printable_characters() -> frozenset[int]:
    """Make the fonts known to reportlab, once; returns what all of them can show."""
    fonts = [TTFont(name, path("fonts", f"SourceSans3-{file}.ttf")) for name, file in _FILES.items()]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


def pieces_of(words: Words, look: Type, printable: Printable) -> list[Piece]:
    """Words in the fonts of a look, in characters that can be printed."""
    if isinstance(words, str):
        return [(look.font, printable.text(words))]
    return [(BOLD if each.bold else ITALIC if each.italic else look.font, printable.text(each.text)) for each in words]


def lines_of(pieces: Sequence[Piece], size: float, width: float) -> list[Line]:
    """The pieces on as many lines as they need; a word that is longer than a line is cut."""
    lines: list[Line] = []
    line: list[Piece] = []
    room = width
    for word, after in _words(pieces):
        parts = list(_cut(word, size, width))
        space = _space(line)
        needed = _width([*space, *parts[0]], size)
        if line and (needed > room or len(parts) > 1):
            lines.append(_joined([*line, *space]))
            line, space, room = [], [], width
            needed = _width(parts[0], size)
        lines += [_joined(each) for each in parts[:-1]]
        if len(parts) > 1:
            needed = _width(parts[-1], size)
        line += [*space, *parts[-1]]
        room -= needed
        if after == "\n":
            lines.append(_joined([*line, *_space(line)]))
            line, room = [], width
    return [*lines, _joined(line)] if line else lines


@lru_cache(maxsize=20_000)
def width_of(text: str, size: float, font: str = SEMIBOLD) -> float:
    """How wide a line of text is, in points; without a font: in the widest that pictures use."""
    printable_characters()
    return float(pdfmetrics.stringWidth(text, font, size))


def _words(pieces: Sequence[Piece]) -> Iterator[tuple[list[Piece], str]]:
    """Each word, of which parts can be in several fonts, and the space or new line after it."""
    word: list[Piece] = []
    for font, text in pieces:
        for part in _BREAKS.split(text):
            if part in (" ", "\n"):
                if word or part == "\n":
                    yield word, part
                word = []
            elif part:
                word.append((font, part))
    if word:
        yield word, ""


def _cut(word: Sequence[Piece], size: float, width: float) -> Iterator[list[Piece]]:
    """A word in parts of which all but the last fill a line; one part if it fits."""
    part: list[Piece] = []
    room = width
    for font, text in word:
        rest = text
        while (kept := _fitting(rest, size, font, room)) < len(rest):
            kept = kept or (0 if part else 1)
            yield [*part, (font, rest[:kept])]
            part, rest, room = [], rest[kept:], width
        part.append((font, rest))
        room -= _width([(font, rest)], size)
    yield part


def _fitting(text: str, size: float, font: str, room: float) -> int:
    """How many characters of *text* fit in *room*."""
    if len(text) < _USUAL and width_of(text, size, font) <= room:
        return len(text)
    widths = accumulate(width_of(each, size, font) for each in text)
    return next((count for count, wide in enumerate(widths) if wide > room), len(text))


def _space(line: Sequence[Piece]) -> list[Piece]:
    return [(line[-1][0], " ")] if line else []


def _width(line: Sequence[Piece], size: float) -> float:
    return sum(width_of(text, size, font) for font, text in line)


def _joined(line: Sequence[Piece]) -> Line:
    """The line with neighbours of one font taken together."""
    joined: list[Piece] = []
    for font, text in line:
        if joined and joined[-1][0] == font:
            joined[-1] = (font, joined[-1][1] + text)
        elif text:
            joined.append((font, text))
    return tuple(joined)
