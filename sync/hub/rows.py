"""The space and the envelopes as rows."""

from dataclasses import dataclass
from typing import Any

from nacl.utils import random
from sqlalchemy import Connection, Row, select, update

from casebook.envelope import Envelope
from sync.hub.tables import space
from sync.store import Digest

_ID_SIZE = 32
_MARK_SIZE = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A space as it stands in the database."""

    id: str
    seq: int
    digest: Digest
    chain_mark: bytes
    """The certificate that came last, and a few bytes that are others each time that one comes."""

    @property
    def last_cert(self) -> bytes:
        """The certificate that came last."""
        return self.chain_mark[:_ID_SIZE]


def known(connection: Connection, name: str) -> Known | None:
    """The space of this name; None when the hub does not have it."""
    row = connection.execute(select(space).where(space.c.id == name)).one_or_none()
    return None if row is None else _known(row)


def locked(connection: Connection, name: str) -> Known | None:
    """The same, and from now on no other transaction changes it: numbers appear in the order of their size."""
    held = update(space).where(space.c.id == name).values(seq=space.c.seq).returning(*space.c)
    row = connection.execute(held).one_or_none()
    return None if row is None else _known(row)


def keep(connection: Connection, here: Known) -> None:
    """Write down how far the numbers go, the digest of what it holds, and which certificate came last."""
    values = {
        "seq": here.seq,
        "live_count": here.digest.count,
        "live_xor": here.digest.xor,
        "cert_head": here.chain_mark,
    }
    connection.execute(update(space).where(space.c.id == here.id).values(values))


def marked(last_cert: bytes) -> bytes:
    """The mark of a chain to which this certificate has just come."""
    return last_cert + random(_MARK_SIZE)


def row_of(each: Envelope, seq: int, now: int) -> dict[str, Any]:
    """The row of an envelope that comes in."""
    header = each.header
    return {
        "space": header.space,
        "seq": seq,
        "id": each.id,
        "rec": header.rec,
        "kind": header.kind,
        "dev": header.dev,
        "wall": header.wall,
        "at": now,
        "superseded": 0,
        "size": len(each.raw),
        "env": each.raw,
    }


def _known(row: Row[Any]) -> Known:
    return Known(row.id, row.seq, Digest(row.live_count, bytes(row.live_xor)), bytes(row.cert_head))
