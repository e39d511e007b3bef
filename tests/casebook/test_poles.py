"""A place between two poles, in shapes and in words."""

import pytest

from casebook.picture import Circle, Colour, Polygon, Text
from casebook.poles import Stand, place_in_words, poles
from resources import language


@pytest.fixture(autouse=True)
def english() -> None:
    language.use("en")


def test_a_place_in_words_has_no_number() -> None:
    said = [place_in_words(place, "left", "right") for place in range(-3, 4)]
    assert said == [
        "Wholly: left",
        "Mostly: left",
        "Slightly: left",
        "In between",
        "Slightly: right",
        "Mostly: right",
        "Wholly: right",
    ]


def test_before_and_after_are_joined_by_an_arrow_and_the_newest_is_full() -> None:
    picture = poles("left", "right", [Stand("before", 2, "so"), Stand("after", -1, "thus")], 480)
    (arrow,) = (each for each in picture.shapes if isinstance(each, Polygon))
    assert arrow.points[0][0] < arrow.points[1][0]
    marks = {each.fill for each in picture.shapes if isinstance(each, Circle) and each.radius > 3}
    assert marks == {Colour.ACCENT, Colour.GROUND}
    assert picture.rows == (("before", "Mostly: right", "so"), ("after", "Slightly: left", "thus"))
    assert picture.alternative_text == (
        "Line between “left” and “right”. before: Mostly: right; after: Slightly: left."
    )


def test_who_does_not_know_is_in_the_table_and_not_on_the_line() -> None:
    picture = poles("left", "right", [Stand("before", None, without_place="I don't know")], 480)
    assert not [each for each in picture.shapes if isinstance(each, Circle) and each.radius > 3]
    assert picture.rows == (("before", "I don't know", ""),)


def test_staying_in_place_draws_no_arrow() -> None:
    picture = poles("left", "right", [Stand("before", 1), Stand("after", 1)], 480)
    assert not [each for each in picture.shapes if isinstance(each, Polygon)]
    assert "before, after" in [each.words for each in picture.shapes if isinstance(each, Text)]


def test_arrows_join_only_the_stands_of_one_voice() -> None:
    stands = [Stand("before", 2, voice="a"), Stand("before", -3, voice="b"), Stand("after", 0, voice="b")]
    picture = poles("left", "right", stands, 480)
    assert len([each for each in picture.shapes if isinstance(each, Polygon)]) == 1


def test_many_at_one_place_are_counted_not_drawn_over_each_other() -> None:
    picture = poles("left", "right", [Stand("before", 1, voice=str(each)) for each in range(3)], 480)
    assert "3 × before" in [each.words for each in picture.shapes if isinstance(each, Text)]
