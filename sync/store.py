"""What every shared store does: four calls on a set of envelopes, and what it answers.

A store reads headers and certificates, never contents. Three of them pass one contract test: memory, folder, hub.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from casebook.digest import Digest as Digest  # noqa: PLC0414 - it is part of what every store answers
from casebook.envelope import Envelope, Newer, Refused, RevisionId
from sync.certificates import SHORT, Add, Certificate, Create, Remove, Role, SetRole, certificate
from sync.chain import Chain
from sync.membership import Membership

AT_ONCE = 500
"""Envelopes in one request at most."""

BYTES_AT_ONCE = 1024 * 1024
"""Bytes in one request, unless a single envelope is larger."""

DAY = 24 * 60 * 60 * 1000

CLOCK_TOLERANCE = DAY
"""How far in the future a moment may lie, in milliseconds, before a store says that the clock is wrong."""

MOST_ERASURES = 500
"""Records that one device erases within a day, before more wait: twenty cases with all of theirs (`SYNC.md` 2.7)."""


class Outcome(Enum):
    """What a store did with one envelope."""

    OK = "ok"
    KNOWN = "known"
    ERASED = "erased"
    """Its record was erased: it is refused for ever."""
    DENIED = "denied"
    CLOCK = "clock"
    """It lies in the future: the sender's clock is wrong."""
    TOO_BIG = "too_big"
    FULL = "full"
    """The quota of this device for today is used up."""
    BEHIND = "behind"
    """A certificate that does not stand on the newest one: fetch first, then sign again."""
    HELD = "held"
    """So many erasures in one day wait for a second administrator, or for tomorrow."""
    GARBLED = "garbled"
    NEWER = "newer"
    """Of a kind that only a newer version than the store's knows: sent again, for when that is brought up to date."""

    @property
    def is_in(self) -> bool:
        """Whether the store has it now."""
        return self in (Outcome.OK, Outcome.KNOWN)

    @property
    def is_final(self) -> bool:
        """Whether sending it again cannot help."""
        return self in (Outcome.ERASED, Outcome.DENIED, Outcome.TOO_BIG, Outcome.GARBLED)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a store has after a cursor; its digest is None where the store cannot know it."""

    envelopes: tuple[bytes, ...]
    cursor: bytes
    digest: Digest | None
    more: bool = False
    now: int | None = None
    """The store's clock, in milliseconds since 1970, where it has one."""
    held: tuple[str, ...] = ()
    """The devices of which more erasures came than are let in within a day; the rest waits."""


class Unreachable(Exception):
    """The store cannot be reached now; nothing is wrong with what is kept here."""

    def __init__(self, details: str = "", retry_after: float | None = None) -> None:
        super().__init__(details)
        self.retry_after = retry_after
        """Seconds the store asks us to wait."""


class Emptied(Exception):
    """A store that was filled is suddenly missing or empty. That is never taken for deletion: stop, and tell."""


class NotAllowed(Exception):
    """The store does not let this device in: it was removed, blocked, or never a member."""


class Stranger(NotAllowed):
    """Nobody in the space is known by the key with which was asked."""


class Spent(NotAllowed):
    """The device was removed, or the invite is used up, taken back, or too old."""


class TicketNeeded(NotAllowed):
    """To begin a space at this hub takes a ticket of its administrator."""


class Lack(Enum):
    """What was the matter with the identity that somebody showed to join."""

    ISSUER = "issuer"
    """The hub does not trust the issuer that the circle names."""
    TOKEN = "token"
    """There was none, or it is no good."""
    DOMAIN = "domain"
    """The mail address is of another domain than those that the circle lets in."""
    MAIL = "mail"
    """The issuer gave no mail address, or one that it is not sure of."""
    CHECK = "check"
    """The hub could not ask the issuer for its keys."""


class IdentityNeeded(NotAllowed):
    """To join takes signing in at the issuer that the space's policy names."""

    def __init__(self, lack: Lack, details: str = "") -> None:
        super().__init__(details)
        self.lack = lack


class Store(Protocol):
    """One space in a shared store."""

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        """What came after *cursor*, certificates before what relies on them; with *heads* no superseded revisions."""

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        """Add envelopes; to send one again is harmless. One outcome each, in their order.

        Of one record the newest revision comes first: what somebody who left wrote counts when others built on it.
        Certificates that are *given_back* were in this store, which lost them: from an administrator they come on the
        place they had, also when another one stands there by now.
        """

    def ids(self) -> Iterable[bytes]:
        """The ids of all it has."""

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        """Those of these envelopes that it has."""

    def close(self) -> None:
        """Let go of what it holds open; whoever asks after that opens it again."""


def unread(error: Refused) -> Outcome:
    """What a store says of an envelope that it cannot read."""
    return Outcome.NEWER if isinstance(error, Newer) else Outcome.GARBLED


class Holdings(Protocol):
    """What a store already has, as far as judging the next envelope needs it."""

    def has(self, envelope: bytes) -> bool:
        """Whether this id is in it, with its contents."""

    def is_erased(self, record: str) -> bool:
        """Whether this record was erased."""

    def is_followed(self, record: str, envelope: bytes) -> bool:
        """Whether a revision of this record that is in it names this id as its parent."""

    def erasures(self, device: str) -> Collection[tuple[bytes, int]]:
        """The erasures that a device signed: their ids, and the moments at which they came in."""


