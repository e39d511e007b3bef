"""The chain of each space, evaluated from its certificates and remembered as long as no other comes in."""

import threading
from collections import OrderedDict

from sqlalchemy import Connection, select

from casebook.envelope import opened
from sync.certificates import Certificate, certificate
from sync.chain import Chain
from sync.hub.tables import envelope
from sync.membership import Membership

_SPACES_KEPT = 500


class Chains:
    """What was evaluated, by space. It is right in any number of processes: the certificate that came last is compared.

    They come in one by one, so who has the same last one has the same.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[bytes, Chain]] = OrderedDict()
        self._lock = threading.Lock()

    def chain(self, connection: Connection, space: str, last: bytes) -> Chain:
        """The chain of this space, to which *last* came last."""
        with self._lock:
            kept = self._kept.get(space)
        if kept is None or kept[0] != last:
            kept = last, _grown(connection, space, kept)
            self._keep(space, kept)
        return kept[1]

    def _keep(self, space: str, kept: tuple[bytes, Chain]) -> None:
        with self._lock:
            self._kept[space] = kept
            self._kept.move_to_end(space)
            if len(self._kept) > _SPACES_KEPT:
                self._kept.popitem(last=False)


def begun(chain: Chain) -> Membership:
    """Who belongs to a space that has begun."""
    assert chain.membership is not None  # its first certificate was judged when it came in
    return chain.membership


def _grown(connection: Connection, space: str, kept: tuple[bytes, Chain] | None) -> Chain:
    if kept is not None:
        last, chain = kept
        # It still stands where it stood, unless the database was put back.
        found = _certificates(connection, space, skip=len(chain) - 1)
        if found and found[0].id == last:
            return chain.grown(found[1:])[0]
    return Chain(_certificates(connection, space, skip=0))


def _certificates(connection: Connection, space: str, skip: int) -> list[Certificate]:
    """The certificates in the order in which they came in, without the first *skip*."""
    found = connection.scalars(
        select(envelope.c.env)
        .where(envelope.c.space == space, envelope.c.kind == "cert")
        .order_by(envelope.c.seq)
        .offset(skip)
    )
    return [certificate(opened(each)) for each in found]
