"""The history of a record: who changed what, when, and putting an earlier version back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casebook.database import Database
from casebook.envelope import Revision, RevisionId
from casebook.fold import fold, heads_of, seen_from
from casebook.log import revisions_of
from casebook.record import RecordId
from casebook.saving import Edit, differing, save_edits
from casebook.standing import values_of
from resources.language import mark


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; None is: it was not there."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Version:
    """One save of one record."""

    record: RecordId
    kind: str
    revision: RevisionId
    at: datetime
    device: str
    changes: tuple[FieldChange, ...]
    settled: tuple[FieldChange, ...]
    """What others had written differently at the same time, and this save decided; the same before and after where
    what was shown stayed."""
    is_current: bool
    is_first: bool


def versions(db: Database, record_id: RecordId) -> list[Version]:
    """Every save of a record, the newest first."""
    return versions_of(db, [record_id])


def versions_of(db: Database, records: Iterable[RecordId]) -> list[Version]:
    """Every save of these records, such as a case and all that belongs to it, the newest first."""
    with db.read() as connection:
        found = [(each, revisions_of(db, connection, each)) for each in records]
    every = [version for record_id, revisions in found for version in _versions(db, record_id, revisions)]
    return sorted(every, key=lambda each: (each.at, each.revision), reverse=True)


def _versions(db: Database, record_id: RecordId, revisions: list[Revision]) -> list[Version]:
    heads = {each.id for each in heads_of(revisions)}
    return [_version(record_id, revisions, each, is_current=each.id in heads) for each in revisions]


def _version(record_id: RecordId, revisions: list[Revision], each: Revision, *, is_current: bool) -> Version:
    seen = seen_from(revisions, each.parents)
    found = fold(seen) if seen else None
    before = values_of(found.state) if found else {}
    after = values_of(each.state)
    decided = {one.field for one in found.differences} if found else set()
    every = [FieldChange(name, before.get(name), after[name]) for name in after]
    return Version(
        record=record_id,
        kind=each.state.kind,
        revision=each.id,
        at=datetime.fromtimestamp(each.wall / 1000, UTC),
        device=each.device,
        changes=tuple(one for one in every if one.before != one.after),
        settled=tuple(one for one in every if one.field in decided),
        is_current=is_current,
        is_first=not each.parents,
    )


def put_back(db: Database, record_id: RecordId, revision: RevisionId) -> int:
    """Save the record again as it was in *revision*; returns 1, or 0 when it is so already or that one has gone."""
    with db.read() as connection:
        revisions = revisions_of(db, connection, record_id)
    wanted = next((each for each in revisions if each.id == revision), None)
    if wanted is None:
        return 0
    current = fold(revisions)
    fields = differing(current.state.kind, values_of(wanted.state), values_of(current.state))
    return save_edits(
        db, [Edit(record_id, current.state.kind, fields, current.heads)], mark("Put an earlier version back")
    )
