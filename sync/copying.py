"""Bringing a case into a wider space: a copy under new ids, without what points at persons. The original stays."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from casebook.areas import Area
from casebook.database import Database, note
from casebook.lists import Dilemma, EntryRoute, Framework, Listed, PolicyField
from casebook.present import case_file, every
from casebook.problem import Problem
from casebook.record import Record, RecordId
from casebook.saving import Change, save
from resources.language import _, mark

LISTS: tuple[type[Listed], ...] = (Area, PolicyField, EntryRoute, Framework, Dilemma)
"""The lists of which a case holds codes."""


def copy_case(db: Database, case_id: str, space: str) -> RecordId:
    """Copy a case with all that belongs to it to a space; returns the id of the copy.

    What is archived stays behind. Entries of lists that the case uses go along where the space lacks them.
    """
    file = case_file(db, case_id)
    if file is None:
        raise Problem(_("This case is not here any more. Nothing was shared."))
    records = [file.case.record, *(each.record for each in file.entries if not each.record.archived)]
    renamed = {each.id: db.new_id() for each in records}
    copies = [_copied(each, renamed) for each in records]
    used = _entries_of(db, copies, space)
    save(db, [Change(each, space=space) for each in [*used, *copies]], mark("Share a case"))
    with db.write() as connection:
        note(connection, db.clock(), "share", f"{renamed[file.case.record.id]} {space}")
    return renamed[file.case.record.id]


def _copied(record: Record, renamed: Mapping[RecordId, RecordId]) -> Record:
    values = {each.name: _renamed(getattr(record, each.name), renamed) for each in fields(record)}
    return replace(record, **values | {"sample": False})


def _renamed(value: Any, renamed: Mapping[RecordId, RecordId]) -> Any:
    """A field in which the ids of copied records are those of the copies."""
    if isinstance(value, frozenset):
        return frozenset(_renamed(each, renamed) for each in value)
    return renamed.get(RecordId(value), value) if isinstance(value, str) else value


def _entries_of(db: Database, records: Iterable[Record], space: str) -> list[Listed]:
    """The entries of our own lists that these records name, and that are not in the space yet."""
    named = {code for each in records for field in fields(each) for code in _codes(getattr(each, field.name))}
    found: list[Listed] = []
    for kind in LISTS:
        entries = every(db, kind)
        there = {each.record.code for each in entries if each.space == space}
        ours = {each.record.code: each.record for each in entries if each.space == db.personal}
        found += [replace(ours[code], id=db.new_id()) for code in sorted(named & ours.keys() - there)]
    return found


def _codes(value: Any) -> Iterable[str]:
    if isinstance(value, frozenset):
        return [each for each in value if isinstance(each, str)]
    return [value] if isinstance(value, str) else []
