"""Bugs put into the product on purpose: if the schedules do not find one of these, they prove nothing."""

import multiprocessing
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any
from unittest.mock import patch

import casebook.fold
import sync.engine
import sync.folder
import sync.membership
import sync.memory
import sync.replica
import sync.tending
from casebook.digest import Digest
from casebook.envelope import Envelope, Refused, RevisionId
from sync.chain import Chain
from sync.folder import FolderStore
from sync.ledger import Ledger
from sync.membership import Membership
from sync.memory import MemoryStore
from sync.replica import Replica
from sync.shelf import IN_STORE, REFUSED, WAITING, Place
from sync.store import Outcome, Page
from tests.sync.memory_shelf import MemoryShelf
from tests.sync.simulator.run import play
from tests.sync.simulator.world import FAULTS, Plan

Patch = tuple[object, str, Any]

HEALED = FAULTS - {"rollback", "promoted", "withheld", "tampered", "late", "reordered", "adversary"}
"""Without the faults that only the digest heals: for bugs that it would heal too, and that are put in without it."""

QUICK = 60
"""Within so many schedules a quick bug is found."""


@dataclass(frozen=True)
class Bug:
    """A named place in the product, and what stands there instead."""

    name: str
    patches: Callable[[], list[Patch]]
    is_quick: bool = True
    """Whether one of the first schedules finds it."""
    faults: frozenset[str] = FAULTS
    store: str = "memory"

    @contextmanager
    def put_in(self) -> Iterator[None]:
        """The product has this bug as long as this lasts."""
        begun = [patch.object(target, name, stand_in) for target, name, stand_in in self.patches()]
        for each in begun:
            each.start()
        try:
            yield
        finally:
            for each in begun:
                each.stop()


def _sequence_with_gaps() -> list[Patch]:
    """Every third envelope becomes visible only after those behind it, and the cursor has passed it by then."""
    really = MemoryStore.pull

    def pull(self: MemoryStore, cursor: bytes | None, limit: int, heads: bool) -> Page:
        page = really(self, cursor, limit, heads)
        hidden = [each for each in page.envelopes if each[-1] % 3 != 0] if len(self.log) > 6 else list(page.envelopes)
        return replace(page, envelopes=tuple(hidden), digest=None)

    return [(MemoryStore, "pull", pull)]


def _cursor_before_rows() -> list[Patch]:
    really = Replica.take

    def take(self: Replica, raws: Sequence[bytes], place: Place | None = None, **how: Any) -> Any:
        if place is not None:
            with self.shelf.transaction():
                self.shelf.keep_place(place)
        return really(self, raws, **how)

    return [(Replica, "take", take), (sync.engine, "_agrees", lambda _replica, _digest: True)]


def _digest_not_compared() -> list[Patch]:
    return [(sync.engine, "_agrees", lambda _replica, _digest: True)]


def _client_forgets_erased() -> list[Patch]:
    def take(self: Replica, envelopes: Sequence[Envelope], _put_by: bool) -> int:
        good = [each for each in envelopes if self._ledger.is_authentic(each)]
        if good and self._ledger.membership:
            self.shelf.receive(good, self._ledger.membership.counted)
        return len(good)

    return [(Replica, "_take_revisions", take)]


def _store_forgets_erased() -> list[Patch]:
    return [(MemoryStore, "is_erased", lambda _self, _record: False)]


def _fold_by_arrival() -> list[Patch]:
    def newest(stamps: Iterable[Any]) -> Any:
        return list(stamps)[-1]

    def standing(self: Any, having: Sequence[Any]) -> list[Any]:
        return [mine for _head, mine in having]

    def heads(revisions: Iterable[Any]) -> list[Any]:
        kept = list(revisions)
        followed = {parent for each in kept for parent in each.parents}
        return [each for each in kept if each.id not in followed]

    return [
        (casebook.fold, "heads_of", heads),
        (casebook.fold, "_newest", newest),
        (casebook.fold._Merge, "_standing", standing),
    ]


