"""What people type as lists, bold and italic is shown so; everything else is left alone."""

from hypothesis import given
from hypothesis import strategies as st

from casebook.paper.content import Bullets, Flow, Item, Paragraph, Run
from casebook.paper.markdown import blocks_of, runs_of


def words_in(flow: Flow) -> str:
    """All words of a block, without spaces."""
    if isinstance(flow, Bullets):
        return "".join(_of(each.words) + "".join(map(words_in, each.under)) for each in flow.items)
    return _of(flow.words)


def _of(words: str | tuple[Run, ...]) -> str:
    text = words if isinstance(words, str) else "".join(each.text for each in words)
    return "".join(text.split())


def test_a_blank_line_begins_a_paragraph_and_a_line_end_stays() -> None:
    assert blocks_of("een\ntwee\n\ndrie") == (Paragraph((Run("een\ntwee"),)), Paragraph((Run("drie"),)))


def test_nothing_but_white_space_is_nothing() -> None:
    assert blocks_of(" \n\t\n ") == ()


def test_bold_and_italic() -> None:
    assert runs_of("een **vet** en *schuin* woord") == (
        Run("een "),
        Run("vet", bold=True),
        Run(" en "),
        Run("schuin", italic=True),
        Run(" woord"),
    )


def test_lone_stars_are_just_stars() -> None:
    for text in ("2 * 3 * 4", "**", "a*b*c", "** niet vet **", "*los", "vijf ** sterren", "***"):
        assert runs_of(text) == (Run(text),)


def test_a_list_right_under_a_sentence() -> None:
    assert blocks_of("Wat nodig is:\n- water\n- **grond**\nDat is alles.") == (
        Paragraph((Run("Wat nodig is:"),)),
        Bullets((Item((Run("water"),)), Item((Run("grond", bold=True),)))),
        Paragraph((Run("Dat is alles."),)),
    )


def test_a_list_in_a_list_and_a_line_that_goes_on() -> None:
    assert blocks_of("- een\n  gaat door\n  - diep\n    1. dieper\n- twee") == (
        Bullets(
            (
                Item(
                    (Run("een\ngaat door"),),
                    (Bullets((Item((Run("diep"),), (Bullets((Item((Run("dieper"),)),), first=1),)),)),),
                ),
                Item((Run("twee"),)),
            )
        ),
    )


def test_a_numbered_list_begins_where_the_writer_began() -> None:
    assert blocks_of("3. drie\n4) vier") == (Bullets((Item((Run("drie"),)), Item((Run("vier"),))), first=3),)


def test_other_markup_is_printed_as_it_was_typed() -> None:
    for text in ("# kop", "> citaat", "[a](b)", "<b>x</b>", "`code`", "| a | b |", "-geen lijst", "2026. een jaar"):
        assert blocks_of(text) == (Paragraph((Run(text),)),)


@given(st.text(alphabet="ab \n*-1.)•\t", max_size=60))
def test_no_letter_is_ever_lost(text: str) -> None:
    kept = "".join(map(words_in, blocks_of(text)))
    assert [each for each in kept if each in "ab"] == [each for each in text if each in "ab"]
