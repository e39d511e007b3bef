"""The list of erasures: a file outside the backups, so that a hub that was restored forgets again what it must.

One line of JSON an erasure, only ever added to. It holds the signed statement itself: ids, no contents.
"""

import base64
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert, select

from casebook.envelope import Envelope, Refused, opened
from sync.hub.erasing import erase_here
from sync.hub.rows import keep, locked, row_of
from sync.hub.tables import envelope, erased


class _Line(msgspec.Struct, frozen=True):
    at: int
    env: str


class Ledger:
    """The list in one file. Several processes on one machine may add to it; one machine, one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, erasures: Iterable[Envelope], now: int) -> None:
        """Write these down, so that no power cut undoes it."""
        lines = [_Line(now, base64.b64encode(each.raw).decode()) for each in erasures]
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
            os.fsync(handle)
        finally:
            os.close(handle)

    def erasures(self) -> Iterator[tuple[Envelope, int]]:
        """All that stand in it, and when each came in; a line that a power cut left half is passed over."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for each in file:
                try:
                    line = msgspec.json.decode(each, type=_Line)
                    yield opened(base64.b64decode(line.env)), line.at
                except (msgspec.DecodeError, msgspec.ValidationError, ValueError, Refused):
                    continue

    def apply(self, connection: Connection) -> int:
        """Erase all that stands in it and is not erased here; gives how many records that were."""
        done = {(row.space, row.rec) for row in connection.execute(select(erased.c.space, erased.c.rec))}
        due = [each for each in self.erasures() if (each[0].header.space, each[0].header.rec) not in done]
        for erasure, at in due:
            _erase_again(connection, erasure, at)
        return len({(each.header.space, each.header.rec) for each, _at in due})


def _erase_again(connection: Connection, erasure: Envelope, at: int) -> None:
    name, record = erasure.header.space, erasure.header.rec
    here = locked(connection, name)
    gone = erase_here(connection, name, record, at)
    if here is None:
        return
    digest, seq = here.digest.without(gone), here.seq
    column = envelope.c
    if connection.execute(select(column.seq).where(column.space == name, column.id == erasure.id)).first() is None:
        seq += 1
        connection.execute(insert(envelope), row_of(erasure, seq, at))
        digest = digest.with_([erasure.id])
    keep(connection, replace(here, seq=seq, digest=digest))
