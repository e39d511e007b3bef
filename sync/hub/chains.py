"""The chain of each space, evaluated from its certificates and remembered as long as no other comes in."""

import threading
from collections import OrderedDict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from casebook.envelope import opened
from sync.certificates import certificate
from sync.chain import Chain
from sync.hub.rows import Known
from sync.hub.tables import envelope
from sync.membership import Membership

_SPACES_KEPT = 500


class Chains:
    """What was evaluated, by space. It is right in any number of processes: the mark of the chain is compared.

    Each time that certificates come in it is a new one, also when the same one comes last once more in a database
    that was put back.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[bytes, Chain]] = OrderedDict()
        self._lock = threading.Lock()

    def chain(self, connection: Connection, here: Known) -> Chain:
        """The chain of this space, as it stands in the database."""
        with self._lock:
            kept = self._kept.get(here.id)
        if kept is None or kept[0] != here.chain_mark:
            kept = here.chain_mark, _grown(connection, here.id, kept[1] if kept else Chain([]))
            self._keep(here.id, kept)
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


def _grown(connection: Connection, space: str, kept: Chain) -> Chain:
    """With what came in since it was kept, unless the database was put back: then all of it anew."""
    ids = connection.scalars(_in_order(envelope.c.id, space)).all()
    is_as_it_was = {bytes(each) for each in ids[: len(kept)]} == {each.id for each in kept}
    chain = kept if is_as_it_was else Chain([])
    came = connection.scalars(_in_order(envelope.c.env, space).offset(len(chain)))
    certificates = [certificate(opened(each)) for each in came]
    return chain.grown(certificates)[0] if len(chain) else Chain(certificates)


def _in_order(column: ColumnElement[Any], space: str) -> Select[Any]:
    """This column of the certificates, in the order in which they came in."""
    here = (envelope.c.space == space, envelope.c.kind == "cert")
    return select(column).where(*here).order_by(envelope.c.seq)
