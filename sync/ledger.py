"""What was said about a space (certificates, erasures, receipts) as it stands on the shelf, held in memory too."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from nacl.signing import SigningKey

from casebook.envelope import Envelope, Kind, Newer, Refused, RevisionId, opened, state_openly
from sync.certificates import Action, Certificate, Role, certificate, certify
from sync.chain import Chain
from sync.membership import Membership, authentic
from sync.shelf import AGAIN, IN_STORE, REFUSED, WAITING, Shelf


@dataclass(frozen=True, slots=True)
class Statement:
    """One of them, and what the store did with it."""

    envelope: Envelope
    pushed: int
    refused: str = ""


class Ledger:
    """Everything but `transaction` is used inside one."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.chain = Chain([])
        self.statements: dict[RevisionId, Statement] = {}
        self.erased: set[str] = set()
        self._unknown: set[RevisionId] = set()
        """Certificates of a kind that only a newer version knows: kept, and not in the chain."""
        self._seen: object = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction of the shelf, in which all of this is as it stands there."""
        with self.shelf.transaction():
            try:
                if self._seen is None or self.shelf.changes() != self._seen:
                    self._load()
                    self.erased = {each.envelope.header.rec for each in self.of("erase") if self.stands(each.envelope)}
                yield
                self._seen = self.shelf.changes()
            except BaseException:
                self._seen = None
                raise

    @property
    def membership(self) -> Membership | None:
        """Who belongs to the space."""
        return self.chain.membership

    @property
    def is_in(self) -> bool:
        """Whether this device belongs to it."""
        return self.membership is not None and self.membership.role_of(self.shelf.device.id) is not None

    @property
    def is_outrun(self) -> bool:
        """Whether an administrator did something here that only a newer version understands.

        Who belongs to the space is then not wholly known, so this version adds nothing to the chain.
        """
        return any(_is_of_administrator(self.statements[each].envelope, self.membership) for each in self._unknown)

    def of(self, kind: Kind) -> list[Statement]:
        """The statements of one kind, the oldest first."""
        found = [each for each in self.statements.values() if each.envelope.header.kind == kind]
        return sorted(found, key=lambda each: (each.envelope.header.wall, each.envelope.id))

    def receipts(self, record: str) -> set[str]:
        """The devices that said they erased a record."""
        headers = [each.envelope.header for each in self.of("receipt")]
        return {each.dev for each in headers if each.rec == record}

    def is_authentic(self, envelope: Envelope) -> bool:
        """Whether somebody who is, or was, in the space signed it."""
        return envelope.header.space == self.shelf.space and self.chain.is_signed(envelope)

    def stands(self, erasure: Envelope) -> bool:
        """Whether an erasure counts. Before there is a chain there is only one's own."""
        return self.membership is None or self.membership.stands(erasure.id, erasure.header)

    def keep(self, envelope: Envelope, pushed: int) -> None:
        """Add an erasure or a receipt."""
        self.shelf.keep_statement(envelope, pushed)
        self.statements[envelope.id] = Statement(envelope, pushed)

    def keep_certificates(self, envelopes: Sequence[Envelope], pushed: int) -> list[Certificate]:
        """Add those that are certificates of somebody of this space; returns those that are understood.

        What an administrator signed and only a newer version understands is kept too: that version finds it here.
        """
        found, unknown = understood(envelopes)
        self.chain, accepted = self.chain.grown(found)
        for cert in accepted:
            self.keep(cert.envelope, pushed)
        for each in outrunning(unknown, self.membership):
            self.keep(each, pushed)
            self._unknown.add(each.id)
        return accepted

    def begin(self, certificates: Sequence[Certificate], pushed: int) -> None:
        """Keep a chain that was checked already."""
        for each in certificates:
            self.keep(each.envelope, pushed)
        self.chain = Chain(certificates)

    def confirm(self, ids: Collection[bytes]) -> None:
        """Write down that the store has these."""
        self.shelf.confirm(ids)
        for each in map(RevisionId, ids):
            known = self.statements.get(each)
            if known and known.refused == AGAIN:
                self.mark([each], IN_STORE, AGAIN)
            elif known and known.pushed != IN_STORE:
                self.statements[each] = Statement(known.envelope, IN_STORE)
            if known and known.pushed == REFUSED:
                self._load()

    def mark(self, ids: Collection[bytes], pushed: int, refused: str = "") -> None:
        """Write down what the store did with envelopes of any kind."""
        self.shelf.mark(ids, pushed, refused)
        mine = [each for each in map(RevisionId, ids) if each in self.statements]
        for each in mine:
            self.statements[each] = replace(self.statements[each], pushed=pushed, refused=refused)
        if pushed == REFUSED and any(self.statements[each].envelope.header.kind == "cert" for each in mine):
            self._load()

    def drop(self, statements: Collection[RevisionId]) -> None:
        """Forget those that no store has."""
        for each in statements:
            self.shelf.drop_statement(each)
        if statements:
            self._load()

    def state(self, kind: Kind, record: str, parents: tuple[RevisionId, ...], offset: int = 0) -> RevisionId:
        """Sign an erasure or a receipt; the store gets it with the next exchange."""
        device = self.shelf.device
        statement, raw = state_openly(
            kind,
            space=self.shelf.space,
            record=record,
            parents=parents,
            device=device.id,
            wall=max(self.shelf.now() + offset, 0),
            signer=device.signer,
        )
        self.keep(opened(raw), WAITING)
        return statement

    def act(self, action: Action, author: str = "", signer: SigningKey | None = None) -> Certificate:
        """Sign a certificate on top of the newest one, as this device unless somebody else is named.

        Raises `Refused` when the author may not do that.
        """
        top, device = self.membership, self.shelf.device
        cert = certify(
            action,
            n=top.n + 1 if top else 1,
            before=top.head if top else None,
            space=self.shelf.space,
            device=author or device.id,
            wall=self.shelf.now(),
            signer=signer or device.signer,
        )
        if top is None:
            self.begin([cert], WAITING)
        elif top.after(cert):
            self.keep_certificates([cert.envelope], WAITING)
        return cert

    def _load(self) -> None:
        """Know again what is on the shelf: at the start, after a failure, and when another window wrote."""
        self.statements = {}
        for each in self.shelf.statements():
            envelope = opened(each.raw)
            self.statements[envelope.id] = Statement(envelope, each.pushed, each.refused)
        known, unknown = understood(each.envelope for each in self.of("cert") if each.pushed != REFUSED)
        self.chain = Chain(known)
        self._unknown = {each.id for each in unknown}


def understood(envelopes: Iterable[Envelope]) -> tuple[list[Certificate], list[Envelope]]:
    """The certificates among these, and those of a kind that only a newer version knows; without what is garbled."""
    known, unknown = list[Certificate](), list[Envelope]()
    for each in envelopes:
        try:
            known.append(certificate(each))
        except Newer:
            unknown.append(each)
        except Refused:
            continue
    return known, unknown


def outrunning(unknown: Iterable[Envelope], membership: Membership | None) -> list[Envelope]:
    """Those of these certificates that an administrator signed: who belongs to the space is then not wholly known."""
    return [each for each in unknown if _is_of_administrator(each, membership) and _is_signed(each, membership)]


def _is_of_administrator(envelope: Envelope, membership: Membership | None) -> bool:
    return membership is not None and membership.role_of(envelope.header.dev) is Role.ADMIN


def _is_signed(envelope: Envelope, membership: Membership | None) -> bool:
    try:
        if membership:
            authentic(envelope, membership)
    except Refused:
        return False
    return membership is not None
