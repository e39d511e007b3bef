"""What a hub does with envelopes that come in: judged one by one, kept together in one transaction."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from casebook.envelope import LARGEST, LARGEST_CERTIFICATE, Envelope, Refused, header_of, opened
from sync.certificates import Add, Role, certificate
from sync.chain import Chain
from sync.hub import rows
from sync.hub.erasing import erase_here
from sync.hub.quota import Quota
from sync.hub.tables import awaited, envelope, erased, space
from sync.membership import Membership
from sync.store import Digest, Outcome, judged, may_give_back, not_given_back, returned, unread

T = TypeVar("T")

Followed = tuple[bytes, str]
"""A revision that another one of the same record follows: its id, and that record."""

_AT_ONCE = 1_000


def admitted(raw: bytes, name: str) -> Envelope | Outcome:
    """An envelope that is whole and of this space, or why it cannot come in. Whose it is, is not looked at yet."""
    if len(raw) > LARGEST_CERTIFICATE:
        return Outcome.TOO_BIG
    try:
        header = header_of(raw)
        if header.kind != "cert" and len(raw) > LARGEST + 1024:
            return Outcome.TOO_BIG
        found = opened(raw)
    except Refused as error:
        return unread(error)
    # PostgreSQL cannot keep this sign in a text.
    if "\0" in header.rec or "\0" in header.dev:
        return Outcome.GARBLED
    return found if header.space == name else Outcome.DENIED


@dataclass
class Push:
    """One push within its transaction; *may_join* says of each new device whether it showed who it is."""

    connection: Connection
    here: rows.Known
    chain: Chain
    quota: Quota
    now: int
    may_join: Callable[[Membership, Add], bool]
    given_back: bool = False
    digest: Digest = field(init=False)
    added: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    erased_now: list[Envelope] = field(default_factory=list)
    _erasures: dict[str, list[tuple[bytes, int]]] = field(default_factory=dict)
    _present: dict[bytes, tuple[str, bool]] = field(default_factory=dict)
    """What is in the database: record, and whether its contents are there."""
    _erased: set[str] = field(default_factory=set)
    _awaited: set[Followed] = field(default_factory=set)
    _followed: set[Followed] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.digest = self.here.digest

    def take(self, envelopes: Sequence[Envelope | Outcome]) -> list[Outcome]:
        """Judge each, keep what may come in, and give the outcomes."""
        self._look_up([each for each in envelopes if isinstance(each, Envelope)])
        if self.given_back and may_give_back(self.chain, self.quota.device):
            outcomes = self._take_back(envelopes)
        else:
            outcomes = [each if isinstance(each, Outcome) else self._take(each) for each in envelopes]
            outcomes = [not_given_back(each) if self.given_back else each for each in outcomes]
        if self.added:
            self._keep_all()
        return outcomes

    def _look_up(self, envelopes: Sequence[Envelope]) -> None:
        """All that judging needs to know of the database, in a few questions."""
        ids: set[bytes] = {each.id for each in envelopes}
        column = envelope.c
        for some in _parts([*ids.union(*(each.parents for each in envelopes))]):
            found = self.connection.execute(
                select(column.id, column.rec, column.env.is_not(None).label("is_whole")).where(
                    column.space == self.here.id, column.id.in_(some)
                )
            )
            self._present.update((bytes(row.id), (row.rec, bool(row.is_whole))) for row in found)
        for records in _parts(sorted({each.header.rec for each in envelopes})):
            here = (erased.c.space == self.here.id, erased.c.rec.in_(records))
            self._erased.update(self.connection.scalars(select(erased.c.rec).where(*here)))
        for some in _parts([*ids]):
            here = (awaited.c.space == self.here.id, awaited.c.parent.in_(some))
            found = self.connection.execute(select(awaited.c.parent, awaited.c.rec).where(*here))
            self._awaited.update((bytes(row.parent), row.rec) for row in found)
        self._followed.update(self._awaited)

    def _take_back(self, envelopes: Sequence[Envelope | Outcome]) -> list[Outcome]:
        whole = [each for each in envelopes if isinstance(each, Envelope)]
        outcomes, self.chain = returned(whole, self.chain, self)
        by_id = dict(zip([each.id for each in whole], outcomes, strict=True))
        for each in whole:
            if by_id[each.id] is Outcome.OK and each.id not in self.added:
                self.quota.add(len(each.raw))
                self._keep(each)
        return [each if isinstance(each, Outcome) else by_id[each.id] for each in envelopes]

    def _take(self, each: Envelope) -> Outcome:
        header = each.header
        outcome, chain = judged(each, self.chain, self, self.now, self.quota.device)
        if outcome is not Outcome.OK:
            return outcome
        if header.kind == "cert" and self.membership and not self._may_stand(each, self.membership):
            return Outcome.DENIED
        if not self._fits(each):
            return Outcome.FULL
        self.chain = chain
        self._keep(each)
        return outcome

    @property
    def membership(self) -> Membership | None:
        """Who belongs to the space, with all that came in until now."""
        return self.chain.membership

    def has(self, envelope: bytes) -> bool:
        """See `Holdings`."""
        if envelope in self.added:
            return self.added[envelope]["env"] is not None
        return self._present.get(envelope, ("", False))[1]

    def is_erased(self, record: str) -> bool:
        """See `Holdings`."""
        return record in self._erased

    def is_followed(self, record: str, envelope: bytes) -> bool:
        """See `Holdings`. Asked only of what is not here, so what waits for it is all there is."""
        return (envelope, record) in self._followed

    def erasures(self, device: str) -> Collection[tuple[bytes, int]]:
        """See `Holdings`."""
        if device not in self._erasures:
            column = envelope.c
            mine = (column.space == self.here.id, column.kind == "erase", column.dev == device)
            found = self.connection.execute(select(column.id, column.at).where(*mine))
            self._erasures[device] = [(bytes(row.id), row.at) for row in found]
        of_now = [(each.id, self.now) for each in self.erased_now if each.header.dev == device]
        return self._erasures[device] + of_now

    def _may_stand(self, each: Envelope, membership: Membership) -> bool:
        action = certificate(each).action
        return not isinstance(action, Add) or self.may_join(membership, action)

    def _fits(self, each: Envelope) -> bool:
        """Whether the quota allows it. It never stands in the way of an erasure, or of who belongs to the space."""
        if each.header.kind in ("cert", "erase"):
            self.quota.add(len(each.raw))
            return True
        is_admin = self.membership is not None and self.membership.role_of(self.quota.device) is Role.ADMIN
        return self.quota.takes(len(each.raw), self.quota.limits.times_for_administrators if is_admin else 1)

    def _keep(self, each: Envelope) -> None:
        header = each.header
        self.added[each.id] = rows.row_of(each, self.here.seq + len(self.added) + 1, self.now)
        self.digest = self.digest.with_([each.id])
        if header.kind == "rev":
            self._followed.update((parent, header.rec) for parent in each.parents)
        elif header.kind == "erase":
            self.erased_now.append(each)
            self._erase(header.rec)

    def _erase(self, record: str) -> None:
        gone = erase_here(self.connection, self.here.id, record, self.now)
        for revision, row in self.added.items():
            if row["kind"] == "rev" and row["rec"] == record and row["env"] is not None:
                row["env"] = None
                gone.append(revision)
        self._present.update((revision, (record, False)) for revision in gone if revision in self._present)
        self._erased.add(record)
        self.digest = self.digest.without(gone)

    def _keep_all(self) -> None:
        for revision, row in self.added.items():
            row["superseded"] = int((revision, row["rec"]) in self._followed)
        self.connection.execute(insert(envelope), list(self.added.values()))
        self._mark_followed()
        self.quota.keep(self.connection)
        certificates = [revision for revision, row in self.added.items() if row["kind"] == "cert"]
        mark = rows.marked(certificates[-1]) if certificates else self.here.chain_mark
        seq = self.here.seq + len(self.added)
        rows.keep(self.connection, replace(self.here, seq=seq, digest=self.digest, chain_mark=mark))

    def _mark_followed(self) -> None:
        """Those that are here are superseded; those that are not yet will be when they come."""
        added = {(revision, row["rec"]) for revision, row in self.added.items()}
        here = [each for each in self._followed if self._present.get(each[0], ("",))[0] == each[1]]
        if here:
            column = envelope.c
            marked = update(envelope).where(
                column.space == self.here.id, column.id == bindparam("parent"), column.rec == bindparam("of")
            )
            values = [{"parent": parent, "of": record} for parent, record in here]
            self.connection.execute(marked.values(superseded=1), values)
        absent = [each for each in self._followed - added - self._awaited if each[0] not in self._present]
        if absent:
            values = [{"space": self.here.id, "parent": parent, "rec": record} for parent, record in absent]
            self.connection.execute(insert(awaited), values)
        for some in _parts([*(self._awaited & added)]):
            pair = tuple_(awaited.c.parent, awaited.c.rec)
            self.connection.execute(delete(awaited).where(awaited.c.space == self.here.id, pair.in_(some)))


def begin(connection: Connection, name: str) -> rows.Known:
    """A space without anything in it yet."""
    begun = rows.Known(name, 0, Digest(), b"")
    values = {"id": name, "seq": 0, "live_count": 0, "live_xor": begun.digest.xor, "cert_head": b""}
    connection.execute(insert(space), values)
    return begun


def _parts(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