def _absence_is_deletion() -> list[Patch]:
    really = Replica.lacking

    def lacking(self: Replica, ids: Iterable[bytes]) -> list[bytes]:
        with self.shelf.transaction():
            shelf = self.shelf
            assert isinstance(shelf, MemoryShelf)
            theirs = set(ids) | self.shelf.holds(list(ids))
            for each, row in list(shelf.kept.revisions.items()):
                if row.pushed == IN_STORE and each not in theirs and row.envelope.header.dev != shelf.device.id:
                    del shelf.kept.revisions[each]
        return really(self, ids)

    return [(Replica, "lacking", lacking)]


def _outbox_cleared_before_answer() -> list[Patch]:
    really = Replica.outbox

    def outbox(self: Replica) -> list[tuple[RevisionId, bytes]]:
        found = really(self)
        with self._ledger.transaction():
            self._ledger.confirm([each for each, _raw in found])
        return found

    return [(Replica, "outbox", outbox), (sync.engine, "_agrees", lambda _replica, _digest: True)]


def _cut_ignored() -> list[Patch]:
    return [(Membership, "_once", lambda _self, _device, _statement: None)]


def _removed_device_still_counts() -> list[Patch]:
    def role_of(self: Membership, device: str) -> Any:
        known = self.devices.get(device)
        return self.roles[known.member] if known else None

    return [(Membership, "role_of", role_of)]


def _unknown_field_dropped() -> list[Patch]:
    really = casebook.fold._Merge.result

    def result(self: Any) -> Any:
        found = really(self)
        fields = {name: each for name, each in found.state.fields.items() if name != "future"}
        return replace(found, state=replace(found.state, fields=fields))

    return [(casebook.fold._Merge, "result", result)]


def _clock_not_put_right() -> list[Patch]:
    return [(Replica, "restamp", lambda _self, _offset: None)]


def _receipt_without_erasing() -> list[Patch]:
    def wipe(self: Replica, record: str, statement: RevisionId) -> None:
        self._ledger.erased.add(record)
        if self._ledger.is_in and self.shelf.device.id not in self._ledger.receipts(record):
            self._ledger.state("receipt", record, (statement,))

    return [(Replica, "_wipe", wipe)]


def _displaced_certificate_dropped() -> list[Patch]:
    def sign_again(ledger: Ledger, lost: Any) -> None:
        if ledger.statements[lost.id].pushed in (WAITING, REFUSED):
            ledger.drop([lost.id])

    return [(sync.tending, "sign_again", sign_again)]


def _refused_is_dropped() -> list[Patch]:
    really = Replica.settle

    def settle(self: Replica, outcomes: Sequence[tuple[RevisionId, Outcome]]) -> None:
        really(self, outcomes)
        shelf = self.shelf
        assert isinstance(shelf, MemoryShelf)
        for each, outcome in outcomes:
            if not outcome.is_in:
                shelf.kept.revisions.pop(each, None)

    return [(Replica, "settle", settle)]


def _parent_is_not_remembered() -> list[Patch]:
    """A save names only one head: the others stay heads for ever."""
    really = MemoryShelf.heads
    return [(MemoryShelf, "heads", lambda self, record: really(self, record)[:1])]


def _late_parent_is_a_head() -> list[Patch]:
    """Who follows what is known when a revision comes; a parent that comes after its child is a head for ever."""

    def heads(revisions: Iterable[Any]) -> list[Any]:
        kept: list[Any] = []
        for each in revisions:
            kept = [one for one in kept if one.id not in each.parents]
            if each not in kept:
                kept.append(each)
        return sorted(kept, key=lambda each: (each.wall, each.id))

    return [(casebook.fold, "heads_of", heads)]


def _nobody_reaps() -> list[Patch]:
    """What is erased is not given any more, but its files stay."""

    def without(self: FolderStore, read: Iterable[Any]) -> list[Any]:
        whole = [each for each in read if each.whole]
        erased = self._erased({each.record for each in whole if each.record})
        return [each for each in whole if each.record not in erased]

    return [(FolderStore, "_without_erased", without)]


