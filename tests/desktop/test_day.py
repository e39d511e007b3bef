"""Days are understood as people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.day import read_day, shown_day, shown_with_weekday
from resources import language

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("23-11-2026", "2026-11-23"),
        ("23/11/26", "2026-11-23"),
        ("23.11.2026", "2026-11-23"),
        ("2026-11-23", "2026-11-23"),
        ("1/3", "2027-03-01"),
        ("1-9", "2026-09-01"),
        ("23 nov", "2026-11-23"),
        ("23 nov.", "2026-11-23"),
        ("23nov", "2026-11-23"),
        ("23 November 2025", "2025-11-23"),
        ("maandag 23 november 2026", "2026-11-23"),
        ("1e maart", "2027-03-01"),
        ("1st of March 2027", "2027-03-01"),
        ("March 1, 2027", "2027-03-01"),
        ("15 mrt", "2027-03-15"),
        ("29 feb", "2028-02-29"),
        ("vandaag", "2026-11-24"),
        ("Gisteren", "2026-11-23"),
        ("eergisteren", "2026-11-22"),
        ("morgen", "2026-11-25"),
        ("overmorgen", "2026-11-26"),
        ("yesterday", "2026-11-23"),
        ("over 6 weken", "2027-01-05"),
        ("over een week", "2026-12-01"),
        ("over één week", "2026-12-01"),
        ("over drie maanden", "2027-02-24"),
        ("in two years", "2028-11-24"),
        ("2 weken geleden", "2026-11-10"),
        ("a month ago", "2026-10-24"),
        ("maandag", "2026-11-30"),
        ("dinsdag", "2026-12-01"),
        ("volgende week maandag", "2026-11-30"),
        ("maandag volgende week", "2026-11-30"),
        ("next week Monday", "2026-11-30"),
        ("vorige week vrijdag", "2026-11-20"),
        ("deze week vrijdag", "2026-11-27"),
        ("vorige maandag", "2026-11-23"),
        ("last tuesday", "2026-11-17"),
        ("volgende maand", "2026-12-24"),
        ("vorig jaar", None),
        ("31-2-2026", None),
        ("31 feb", None),
        ("32 nov", None),
        ("ooit", None),
        ("over veel weken", None),
        ("over 9999 jaar", None),
        ("", None),
    ],
)
def test_a_day_is_the_one_that_was_meant(typed: str, meant: str | None) -> None:
    assert read_day(typed, TUESDAY) == (date.fromisoformat(meant) if meant else None)


def test_at_the_turn_of_the_year_a_day_without_one_is_the_nearest() -> None:
    assert read_day("23 dec", date(2027, 1, 5)) == date(2026, 12, 23)
    assert read_day("5 jan", date(2026, 12, 20)) == date(2027, 1, 5)


def test_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    assert read_day("over een maand", date(2027, 1, 31)) == date(2027, 2, 28)


def test_a_day_is_shown_in_words() -> None:
    assert shown_day(date(2026, 11, 23)) == "23 november 2026"
    assert shown_with_weekday(date(2026, 11, 23)) == "maandag 23 november 2026"
    language.use("en")
    assert shown_day(date(2026, 11, 23)) == "23 November 2026"
    assert shown_day(None) == ""


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.sampled_from(["nl", "en"]))
def test_what_is_shown_can_be_typed(day: date, spoken: str) -> None:
    language.use(spoken)
    assert read_day(shown_day(day), TUESDAY) == day
    assert read_day(shown_with_weekday(day), TUESDAY) == day


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_a_day_or_nothing(typed: str) -> None:
    day = read_day(typed, TUESDAY)
    assert day is None or abs(day - TUESDAY) < timedelta(days=3_000_000)
