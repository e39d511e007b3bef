"""Devices that exchange through a store, each with a shelf in memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from casebook.envelope import Stamped, State, opened
from casebook.problem import Problem
from casebook.record import RecordId
from sync.certificates import Cancel, Create, Policy, Role, Rotate, SetRole, certificate, certify, rotation
from sync.engine import Report, Round, exchange
from sync.inviting import Keys, invite, welcome
from sync.memory import MemoryStore
from sync.replica import Replica
from sync.store import Outcome, Page, Store, Unreachable
from tests.sync.memory_shelf import MemoryShelf, new_device
from tests.sync.people import START, Person, record_of
from tests.sync.store_contract import altered

SPACE = "space-1"


class Clock:
    """Goes on by one at each look."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Colleague:
    """Somebody with a device, a shelf and a replica."""

    def __init__(self, name: str, clock: Callable[[], int]) -> None:
        self.name = name
        self.shelf = MemoryShelf(SPACE, new_device(name), clock)
        self.replica = Replica(self.shelf)

    def found(self) -> None:
        """Begin the space."""
        device = self.shelf.device
        root = self.replica.act(
            Create(device.member, device.id, bytes(device.signer.verify_key), bytes(device.box.public_key), "circle")
        )
        self.shelf.add_key(1, root.id, bytes(range(32)))

    def invite(self, keys: Keys, *, role: Role = Role.EDITOR, uses: int = 1, member: str = "") -> None:
        membership = self.replica.membership
        assert membership
        root = self.replica.certificates()[0].id
        secrets = self.shelf.secrets()
        self.replica.act(invite(keys, membership, root, secrets, role=role, uses=uses, until=0, member=member))

    def join(self, keys: Keys, store: Store) -> None:
        certificates = [certificate(opened(each)) for each in store.pull(None, 500, True).envelopes if is_cert(each)]
        found = welcome(keys, certificates, self.shelf.device, self.shelf.now())
        self.replica.join(found.certificates, found.add, found.invite, keys)

    def save(self, record: str, title: str) -> None:
        wall = self.shelf.now()
        self.shelf.seal(record, State("case", {"title": Stamped(title, wall, b"")}), self.shelf.heads(record), wall)

    def title(self, record: str) -> str | None:
        folded = self.shelf.state(record)
        return folded.state.fields["title"].value if folded else None

    def sync(self, store: Store) -> Report:
        return run(exchange(self.replica, store))


def is_cert(raw: bytes) -> bool:
    return opened(raw).header.kind == "cert"


