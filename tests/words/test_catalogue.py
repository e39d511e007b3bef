"""The Dutch is complete and fits, and the check of it sees what is amiss."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from desktop.commands import Menu
from tests.words.catalogue import HEADER, Texts, catalogue, complaints, placeholders, spoken, translated, updated


def po(entries: str) -> Catalog:
    return read_po(BytesIO((HEADER + entries).encode()), locale="nl")


def test_every_text_has_dutch_that_fits_and_nothing_is_left_over() -> None:
    assert list(complaints(spoken(), catalogue())) == []


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ("", "has no Dutch"),
        ('msgid "Hi {name}"\nmsgstr ""\n', "has no Dutch"),
        ('#, fuzzy\nmsgid "Hi {name}"\nmsgstr "Dag {name}"\n', "fuzzy"),
        ('msgid "Hi {name}"\nmsgstr "Dag {naam}"\n', "places"),
        ('msgid "Hi {name}"\nmsgstr "Dag {name} "\n', "white space"),
        ('msgid "Hi {name}"\nmsgstr "Dag {name}, anoniem"\n', "anoniem"),
        ('msgid "Hi {name}"\nmsgstr "Dag {name}, collega\'s"\n', "apostrophe"),
        (
            'msgid "Hi {name}"\nmsgstr "Dag {name}"\n\nmsgid "Gone"\nmsgstr "Weg"\n',
            "nothing says it any more",
        ),
        ('msgid "Hi {name}"\nmsgstr "Dag {name}"\n\n#~ msgid "Gone"\n#~ msgstr "Weg"\n', "obsolete"),
    ],
)
def test_what_is_amiss_is_said(entries: str, complaint: str) -> None:
    assert any(complaint in each for each in complaints({("Hi {name}",)}, po(entries)))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_letter_that_opens_a_menu_leads_nowhere_else(language: str) -> None:
    menus = {each.value for each in Menu}
    said = {
        texts[0]: message.string if language == "nl" else texts[0] for texts, message in translated(catalogue()).items()
    }
    of_menus = [letter for each in menus for letter in letters(said[each])]
    assert len({*of_menus}) == len(menus)
    assert [text for english, text in said.items() if english not in menus and letters(text) & {*of_menus}] == []


def letters(text: object) -> set[str]:
    return {each.lower() for each in re.findall(r"&(\w)", str(text))}


def test_a_plural_needs_both_its_forms() -> None:
    texts: set[Texts] = {("{n} case", "{n} cases")}
    one = 'msgid "{n} case"\nmsgid_plural "{n} cases"\nmsgstr[0] "{n} casus"\nmsgstr[1] "'
    assert list(complaints(texts, po(one + '{n} casussen"\n'))) == []
    assert list(complaints(texts, po(one + '"\n'))) == ["'{n} case' has no Dutch"]


def test_gathering_words_keeps_the_dutch_and_drops_what_is_gone() -> None:
    words = po('msgid "Gone"\nmsgstr "Weg"\n\nmsgid "Here"\nmsgstr "Hier"\n')
    text = updated({("Here",), ("New",), ("{n} case", "{n} cases")}, words)
    assert 'msgid "Here"\nmsgstr "Hier"' in text
    assert 'msgid "New"\nmsgstr ""' in text
    assert "Weg" not in text
    assert read_po(BytesIO(text.encode()), locale="nl").num_plurals == 2


def test_gathering_words_twice_changes_nothing(tmp_path: Path) -> None:
    first = updated(spoken(), catalogue())
    (tmp_path / "nl.po").write_text(first, encoding="utf-8")
    assert updated(spoken(), catalogue(tmp_path / "nl.po")) == first


def test_the_places_to_fill_in_are_read_like_the_program_does() -> None:
    assert placeholders("{n} of {name!r}, {{as it is}}") == {"n", "name"}
