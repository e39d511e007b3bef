"""Drafts: what is typed and not yet a revision; kept at once, so that nothing is lost."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from casebook import tables
from casebook.database import Database
from casebook.envelope import RevisionId
from casebook.problem import Problem
from casebook.record import RecordId, sound
from casebook.saving import Edit, save_edits
from casebook.statements import erased
from resources.language import mark


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed of one record, and the revisions the person saw: see `Edit`."""

    record: RecordId
    kind: str
    fields: Mapping[str, Any]
    heads: tuple[RevisionId, ...] = ()
    space: str = ""


def keep(db: Database, draft: Draft) -> None:
    """Keep what is typed; when this returns, a power cut does not lose it. Of what was erased nothing is kept."""
    with db.write() as connection:
        if erased(connection, [draft.record, str(draft.fields.get("case_id") or "")]):
            return
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO draft (rec, kind, heads, fields, at, space) VALUES (?, ?, ?, ?, ?, ?)",
            (
                draft.record,
                draft.kind,
                b"".join(draft.heads),
                msgspec.json.encode({name: sound(each) for name, each in draft.fields.items()}),
                db.clock(),
                draft.space,
            ),
        )


def waiting(db: Database, case_id: RecordId) -> list[Draft]:
    """The drafts that were typed in the forms of a case and wait to be recorded, the oldest first."""
    return [each for each in kept(db) if each.fields.get("case_id") == case_id]


def kept(db: Database) -> list[Draft]:
    """Every draft, the oldest first."""
    with db.read() as connection:
        rows = connection.execute(select(tables.draft).order_by(tables.draft.c.at, tables.draft.c.rec)).all()
    return [
        Draft(
            RecordId(row.rec),
            row.kind,
            msgspec.json.decode(row.fields),
            tuple(RevisionId(row.heads[start : start + 32]) for start in range(0, len(row.heads), 32)),
            row.space,
        )
        for row in rows
    ]


def drop(db: Database, record: RecordId) -> None:
    """Forget the draft of a record."""
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM draft WHERE rec = ?", (record,))


def settle(db: Database) -> int:
    """Make revisions of drafts that were left behind when the program was killed; returns how many.

    Those of a form that adds something to a case come back in that form. One that cannot be saved stays
    a draft, and holds up neither the others nor the start.
    """
    settled = 0
    for each in kept(db):
        if "case_id" in each.fields:
            continue
        edit = Edit(each.record, each.kind, each.fields, each.heads, each.space)
        with contextlib.suppress(Problem):
            settled += save_edits(db, [edit], mark("Recover what was typed"))
    return settled
