"""The sample cases: twelve fictional questions in the fictional Spaarnwijk, to learn from and to leave again."""

from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Row, select

from casebook import tables
from casebook.areas import Area
from casebook.case import Case
from casebook.database import Database
from casebook.present import every
from casebook.record import RecordId
from casebook.saving import Edit, importable, save_edits
from resources import path
from resources.language import mark


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record of the shipped file; its id is the same on every machine."""

    kind: str
    id: str
    fields: dict[str, Any]


def shipped() -> list[Sample]:
    """Every sample record, areas first and each case before what belongs to it."""
    return msgspec.json.decode(path("samples", "cases.json").read_bytes(), type=list[Sample])


def has_samples(db: Database) -> bool:
    """Whether sample cases stand in the casebook."""
    columns = tables.record.c
    # Looked up by their ids: among 100,000 cases, looking at each whether it is a sample takes seconds.
    standing = select(columns.id).where(columns.id.in_(_case_ids()), columns.sample == 1, columns.archived == 0)
    with db.read() as connection:
        return connection.execute(standing.limit(1)).first() is not None


@cache
def _case_ids() -> tuple[str, ...]:
    return tuple(each.id for each in shipped() if each.kind == Case.kind)


def add_samples(db: Database) -> int:
    """Put the samples in the casebook as one act; returns how many records were added or came back.

    What is there already stays as people left it.
    """
    present = {row.id: row for row in _present(db)}
    edits = [
        Edit(RecordId(each.id), each.kind, each.fields | {"sample": True})
        for each in shipped()
        if each.id not in present
    ]
    edits += [_archiving(row, archived=False) for row in present.values() if row.archived]
    return save_edits(db, importable(db, edits), mark("Add the sample cases"), drop_drafts=False)


def remove_samples(db: Database) -> int:
    """Archive the samples as one act; returns how many. A sample area that an own case lies in stays."""
    lived_in = {code for each in every(db, Case) if not each.record.sample for code in each.record.areas}
    kept = {each.record.id for each in every(db, Area) if each.record.code in lived_in}
    leaving = [row for row in _present(db) if not row.archived and row.id not in kept]
    edits = [_archiving(row, archived=True) for row in leaving]
    return save_edits(db, edits, mark("Remove the sample cases"), drop_drafts=False)


def _present(db: Database) -> list[Row[Any]]:
    """The sample records in the casebook, also those that were removed."""
    columns = tables.record.c
    wanted = select(columns.id, columns.kind, columns.archived).where(columns.sample == 1).order_by(columns.id)
    with db.read() as connection:
        return list(connection.execute(wanted))


def _archiving(row: Row[Any], *, archived: bool) -> Edit:
    return Edit(RecordId(row.id), row.kind, {"archived": archived})
