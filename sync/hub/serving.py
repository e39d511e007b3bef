"""All that a hub does for one request, apart from HTTP: look who asks, and do it in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Connection, true

from casebook.database import now_ms
from casebook.envelope import Envelope, Refused
from sync.certificates import Add, Role
from sync.chain import Chain
from sync.frames import unframed
from sync.hub import codes, door, freezing, reading, rows
from sync.hub.chains import Chains, begun
from sync.hub.database import HubDatabase
from sync.hub.door import Asked
from sync.hub.identity import Issuers, Shown
from sync.hub.ledger import Ledger
from sync.hub.pushing import Push, admitted, begin
from sync.hub.quota import Rates, quota
from sync.hub.reading import Given
from sync.hub.refusal import (
    bad_request,
    no_ticket,
    not_administrator,
    only_to_join,
    too_often,
    unknown_space,
    unsigned,
)
from sync.hub.settings import Settings
from sync.hub.tables import envelope
from sync.membership import Membership
from sync.signed_request import Claim
from sync.store import AT_ONCE, Digest, Outcome

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pulled:
    """A page, and the digest of all there is; who joins does not get one."""

    page: Given
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class _Guest:
    """Somebody who was let in."""

    who: str
    is_invite: bool
    here: rows.Known
    membership: Membership


@dataclass(eq=False)
class Hub:
    """A hub on one database; as many of them as you like may serve the same spaces."""

    db: HubDatabase
    settings: Settings
    ledger: Ledger
    clock: Callable[[], int] = now_ms
    chains: Chains = field(default_factory=Chains)
    rates: Rates = field(init=False)
    issuers: Issuers = field(init=False)

    def __post_init__(self) -> None:
        self.rates = Rates(self.settings.limits.requests_a_minute)
        self.issuers = Issuers(self.settings.issuers)

    def pull(self, asked: Asked, after: int, limit: int, *, heads: bool) -> Pulled:
        """What came in after a number. Somebody who joins gets the certificates."""
        with self.db.read() as connection:
            guest = self._entered(connection, asked)
            every = reading.heads_only() if heads else true()
            where = envelope.c.kind == "cert" if guest.is_invite else every
            page = reading.envelopes_after(connection, guest.here, after, limit, where)
            return Pulled(page, None if guest.is_invite else guest.here.digest)

    def ids(self, asked: Asked, after: int, limit: int) -> Given:
        """The ids of what there is behind a number."""
        with self.db.read() as connection:
            return reading.ids_after(connection, self._member(connection, asked).here, after, limit)

    def get(self, asked: Asked) -> Given:
        """The envelopes of the ids in the body."""
        with self.db.read() as connection:
            here = self._member(connection, asked).here
            ids = [asked.body[at : at + 32] for at in range(0, len(asked.body), 32)]
            if len(asked.body) % 32 or len(ids) > AT_ONCE:
                raise bad_request("at most 500 ids of 32 bytes")
            return reading.envelopes_of(connection, here, ids)

    def push(self, asked: Asked, *, given_back: bool = False) -> list[Outcome]:
        """Take in what may come in; one outcome for each envelope in the body. For *given_back* see `Store`."""
        by = door.claimed(asked, self.clock())
        try:
            raws = unframed(asked.body, AT_ONCE)
        except Refused as error:
            raise bad_request(str(error)) from error
        envelopes = [admitted(each, asked.space) for each in raws]
        with self.db.read() as connection:
            begun = rows.known(connection, asked.space) is not None
            guest = self._entered(connection, asked, envelopes) if begun else None
        if guest is None:
            self._may_begin(asked, envelopes)
        # Outside a transaction: an issuer may take its time.
        shown = self._shown(guest, asked, envelopes) if guest else None
        outcomes, has_erased = self.db.write(
            lambda connection: self._push(connection, asked, envelopes, by, shown, given_back=given_back)
        )
        if has_erased:
            self.db.forget_erased()
        return outcomes

    def check_token(self, token: str) -> None:
        """Raises a `Refusal` for who is no administrator of the hub."""
        with self.db.read() as connection:
            if not codes.is_token(connection, token):
                raise not_administrator()

    def freeze(self, space: str, *, device: str, member: str, thaw: bool) -> None:
        """Keep a device or a member out of a space, or let it in again."""

        def work(connection: Connection) -> None:
            if thaw:
                freezing.thaw(connection, space, device=device, member=member)
            else:
                freezing.freeze(connection, space, device=device, member=member, now=self.clock())

        self.db.write(work)

    def _push(
        self,
        connection: Connection,
        asked: Asked,
        envelopes: Sequence[Envelope | Outcome],
        by: Claim,
        shown: Shown | None,
        *,
        given_back: bool,
    ) -> tuple[list[Outcome], bool]:
        now, who = self.clock(), by.who
        here = rows.locked(connection, asked.space)
        if here is None:
            here, chain = begin(connection, asked.space), Chain([])
        else:
            chain = self.chains.chain(connection, here)
            membership = begun(chain)
            who = door.named(by, membership)
            if door.let_in(connection, membership, who, now, envelopes):
                door.only_joins(envelopes, who)
                given_back = False
        push = Push(
            connection=connection,
            here=here,
            chain=chain,
            quota=quota(connection, here.id, who, now, self.settings.limits),
            now=now,
            may_join=lambda now_in, add: _may_join(now_in, add, who, shown),
            given_back=given_back,
        )
        outcomes = push.take(envelopes)
        if chain.membership is None:
            self._begun(connection, asked, outcomes)
        self.ledger.add(push.erased_now, now)
        return outcomes, bool(push.erased_now)

    def _shown(self, guest: _Guest, asked: Asked, envelopes: Sequence[Envelope | Outcome]) -> Shown | None:
        """What who joins showed, where the circle asks for it; raises a `Refusal` when that is not enough."""
        policy = guest.membership.policy
        if not policy.issuer or not guest.is_invite:
            return None
        with self.db.read() as connection:
            if door.are_here(connection, guest.here.id, envelopes):
                return None
        return self.issuers.look(policy, asked.identity, self.clock())

    def _may_begin(self, asked: Asked, envelopes: Sequence[Envelope | Outcome]) -> None:
        """Raises a `Refusal` unless the first of these begins the space, signed by who asks."""
        if not envelopes or not isinstance(envelopes[0], Envelope):
            raise unknown_space()
        if envelopes[0].header.kind != "cert" or envelopes[0].header.parents:
            raise unknown_space()
        door.founder(asked, door.claimed(asked, self.clock()), envelopes[0])

    def _begun(self, connection: Connection, asked: Asked, outcomes: list[Outcome]) -> None:
        if outcomes[0] is not Outcome.OK:
            raise unsigned()
        is_free = self.settings.founding == "everybody" or (self.settings.founding == "local" and asked.is_local)
        if not is_free and not codes.use_ticket(connection, asked.ticket, asked.space):
            raise no_ticket()

    def _entered(self, connection: Connection, asked: Asked, envelopes: Sequence[Envelope | Outcome] = ()) -> _Guest:
        now = self.clock()
        by = door.claimed(asked, now)
        here = rows.known(connection, asked.space)
        if here is None:
            raise unknown_space()
        membership = begun(self.chains.chain(connection, here))
        who = door.prove(asked, by, membership)
        if wait := self.rates.wait(here.id, who):
            raise too_often(wait)
        is_invite = door.let_in(connection, membership, who, now, envelopes)
        return _Guest(who, is_invite, here, membership)

    def _member(self, connection: Connection, asked: Asked) -> _Guest:
        guest = self._entered(connection, asked)
        if guest.is_invite:
            raise only_to_join()
        return guest


def _may_join(membership: Membership, add: Add, who: str, shown: Shown | None) -> bool:
    """Whether a device may be added: an administrator answers for it, others show who they are where that is asked."""
    if not membership.policy.issuer or membership.role_of(who) is Role.ADMIN:
        return True
    return shown is not None and shown.lets_in(membership.policy, add)


def begin_hub(settings: Settings) -> Hub:
    """A hub as it is set up, after forgetting again what was erased before its backup was put back."""
    from sync.hub.database import open_database

    hub = Hub(open_database(settings.address), settings, Ledger(settings.ledger_file))
    hub.db.write(hub.ledger.apply)
    return hub
