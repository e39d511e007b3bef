"""The timeline tells the same in shapes, in words and in a table, and its labels keep apart."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.flags import Flag, Stop, placed
from casebook.picture import Anchor, Circle, Colour, Line, Picture, Polygon, Shape, Text, rough_width
from casebook.timeline import EventKind, TimelineEvent, timeline
from resources import language

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
EVENTS = st.builds(TimelineEvent, DAYS, st.text(max_size=60), st.sampled_from(EventKind), planned=st.booleans())


def event(on: date, words: str = "Iets", kind: EventKind = EventKind.DISCUSSION) -> TimelineEvent:
    return TimelineEvent(on, words, kind)


def drawn(picture: Picture | None, kind: type[Shape]) -> list[Shape]:
    assert picture is not None
    return [each for each in picture.shapes if isinstance(each, kind)]


def extent(text: Text) -> tuple[float, float]:
    width = rough_width(text.words, text.size)
    left = {Anchor.START: 0.0, Anchor.MIDDLE: width / 2, Anchor.END: width}[text.anchor]
    return text.x - left, text.x - left + width


def overlap(one: Text, other: Text) -> bool:
    (left, right), (other_left, other_right) = extent(one), extent(other)
    return abs(one.y - other.y) < one.size * 0.9 and left < other_right and other_left < right


def test_nothing_happened_is_no_picture() -> None:
    assert timeline([], 400) is None


def test_places_are_to_scale() -> None:
    events = [event(date(2026, 1, 1)), event(date(2026, 3, 1)), event(date(2026, 12, 27))]
    marks = [each.points for each in drawn(timeline(events, 480), Polygon) if isinstance(each, Polygon)]
    first, second, last = (sum(x for x, _y in points) / len(points) for points in marks)
    assert abs((second - first) / (last - first) - 59 / 360) < 0.01


def test_each_kind_has_a_symbol_of_its_own() -> None:
    shapes = set()
    for kind in EventKind:
        picture = timeline([event(date(2026, 1, 1), kind=kind)], 400)
        assert picture is not None
        mark = picture.shapes[-1]
        shapes.add(mark.points if isinstance(mark, Polygon) else type(mark))
    assert len(shapes) == len(EventKind)


def test_what_is_planned_is_hollow_and_says_so() -> None:
    picture = timeline([TimelineEvent(date(2026, 1, 1), "Opvolging", EventKind.QUESTION, planned=True)], 400)
    assert picture is not None
    (mark,) = (each for each in picture.shapes if isinstance(each, Circle))
    assert mark.fill is Colour.GROUND
    language.use("en")
    picture = timeline([TimelineEvent(date(2026, 1, 1), "Opvolging", EventKind.QUESTION, planned=True)], 400)
    assert picture is not None
    assert picture.rows == (("1 January 2026", "Opvolging (planned)"),)


def test_the_alternative_text_and_the_table_name_every_moment() -> None:
    language.use("en")
    picture = timeline([event(date(2026, 5, 2), "Two"), event(date(2026, 1, 14), "One")], 400)
    assert picture is not None
    assert picture.rows == (("14 January 2026", "One"), ("2 May 2026", "Two"))
    assert picture.alternative_text == (
        "Timeline with 2 moments, from 14 January 2026 to 2 May 2026: 14 January 2026: One; 2 May 2026: Two."
    )


def test_of_very_many_moments_the_table_still_names_every_one() -> None:
    events = [event(date(2026, 1, 1) + timedelta(days=number), f"Nummer {number}") for number in range(300)]
    picture = timeline(events, 480)
    assert picture is not None
    assert len(picture.rows) == 300
    assert len(picture.alternative_text) < 1000


def test_dates_typed_centuries_wrong_still_give_a_picture() -> None:
    picture = timeline([event(date(1, 1, 1)), event(date(9999, 12, 31))], 480, today=date(2026, 1, 1))
    assert picture is not None
    assert len(picture.shapes) < 100


def test_today_parts_what_was_from_what_will_be() -> None:
    picture = timeline([event(date(2026, 1, 1)), event(date(2026, 12, 31))], 480, today=date(2026, 7, 1))
    axis = [each for each in drawn(picture, Line) if isinstance(each, Line) and each.y1 == each.y2]
    assert [each.dashed for each in axis] == [False, True]


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, min_size=1, max_size=40), st.sampled_from([150, 320, 480, 900]), DAYS)
def test_no_label_covers_another_or_leaves_the_picture(events: list[TimelineEvent], width: float, today: date) -> None:
    picture = timeline(events, width, today=today)
    assert picture is not None
    texts = [each for each in picture.shapes if isinstance(each, Text) and each.words.strip()]
    for place, one in enumerate(texts):
        left, right = extent(one)
        assert left >= -0.01
        assert right <= width + 0.01
        assert 0 <= one.y <= picture.height
        assert not any(overlap(one, other) for other in texts[place + 1 :])
    assert len(picture.rows) == len(events)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 480), st.floats(1, 190)), max_size=12))
def test_a_stem_never_crosses_the_label_of_another(stops: list[tuple[float, float]]) -> None:
    flags = placed([Stop(x, room, (), None) for x, room in sorted(stops)], 480)
    for one in flags or []:
        for other in flags or []:
            assert one is other or one.is_clear_of(other) or crossing(one, other) is False


def crossing(one: Flag[None], other: Flag[None]) -> bool:
    high, low = (one, other) if one.height > other.height else (other, one)
    return low.left < high.stop.x < low.right