def _half_a_file_is_one() -> list[Patch]:
    """A name is believed: what stands under it counts as there, whatever is in the file."""
    return [(FolderStore, "_broken", lambda _self, _files: set())]


def _chain_by_order_of_arrival() -> list[Patch]:
    """Who is known to sign is who came in on the branch that goes on here and now."""

    def is_signed(self: Chain, envelope: Envelope) -> bool:
        try:
            envelope.verify(self.membership.signer(envelope.header.dev))  # type: ignore[union-attr]  # there is one
        except Refused:
            return False
        return True

    def grown(self: Chain, certificates: Iterable[Any]) -> tuple[Chain, list[Any]]:
        return really(self, [each for each in certificates if is_signed(self, each.envelope)])

    really = Chain.grown
    return [(Chain, "grown", grown)]


def _superseded_across_records() -> list[Patch]:
    def keep(self: MemoryStore, envelope: Envelope) -> None:
        really(self, envelope)
        records = {each.header.rec for each in self.log if each}
        self._followed.update((record, each) for record in records for each in envelope.parents)

    really = MemoryStore._keep
    return [(MemoryStore, "_keep", keep), (sync.engine, "_fetch_history", _no_history), *_digest_not_compared()]


def _no_history(_replica: Any, _store: Any, report: Any) -> Any:
    yield sync.engine.Progress("history")
    return report


def _history_never_fetched() -> list[Patch]:
    return [(sync.engine, "_fetch_history", _no_history), *_digest_not_compared()]


def _digest_forgets_erasing() -> list[Patch]:
    return [(Digest, "without", lambda self, _ids: self)]


def _key_by_number_only() -> list[Patch]:
    """Of two keys with one number the first one that came is the only one."""
    really = MemoryShelf.add_key

    def add_key(self: MemoryShelf, n: int, cert: bytes, secret: bytes) -> None:
        if n not in {number for number, _cert, _secret in self.kept.secrets}:
            really(self, n, cert, secret)

    return [(MemoryShelf, "add_key", add_key)]


def _uploads_block_downloads() -> list[Patch]:
    really = sync.engine._fetch

    def fetch(replica: Replica, store: Any, report: Any) -> Any:
        if replica.how_many_wait():
            yield sync.engine.Progress("fetching")
            page = store.pull(replica.place().cursor, 0, False)
            return report, page
        return (yield from really(replica, store, report))

    return [(sync.engine, "_fetch", fetch)]


def _signature_not_checked() -> list[Patch]:
    return [(Ledger, "is_authentic", lambda _self, _envelope: True)]


def _new_key_never_made() -> list[Patch]:
    return [(sync.tending, "rotate", lambda _ledger: None)]


def _rights_counted_once() -> list[Patch]:
    """What counts is decided when it comes, and never again when rights change."""
    return [(sync.replica, "_changed_rights", lambda _before, _after: set())]


def _erasing_leaves_what_waits() -> list[Patch]:
    def erase(self: MemoryShelf, record: str) -> None:
        for each in self._of(record):
            if each.pushed == IN_STORE:
                del self.kept.revisions[each.envelope.id]

    from tests.sync.simulator.device import FragileShelf

    return [(FragileShelf, "erase", erase)]


def _late_refusal_is_final() -> list[Patch]:
    """A certificate that came too late is put down as refused for good."""
    return [(sync.tending, "put_down_as_behind", lambda ledger, ids: ledger.mark(ids, REFUSED, "too late"))]


def _plain_text_travels() -> list[Patch]:
    return [
        (
            casebook.envelope,
            "crypto_aead_xchacha20poly1305_ietf_encrypt",
            lambda packed, *_rest: zlib.decompress(packed),
        ),
        (casebook.envelope, "crypto_aead_xchacha20poly1305_ietf_decrypt", lambda plain, *_rest: zlib.compress(plain)),
    ]


