"""A dilemma as a picture: two poles, seven places between them, and where somebody stood at which moment."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casebook.dilemma import STEPS
from casebook.picture import (
    Anchor,
    Circle,
    Colour,
    Line,
    Measure,
    Picture,
    Polygon,
    Shape,
    Text,
    rough_width,
    shortened,
)
from resources.language import _


@dataclass(frozen=True, slots=True)
class Stand:
    """A place between the poles, or in words why there is none; at which moment and with what reason.

    `voice` tells which stands are of one person; it is never shown.
    """

    moment: str
    place: int | None
    reason: str = ""
    without_place: str = ""
    voice: str = ""


_SIZE = 9.5
_SMALL = 8.5
_BETWEEN = 24
_BOLD = 1.1
"""Bold words are that much wider than measured."""
_EDGE = 28
_LINE = 29
_MARK = 5
_HEIGHT = 56


def poles(left: str, right: str, stands: Sequence[Stand], width: float, *, measure: Measure = rough_width) -> Picture:
    """The stands, of each voice in order of time, with an arrow from each to the next that differs."""
    rows = tuple((each.moment, _place(each, left, right), each.reason) for each in stands)
    return Picture(
        width,
        _HEIGHT,
        (*_line(left, right, width, measure), *_marks(stands, width, measure)),
        _in_words(left, right, rows),
        (_("Moment"), _("Position"), _("Why")),
        rows,
    )


def place_in_words(place: int, left: str, right: str) -> str:
    """A place as one would say it."""
    pole = left if place < 0 else right
    sentences = {
        0: _("In between"),
        1: _("Slightly: {pole}").format(pole=pole),
        2: _("Mostly: {pole}").format(pole=pole),
        3: _("Wholly: {pole}").format(pole=pole),
    }
    return sentences[min(abs(place), STEPS[-1])]


def _place(stand: Stand, left: str, right: str) -> str:
    return stand.without_place if stand.place is None else place_in_words(stand.place, left, right)


def _at(place: int, width: float) -> float:
    kept = min(max(place, STEPS[0]), STEPS[-1])
    return _EDGE + (kept - STEPS[0]) / (len(STEPS) - 1) * (width - 2 * _EDGE)


def _line(left: str, right: str, width: float, measure: Measure) -> Iterator[Shape]:
    half = width / 2 - _BETWEEN / 2
    # What the one name leaves, the other may take.
    left_room, right_room = (
        max(half, width - _BETWEEN - _BOLD * measure(other, _SIZE)) / _BOLD for other in (right, left)
    )
    yield Text(0, _SIZE, shortened(left, _SIZE, left_room, measure), _SIZE, strong=True)
    yield Text(width, _SIZE, shortened(right, _SIZE, right_room, measure), _SIZE, anchor=Anchor.END, strong=True)
    yield Line(_at(STEPS[0], width), _LINE, _at(STEPS[-1], width), _LINE, Colour.LINE, 1.5)
    for step in STEPS:
        yield Circle(_at(step, width), _LINE, 2.5, Colour.GROUND, Colour.MUTED)


def _marks(stands: Sequence[Stand], width: float, measure: Measure) -> Iterator[Shape]:
    ways: dict[str, list[int]] = {}
    moments: dict[int, list[str]] = {}
    for each in stands:
        if each.place is not None:
            ways.setdefault(each.voice, []).append(each.place)
            moments.setdefault(each.place, []).append(each.moment)
    yield from _arrows(list(ways.values()), width)
    newest = {way[-1] for way in ways.values()}
    for place in moments:
        fill = Colour.ACCENT if place in newest else Colour.GROUND
        yield Circle(_at(place, width), _LINE, _MARK, fill, Colour.ACCENT)
    yield from _named(moments, width, measure)


def _arrows(ways: Sequence[Sequence[int]], width: float) -> Iterator[Shape]:
    """The way of each voice; the second and next stand above the line, so that all are seen."""
    moved = [way for way in ways if len(set(way)) > 1]
    for level, way in enumerate(moved):
        y = _LINE - 7 * level
        for before, after in pairwise(way):
            if before != after:
                yield from _arrow(_at(before, width), _at(after, width), y)


def _named(moments: Mapping[int, Sequence[str]], width: float, measure: Measure) -> Iterator[Shape]:
    """Under each mark when it was set; on a second line where the neighbours leave no room."""
    ends = [0.0, 0.0]
    for place, named in sorted(moments.items()):
        words = ", ".join(f"{number} × {each}" if number > 1 else each for each, number in Counter(named).items())
        words = shortened(words, _SMALL, width / 3, measure)
        half = measure(words, _SMALL) / 2
        middle = min(max(_at(place, width), half), width - half)
        row = next((row for row, end in enumerate(ends) if middle - half >= end + 4), 1)
        yield Text(middle, _LINE + 16 + 11 * row, words, _SMALL, Colour.MUTED, Anchor.MIDDLE)
        ends[row] = middle + half


def _arrow(start: float, end: float, y: float) -> Iterator[Shape]:
    way = 1 if end > start else -1
    tip = end - way * (_MARK + 1)
    yield Line(start, y, tip, y, Colour.ACCENT, 2)
    back = tip - way * 6
    yield Polygon(((tip, y), (back, y - 4), (back, y + 4)))


def _in_words(left: str, right: str, rows: Sequence[tuple[str, str, str]]) -> str:
    named = "; ".join(f"{moment}: {place}" for moment, place, _why in rows)
    return _("Line between “{left}” and “{right}”. {named}.").format(left=left, right=right, named=named)