def run(steps: Round) -> Report:
    """All steps of a round, without a pause."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        report = end.value
        assert isinstance(report, Report)
        return report


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> MemoryStore:
    return MemoryStore(SPACE, clock)


@pytest.fixture
def ank(clock: Clock, store: MemoryStore) -> Colleague:
    """The founder, who shared it."""
    ank = Colleague("ank", clock)
    ank.found()
    ank.sync(store)
    return ank


@pytest.fixture
def bea(clock: Clock, store: MemoryStore, ank: Colleague) -> Colleague:
    """A colleague who came in with an invite."""
    return joined("bea", ank, store, clock)


def joined(name: str, host: Colleague, store: MemoryStore, clock: Clock, role: Role = Role.EDITOR) -> Colleague:
    keys = Keys(name.encode().ljust(32, b"."))
    host.invite(keys, role=role)
    host.sync(store)
    guest = Colleague(name, clock)
    guest.join(keys, store)
    guest.sync(store)
    host.sync(store)
    return guest


CASE = record_of(Person("ank"), 1)


def test_what_one_saves_the_other_reads(store: MemoryStore, ank: Colleague, bea: Colleague) -> None:
    ank.save(CASE, "Bloembakken")
    assert ank.sync(store).agrees
    assert bea.sync(store).agrees
    assert bea.title(CASE) == "Bloembakken"


def test_both_save_offline_and_end_with_the_same(store: MemoryStore, ank: Colleague, bea: Colleague) -> None:
    ank.save(CASE, "first")
    ank.sync(store)
    bea.sync(store)
    ank.save(CASE, "ank's")
    bea.save(CASE, "bea's")
    for each in (ank, bea, ank):
        assert each.sync(store).agrees
    assert ank.title(CASE) == bea.title(CASE) == "bea's"
    assert len(ank.shelf.heads(CASE)) == 2


def test_an_invite_works_once(store: MemoryStore, ank: Colleague, clock: Clock) -> None:
    keys = Keys(b"k" * 32)
    ank.invite(keys)
    ank.sync(store)
    first, second = Colleague("bea", clock), Colleague("cas", clock)
    first.join(keys, store)
    first.sync(store)
    with pytest.raises(Problem, match=r"gebruikt|used"):
        second.join(keys, store)


def test_two_who_join_at_one_time_both_get_in(store: MemoryStore, ank: Colleague, clock: Clock) -> None:
    keys = Keys(b"k" * 32)
    ank.invite(keys, uses=2)
    ank.save(CASE, "seen by both")
    ank.sync(store)
    both = [Colleague("bea", clock), Colleague("cas", clock)]
    for each in both:
        each.join(keys, store)
    for each in [*both, *both, ank]:
        each.sync(store)
    membership = ank.replica.membership
    assert membership
    assert len(membership.members()) == 3
    assert [each.title(CASE) for each in both] == ["seen by both"] * 2


def test_who_joins_after_a_new_key_reads_everything(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    ank.save(CASE, "under the first key")
    cas = joined("cas", ank, store, clock)
    ank.replica.act(ank.replica.removal([bea.shelf.device.id]))
    ank.sync(store)
    ank.sync(store)
    assert len(ank.shelf.secrets()) == 2
    later = record_of(Person("ank"), 2)
    ank.save(later, "under the second key")
    ank.sync(store)
    dirk = joined("dirk", ank, store, clock)
    cas.sync(store)
    assert dirk.title(CASE) == cas.title(CASE) == "under the first key"
    assert dirk.title(later) == cas.title(later) == "under the second key"
    assert len(bea.shelf.secrets()) == 1


def test_who_lacks_the_newest_key_leaves_making_the_next_one_to_who_has_it(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    """Else the keys in between are in no box for them, and what was sealed with those stays closed."""
    ank.replica.act(ank.replica.removal([bea.shelf.device.id]))
    ank.sync(store)
    ank.save(CASE, "Met de tweede sleutel")
    ank.sync(store)
    keys = Keys(b"dirk".ljust(32, b"."))
    membership, root = ank.replica.membership, ank.replica.certificates()[0].id
    assert membership
    first = ank.shelf.secrets()[:1]
    ank.replica.act(invite(keys, membership, root, first, role=Role.ADMIN, uses=1, until=0, member=""))
    ank.sync(store)
    dirk = Colleague("dirk", clock)
    dirk.join(keys, store)
    for _round in range(3):
        dirk.sync(store)
        clock.now += 120_000
    assert dirk.title(CASE) is None
    for _round in range(3):
        ank.sync(store)
        clock.now += 120_000
    dirk.sync(store)
    assert dirk.title(CASE) == "Met de tweede sleutel"


def test_a_cancelled_invite_leads_to_a_new_key(store: MemoryStore, ank: Colleague) -> None:
    ank.invite(Keys(b"k" * 32))
    ank.sync(store)
    membership = ank.replica.membership
    assert membership
    ank.replica.act(Cancel(next(iter(membership.invites))))
    ank.sync(store)
    ank.sync(store)
    assert len(ank.shelf.secrets()) == 2


def test_what_is_erased_is_gone_everywhere_and_everybody_says_so(
    store: MemoryStore, ank: Colleague, bea: Colleague
) -> None:
    ank.save(CASE, "secret")
    ank.sync(store)
    bea.sync(store)
    bea.save(CASE, "a later edit")
    ank.replica.erase([CASE])
    for each in (ank, bea, ank, bea):
        assert each.sync(store).agrees
    assert CASE not in bea.shelf.records()
    assert ank.replica.receipts(CASE) == {ank.shelf.device.id, bea.shelf.device.id}
    assert ank.replica.digest() == bea.replica.digest() == store.digest


def test_a_store_that_was_put_back_is_filled_again(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    ank.save(CASE, "one")
    ank.sync(store)
    bea.sync(store)
    older = MemoryStore(SPACE, clock)
    older.push([each.raw for each in store.log[:2] if each])
    assert bea.sync(older).agrees
    assert ank.sync(older).agrees
    assert older.digest == store.digest


def test_a_clock_that_is_days_ahead_is_put_right(store: MemoryStore, ank: Colleague, clock: Clock) -> None:
    keys = Keys(b"k" * 32)
    ank.invite(keys)
    ank.sync(store)
    fast = Colleague("bea", Clock(START + 3 * 86_400_000))
    fast.join(keys, store)
    record = RecordId(record_of(Person("bea"), 1))
    fast.save(record, "from tomorrow")
    assert fast.sync(store).waiting == 0
    ank.sync(store)
    assert ank.title(record) == "from tomorrow"


def test_a_first_sync_brings_the_newest_first_and_the_history_behind(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    for n in range(5):
        ank.save(CASE, f"version {n}")
    ank.sync(store)
    keys = Keys(b"k" * 32)
    ank.invite(keys)
    ank.sync(store)
    bea = Colleague("bea", clock)
    bea.join(keys, store)
    steps = exchange(bea.replica, store)
    for step in steps:
        if step.doing == "history":
            break
    assert bea.title(CASE) == "version 4"
    assert len(bea.shelf.kept.revisions) == 1
    for _step in steps:
        pass
    assert len(bea.shelf.kept.revisions) == 5
    place = bea.replica.place()
    assert (place.heads, place.history, place.joining) == (False, False, None)


class NewerStore(MemoryStore):
    """A store that has something that only a newer version can read."""

    asked = 0
    strange = b""

    def begin_newer(self, like: bytes) -> None:
        self.strange = altered(like, b'"v":1', b'"v":2')

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        page = super().pull(cursor, limit, heads)
        digest = self.digest.with_([b"!" * 32])
        return replace(page, envelopes=(self.strange, *page.envelopes), digest=digest)

    def ids(self) -> Iterable[bytes]:
        self.asked += 1
        return [*super().ids(), b"!" * 32]

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        return [*super().get(ids), self.strange]


def test_what_a_newer_version_put_in_the_store_is_told_and_not_asked_for_at_every_round(clock: Clock) -> None:
    store = NewerStore(SPACE, clock)
    ank = Colleague("ank", clock)
    ank.found()
    store.begin_newer(ank.replica.certificates()[0].envelope.raw)
    ank.save(CASE, "Bloembakken")
    for _round in range(3):
        report = ank.sync(store)
        assert report.is_outrun
        assert report.waiting == 0
    assert store.asked == 0
    run(exchange(ank.replica, store, compare=True))
    assert store.asked == 1
    assert ank.title(CASE) == "Bloembakken"


def test_what_the_store_is_too_old_for_waits_for_it(clock: Clock) -> None:
    class OldStore(MemoryStore):
        is_old = True

        def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
            if not self.is_old:
                return super().push(envelopes, given_back=given_back)
            return [super(OldStore, self).push([each])[0] if is_cert(each) else Outcome.NEWER for each in envelopes]

    store = OldStore(SPACE, clock)
    ank = Colleague("ank", clock)
    ank.found()
    ank.save(CASE, "Bloembakken")
    report = ank.sync(store)
    assert (report.refused, report.waiting) == ((Outcome.NEWER,), 1)
    store.is_old = False
    assert ank.sync(store).waiting == 0


def test_downloads_do_not_wait_for_uploads(store: MemoryStore, ank: Colleague, bea: Colleague) -> None:
    class Deaf(MemoryStore):
        def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
            raise Unreachable

    bea.save(record_of(Person("bea"), 1), "mine")
    ank.save(CASE, "theirs")
    ank.sync(store)
    deaf = Deaf(SPACE, store._clock)
    deaf.__dict__.update(store.__dict__)
    with pytest.raises(Unreachable):
        bea.sync(deaf)
    assert bea.title(CASE) == "theirs"


def test_certificates_are_sent_in_their_order_however_the_clock_jumped(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    for at in (3, 2, 1):
        clock.now = START + at * 1_000_000
        ank.invite(Keys(bytes([at]) * 32))
    assert ank.sync(store).refused == ()
    assert [each.n for each in ank.replica.certificates()] == [1, 2, 3, 4]
    assert len(list(store.ids())) == 4


@pytest.mark.parametrize("is_removed", [False, True])
def test_what_somebody_wrote_before_they_may_do_less_counts_also_when_it_is_signed_again(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock, is_removed: bool
) -> None:
    """Somebody else signed at the same time, so that the first certificate came too late."""
    cas = joined("cas", ank, store, clock, Role.ADMIN)
    record = record_of(Person("bea"), 7)
    bea.save(record, "weeks of work")
    for each in (ank, bea, ank, cas):
        each.sync(store)
    device = bea.shelf.device
    less = ank.replica.removal([device.id]) if is_removed else ank.replica.role_change(device.member, Role.READER)
    ank.replica.act(less)
    cas.replica.act(Policy("https://one.example.nl"))
    for each in (cas, ank, cas):
        each.sync(store)
    assert [each.title(record) for each in (ank, cas)] == ["weeks of work"] * 2


def test_what_only_the_second_had_seen_of_two_who_remove_somebody_counts_too(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    cas = joined("cas", ank, store, clock, Role.ADMIN)
    record = record_of(Person("bea"), 9)
    bea.save(record, "hers")
    for each in (bea, ank):
        each.sync(store)
    ank.replica.act(ank.replica.removal([bea.shelf.device.id]))
    cas.replica.act(cas.replica.removal([bea.shelf.device.id]))
    for each in (cas, ank, cas):
        each.sync(store)
    assert [each.title(record) for each in (ank, cas)] == ["hers"] * 2


def test_what_somebody_wrote_who_leaves_counts_also_when_a_forgery_follows_it(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    """In a folder anybody can put a revision that names another as its parent."""
    cas = joined("cas", ank, store, clock, Role.READER)
    record = record_of(Person("bea"), 8)
    bea.save(record, "hers")
    for each in (bea, ank):
        each.sync(store)
    (hers,) = ank.shelf.revisions(record)
    forged = cas.shelf.seal(record, hers.state, (hers.id,), clock())
    ank.replica.take([cas.shelf.kept.revisions[forged].envelope.raw])
    ank.replica.act(ank.replica.removal([bea.shelf.device.id]))
    assert ank.title(record) == "hers"


def test_what_stands_on_what_a_store_denies_goes_with_it_whatever_is_settled_first(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    bea = joined("bea", ank, store, clock, Role.ADMIN)
    first, second = (bea.replica.act(Policy(f"https://{each}.example.nl")) for each in ("one", "two"))
    ank.replica.take([each.envelope.raw for each in (first, second)])
    own = ank.replica.act(Policy("https://three.example.nl"))
    ank.replica.settle([(own.id, Outcome.OK)])
    lost = [own.id, second.id, first.id]
    ank.replica.offer_again(lost)
    ank.replica.settle(list(zip(lost, (Outcome.BEHIND, Outcome.BEHIND, Outcome.DENIED), strict=True)))
    assert ank.replica.lost() == []
    ank.replica.tend()
    (again,) = [each for each in ank.replica.certificates() if isinstance(each.action, Policy)]
    assert again.action == own.action, "what was our own is signed again"


def test_a_key_of_who_may_not_make_one_is_taken_by_nobody(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    """In a folder nobody keeps such a certificate out; it does nothing, but the newest key is what is sealed with."""
    membership = ank.replica.membership
    assert membership
    before = ank.replica.secrets()
    known = rotation(1_000_000, b"k" * 32, membership.key_readers())
    author = bea.shelf.device
    cert = certify(
        known,
        n=membership.n + 1,
        before=membership.head,
        space=SPACE,
        device=author.id,
        wall=clock(),
        signer=author.signer,
    )
    assert ank.replica.take([cert.envelope.raw]).new == 1
    assert ank.replica.secrets() == before


def test_an_administrator_passes_on_a_key_that_the_others_cannot_find(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    """The store lost the certificate that made it, but something may be sealed with it."""
    lost = 2, b"c" * 32, b"k" * 32
    ank.shelf.add_key(*lost)
    ank.sync(store)
    clock.now += 70_000
    ank.sync(store)
    bea.sync(store)
    assert lost in bea.shelf.secrets()
    assert not ank.replica.holds_lost_key()
    ank.sync(store)
    assert len([each for each in ank.replica.certificates() if isinstance(each.action, Rotate)]) == 1


def test_a_certificate_that_was_refused_goes_once_more_when_the_store_was_put_back(
    store: MemoryStore, ank: Colleague
) -> None:
    signed = ank.replica.act(Policy("https://one.example.nl"))
    ank.replica.settle([(signed.id, Outcome.DENIED)])
    ank.replica.offer_again([signed.id])
    assert [each for each, _raw in ank.replica.outbox()] == [signed.id]


def test_what_the_store_called_erased_goes_once_more_when_it_was_put_back(store: MemoryStore, ank: Colleague) -> None:
    """To a moment before the erasing, by somebody who is not in any more."""
    record = record_of(Person("x"), 1)
    ank.save(record, "a")
    ((waiting, _raw),) = ank.shelf.waiting(1)
    ank.replica.settle([(waiting, Outcome.ERASED)])
    assert ank.shelf.how_many_wait() == 0
    ank.replica.offer_again([])
    assert ank.shelf.waiting(1)[0][0] == waiting


def test_who_comes_in_sends_that_first_and_then_what_they_did_meanwhile(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    keys = Keys(b"k" * 32)
    ank.invite(keys, role=Role.ADMIN)
    ank.sync(store)
    bea = Colleague("bea", clock)
    bea.join(keys, store)
    signed = bea.replica.act(Policy("https://one.example.nl"))
    ((added, _raw),) = bea.replica.outbox()
    bea.replica.settle([(added, Outcome.OK)])
    assert [each for each, _raw in bea.replica.outbox()] == [signed.id]


def test_who_reads_before_they_send_removes_as_who_sends_before_they_read(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    """In a folder, where the one they remove took their rights away at the same time."""
    bea = joined("bea", ank, store, clock, Role.ADMIN)
    ank.replica.act(ank.replica.removal([bea.shelf.device.id]))
    member = ank.shelf.device.member
    theirs = [bea.replica.act(each) for each in (SetRole(member, Role.EDITOR), Policy("https://one.example.nl"))]
    ank.replica.take([each.envelope.raw for each in theirs])
    ank.replica.tend()
    bea.replica.take([raw for _id, raw in ank.replica.outbox()])
    for each in (ank, bea):
        assert each.replica.membership
        assert each.replica.membership.members() == {member: Role.EDITOR}


def test_who_has_to_come_in_once_more_removes_once_more_whom_they_had_removed(
    store: MemoryStore, ank: Colleague, bea: Colleague, clock: Clock
) -> None:
    """The store lost the invite, and until that is there again nothing else of theirs can be signed."""
    cas = joined("cas", ank, store, clock, Role.ADMIN)
    older = MemoryStore(SPACE, clock)
    older.push([each.raw for each in store.log if each])
    keys = Keys(b"dirk".ljust(32, b"."))
    ank.invite(keys, role=Role.ADMIN)
    ank.sync(store)
    dirk = Colleague("dirk", clock)
    dirk.join(keys, store)
    dirk.replica.act(dirk.replica.removal([bea.shelf.device.id]))
    cas.replica.act(Policy("https://one.example.nl"))
    for each in (cas, *[dirk, ank] * 3):
        each.sync(older)
    membership = ank.replica.membership
    assert membership
    assert membership.members().keys() == {each.shelf.device.member for each in (ank, cas, dirk)}


def test_what_was_signed_again_once_is_not_signed_again_when_the_store_loses_it(
    store: MemoryStore, ank: Colleague, clock: Clock
) -> None:
    """In a folder, where two sign at once and both have a place."""
    bea = joined("bea", ank, store, clock, Role.ADMIN)
    ank.sync(store)
    lost = ank.replica.act(Policy("https://one.example.nl"))
    ank.replica.settle([(lost.id, Outcome.OK)])
    ank.replica.take([bea.replica.act(Policy(f"https://{each}.example.nl")).envelope.raw for each in "ab"])
    ank.replica.tend()
    signed = [each.id for each in ank.replica.certificates()]
    for outcome in (Outcome.KNOWN, Outcome.BEHIND):
        ank.replica.offer_again([lost.id])
        assert [each for each, _raw in ank.replica.lost()] == [lost.id]
        ank.replica.settle([(lost.id, outcome)])
        ank.replica.tend()
        assert {each.id for each in ank.replica.certificates()} | {lost.id} == set(signed)
    assert len(signed) == len(set(signed))
    assert lost.id not in ank.replica.ids()
