"""A dilemma as a picture: two poles, seven places between them, and where somebody stood at which moment."""

from collections.abc import Iterator, Sequence
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
    """A place between the poles, or in words why there is none; at which moment and with what reason."""

    moment: str
    place: int | None
    reason: str = ""
    without_place: str = ""


_SIZE = 9.5
_SMALL = 8.5
_EDGE = 28
_LINE = 29
_MARK = 5
_HEIGHT = 56


def poles(left: str, right: str, stands: Sequence[Stand], width: float, *, measure: Measure = rough_width) -> Picture:
    """The stands in order of time, an arrow from each to the next that differs."""
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
    room = width / 2 - 12
    yield Text(0, _SIZE, shortened(left, _SIZE, room, measure), _SIZE, strong=True)
    yield Text(width, _SIZE, shortened(right, _SIZE, room, measure), _SIZE, anchor=Anchor.END, strong=True)
    yield Line(_at(STEPS[0], width), _LINE, _at(STEPS[-1], width), _LINE, Colour.LINE, 1.5)
    for step in STEPS:
        yield Circle(_at(step, width), _LINE, 2.5, Colour.GROUND, Colour.MUTED)


def _marks(stands: Sequence[Stand], width: float, measure: Measure) -> Iterator[Shape]:
    standing = [(each.place, each.moment) for each in stands if each.place is not None]
    for (before, _was), (after, _is) in pairwise(standing):
        if before != after:
            yield from _arrow(_at(before, width), _at(after, width))
    at_place: dict[int, list[str]] = {}
    for place, moment in standing:
        at_place.setdefault(place, []).append(moment)
    end = 0.0
    baselines = (_LINE + 12 + _SMALL / 2, _LINE + 23 + _SMALL / 2)
    for number, (place, moments) in enumerate(sorted(at_place.items())):
        x = _at(place, width)
        newest = place == standing[-1][0]
        yield Circle(x, _LINE, _MARK, Colour.ACCENT if newest else Colour.GROUND, Colour.ACCENT)
        words = shortened(", ".join(dict.fromkeys(moments)), _SMALL, width / 3, measure)
        half = measure(words, _SMALL) / 2
        middle = min(max(x, half), width - half)
        crowded = number % 2 == 1 and middle - half < end + 4
        yield Text(middle, baselines[crowded], words, _SMALL, Colour.MUTED, Anchor.MIDDLE)
        end = middle + half


def _arrow(start: float, end: float) -> Iterator[Shape]:
    way = 1 if end > start else -1
    tip = end - way * (_MARK + 1)
    yield Line(start, _LINE, tip, _LINE, Colour.ACCENT, 2)
    back = tip - way * 6
    yield Polygon(((tip, _LINE), (back, _LINE - 4), (back, _LINE + 4)))


def _in_words(left: str, right: str, rows: Sequence[tuple[str, str, str]]) -> str:
    named = "; ".join(f"{moment}: {place}" for moment, place, _why in rows)
    return _("Line between “{left}” and “{right}”. {named}.").format(left=left, right=right, named=named)
