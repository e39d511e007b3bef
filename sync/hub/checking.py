"""Whether all that a hub has is as it should be: numbers, digests, signatures, erasures, and what is superseded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from casebook.envelope import Envelope, Refused, opened
from sync.chain import Chain
from sync.hub import rows
from sync.hub.chains import Chains
from sync.hub.tables import envelope, erased, space
from sync.store import Digest

_Revision = tuple[str, bytes]
"""A record, and a revision of it."""


@dataclass
class _Seen:
    """What was found in one space until now."""

    seq: int = 0
    digest: Digest = field(default_factory=Digest)
    here: set[_Revision] = field(default_factory=set)
    followed: set[_Revision] = field(default_factory=set)
    hidden: set[_Revision] = field(default_factory=set)

    def add(self, each: Envelope, is_hidden: bool) -> None:
        """One more that is sound."""
        self.digest = self.digest.with_([each.id])
        if each.header.kind == "rev":
            record = each.header.rec
            self.here.add((record, each.id))
            self.followed.update((record, parent) for parent in each.parents)
            self.hidden.update({(record, each.id)} if is_hidden else ())

    def differences(self, known: rows.Known) -> Iterator[str]:
        """In what it differs from what was written down."""
        if self.seq != known.seq:
            yield f"the numbers end at {self.seq}, and not at {known.seq}"
        if self.digest != known.digest:
            yield f"the digest is not that of the {self.digest.count} envelopes that are here"
        if wrongly := self.hidden - self.followed:
            yield f"{len(wrongly)} revisions are hidden, and nothing follows them"
        if wrongly := (self.followed & self.here) - self.hidden:
            yield f"{len(wrongly)} revisions are followed, and not hidden"


def complaints(connection: Connection) -> Iterator[str]:
    """What is amiss, one line each; nothing when all is well."""
    for name in connection.scalars(select(space.c.id).order_by(space.c.id)).all():
        known = rows.known(connection, name)
        assert known is not None  # it was there a moment ago, in one and the same view
        yield from (f"{name}: {each}" for each in _of_space(connection, known))


def _of_space(connection: Connection, known: rows.Known) -> Iterator[str]:
    try:
        chain = Chains().chain(connection, known)
    except (Refused, ValueError) as error:
        yield f"the chain of certificates does not hold: {error}"
        return
    if chain.membership is None:
        yield "the certificate that begins it is missing"
        return
    seen, last = _Seen(), b""
    for row in _rows(connection, known.id):
        seen.seq += 1
        if row.seq != seen.seq:
            yield f"number {seen.seq} is missing"
            seen.seq = row.seq
        try:
            last = bytes(row.id) if row.kind == "cert" else last
            each = _sound(row, chain)
        except Refused as error:
            yield f"number {row.seq}: {error}"
        else:
            if each:
                seen.add(each, bool(row.superseded))
    if last != known.last_cert:
        yield "the certificate that came last is another than was written down"
    yield from seen.differences(known)


def _rows(connection: Connection, name: str) -> Iterator[Row[Any]]:
    was_erased = exists().where(erased.c.space == envelope.c.space, erased.c.rec == envelope.c.rec)
    asked = select(envelope, was_erased.label("is_erased")).where(envelope.c.space == name)
    yield from connection.execution_options(yield_per=500).execute(asked.order_by(envelope.c.seq))


def _sound(row: Row[Any], chain: Chain) -> Envelope | None:
    """The envelope in a row, None when it was erased; raises `Refused` when something is wrong with it."""
    if row.env is None:
        if not row.is_erased:
            raise Refused("it has no contents, and was not erased")
        return None
    if row.is_erased and row.kind == "rev":
        raise Refused("it was erased, and has its contents")
    each = opened(bytes(row.env))
    header = each.header
    if header.space != row.space or not chain.is_signed(each):
        raise Refused("nobody of this space signed it")
    if (each.id, header.rec, header.kind, header.dev) != (bytes(row.id), row.rec, row.kind, row.dev):
        raise Refused("its row says otherwise")
    return each
