"""Columns get the width that was asked, unless an ordinary word would be cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.paper.columns import column_widths, fitted
from casebook.paper.content import Table
from casebook.paper.style import CELL
from casebook.paper.typesetting import width_of


def test_without_long_words_the_shares_decide() -> None:
    assert fitted((1, 3), (10, 10), 400) == (100, 300)


def test_a_column_that_would_be_too_narrow_takes_from_the_others() -> None:
    assert fitted((1, 3, 4), (100, 10, 10), 450) == pytest.approx((100, 150, 200))


def test_an_ordinary_word_is_not_cut() -> None:
    table = Table(("Wat", "Wie"), (("Een heel lange uitleg " * 9, "Winkeliersvereniging"),), (20, 1))
    assert column_widths(table, 400)[1] >= width_of("Winkeliersvereniging", CELL.size)


def test_a_word_that_no_column_can_hold_does_not_push_the_others_away() -> None:
    assert column_widths(Table(("a", "b"), (("x" * 500, "y"),), (1, 1)), 400) == (200, 200)


@given(st.lists(st.tuples(st.floats(0.5, 9), st.floats(1, 120)), min_size=1, max_size=8))
def test_together_they_are_as_wide_as_the_text(columns: list[tuple[float, float]]) -> None:
    shares, least = zip(*columns, strict=True)
    assert sum(fitted(shares, least, 475)) == pytest.approx(475)
