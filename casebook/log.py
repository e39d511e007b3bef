"""The past: sealed revisions that are added, and never changed."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from casebook import tables
from casebook.database import Database
from casebook.envelope import Envelope, Refused, Revision, RevisionId, State, as_sealed, opened, seal
from casebook.record import made_by

T = TypeVar("T")
_AT_ONCE = 500
_C = tables.rev.c
_LOGGED = select(_C.rec, _C.env, _C.space, _C.dev).where(tables.among(_C.rec), _C.counts == 1)
_NEW = "INSERT INTO rev (id, space, rec, dev, wall, head, pushed, act, env, key) VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?)"
_FOLLOWED = "UPDATE rev SET head = 0 WHERE id = ?"


@dataclass(frozen=True, slots=True)
class Draughted:
    """What is to become a revision."""

    record: str
    space: str
    state: State
    parents: tuple[RevisionId, ...]
    wall: int


def append(db: Database, connection: Connection, acts: int | None, drafts: Sequence[Draughted]) -> list[Revision]:
    """Seal and add revisions of this device; their parents are heads no longer."""
    rows, revisions = [], []
    for each in drafts:
        key = db.keys.newest(each.space)
        revision, envelope = seal(
            each.state,
            record=each.record,
            space=each.space,
            parents=each.parents,
            device=db.device.id,
            wall=each.wall,
            key=key.secret,
            key_number=key.number,
            signer=db.device.signer,
        )
        rows.append((revision, each.space, each.record, db.device.id, each.wall, acts, envelope, key.number))
        state = as_sealed(each.state, revision)
        parents = tuple(sorted(each.parents))
        revisions.append(Revision(revision, each.record, each.space, parents, db.device.id, each.wall, state))
    connection.exec_driver_sql(_NEW, rows)
    if followed := [(parent,) for each in drafts for parent in each.parents]:
        connection.exec_driver_sql(_FOLLOWED, followed)
    return revisions


def revisions_of(db: Database, connection: Connection, record: str) -> list[Revision]:
    """All revisions of a record that count and can be opened, in the one space it belongs to."""
    return revisions_of_each(db, connection, [record]).get(record, [])


def revisions_of_each(db: Database, connection: Connection, records: Sequence[str]) -> dict[str, list[Revision]]:
    """The same of many records at once; one without any is left out."""
    logged: dict[str, list[Any]] = {}
    for batch in batches(records):
        for row in connection.execute(_LOGGED, {"ids": tables.listed(batch)}):
            logged.setdefault(row.rec, []).append(row)
    found = {record: _at_home(db, record, rows) for record, rows in logged.items()}
    return {record: revisions for record, revisions in found.items() if revisions}


def _at_home(db: Database, record: str, rows: Sequence[Any]) -> list[Revision]:
    home = home_of(db, record, {(row.space, row.dev) for row in rows})
    found = (unsealed(db, opened(row.env)) for row in rows if row.space == home)
    return [each for each in found if each]


def batches(items: Sequence[T], size: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """The same in parts, of as much as one question to the database takes."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def unsealed(db: Database, envelope: Envelope) -> Revision | None:
    """The revision in an envelope; None where no key that is here opens it."""
    for secret in db.keys.secrets(envelope.header.space, envelope.header.key):
        with contextlib.suppress(Refused):
            return envelope.unseal(secret)
    return None


def home_of(db: Database, record: str, written: Iterable[tuple[str, str]]) -> str:
    """The space that a record belongs to, given in which spaces which devices wrote it; empty for none.

    A record is in one space. Who knows its id could put another of that id elsewhere: then the one by the device
    that made the record stands, then the personal one.
    """
    spaces = set(written)
    if len({space for space, _device in spaces}) == 1:
        return next(iter(spaces))[0]
    return min(
        ((not made_by(record, device), space != db.personal, space) for space, device in spaces),
        default=(False, False, ""),
    )[2]