def _wrong_transaction() -> list[Patch]:
    """Rows are kept also when what had to happen with them was cut off."""

    @contextmanager
    def transaction(self: MemoryShelf) -> Iterator[None]:
        yield

    return [(MemoryShelf, "transaction", transaction)]


BUGS = (
    Bug("a sequence with gaps and no digest", _sequence_with_gaps, faults=HEALED),
    Bug("the cursor is saved before the rows", _cursor_before_rows, faults=HEALED),
    Bug("the digest is not compared", _digest_not_compared),
    Bug("the client forgets what was erased", _client_forgets_erased),
    Bug("the store forgets what was erased", _store_forgets_erased),
    Bug("fold by order of arrival", _fold_by_arrival),
    Bug("absence is deletion", _absence_is_deletion),
    Bug("the outbox is cleared before the answer", _outbox_cleared_before_answer, faults=HEALED),
    Bug("the cut is ignored", _cut_ignored, is_quick=False),
    Bug("a removed device still counts", _removed_device_still_counts),
    Bug("an unknown field is dropped in a merge", _unknown_field_dropped),
    Bug("the clock is not put right", _clock_not_put_right),
    Bug("a receipt without erasing", _receipt_without_erasing),
    Bug("a displaced certificate is dropped", _displaced_certificate_dropped),
    Bug("what the store refuses is dropped", _refused_is_dropped),
    Bug("superseded across records", _superseded_across_records, faults=HEALED),
    Bug("history is never fetched", _history_never_fetched, faults=HEALED),
    Bug("the digest forgets erasing", _digest_forgets_erasing),
    Bug("a key is known by its number alone", _key_by_number_only, is_quick=False, store="folder"),
    Bug("uploads block downloads", _uploads_block_downloads),
    Bug("signatures are not checked", _signature_not_checked),
    Bug("a new key is never made", _new_key_never_made),
    Bug("what counts is decided once", _rights_counted_once),
    Bug("erasing leaves what waits to be sent", _erasing_leaves_what_waits),
    Bug("a late certificate is refused for good", _late_refusal_is_final),
    Bug("plain text travels", _plain_text_travels),
    Bug("a save leaves a second head", _parent_is_not_remembered),
    Bug("a parent that comes late is a head", _late_parent_is_a_head),
    Bug("nobody reaps what comes back", _nobody_reaps, store="folder"),
    Bug("half a file counts as there", _half_a_file_is_one, is_quick=False, store="folder"),
    Bug("in a folder absence is deletion", _absence_is_deletion, store="folder"),
    Bug("the chain is as it came in", _chain_by_order_of_arrival, is_quick=False, store="folder"),
    Bug("half a transaction is kept", _wrong_transaction, is_quick=False),
)


def hunt(bug: Bug, schedules: int, first: int = 0) -> tuple[int, str] | None:
    """The first seed at which a bug shows, and as what."""
    for seed in range(first, first + schedules):
        played = play(Plan(seed, faults=bug.faults, store=bug.store), bug.put_in())
        if played.broken:
            return seed, played.broken
    return None


def hunt_all(schedules: int, first: int = 0, processes: int = 0) -> int:
    """Look for every bug on all cores, and say where each was found; returns how many were not."""
    start = monotonic()
    missed = 0
    with multiprocessing.Pool(processes or None) as pool:
        hunts = [(each, pool.apply_async(_hunt, (at, schedules, first))) for at, each in enumerate(BUGS)]
        for bug, result in hunts:
            found = result.get()
            missed += found is None
            print(f"{bug.name:50s} {f'seed {found[0]:5d}  {found[1]}' if found else 'NOT FOUND'}", flush=True)  # noqa: T201
    print(f"{len(BUGS) - missed} of {len(BUGS)} found in {monotonic() - start:.0f} s")  # noqa: T201
    return min(missed, 1)


def _hunt(at: int, schedules: int, first: int) -> tuple[int, str] | None:
    return hunt(BUGS[at], schedules, first)
