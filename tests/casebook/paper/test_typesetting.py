"""Words are broken into lines that fit, and none is lost."""

from hypothesis import given
from hypothesis import strategies as st

from casebook.paper.style import BOLD, REGULAR
from casebook.paper.typesetting import Line, lines_of, width_of

WORDS = st.text(alphabet="aWi \n-", max_size=120)
PIECES = st.lists(st.tuples(st.sampled_from([REGULAR, BOLD]), WORDS), max_size=5)


def words(lines: list[Line]) -> str:
    return "".join(text for line in lines for _font, text in line)


@given(PIECES, st.floats(12, 300))
def test_no_word_is_lost_or_joined_to_another(pieces: list[tuple[str, str]], width: float) -> None:
    typed = "".join(text for _font, text in pieces)
    assert words(lines_of(pieces, 10, width)).split() == typed.split()


@given(PIECES, st.floats(12, 300))
def test_every_line_fits(pieces: list[tuple[str, str]], width: float) -> None:
    for line in lines_of(pieces, 10, width):
        *most, (font, last) = line or ((REGULAR, ""),)
        shown = [*most, (font, last.rstrip())]
        assert sum(width_of(text, 10, font) for font, text in shown) <= width + 0.01


def test_a_word_in_two_fonts_stays_together() -> None:
    pieces = [(REGULAR, "een "), (BOLD, "half"), (REGULAR, "vet woord")]
    assert lines_of(pieces, 10, 300) == [((REGULAR, "een "), (BOLD, "half"), (REGULAR, "vet woord"))]


def test_a_new_line_that_was_typed_stays() -> None:
    assert lines_of([(REGULAR, "een\ntwee")], 10, 300) == [((REGULAR, "een "),), ((REGULAR, "twee"),)]
    assert lines_of([(REGULAR, "een\n\ntwee")], 10, 300) == [((REGULAR, "een "),), (), ((REGULAR, "twee"),)]
