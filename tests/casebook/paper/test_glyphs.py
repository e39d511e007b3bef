"""What the font cannot show is replaced by something that one can see."""

from casebook.paper.glyphs import Printable, clean_xml
from casebook.paper.typesetting import printable_characters


def shown(text: str) -> str:
    return Printable(printable_characters()).text(text)


def test_dutch_typography_stays_as_it_is() -> None:
    text = "‘Coöperatie’ – € 12.500 … ‰ ≥ ½ ✓ → ẞ ĳ ŵ"
    assert shown(text) == text


def test_a_stretch_of_other_script_or_an_emoji_becomes_one_stand_in() -> None:
    assert shown("dag שלום dag") == "dag [?] dag"
    assert shown("👩‍👩‍👧‍👦!") == "[?]!"
    assert shown("☎️ 020") in ("☎ 020", "[?] 020")


def test_it_remembers_whether_something_was_replaced() -> None:
    printable = Printable(printable_characters())
    printable.text("gewoon")
    assert not printable.replaced
    printable.text("漢")
    assert printable.replaced


def test_control_characters_and_what_turns_text_around_are_left_out() -> None:
    assert shown("a\x00b\u202ec\u200dd\u00ade") == "abcde"
    assert shown("a\tb\u2003c") == "a b c"
    assert shown("a\r\nb\u2028c") == "a\nb\nc"


def test_letters_in_disguise_become_plain_ones() -> None:
    assert shown("𝐯𝐞𝐭 e\u0301e\u0301n") == "vet één"


def test_metadata_holds_only_what_xml_allows() -> None:
    assert clean_xml("a\x00b\n\ud800c 👍") == "a b c 👍"