def judged(envelope: Envelope, chain: Chain, holdings: Holdings, now: int, sender: str = "") -> tuple[Outcome, Chain]:
    """What a store does with an envelope that *sender* brings, where that is known, and the chain after it.

    The one rule for every store that judges at the door. A space begins with its first certificate.
    """
    if holdings.has(envelope.id):
        return Outcome.KNOWN, chain
    if envelope.header.kind != "cert":
        return _judged_content(envelope, chain, holdings, now, sender), chain
    try:
        return _judged_certificate(certificate(envelope), chain, holdings, now)
    except Newer:
        return Outcome.NEWER, chain
    except Refused:
        return Outcome.DENIED, chain


def _judged_content(envelope: Envelope, chain: Chain, holdings: Holdings, now: int, sender: str) -> Outcome:
    header, membership = envelope.header, chain.membership
    if membership is None or not chain.is_signed(envelope):
        return Outcome.DENIED
    if header.wall > now + CLOCK_TOLERANCE:
        return Outcome.CLOCK
    if header.kind == "rev":
        return _judged_revision(envelope, membership, holdings)
    if not membership.stands(envelope.id, header):
        return Outcome.DENIED
    is_held = header.kind == "erase" and _are_too_many(header.dev, membership, holdings, now, sender)
    return Outcome.HELD if is_held else Outcome.OK


def _are_too_many(device: str, membership: Membership, holdings: Holdings, now: int, sender: str) -> bool:
    """Whether a device erased so much today that the rest waits for a second administrator (`SYNC.md` 2.7).

    One who has it and brings it is that. It goes by when they came in: what moment they name is the sender's choice.
    """
    if sender != device and membership.role_of(sender) is Role.ADMIN:
        return False
    return sum(at > now - DAY for _id, at in holdings.erasures(device)) >= MOST_ERASURES


def _judged_revision(envelope: Envelope, membership: Membership, holdings: Holdings) -> Outcome:
    header = envelope.header
    if holdings.is_erased(header.rec):
        return Outcome.ERASED
    counts = membership.counted([(envelope.id, header.dev, envelope.parents)], header.rec)
    built_on = header.dev in membership.cuts and holdings.is_followed(header.rec, envelope.id)
    return Outcome.OK if counts or built_on else Outcome.DENIED


def _judged_certificate(cert: Certificate, chain: Chain, holdings: Holdings, now: int) -> tuple[Outcome, Chain]:
    """A new one stands on the newest: of two at one time the second is signed again (raises `Refused`)."""
    membership = chain.membership
    if membership is None:
        return (Outcome.OK, Chain([cert])) if isinstance(cert.action, Create) else (Outcome.BEHIND, chain)
    if cert.before != membership.head:
        return Outcome.BEHIND, chain
    invite = membership.invites.get(cert.author)
    if isinstance(cert.action, Add) and invite and not invite.is_open(now):
        return Outcome.DENIED, chain
    membership.after(cert)
    if isinstance(cert.action, Remove | SetRole) and not _knows_erasures(cert.action, membership, holdings):
        return Outcome.BEHIND, chain
    return Outcome.OK, chain.grown([cert])[0]


def returned(envelopes: Sequence[Envelope], chain: Chain, holdings: Holdings) -> tuple[list[Outcome], Chain]:
    """What a store does with certificates that it had, and lost, and that an administrator gives back.

    They come on the place they had, beside others, as in a folder; whoever reads them finds out which go on. From
    anybody else they are new ones, for who says that something was there before may have signed it just now. So what
    somebody signed who may do less since does not come back, and no removal by who had not seen what was erased.
    """
    outcomes: dict[RevisionId, Outcome] = {}
    coming: list[Certificate] = []
    for each in envelopes:
        try:
            cert = certificate(each)
            if holdings.has(each.id):
                outcomes[each.id] = Outcome.KNOWN
            elif chain.membership is None and isinstance(cert.action, Create):
                chain = Chain([cert])
                outcomes[each.id] = Outcome.OK
            elif chain.membership and _may_return(cert, chain, chain.membership, holdings):
                coming.append(cert)
            else:
                outcomes[each.id] = Outcome.DENIED
        except Refused as error:
            outcomes[each.id] = Outcome.NEWER if isinstance(error, Newer) else Outcome.DENIED
    chain, accepted = chain.grown(coming)
    outcomes |= {each.id: Outcome.BEHIND for each in coming} | {each.id: Outcome.OK for each in accepted}
    return [outcomes[each.id] for each in envelopes], chain


def may_give_back(chain: Chain, device: str) -> bool:
    """Whether what this device gives back comes on the place it had."""
    return chain.membership is None or chain.membership.role_of(device) is Role.ADMIN


def not_given_back(outcome: Outcome) -> Outcome:
    """What is said of a certificate that somebody gives back who may not: it never was, unless it could be new."""
    return Outcome.DENIED if outcome is Outcome.BEHIND else outcome


def _may_return(cert: Certificate, chain: Chain, membership: Membership, holdings: Holdings) -> bool:
    if membership.may_do_less(cert.author) or chain.denies(cert.envelope):
        return False
    return not isinstance(cert.action, Remove | SetRole) or _knows_erasures(cert.action, membership, holdings)


def _knows_erasures(action: Remove | SetRole, membership: Membership, holdings: Holdings) -> bool:
    """Whether the author of a removal has seen what was erased: what is gone cannot be made to count no more."""
    devices = (
        action.devices
        if isinstance(action, Remove)
        else [each.id for each in membership.devices.values() if each.member == action.member]
    )
    if isinstance(action, SetRole) and action.role >= membership.roles.get(action.member, action.role):
        return True
    cut = set(action.cut)
    return all(each[:SHORT] in cut for device in devices for each, _at in holdings.erasures(device))
