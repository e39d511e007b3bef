"""This device's side of one shared space: what it takes in, what it still has to send, and what the store did."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from msgspec.structs import replace as changed

from casebook.envelope import Envelope, Kind, Newer, Refused, RevisionId, opened
from casebook.problem import Problem
from resources.language import _
from sync import tending
from sync.certificates import Action, Add, Certificate, Remove, Role, SetRole, number_of
from sync.inviting import Keys
from sync.ledger import Ledger
from sync.membership import Membership
from sync.shelf import AGAIN, IN_STORE, LOST, REFUSED, WAITING, Place, Shelf
from sync.store import AT_ONCE, BYTES_AT_ONCE, Digest, Outcome
from sync.troubles import OUTRUN

_SHOWN_AT_ONCE = 200
"""Records of which the history is shown in one transaction: others save in between."""

_PATIENCE = 30_000, 60_000
"""Milliseconds between which an administrator waits before making a new key, so that not all do it at once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came out of some envelopes; ignored is what is garbled, forged, or of something that was erased."""

    new: int
    ignored: int


class Replica:
    """The rules for one space on top of its shelf. Everything that must hold after a crash is on the shelf.

    Each call is one transaction.
    """

    def __init__(self, shelf: Shelf, chance: Random | None = None) -> None:
        self.shelf = shelf
        self.space = shelf.space
        self._ledger = Ledger(shelf)
        self._chance = chance or Random()
        self._rotate_at: int | None = None
        self._followed: Membership | None = None
        """The chain of which the consequences were drawn."""
        self._met_newer = False
        """Whether the store gave something since the start that only a newer version can read."""
        self._said: Membership | None = None
        """The chain of which the shelf knows what this device may write."""

    @property
    def membership(self) -> Membership | None:
        """Who belongs to the space, as far as known here."""
        with self._ledger.transaction():
            return self._ledger.membership

    @property
    def is_outrun(self) -> bool:
        """Whether somebody in the space works with a newer version, so that not all there is can be seen here."""
        with self._ledger.transaction():
            return self._met_newer or self._ledger.is_outrun

    def place(self) -> Place:
        """How far the exchange has come."""
        with self._ledger.transaction():
            return self.shelf.place()

    def digest(self) -> Digest:
        """Of all that is here and in the store."""
        with self._ledger.transaction():
            return self.shelf.digest()

    def ids(self) -> set[bytes]:
        """The ids of all that is here and in the store."""
        with self._ledger.transaction():
            return self.shelf.ids()

    def lacking(self, ids: Iterable[bytes]) -> list[bytes]:
        """Those of these ids that are not here."""
        wanted = set(ids)
        with self._ledger.transaction():
            return sorted(wanted - self.shelf.holds(wanted))

    def is_signed(self, envelope: Envelope) -> bool:
        """False for an envelope of somebody known here who did not sign it."""
        with self._ledger.transaction():
            return not self._ledger.chain.denies(envelope)

    def authentic(self, envelopes: Sequence[Envelope]) -> set[bytes]:
        """Those of these that somebody signed who is, or was, in the space."""
        with self._ledger.transaction():
            return {each.id for each in envelopes if self._ledger.is_authentic(each)}

    def present(self, records: Collection[str]) -> set[str]:
        """Those of these records of which something is here."""
        with self._ledger.transaction():
            return self.shelf.present(records)

    def take(self, raws: Sequence[bytes], place: Place | None = None, *, put_by: bool = False) -> Taken:
        """Take in what a store gave, and write down how far we are, in one transaction.

        What is garbled, forged or erased is left out; it never stops the rest. With *put_by* revisions are shown
        only when `bring_out` is called.
        """
        envelopes = {each.id: each for each in map(self._readable, raws) if each}
        with self._transaction():
            here = self.shelf.holds(envelopes)
            self._ledger.confirm(here)
            self._follow_chain()
            fresh = [each for each in envelopes.values() if each.id not in here]
            new = self._take_certificates([each for each in fresh if each.header.kind == "cert"])
            new += self._take_statements([each for each in fresh if each.header.kind in ("erase", "receipt")])
            new += self._take_revisions([each for each in fresh if each.header.kind == "rev"], put_by)
            if place is not None:
                self.shelf.keep_place(place)
        return Taken(new, len(raws) - len(here) - new)

    def bring_out(self) -> bool:
        """Show some of what was put by; says whether there may be more."""
        with self._ledger.transaction():
            membership = self._ledger.membership
            return membership is not None and self.shelf.bring_out(_SHOWN_AT_ONCE, membership.counted)

    def lost(self) -> list[tuple[RevisionId, bytes]]:
        """The certificates that the store had, and lost: to be given back, in the order of the chain."""
        with self._ledger.transaction():
            return self._certificates(LOST)

    def outbox(self) -> list[tuple[RevisionId, bytes]]:
        """What to send next: certificates alone while there are any, then erasures and receipts, then revisions.

        At most `AT_ONCE` envelopes, and `BYTES_AT_ONCE` bytes unless the first is larger.
        """
        kinds: tuple[Kind, ...] = ("erase", "receipt")
        with self._ledger.transaction():
            certs = self._waiting_certificates()
            is_due = bool(certs or tending.displaced(self._ledger))
            if not self._ledger.is_in or (is_due and not self._ledger.is_outrun):
                return certs[:AT_ONCE]
            found = [one for kind in kinds for one in self._waiting(kind)] + self.shelf.waiting(AT_ONCE)
        return list(_up_to(found[:AT_ONCE], BYTES_AT_ONCE))

    def how_many_wait(self) -> int:
        """How many envelopes the store does not have yet."""
        with self._ledger.transaction():
            statements = [each for each in self._ledger.statements.values() if each.pushed in (WAITING, LOST)]
            return self.shelf.how_many_wait() + len(statements)

    def settle(self, outcomes: Sequence[tuple[RevisionId, Outcome]]) -> None:
        """Write down what the store did. What it refuses is kept, with the reason."""
        with self._transaction():
            for outcome in Outcome:
                ids = [i for i, each in outcomes if each is outcome]
                if not ids:
                    continue
                if outcome.is_in:
                    self._ledger.confirm(ids)
                elif outcome is Outcome.BEHIND:
                    tending.put_down_as_behind(self._ledger, ids)
                elif outcome.is_final:
                    self._put_down_as_refused(ids, outcome)
                else:
                    lost = self._lost()
                    self._ledger.mark([each for each in ids if each not in lost], WAITING, outcome.value)
            self._collect_keys()

    def offer_again(self, ids: Collection[bytes]) -> None:
        """Send these once more, which the store lost, and what it refused before, when it may have known otherwise."""
        with self._transaction():
            tending.offer_again(self._ledger, ids)
            self._offer_refused_again()

    def restamp(self, offset: int) -> None:
        """The store says that this clock is wrong by *offset* milliseconds: put right what it does not have yet."""
        with self._transaction():
            self.shelf.restamp(offset)
            if membership := self._ledger.membership:
                self.shelf.recount({self.shelf.device.id}, membership.counted)
            for kind in ("erase", "receipt"):
                for each in self._ledger.of(kind):
                    if each.pushed == WAITING:
                        self._ledger.drop([each.envelope.id])
                        self._ledger.state(kind, each.envelope.header.rec, each.envelope.parents, offset)

    def act(self, action: Action) -> Certificate:
        """Sign a certificate on top of the newest one; raises `Refused` when this device may not do that.

        Raises a `Problem` when the newest one may be unknown to this version.
        """
        with self._transaction():
            if self._ledger.is_outrun:
                raise Problem(_(OUTRUN))
            return self._ledger.act(action)

    def join(self, certificates: Sequence[Certificate], add: Add, invite: str, keys: Keys) -> None:
        """Come in with an invite: keep the chain that was checked.

        Unless the store let this device in before, sign the certificate that adds it.
        """
        with self._transaction():
            self._ledger.begin(certificates, IN_STORE)
            self.shelf.keep_place(Place(joining=keys.seed))
            if not self._ledger.is_in:
                self._ledger.act(add, invite, keys.signer)

    def erase(self, records: Collection[str]) -> None:
        """Erase records here and, with the next exchange, everywhere; raises `Refused` when one of them may not be."""
        with self._transaction():
            membership = self._ledger.membership
            device = self.shelf.device.id
            if membership and not all(membership.may_erase(device, each) for each in records):
                raise Refused("only its author and administrators erase a record")
            for each in records:
                self._wipe(each, self._ledger.state("erase", each, ()))

    def removal(self, devices: Collection[str]) -> Remove:
        """The action that removes devices, with what of theirs still counts."""
        with self._ledger.transaction():
            return Remove(devices=sorted(devices), cut=tending.cut(self._ledger, devices))

    def role_change(self, member: str, role: Role) -> SetRole:
        """The action that gives a member another role, with what still counts of what that one wrote."""
        with self._ledger.transaction():
            membership = self._ledger.membership
            if membership is None or role >= membership.roles.get(member, role):
                return SetRole(member=member, role=role)
            devices = [each.id for each in membership.devices.values() if each.member == member]
            return SetRole(member=member, role=role, cut=tending.cut(self._ledger, devices))

    def tend(self) -> None:
        """What a device does by itself: sign again what another certificate displaced, and renew the key."""
        with self._transaction():
            if self._ledger.is_outrun:
                return
            for each in tending.displaced(self._ledger):
                tending.sign_again(self._ledger, each)
            if self._may_rotate():
                tending.rotate(self._ledger)

    def holds_lost_key(self) -> bool:
        """Whether a key is here that the others cannot find in the store, until an administrator passes it on."""
        with self._ledger.transaction():
            return tending.holds_lost_key(self._ledger)

    def secrets(self) -> list[tuple[int, bytes, bytes]]:
        """Every key of the space: number, certificate, secret."""
        with self._ledger.transaction():
            return self.shelf.secrets()

    def certificates(self) -> list[Certificate]:
        """Every certificate that is here, the oldest first."""
        with self._ledger.transaction():
            return list(self._ledger.chain)

    def receipts(self, record: str) -> set[str]:
        """The devices that said they erased a record."""
        with self._ledger.transaction():
            return self._ledger.receipts(record)

    def erased(self) -> set[str]:
        """The records that are erased."""
        with self._ledger.transaction():
            return set(self._ledger.erased)

    def refused(self) -> dict[RevisionId, str]:
        """The certificates, erasures and receipts that the store would not have, with its reason."""
        silent = ("", tending.BEHIND, AGAIN)
        with self._ledger.transaction():
            return {i: each.refused for i, each in self._ledger.statements.items() if each.refused not in silent}

    # What follows runs inside a transaction.

    def _readable(self, raw: bytes) -> Envelope | None:
        try:
            envelope = opened(raw)
        except Newer:
            self._met_newer = True
            return None
        except Refused:
            return None
        return envelope if envelope.header.space == self.space else None

    def _take_certificates(self, envelopes: Sequence[Envelope]) -> int:
        accepted = self._ledger.keep_certificates(envelopes, IN_STORE)
        self._follow_chain()
        return len(accepted)

    def _take_statements(self, envelopes: Sequence[Envelope]) -> int:
        good = [each for each in envelopes if self._ledger.is_authentic(each)]
        for each in good:
            self._ledger.keep(each, IN_STORE)
        self._wipe_what_is_erased()
        return len(good)

    def _take_revisions(self, envelopes: Sequence[Envelope], put_by: bool) -> int:
        erased = self._ledger.erased
        good = [each for each in envelopes if each.header.rec not in erased and self._ledger.is_authentic(each)]
        membership = self._ledger.membership
        if good and membership and put_by:
            self.shelf.put_by(good)
        elif good and membership:
            self.shelf.receive(good, membership.counted)
        return len(good)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """A transaction, at the end of which all consequences of the chain are drawn, however it changed."""
        followed = self._followed
        try:
            with self._ledger.transaction():
                self._followed = self._followed or self._ledger.membership
                yield
                self._follow_chain()
                self._say_rights()
        except BaseException:
            self._followed, self._said = followed, None
            raise

    def _follow_chain(self) -> None:
        """Draw the consequences of certificates, if there are others now: keys, what counts, what is erased."""
        before, membership = self._followed, self._ledger.membership
        if before is membership:
            return
        self._followed = membership
        self._collect_keys()
        changed = _changed_rights(before, membership) if before and membership else set()
        if changed and membership:
            self.shelf.recount(changed, membership.counted)
        if self.shelf.device.id in changed:
            self._offer_refused_again()
        said = {each.envelope.header.rec for each in self._ledger.of("erase") if self._ledger.stands(each.envelope)}
        if not self._ledger.erased <= said:
            self.shelf.let_back(self._ledger.erased - said)
        self._ledger.erased &= said
        self._wipe_what_is_erased()

    def _say_rights(self) -> None:
        membership = self._ledger.membership
        if membership is not None and membership is not self._said:
            self.shelf.keep_rights(membership.rights(self.shelf.device.id))
            self._said = membership

    def _offer_refused_again(self) -> None:
        """What was denied, and what the store called erased while it is not so here: more may be allowed by now."""
        reasons = Outcome.DENIED.value, Outcome.ERASED.value
        said = [i for i, each in self._ledger.statements.items() if each.refused == reasons[0]]
        if self._ledger.is_in:
            self._ledger.mark([*(each for why in reasons for each in self.shelf.refused(why)), *said], WAITING)

    def _wipe_what_is_erased(self) -> None:
        for each in self._ledger.of("erase"):
            record = each.envelope.header.rec
            if record not in self._ledger.erased and self._ledger.stands(each.envelope):
                self._wipe(record, each.envelope.id)

    def _wipe(self, record: str, statement: RevisionId) -> None:
        """Destroy a record, and say so."""
        self.shelf.erase(record)
        self._ledger.erased.add(record)
        if self._ledger.is_in and self.shelf.device.id not in self._ledger.receipts(record):
            self._ledger.state("receipt", record, (statement,))

    def _collect_keys(self) -> None:
        if tending.collect_keys(self._ledger) and self._ledger.membership:
            self.shelf.recount((), self._ledger.membership.counted)
        place = self.shelf.place()
        if place.joining and self._ledger.is_in and not self._waiting_certificates():
            self.shelf.keep_place(changed(place, joining=None, came_by=place.joining))

    def _put_down_as_refused(self, ids: Collection[RevisionId], outcome: Outcome) -> None:
        """What counts by all that is known here goes on waiting: the store takes it once it knows as much."""
        lost = self._lost() & set(ids)
        if lost:
            tending.forget_denied(self._ledger, lost)
        waits = self.shelf.counting(ids) if outcome is Outcome.DENIED else set()
        self._ledger.mark([each for each in ids if each in waits], WAITING, outcome.value)
        self._ledger.mark([each for each in ids if each not in waits | lost], REFUSED, outcome.value)

    def _lost(self) -> set[RevisionId]:
        return {i for i, each in self._ledger.statements.items() if each.pushed == LOST}

    def _waiting_certificates(self) -> list[tuple[RevisionId, bytes]]:
        """Those that no store had yet.

        Who comes in with an invite sends that, and the rest when it is there: a hub takes nothing else from an invite.
        """
        waits = self._certificates(WAITING)
        membership = self._ledger.membership
        if self.shelf.place().joining and membership:
            authors = [self._ledger.statements[each].envelope.header.dev for each, _raw in waits]
            ends = [at for at, author in enumerate(authors, 1) if author in membership.invites]
            waits = waits[: ends[0]] if ends else waits
        return waits

    def _certificates(self, pushed: int) -> list[tuple[RevisionId, bytes]]:
        """In the order of the chain, however the clock jumped while they were signed."""
        found = [each.envelope for each in self._ledger.of("cert") if each.pushed == pushed]
        return [(each.id, each.raw) for each in sorted(found, key=number_of)]

    def _waiting(self, kind: Kind) -> list[tuple[RevisionId, bytes]]:
        waits = [each.envelope for each in self._ledger.of(kind) if each.pushed == WAITING]
        return [(each.id, each.raw) for each in waits]

    def _owes_new_key(self, membership: Membership) -> bool:
        may = membership.role_of(self.shelf.device.id) is Role.ADMIN
        if not may or self._leaves_rotating_to_others(membership):
            return False
        return membership.needs_new_key or tending.holds_lost_key(self._ledger)

    def _may_rotate(self) -> bool:
        membership, device = self._ledger.membership, self.shelf.device.id
        if membership is None or not self._owes_new_key(membership):
            self._rotate_at = None
            return False
        if any(each.id == membership.head and each.author == device for each in self._ledger.chain):
            return True
        now = self.shelf.now()
        if self._rotate_at is None:
            self._rotate_at = now + self._chance.randint(*_PATIENCE)
        return now >= self._rotate_at

    def _leaves_rotating_to_others(self, membership: Membership) -> bool:
        """Whether the newest key is not here, and an administrator has it: with theirs the older keys come along."""
        held = {(n, cert) for n, cert, _secret in self.shelf.secrets()}
        others = {each.id for each in membership.active() if membership.role_of(each.id) is Role.ADMIN}
        return (membership.key, membership.key_cert) not in held and bool(
            (others - {self.shelf.device.id}) & membership.readers
        )


def _changed_rights(before: Membership, after: Membership) -> set[str]:
    """The devices that may do more, or less, than before; also the others of a member with a new one."""
    known = before.devices.keys() | after.devices.keys()
    members = {after.devices[each].member for each in after.devices.keys() - before.devices.keys()}
    theirs = {name for name, each in after.devices.items() if each.member in members}
    return theirs | {each for each in known if _rights(before, each) != _rights(after, each)}


def _rights(membership: Membership, device: str) -> tuple[object, ...]:
    return membership.role_of(device), membership.cuts.get(device)


def _up_to(found: Iterable[tuple[RevisionId, bytes]], most: int) -> Iterator[tuple[RevisionId, bytes]]:
    size = 0
    for each in found:
        size += len(each[1])
        if size > most and size > len(each[1]):
            return
        yield each
