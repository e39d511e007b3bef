"""A sealed revision opens with its key only, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from casebook.envelope import (
    LARGEST,
    Refused,
    RevisionId,
    Stamped,
    State,
    as_sealed,
    header_of,
    opened,
    read,
    seal,
    short,
    shown,
)
from casebook.problem import Problem
from casebook.record import sound

SIGNER = SigningKey(b"s" * 32)
KEY = b"k" * 32


def sealed(title: str = "Buurttuin", parents: tuple[RevisionId, ...] = ()) -> tuple[RevisionId, bytes]:
    state = State("case", {"title": Stamped(title, 5, b""), "goal": Stamped("Groen", 3, b"12345678")})
    return seal(state, record="r", space="s", parents=parents, device="d", wall=5, key=KEY, key_number=1, signer=SIGNER)


def test_what_is_sealed_is_opened_the_same() -> None:
    revision, envelope = sealed(parents=(RevisionId(b"p" * 32),))
    found = opened(envelope).unseal(KEY)
    assert (found.id, found.parents, found.wall) == (revision, (RevisionId(b"p" * 32),), 5)
    assert found.state.fields["title"] == Stamped("Buurttuin", 5, short(revision))
    assert found.state.fields["goal"] == Stamped("Groen", 3, b"12345678")
    opened(envelope).verify(SIGNER.verify_key)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN, st.dictionaries(st.text(max_size=5), st.booleans(), max_size=3))
def test_a_state_is_known_without_opening_what_was_just_sealed(plain: object, held: dict[str, bool]) -> None:
    elements = {name: Stamped(each, 4, b"" if each else b"12345678") for name, each in held.items()}
    state = State("case", {"any": Stamped(sound(plain), 5, b""), "areas": Stamped(elements, 5, b"")})
    revision, envelope = seal(
        state, record="r", space="s", parents=(), device="d", wall=5, key=KEY, key_number=1, signer=SIGNER
    )
    assert opened(envelope).unseal(KEY).state == as_sealed(state, revision)


def test_no_word_of_it_can_be_read() -> None:
    assert b"Buurttuin" not in sealed()[1]
    assert header_of(sealed()[1]).rec == "r"


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_byte_is_refused(place: int, change: int) -> None:
    envelope = bytearray(sealed()[1])
    envelope[place % len(envelope)] ^= change
    with pytest.raises(Refused):
        opened(bytes(envelope)).verify(SIGNER.verify_key)


def test_another_key_and_another_author_are_refused() -> None:
    _revision, envelope = sealed()
    with pytest.raises(Refused):
        opened(envelope).unseal(b"x" * 32)
    with pytest.raises(Refused):
        opened(envelope).verify(SigningKey(b"x" * 32).verify_key)


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_never_crash(garbage: bytes) -> None:
    for each in (garbage, b"CB1" + garbage, sealed()[1][: len(garbage)]):
        with pytest.raises(Refused):
            opened(each).unseal(KEY)


def test_a_record_that_is_too_long_is_told_before_it_is_saved() -> None:
    import random

    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=3 * LARGEST))
    with pytest.raises(Problem):
        sealed(noise)


@given(st.binary(min_size=32, max_size=32))
def test_an_id_is_read_as_it_is_shown(raw: bytes) -> None:
    assert read(shown(RevisionId(raw))) == raw
    assert read(shown(RevisionId(raw)).upper()) == raw


@pytest.mark.parametrize(
    "text", ["", "0" * 52, "a" * 51, "a" * 53, "_" * 52, "é" * 52, "a" * 51 + " ", "a" * 48 + "===="]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text)
