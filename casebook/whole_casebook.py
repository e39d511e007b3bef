"""The whole casebook as one JSON file, and back: for another program, another machine, or a drawer.

    {"format": "casusboek", "version": 1, "records": [{"id": …, "kind": …, "fields": {name: plain value}}]}

Fields that this version does not know are in it. Fields that identify a person are not, unless they are asked for.
"""

import re
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from casebook import tables
from casebook.database import Database, note
from casebook.present import state_of, values_of
from casebook.problem import Problem
from casebook.progress import Progress, unheard
from casebook.record import RecordId, identifying_fields
from casebook.saving import Edit, importable, save_edits
from casebook.whole_file import write_whole
from resources.language import _, mark

_AT_ONCE = 500
_IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

FORMAT = "casusboek"
VERSION = 1


class Exported(msgspec.Struct):
    """One record in the file."""

    id: str
    kind: str
    fields: dict[str, Any]


class Whole(msgspec.Struct):
    """The file."""

    format: str
    version: int
    records: list[Exported]


def export_all(db: Database, path: Path, progress: Progress = unheard, *, with_identifying: bool = False) -> int:
    """Write every record to *path*; returns how many. The audit list notes it."""
    with db.read() as connection:
        rows = connection.execute(select(tables.record).order_by(tables.record.c.id)).all()
    records = []
    for n, row in enumerate(rows):
        if n % _AT_ONCE == 0:
            progress(n, len(rows))
        records.append(Exported(row.id, row.kind, _kept(row.kind, values_of(state_of(row).state), with_identifying)))
    content = msgspec.json.encode(Whole(FORMAT, VERSION, records), order="deterministic")
    write_whole(path, msgspec.json.format(content, indent=1))
    with db.write() as connection:
        note(connection, db.clock(), "export", path.name)
    return len(records)


def import_all(db: Database, path: Path, progress: Progress = unheard) -> int:
    """Bring the records of such a file in, as one act; returns how many are new or changed.

    A record that is here already is changed where the file differs: never made twice.
    """
    whole = _read(path)
    with db.read() as connection:
        rows = connection.execute(select(tables.record)).all()
    held = {row.id: state_of(row) for row in rows}
    edits = []
    for each in whole.records:
        here = held.get(each.id)
        values = values_of(here.state) if here else {}
        fields = {name: value for name, value in each.fields.items() if values.get(name) != value}
        if fields:
            edits.append(Edit(RecordId(each.id), each.kind, fields, here.heads if here else ()))
    changed = save_edits(db, importable(db, edits), mark("Import a casebook"), progress=progress)
    with db.write() as connection:
        note(connection, db.clock(), "import", path.name)
    return changed


def _kept(kind: str, values: dict[str, Any], with_identifying: bool) -> dict[str, Any]:
    left_out = frozenset() if with_identifying else identifying_fields(kind)
    return {name: value for name, value in values.items() if name not in left_out}


def _read(path: Path) -> Whole:
    try:
        whole = msgspec.json.decode(path.read_bytes(), type=Whole)
    except OSError as error:
        raise Problem(
            _("{name} cannot be read. Nothing was changed. Check the file and try again.").format(name=path.name),
            details=str(error),
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _no_export(path, str(error)) from error
    strange = next((each.id for each in whole.records if not _IDENTITY.fullmatch(each.id)), None)
    if whole.format != FORMAT or strange is not None:
        raise _no_export(path, f"id: {strange}" if strange else whole.format)
    if whole.version > VERSION:
        raise Problem(_("{name} was made by a newer version of Casusboek. Nothing was changed.").format(name=path.name))
    return whole


def _no_export(path: Path, details: str) -> Problem:
    return Problem(
        _("{name} is not an export of Casusboek. Nothing was changed. Choose another file.").format(name=path.name),
        details=details,
    )
