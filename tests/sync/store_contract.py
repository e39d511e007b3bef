"""The promises of every shared store; each store is put through them with one subclass."""

import pytest

from casebook.envelope import LARGEST, opened
from sync.certificates import Policy, Remove, Role, SetRole, certificate
from sync.forks import evaluate
from sync.store import DAY, MOST_ERASURES, Digest, Outcome, Store
from tests.sync.people import Person, Story, record_of

OK, KNOWN = Outcome.OK, Outcome.KNOWN


def everything(store: Store, *, heads: bool = False, limit: int = 3) -> list[bytes]:
    """All that a store gives, page by page."""
    found: list[bytes] = []
    cursor = None
    while True:
        page = store.pull(cursor, limit, heads)
        found += page.envelopes
        cursor = page.cursor
        if not page.more:
            return found


def altered(envelope: bytes, was: bytes, becomes: bytes) -> bytes:
    """The same envelope with something else in its header."""
    size = int.from_bytes(envelope[3:7], "big")
    header = envelope[7 : 7 + size].replace(was, becomes)
    return envelope[:3] + len(header).to_bytes(4, "big") + header + envelope[7 + size :]


class StoreContract:
    """A subclass gives `store`, empty, for the space of the `story`."""

    judges = True
    """Whether it looks at who sends what; a folder cannot."""

    @pytest.fixture
    def story(self) -> Story:
        return Story(Person("ank"))

    @pytest.fixture
    def store(self, story: Story) -> Store:
        raise NotImplementedError

    @pytest.fixture
    def begun(self, store: Store, story: Story) -> Store:
        """The store with the chain in it."""
        assert store.push([each.envelope.raw for each in story.chain]) == [OK] * len(story.chain)
        return store

    def test_what_was_sent_is_given_back_byte_for_byte(self, begun: Store, story: Story) -> None:
        sent = [story.revision(story.admin, f"case {n}")[1] for n in range(7)]
        assert begun.push(sent) == [OK] * 7
        assert set(everything(begun)) == {*sent, story.chain[0].envelope.raw}

    def test_certificates_come_before_what_relies_on_them(self, begun: Store, story: Story) -> None:
        bea = story.welcome("bea")
        assert begun.push([story.chain[-1].envelope.raw, story.revision(bea, "hers")[1]]) == [OK, OK]
        kinds = [opened(each).header.kind for each in everything(begun)]
        assert kinds == ["cert", "cert", "rev"]

    def test_sending_again_after_a_lost_answer_is_harmless(self, begun: Store, story: Story) -> None:
        _id, envelope = story.revision(story.admin, "once")
        assert begun.push([envelope]) == [OK]
        before = begun.pull(None, 100, False)
        assert begun.push([envelope]) == [KNOWN]
        assert begun.pull(None, 100, False).digest == before.digest
        assert everything(begun).count(envelope) == 1

    def test_from_a_cursor_only_what_is_new_comes(self, begun: Store, story: Story) -> None:
        cursor = begun.pull(None, 100, False).cursor
        _id, envelope = story.revision(story.admin, "new")
        begun.push([envelope])
        page = begun.pull(cursor, 100, False)
        assert envelope in page.envelopes
        assert not begun.pull(page.cursor, 100, False).envelopes

    def test_the_digest_is_that_of_the_ids(self, begun: Store, story: Story) -> None:
        begun.push([story.revision(story.admin, f"{n}")[1] for n in range(5)])
        digest = begun.pull(None, 100, False).digest
        if digest is not None:
            assert digest == Digest().with_(begun.ids())

    def test_heads_leave_out_what_was_followed(self, begun: Store, story: Story) -> None:
        record = record_of(story.admin, 1)
        first, old = story.revision(story.admin, "old", record=record)
        _second, new = story.revision(story.admin, "new", record=record, parents=(first,))
        other = story.revision(story.admin, "other")[1]
        begun.push([new, old, other])
        found = everything(begun, heads=True)
        assert new in found
        assert other in found
        if self.judges:
            assert old not in found

    def test_a_revision_of_another_record_hides_no_head(self, begun: Store, story: Story) -> None:
        first, victim = story.revision(story.admin, "victim", record=record_of(story.admin, 1))
        _second, liar = story.revision(story.admin, "liar", record=record_of(story.admin, 2), parents=(first,))
        begun.push([victim, liar])
        assert victim in everything(begun, heads=True)

    def test_ids_and_get_give_what_is_asked(self, begun: Store, story: Story) -> None:
        first, envelope = story.revision(story.admin, "one")
        begun.push([envelope])
        assert first in set(begun.ids())
        assert begun.get([first, bytes(32)]) == [envelope]

    def test_an_erased_record_is_gone_and_refused_for_ever(self, begun: Store, story: Story) -> None:
        record = record_of(story.admin, 1)
        first, envelope = story.revision(story.admin, "secret", record=record)
        begun.push([envelope])
        erase = story.erasure(story.admin, record)[1]
        assert begun.push([erase]) == [OK]
        assert envelope not in everything(begun)
        assert begun.get([first]) == []
        assert first not in set(begun.ids())
        again = story.revision(story.admin, "back", record=record)[1]
        assert begun.push([envelope, again]) == [Outcome.ERASED] * 2
        assert erase in everything(begun)

    def test_rubbish_is_refused_and_stops_nothing(self, begun: Store, story: Story) -> None:
        good = story.revision(story.admin, "good")[1]
        outcomes = begun.push([b"", b"rubbish", good[:-1], good])
        assert outcomes[0] is outcomes[1] is Outcome.GARBLED
        assert outcomes[2] in (Outcome.GARBLED, Outcome.DENIED)
        assert outcomes[3] is OK

    def test_what_only_a_newer_version_knows_is_kept_out_and_may_come_later(self, begun: Store, story: Story) -> None:
        good = story.revision(story.admin, "good")[1]
        newer = [altered(good, b'"v":1', b'"v":2'), altered(good, b'"kind":"rev"', b'"kind":"prune"')]
        assert begun.push([*newer, good]) == [Outcome.NEWER, Outcome.NEWER, OK]
        assert not Outcome.NEWER.is_final
        assert not set(newer) & set(everything(begun))

    def test_a_changed_byte_is_refused(self, begun: Store, story: Story) -> None:
        envelope = bytearray(story.revision(story.admin, "true")[1])
        envelope[-100] ^= 1
        if self.judges:
            assert begun.push([bytes(envelope)]) == [Outcome.DENIED]
            assert bytes(envelope) not in everything(begun)

    def test_an_envelope_that_is_too_large_is_refused(self, begun: Store) -> None:
        assert begun.push([b"CB1" + bytes(LARGEST * 5)])[0] in (Outcome.GARBLED, Outcome.TOO_BIG)

    def test_an_envelope_of_another_space_is_refused(self, begun: Store, story: Story) -> None:
        other = Story(story.admin, space="space-2")
        assert begun.push([other.revision(story.admin, "elsewhere")[1]]) == [Outcome.DENIED]

    def test_a_stranger_is_refused(self, begun: Store, story: Story) -> None:
        if self.judges:
            assert begun.push([story.revision(Person("mallory"), "mine now")[1]]) == [Outcome.DENIED]

    def test_a_reader_does_not_write_and_an_author_only_what_is_own(self, begun: Store, story: Story) -> None:
        reader, author = story.welcome("rik", Role.READER), story.welcome("aya", Role.AUTHOR)
        begun.push([each.envelope.raw for each in story.chain])
        if self.judges:
            theirs = record_of(story.admin, 1)
            assert begun.push(
                [
                    story.revision(reader, "no")[1],
                    story.revision(author, "no", record=theirs)[1],
                    story.revision(author, "yes")[1],
                    story.erasure(author, theirs)[1],
                ]
            ) == [Outcome.DENIED, Outcome.DENIED, OK, Outcome.DENIED]

    def test_who_was_removed_is_refused(self, begun: Store, story: Story) -> None:
        bea = story.welcome("bea")
        story.do(Remove(devices=[bea.device], cut=[]))
        begun.push([each.envelope.raw for each in story.chain])
        if self.judges:
            assert begun.push([story.revision(bea, "late")[1]]) == [Outcome.DENIED]

    def test_what_others_built_on_is_taken_from_a_third_after_its_author_left(self, begun: Store, story: Story) -> None:
        bea = story.welcome("bea")
        record = record_of(bea, 1)
        first, hers = story.revision(bea, "hers", record=record)
        _second, ours = story.revision(story.admin, "ours", record=record, parents=(first,))
        story.do(Remove(devices=[bea.device], cut=[]))
        begun.push([each.envelope.raw for each in story.chain])
        if self.judges:
            assert begun.push([hers]) == [Outcome.DENIED]
        assert begun.push([ours, hers]) == [OK, OK]

    def test_who_removes_somebody_has_seen_what_that_one_erased(self, begun: Store, story: Story) -> None:
        bea = story.welcome("bea")
        erase, envelope = story.erasure(bea, record_of(bea, 1))
        begun.push([story.chain[-1].envelope.raw, envelope])
        blind, seeing = (story.sign(Remove(devices=[bea.device], cut=cut)) for cut in ([], [erase[:16]]))
        if self.judges:
            assert begun.push([blind.envelope.raw, seeing.envelope.raw]) == [Outcome.BEHIND, OK]

    def test_two_certificates_on_one_place_do_not_both_get_in(self, begun: Store, story: Story) -> None:
        first, second = story.sign(Person("bea").add()), story.sign(Person("cas").add())
        if self.judges:
            assert begun.push([first.envelope.raw, second.envelope.raw]) == [OK, Outcome.BEHIND]

    def test_what_a_store_lost_comes_on_the_place_it_had(self, begun: Store, story: Story) -> None:
        """Somebody signed another on that place since; who reads both finds out which of them goes on."""
        before = story.membership
        ours = story.do(Person("bea").add())
        lost = story.sign(Person("cas").add(), on=before)
        behind = story.sign(Policy("https://one.example.nl"), on=before.after(lost))
        begun.push([ours.envelope.raw])
        if self.judges:
            assert begun.push([behind.envelope.raw], given_back=True) == [Outcome.BEHIND]
        assert begun.push([each.envelope.raw for each in (lost, behind)], given_back=True) == [OK, OK]
        given = everything(begun)
        assert {each.envelope.raw for each in (ours, lost, behind)} <= set(given)
        membership = evaluate(story.chain[0], map(certificate, map(opened, given)))
        assert membership.head == behind.id
        after = story.sign(Policy("https://two.example.nl"), on=membership)
        assert begun.push([after.envelope.raw]) == [OK]

    def test_nobody_gives_back_what_they_may_not_sign_any_more(self, begun: Store, story: Story) -> None:
        """It may have been signed just now, on an old place, to take from others what was taken from them."""
        bea, cas = story.welcome("bea", Role.ADMIN), story.welcome("cas", Role.ADMIN)
        before = story.membership
        story.do(SetRole("bea", Role.EDITOR))
        story.do(Remove([cas.device], []))
        begun.push([each.envelope.raw for each in story.chain])
        revenge = [story.sign(Remove([story.admin.device], []), by=each, on=before).envelope.raw for each in (bea, cas)]
        if self.judges:
            assert begun.push(revenge, given_back=True) == [Outcome.DENIED] * 2

    def test_what_is_given_back_is_signed_by_who_it_names(self, begun: Store, story: Story) -> None:
        bea = story.welcome("bea")
        begun.push([story.chain[-1].envelope.raw])
        false = story.sign(Remove([story.admin.device], []), by=Person("bea"), on=story.membership)
        strange = story.sign(Remove([bea.device], []), by=Person("mallory"), on=story.membership)
        if self.judges:
            outcomes = begun.push([each.envelope.raw for each in (false, strange)], given_back=True)
            assert outcomes == [Outcome.DENIED, Outcome.BEHIND]

    def test_rubbish_that_is_given_back_is_refused_and_stops_nothing(self, begun: Store, story: Story) -> None:
        lost = story.sign(Person("cas").add()).envelope.raw
        newer = altered(lost, b'"v":1', b'"v":2')
        elsewhere = Story(story.admin, space="space-2").chain[0].envelope.raw
        outcomes = begun.push([b"", b"rubbish", newer, elsewhere, lost], given_back=True)
        assert outcomes == [Outcome.GARBLED, Outcome.GARBLED, Outcome.NEWER, Outcome.DENIED, OK]
        assert set(everything(begun)) == {story.chain[0].envelope.raw, lost}

    def test_what_is_given_back_twice_stands_there_once(self, begun: Store, story: Story) -> None:
        lost = story.sign(Person("cas").add()).envelope.raw
        assert set(begun.push([lost, lost], given_back=True)) <= {OK, KNOWN}
        assert begun.push([lost], given_back=True) == [KNOWN]
        assert everything(begun).count(lost) == 1
        digest = begun.pull(None, 100, False).digest
        assert digest in (None, Digest().with_(begun.ids()))

    def test_a_moment_in_the_future_is_told_to_the_sender(self, begun: Store, story: Story) -> None:
        if self.judges:
            late = story.revision(story.admin, "tomorrow", wall=story.wall + 3 * DAY)[1]
            assert begun.push([late]) == [Outcome.CLOCK]

    def test_many_erasures_in_one_day_wait_whenever_they_say_they_were_made(self, begun: Store, story: Story) -> None:
        if self.judges:
            for n in range(0, MOST_ERASURES, 100):
                story.wall -= 2 * DAY
                erasures = [story.erasure(story.admin, record_of(story.admin, n + each))[1] for each in range(100)]
                assert begun.push(erasures) == [OK] * 100
            assert begun.push([story.erasure(story.admin, record_of(story.admin, 9999))[1]]) == [Outcome.HELD]

    def test_the_newest_come_too_while_others_write(self, begun: Store, story: Story) -> None:
        cursor, seen = None, set[bytes]()
        sent = set[bytes]()
        for n in range(12):
            envelope = story.revision(story.admin, f"{n}")[1]
            begun.push([envelope])
            sent.add(envelope)
            page = begun.pull(cursor, 2, False)
            cursor = page.cursor
            seen.update(page.envelopes)
        while (page := begun.pull(cursor, 2, False)).envelopes:
            cursor = page.cursor
            seen.update(page.envelopes)
        assert sent <= seen
