"""The course of a case as a picture: what happened when, from left to right and to scale."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casebook.fields import Choice
from casebook.flags import Flag, Stop, placed
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
from casebook.written import day, month, short_day
from resources.language import _, mark, plural


class EventKind(Choice):
    """What kind of moment it is; each has a symbol of its own."""

    QUESTION = "question", mark("Question")
    DISCUSSION = "discussion", mark("Discussion")
    DIRECTION = "direction", mark("Direction")
    ALIGNMENT = "alignment", mark("Alignment")
    CONDITION = "condition", mark("Condition")
    FOLLOW_UP = "follow_up", mark("Follow-up")


_CORNERS: dict[EventKind, tuple[int, float]] = {
    EventKind.DISCUSSION: (3, 90),
    EventKind.DIRECTION: (4, 0),
    EventKind.ALIGNMENT: (6, 0),
    EventKind.CONDITION: (4, 45),
    EventKind.FOLLOW_UP: (3, -90),
}
"""The symbols: how many corners, and how far turned; a question is a circle."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One moment in the course of a case, in the reader's words; `planned` when it is still to come."""

    on: date
    words: str
    kind: EventKind
    planned: bool = False


_SIZE = 8.5
_LINE_HEIGHT = 11
_EDGE = 6
_MARK = 4.5
_UNDER_AXIS = 28
_TICK_ROOM = 64
_WIDEST = 190
_LEAST_WIDTH = 120
_NEAREST = 9
_MOST_STOPS = 12
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 300, 600, 1200, 3000, 6000, 12000)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Days to points, with some room at both ends."""

    first: date
    last: date
    width: float

    def at(self, on: date) -> float:
        span = (self.last - self.first).days
        part = (on - self.first).days / span if span else 0
        return _EDGE + part * (self.width - 2 * _EDGE)


def timeline(
    events: Sequence[TimelineEvent],
    width: float,
    *,
    today: date | None = None,
    measure: Measure = rough_width,
) -> Picture | None:
    """The events on an axis of *width* points; None where there is nothing to show.

    Events too near to be labelled apart share a mark; the table names each. *measure* is that of the
    font in which the picture will be painted.
    """
    if not events:
        return None
    width = max(width, _LEAST_WIDTH)
    ordered = sorted(events, key=lambda each: each.on)
    axis = _Axis(ordered[0].on, ordered[-1].on, width)
    flags = _flags(ordered, axis, measure)
    y = max(flag.height for flag in flags) + 2
    shapes = [*_drawn_axis(axis, y, today, measure)]
    for flag in flags:
        shapes += _drawn_flag(flag, y)
    return Picture(
        width,
        y + _UNDER_AXIS,
        tuple(shapes),
        _in_words(ordered),
        (_("Date"), _("What")),
        tuple((day(each.on), _row(each)) for each in ordered),
    )


def _flags(events: Sequence[TimelineEvent], axis: _Axis, measure: Measure) -> list[Flag[TimelineEvent]]:
    """A label for each mark; marks are taken together until all labels have a place of their own."""
    nearest = float(_NEAREST)
    while True:
        stops = [_stop(group, axis, measure) for group in _groups(events, axis, nearest)]
        flags = placed(stops, axis.width) if len(stops) <= _MOST_STOPS else None
        if flags is not None:
            return flags
        nearest *= 1.2


def _groups(events: Sequence[TimelineEvent], axis: _Axis, nearest: float) -> Iterator[tuple[TimelineEvent, ...]]:
    group: list[TimelineEvent] = []
    for each in events:
        if group and axis.at(each.on) - axis.at(group[0].on) >= nearest:
            yield tuple(group)
            group = []
        group.append(each)
    yield tuple(group)


def _stop(group: tuple[TimelineEvent, ...], axis: _Axis, measure: Measure) -> Stop[TimelineEvent]:
    leading = next((each for each in group if each.kind is EventKind.DIRECTION), group[0])
    widest = min(_WIDEST, axis.width / 2 - 2 * _EDGE)
    names = " · ".join(dict.fromkeys(each.words for each in (leading, *group)))
    lines = tuple(shortened(each, _SIZE, widest, measure) for each in (_days(group), names))
    room = max(measure(each, _SIZE) for each in lines)
    return Stop(axis.at(leading.on), room, lines, leading)


def _days(group: Sequence[TimelineEvent]) -> str:
    first, last = group[0].on, group[-1].on
    if first == last:
        return short_day(first)
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if same_month else short_day(first)} – {short_day(last)}"


def _drawn_flag(flag: Flag[TimelineEvent], axis: float) -> Iterator[Shape]:
    stop, event = flag.stop, flag.stop.shown
    yield Line(stop.x, axis - flag.height, stop.x, axis)
    x, anchor = (stop.x - 4, Anchor.END) if flag.leftward else (stop.x + 4, Anchor.START)
    top = axis - flag.height + _SIZE
    yield Text(x, top, stop.lines[0], _SIZE, Colour.MUTED, anchor)
    strong = event.kind is EventKind.DIRECTION
    yield Text(x, top + _LINE_HEIGHT, stop.lines[1], _SIZE, Colour.INK, anchor, strong)
    yield _symbol(event, stop.x, axis)


def _symbol(event: TimelineEvent, x: float, y: float) -> Shape:
    fill = Colour.GROUND if event.planned else Colour.ACCENT
    if event.kind not in _CORNERS:
        return Circle(x, y, _MARK, fill, Colour.ACCENT)
    corners, turned = _CORNERS[event.kind]
    radius = _MARK * 1.25
    angles = (math.radians(turned + 360 * each / corners) for each in range(corners))
    points = tuple((round(x + radius * math.cos(each), 2), round(y + radius * math.sin(each), 2)) for each in angles)
    return Polygon(points, fill, Colour.ACCENT)


def _drawn_axis(axis: _Axis, y: float, today: date | None, measure: Measure) -> Iterator[Shape]:
    now = axis.at(today) if today and axis.first <= today <= axis.last else None
    turn = axis.width if now is None or (today and today < axis.first) else now
    if today and today < axis.first:
        turn = 0
    yield Line(0, y, turn, y, Colour.ACCENT, 1.5)
    if turn < axis.width:
        yield Line(turn, y, axis.width, y, Colour.ACCENT, 1.5, dashed=True)
    taken: list[tuple[float, float]] = []
    if now is not None:
        yield from _tick(now, y, _("today"), Colour.ACCENT, axis.width, taken, measure)
    for on in _ticks(axis):
        yield from _tick(axis.at(on), y, month(on), Colour.MUTED, axis.width, taken, measure)


def _tick(
    x: float,
    y: float,
    words: str,
    colour: Colour,
    width: float,
    taken: list[tuple[float, float]],
    measure: Measure,
) -> Iterator[Shape]:
    """A mark under the axis with its words, unless others took the place."""
    half = measure(words, _SIZE) / 2
    middle = min(max(x, half), width - half)
    if any(left < middle + half + 4 and middle - half - 4 < right for left, right in taken):
        return
    taken.append((middle - half, middle + half))
    yield Line(x, y + 6, x, y + 12, colour)
    yield Text(middle, y + 14 + _SIZE, words, _SIZE, colour, Anchor.MIDDLE)


def _ticks(axis: _Axis) -> Iterator[date]:
    """The first days of months, quarters, years or more: as many as have room for their words."""
    first, last = (each.year * 12 + each.month - 1 for each in (axis.first, axis.last))
    most = max(axis.width / _TICK_ROOM, 1)
    step = next((each for each in _MONTHS if (last - first) / each <= most), _MONTHS[-1])
    for number in range(first - first % step + step, last + 1, step):
        yield date(number // 12, number % 12 + 1, 1)


def _row(event: TimelineEvent) -> str:
    return _("{what} (planned)").format(what=event.words) if event.planned else event.words


def _in_words(events: Sequence[TimelineEvent]) -> str:
    named = "; ".join(f"{day(each.on)}: {_row(each)}" for each in events[:_MOST_STOPS])
    return plural(
        "Timeline with {n} moment: {named}.",
        "Timeline with {n} moments, from {first} to {last}: {named}.",
        len(events),
        first=day(events[0].on),
        last=day(events[-1].on),
        named=named if len(events) <= _MOST_STOPS else _("{named}; the others stand in the table").format(named=named),
    )
