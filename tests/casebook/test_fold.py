"""The same set of revisions gives the same state, and nobody's words are lost in it."""

import hashlib
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from casebook.envelope import Revision, RevisionId, Stamped, State, short
from casebook.fold import fold
from casebook.present import values_of

Fields = dict[str, Stamped]


def revision(name: str, wall: int, parents: Sequence[Revision] = (), **changed: object) -> Revision:
    """A revision that changes these fields on top of the first of its parents."""
    own = RevisionId(hashlib.blake2b(name.encode(), digest_size=32).digest())
    fields: Fields = dict(parents[0].state.fields) if parents else {}
    for field, value in changed.items():
        fields[field] = Stamped(_set(value, wall, own) if isinstance(value, set) else value, wall, short(own))
    return Revision(own, "record", "space", tuple(each.id for each in parents), "device", wall, State("case", fields))


def _set(held: set[str], wall: int, own: RevisionId) -> dict[str, Stamped]:
    return {each: Stamped(True, wall, short(own)) for each in held}


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    """A tree of saves by several people, with any clock."""
    made = [revision("0", draw(st.integers(0, 100)), title="begin", goal="Een. Twee.", archived=False)]
    for n in range(1, draw(st.integers(2, 8))):
        parents = draw(st.lists(st.sampled_from(made), min_size=1, max_size=2, unique_by=lambda each: each.id))
        changed = draw(
            st.dictionaries(
                st.sampled_from(["title", "goal", "unknown_field", "archived"]), st.text("ab. ", max_size=4), max_size=2
            )
        )
        made.append(revision(str(n), draw(st.integers(0, 100)), parents, **changed))
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(made: list[Revision], chance: object) -> None:
    again = made + made[: len(made) // 2]
    chance.shuffle(again)  # type: ignore[attr-defined]  # hypothesis gives a random.Random without saying so
    assert fold(again) == fold(made)


@given(histories())
def test_a_shown_value_was_typed_or_merged_from_what_was_typed(made: list[Revision]) -> None:
    shown = values_of(fold(made).state)["title"]
    assert shown in {each.state.fields["title"].value for each in made}


def test_changes_of_different_fields_both_stand() -> None:
    first = revision("0", 1, title="a", reference="1")
    state = fold([first, revision("1", 2, [first], title="b"), revision("2", 3, [first], reference="2")])
    assert values_of(state.state) == {"title": "b", "reference": "2"}
    assert state.differences == ()


def test_of_one_field_the_newest_is_shown_and_the_other_stands_beside_it() -> None:
    first = revision("0", 1, title="a")
    folded = fold([first, revision("1", 2, [first], title="b"), revision("2", 3, [first], title="c")])
    assert [(each.shown, each.others) for each in folded.differences] == [("c", ("b",))]


def test_a_value_that_was_knowingly_replaced_does_not_come_back_with_a_wrong_clock() -> None:
    first = revision("0", 1_000_000, title="old")
    later = revision("1", 5, [first], title="new")
    other = revision("2", 6, [first], reference="2")
    folded = fold([first, later, other])
    assert values_of(folded.state)["title"] == "new"
    assert folded.differences == ()


def test_long_text_merges_by_sentence() -> None:
    first = revision("0", 1, goal="Een tuin. Een hek. Een pad.")
    left = revision("1", 2, [first], goal="Een grote tuin. Een hek. Een pad.")
    right = revision("2", 3, [first], goal="Een tuin. Een hek. Een breed pad.")
    folded = fold([first, left, right])
    assert values_of(folded.state)["goal"] == "Een grote tuin. Een hek. Een breed pad."
    assert folded.differences == ()


def test_two_changes_of_one_sentence_show_a_difference() -> None:
    first = revision("0", 1, goal="Een tuin.")
    folded = fold([first, revision("1", 2, [first], goal="Een hof."), revision("2", 3, [first], goal="Een park.")])
    assert folded.differences[0].shown == "Een park."
    assert "Een hof." in folded.differences[0].others


def test_sets_merge_by_element() -> None:
    first = revision("0", 1, areas={"oost"})
    left = revision("1", 2, [first], areas={"oost", "west"})
    right = revision("2", 3, [first], areas={"oost", "noord"})
    assert values_of(fold([first, left, right]).state)["areas"] == ["noord", "oost", "west"]


def test_what_one_archived_and_another_changed_comes_back_with_a_note() -> None:
    first = revision("0", 1, title="a", archived=False)
    folded = fold([first, revision("1", 9, [first], archived=True), revision("2", 2, [first], title="b")])
    assert values_of(folded.state) == {"title": "b", "archived": False}
    assert [each.field for each in folded.differences] == ["archived"]


def test_a_field_of_a_newer_version_survives_without_a_difference() -> None:
    first = revision("0", 1, title="a", of_tomorrow={"deep": [1]})
    folded = fold([first, revision("1", 2, [first], title="b"), revision("2", 3, [first], of_tomorrow="x")])
    assert values_of(folded.state)["of_tomorrow"] == "x"
    assert folded.differences == ()
