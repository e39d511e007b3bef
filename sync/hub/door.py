"""Who may come in: every request is signed by a device in the chain, or by an open invite that may only join."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.signing import VerifyKey
from sqlalchemy import Connection, select

from casebook.envelope import Envelope, Refused
from sync.certificates import Add, Create, certificate
from sync.hub import freezing
from sync.hub.refusal import is_frozen, not_in, only_to_join, unsigned, wrong_clock
from sync.hub.tables import envelope
from sync.membership import Membership, founded
from sync.signed_request import TOLERANCE, Claim, claim, key_named
from sync.store import Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in, as far as the door looks at it."""

    space: str
    method: str
    target: str
    authorization: str = ""
    body: bytes = b""
    ticket: str = ""
    identity: str = ""
    peer: str = ""
    """The address of the other side."""
    is_forwarded: bool = False
    """Whether a proxy passed it on."""

    @property
    def is_local(self) -> bool:
        """Whether somebody on this very machine asks."""
        try:
            return not self.is_forwarded and ipaddress.ip_address(self.peer).is_loopback
        except ValueError:
            return False


def claimed(asked: Asked, now: int) -> Claim:
    """Who says to have asked, just now."""
    found = claim(asked.authorization)
    if found is None:
        raise unsigned()
    if abs(found.at - now) > TOLERANCE:
        raise wrong_clock(now)
    return found


def named(by: Claim, membership: Membership) -> str:
    """The id of the device or the invite that asks; an invite may be called by its key."""
    key = key_named(by.who)
    if key is None:
        return by.who
    return next((each for each, invite in membership.invites.items() if invite.invite.vk == key), "")


def prove(asked: Asked, by: Claim, membership: Membership) -> str:
    """Who asks; raises a `Refusal` unless this device, or invite, of the space signed the request."""
    who = named(by, membership)
    try:
        key = membership.signer(who)
    except Refused as error:
        raise unsigned() from error
    _prove(asked, by, key)
    return who


def let_in(
    connection: Connection, membership: Membership, who: str, now: int, envelopes: Sequence[Envelope | Outcome] = ()
) -> bool:
    """Whether *who* is an invite; raises a `Refusal` when it may not come in (any more).

    Who joined, and did not hear of it, may send the same *envelopes* again with an invite that is used up.
    """
    invite = membership.invites.get(who)
    if invite is None:
        is_in = membership.role_of(who) is not None
    else:
        is_in = invite.is_open(now) or are_here(connection, membership.space, envelopes)
    if not is_in:
        raise not_in()
    if freezing.is_frozen(connection, membership, who):
        raise is_frozen()
    return invite is not None


def founder(asked: Asked, by: Claim, first: Envelope) -> Membership:
    """The membership that a first certificate makes, when who asks is who signed it."""
    try:
        cert = certificate(first)
        membership = founded(cert)
    except Refused as error:
        raise unsigned() from error
    assert isinstance(cert.action, Create)  # founded saw to it
    if cert.author != by.who:
        raise unsigned()
    _prove(asked, by, VerifyKey(cert.action.vk))
    return membership


def only_joins(envelopes: Sequence[Envelope | Outcome], invite: str) -> None:
    """Raises a `Refusal` unless this is one device that joins with this invite."""
    first = envelopes[0] if len(envelopes) == 1 else None
    if not isinstance(first, Envelope) or first.header.kind != "cert" or first.header.dev != invite:
        raise only_to_join()
    try:
        if not isinstance(certificate(first).action, Add):
            raise only_to_join()
    except Refused as error:
        raise only_to_join() from error


def are_here(connection: Connection, space: str, envelopes: Sequence[Envelope | Outcome]) -> bool:
    """Whether all of these came in before."""
    ids = [each.id for each in envelopes if isinstance(each, Envelope)]
    column = envelope.c
    found = connection.execute(select(column.id).where(column.space == space, column.id.in_(ids))).all()
    return 0 < len(envelopes) == len(found)


def _prove(asked: Asked, by: Claim, key: VerifyKey) -> None:
    if not by.is_true(key, asked.method, asked.target, asked.body):
        raise unsigned()
