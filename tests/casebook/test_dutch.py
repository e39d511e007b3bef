"""What a Dutch word is found by."""

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import dutch


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("startsubsidie", {"start", "subsidie"}),
        ("buurttuinen", {"buurt", "tuinen"}),
        ("schuldhulpverlening", {"schuld", "hulpverlening", "hulp", "verlening"}),
        ("omgevingsvergunning", {"omgeving", "vergunning"}),
        ("gemeenteraadsvergadering", {"gemeenteraad", "gemeente", "raad", "vergadering"}),
        ("keukentafelgesprek", {"keuken", "tafel", "gesprek", "keukentafel", "tafelgesprek"}),
        ("participatiewet", {"participatie", "wet"}),
        ("bewonersinitiatieven", {"bewoners", "initiatieven"}),
        ("energiecooperatie", {"energie", "cooperatie"}),
    ],
)
def test_a_compound_is_cut_into_its_parts(compound: str, parts: set[str]) -> None:
    assert set(dutch.parts(compound)) == parts


@pytest.mark.parametrize(
    "word", ["bestuur", "kantoor", "minister", "regering", "subsidiering", "wethouder", "natuur", "verantwoording"]
)
def test_a_word_that_only_looks_like_a_compound_stays_whole(word: str) -> None:
    assert dutch.parts(word) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("schuld", "schulden"),
        ("gezin", "gezinnen"),
        ("subsidie", "subsidies"),
        ("vergunning", "vergunningen"),
        ("bewoner", "bewoners"),
        ("moestuin", "moestuinen"),
        ("omgevingsvergunning", "omgevingsvergunningen"),
        ("gebouw", "gebouwen"),
        ("foto", "fotos"),
        ("familiefoto", "familiefotos"),
    ],
)
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    assert set(dutch.stems(one)) & set(dutch.stems(other))


def test_a_beginning_with_ge_is_not_taken_for_a_participle() -> None:
    assert not set(dutch.stems("gezin")) & set(dutch.stems("zin"))
    assert not set(dutch.stems("gebouw")) & set(dutch.stems("bouw"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Casuïstiek", ["casuistiek"]),
        ("ĲSSEL", ["ijssel"]),
        ("foto's en foto’s", ["fotos", "en", "fotos"]),
        ("een 'mooi' plan", ["een", "mooi", "plan"]),
        ("Repair-café (2024)", ["repair", "cafe", "2024"]),
        ("cafe\u0301", ["cafe"]),
        ("Søren Łukasz", ["soren", "lukasz"]),
        ("", []),
        ("?!…", []),
    ],
)
def test_words_are_compared_without_case_diacritics_and_apostrophes(typed: str, words: list[str]) -> None:
    assert dutch.tokens(typed) == words


def _terms(typed: str) -> str:
    return dutch.indexed(typed)[1]


def test_a_word_with_a_hyphen_is_also_found_written_as_one() -> None:
    assert "repaircafe" in _terms("Repair-café").split()


def test_terms_leave_out_the_words_themselves() -> None:
    assert set(_terms("start met subsidie en startsubsidie").split()) == set()


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(typed: str) -> None:
    assert dutch.fold(dutch.fold(typed)) == dutch.fold(typed)


@given(st.text(alphabet="aàé'’-ĳ .1\u0301ßﬁ", max_size=40))
def test_the_places_of_words_are_those_of_the_tokens(typed: str) -> None:
    places = dutch.words_in_place(typed)
    assert [dutch.fold(typed[start:end]) for start, end in places] == dutch.tokens(typed)
    assert all(end <= start for (_start, end), (start, _end) in pairwise(places))


@given(st.text(max_size=200))
def test_any_text_has_terms(typed: str) -> None:
    assert isinstance(_terms(typed), str)


def test_a_very_long_word_is_no_compound_and_takes_no_time() -> None:
    assert dutch.parts("tuin" * 5_000) == ()


def test_a_pile_of_accents_takes_no_time() -> None:
    assert dutch.words_in_place("a" + "\u0301" * 5_000 + ".") == [(0, 5_001)]


def test_words_are_known_without_loading_a_database() -> None:
    code = "import sys, casebook.dutch, casebook.search; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
