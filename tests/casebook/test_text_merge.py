"""Two texts in one: what they share once, and nothing of either lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.text_merge import both_texts, sentences


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("Een tuin.", "Een plein.", "Een tuin.\n\nEen plein."),
        ("Er is grond. Een tuin.", "Er is grond. Een plein.", "Er is grond. Een tuin. Een plein."),
        ("Een tuin. Er is geld.", "Een plein. Er is geld.", "Een tuin. Een plein. Er is geld."),
        ("Een tuin.", "Een tuin. Er is geld.", "Een tuin. Er is geld."),
        ("Een tuin. Er is geld.", "Er is geld. Een tuin.", "Een tuin. Er is geld."),
        ("- grond\n- geld", "- grond\n- tijd", "- grond\n- geld\n- tijd"),
    ],
)
def test_a_sentence_in_both_texts_is_kept_once_in_its_place(one: str, other: str, both: str) -> None:
    assert both_texts(one, other) == both


_TEXTS = st.lists(st.sampled_from(["Een tuin.", "Een plein.", "Er is geld.", "Wie doet mee?"]), min_size=1)


@given(_TEXTS, _TEXTS, st.sampled_from([" ", "\n", "\n\n"]))
def test_no_sentence_of_either_text_is_lost(one: list[str], other: list[str], gap: str) -> None:
    both = {each.strip() for each in sentences(both_texts(gap.join(one), gap.join(other)))}
    assert both - {""} == {*one, *other}
