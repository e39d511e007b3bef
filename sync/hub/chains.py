"""The membership of each space, evaluated from its certificates and remembered as long as it is the newest."""

import threading
from collections import OrderedDict

from sqlalchemy import Connection, select

from casebook.envelope import Refused, opened
from sync.certificates import Certificate, certificate
from sync.hub.tables import envelope
from sync.membership import Membership, founded

_SPACES_KEPT = 500


class Chains:
    """What was evaluated, by space. It is right in any number of processes: the head of the chain is compared."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Membership] = OrderedDict()
        self._lock = threading.Lock()

    def membership(self, connection: Connection, space: str, head: bytes) -> Membership:
        """The membership after the certificate *head*, which is the newest of this space."""
        with self._lock:
            kept = self._kept.get(space)
        if kept is None or kept.head != head:
            kept = _grown(connection, space, head, kept)
            self._keep(space, kept)
        return kept

    def _keep(self, space: str, membership: Membership) -> None:
        with self._lock:
            self._kept[space] = membership
            self._kept.move_to_end(space)
            if len(self._kept) > _SPACES_KEPT:
                self._kept.popitem(last=False)


def _grown(connection: Connection, space: str, head: bytes, start: Membership | None) -> Membership:
    if start is not None:
        try:
            grown = _after(start, _certificates(connection, space, skip=start.n))
        except Refused:
            grown = start
        if grown.head == head:
            return grown
    first, *others = _certificates(connection, space, skip=0)
    return _after(founded(first), others)


def _after(membership: Membership, certificates: list[Certificate]) -> Membership:
    for each in certificates:
        membership = membership.after(each)
    return membership


def _certificates(connection: Connection, space: str, skip: int) -> list[Certificate]:
    """The chain, which at a hub has no forks, without its first *skip* certificates."""
    found = connection.scalars(
        select(envelope.c.env)
        .where(envelope.c.space == space, envelope.c.kind == "cert")
        .order_by(envelope.c.seq)
        .offset(skip)
    )
    return [certificate(opened(each)) for each in found]
