"""Saving: the one way to write. Add to the log, fold, project, in one transaction; and take back, the same way."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from casebook import tables
from casebook.database import Database, roomy
from casebook.envelope import MOST_PARENTS, Revision, RevisionId, Stamped, State
from casebook.fields import Merge
from casebook.fold import Folded, declared, fold, seen_from
from casebook.log import Draughted, append, batches, revisions_of, revisions_of_each
from casebook.problem import Problem
from casebook.progress import Progress, unheard
from casebook.projecting import Held, Now, held_of, project
from casebook.record import VERSION, Record, RecordId, fresh_values, identifying_fields, made_by, plain_values, sound
from casebook.rights import Allowed, allowed_in
from casebook.standing import Entry, values_of
from casebook.statements import erased
from resources.language import _

_MOST_ACTS = 200
_FEW = 20
_NO_DRAFTS = "DELETE FROM draft WHERE rec IN (SELECT value FROM json_each(?))"
_NEW_ACT = "INSERT INTO act (at, label, undoes, redoes) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Change:
    """A record as it is to be, and as the person saw it; `before` is None for a new one. For *space* see `Edit`."""

    after: Record
    before: Entry[Any] | None = None
    space: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """New plain values for some fields of one record, by somebody who saw the revisions *heads*.

    A record that is here stays in its space. A new one comes in *space*; without it in that of the case it belongs
    to, else in the personal one.
    """

    record: RecordId
    kind: str
    fields: Mapping[str, Any]
    heads: tuple[RevisionId, ...] = ()
    space: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One step that can be undone."""

    n: int
    label: str


def save(db: Database, changes: Sequence[Change], label: str | None) -> int:
    """Save records as one act, named by the msgid *label*; returns the number that really changed.

    Without a label it is no act of a person, and undo passes it over.
    """
    return save_edits(db, [edit for each in changes if (edit := _edit(each))], label)


def save_edits(
    db: Database, edits: Sequence[Edit], label: str | None, drop_drafts: bool = True, progress: Progress = unheard
) -> int:
    """The same from plain values, as a form and an import have them; all of them, or when called off none."""
    edits = _one_a_record(edits)
    if not edits:
        return 0
    changed: set[str] = set()
    with db.write(changed) as connection:
        act = _new_act(db, connection, label) if label else None
        changed |= _write(db, connection, act, edits, progress)
        if drop_drafts:
            _drop_drafts(connection, [each.record for each in edits])
    return len(edits)


def named_in(edits: Iterable[Edit]) -> set[str]:
    """The records that edits are of, and the cases they belong to."""
    return {name for each in edits for name in (each.record, str(each.fields.get("case_id") or "")) if name}


def importable(db: Database, edits: Sequence[Edit]) -> list[Edit]:
    """Those edits that an import may bring.

    What was erased for ever, with all of its case, does not come back; what this device may not change stays as it is.
    """
    with db.read() as connection:
        gone = {record for record, _space in erased(connection, named_in(edits))}
        kept = [each for each in edits if not gone & named_in([each])]
        allowed = allowed_in(connection)
        if not allowed.by_space:
            return kept
        spaces = _spaces(db, connection, kept, held_of(connection, [each.record for each in kept]))
    return [each for each in kept if allowed.may_change(spaces[each.record], each.record)]


def can_undo(db: Database) -> Act | None:
    """What *undo* would take back."""
    with db.read() as connection:
        return _next(connection, redo=False)


def can_redo(db: Database) -> Act | None:
    """What *redo* would do again."""
    with db.read() as connection:
        return _next(connection, redo=True)


def undo(db: Database, progress: Progress = unheard) -> str | None:
    """Take the last act back by saving what was there before; returns its label.

    An act on what this device may not change any more is passed over.
    """
    return _reverse(db, progress, redo=False)


def redo(db: Database, progress: Progress = unheard) -> str | None:
    """Do again what was taken back last; returns its label."""
    return _reverse(db, progress, redo=True)


def _edit(change: Change) -> Edit | None:
    after = plain_values(change.after)
    if change.before is None:
        fresh = fresh_values(change.after.kind)
        fields = {name: each for name, each in after.items() if each != fresh[name]}
        return Edit(change.after.id, change.after.kind, fields or {"archived": False}, space=change.space)
    before = plain_values(change.before.record)
    fields = {name: each for name, each in after.items() if each != before[name]}
    return Edit(change.after.id, change.after.kind, fields, change.before.heads) if fields else None


def _one_a_record(edits: Iterable[Edit]) -> list[Edit]:
    """Those edits that say something; of two of one record the later has the last word, field by field."""
    found: dict[RecordId, Edit] = {}
    for each in edits:
        earlier = found.get(each.record)
        if earlier:
            found[each.record] = replace(earlier, fields={**earlier.fields, **each.fields})
        elif each.fields:
            found[each.record] = each
    return list(found.values())


def _write(
    db: Database, connection: Connection, act: int | None, edits: Sequence[Edit], progress: Progress = unheard
) -> set[str]:
    changed: set[str] = set()
    done = 0
    with roomy(connection) if len(edits) > _FEW else nullcontext():
        for batch in batches(edits):
            progress(done, len(edits))
            changed |= _write_some(db, connection, act, batch)
            done += len(batch)
    progress(done, len(edits))
    return changed


def _write_some(db: Database, connection: Connection, act: int | None, edits: Sequence[Edit]) -> set[str]:
    moment = db.clock()
    held = held_of(connection, [each.record for each in edits])
    _refuse_erased(connection, [each for each in edits if each.record not in held])
    spaces = _spaces(db, connection, edits, held)
    _refuse_others(allowed_in(connection), spaces)
    _demand_own([each for each in edits if each.record not in held and not each.heads], spaces, db)
    drafts = [_draughted(db, connection, each, held.get(each.record), spaces[each.record], moment) for each in edits]
    now = []
    for draft, revision in zip(drafts, append(db, connection, act, drafts), strict=True):
        heads = held[draft.record].now.folded.heads if draft.record in held else ()
        alone = set(heads) <= set(draft.parents)
        now.append(Now(draft.record, draft.space, _folded(db, connection, revision, alone=alone)))
    return project(connection, now, held)


def _refuse_erased(connection: Connection, new: Sequence[Edit]) -> None:
    if erased(connection, named_in(new)):
        raise Problem(_("This was erased for ever in the meantime, so it cannot be saved again. Nothing was changed."))


def _refuse_others(allowed: Allowed, spaces: Mapping[str, str]) -> None:
    """What others would not take is not written here either."""
    for record, space in spaces.items():
        if not allowed.may_change(space, record):
            raise Problem(_("{why} Nothing was saved.").format(why=allowed.in_space(space).why))


def _demand_own(new: Sequence[Edit], spaces: Mapping[str, str], db: Database) -> None:
    """In a circle an id says whose the record is: a new one is made in this casebook, whatever else is open."""
    for each in new:
        if spaces[each.record] != db.personal and not made_by(each.record, db.device.id):
            raise ValueError(f"{each.record} was not made in this casebook")


def _spaces(db: Database, connection: Connection, edits: Sequence[Edit], held: Mapping[str, Held]) -> dict[str, str]:
    """The space of each record that is written (see `Edit`)."""
    spaces: dict[str, str] = {
        each.record: held[each.record].row.space if each.record in held else each.space for each in edits
    }
    case_ids = {each.record: str(each.fields.get("case_id") or "") for each in edits if not spaces[each.record]}
    elsewhere = held_of(connection, sorted(set(case_ids.values()) - {"", *spaces}))
    for record, case in case_ids.items():
        found = elsewhere[case].row.space if case in elsewhere else spaces.get(case)
        spaces[record] = found or db.personal
    return spaces


def _folded(db: Database, connection: Connection, revision: Revision, *, alone: bool) -> Folded:
    if alone:
        return Folded(revision.state, (revision.id,))
    return fold(revisions_of(db, connection, revision.record))


def _draughted(db: Database, connection: Connection, edit: Edit, held: Held | None, space: str, now: int) -> Draughted:
    base = _base(db, connection, edit, held.now.folded if held else None)
    if base.state.needs > VERSION:
        raise Problem(
            _(
                "This record was made by a newer version of Casusboek, so this version cannot change it. "
                "Nothing is lost. Install the newest version."
            )
        )
    # Within one record time never goes back, whatever the clock says.
    wall = max([now, *(each.wall + 1 for each in base.state.fields.values())])
    fields = {name: _of_this(each, wall) for name, each in base.state.fields.items()}
    for name, value in edit.fields.items():
        fields[name] = _stamped(edit.kind, name, value, fields.get(name), wall)
    if space != db.personal:
        fields = {name: each for name, each in fields.items() if name not in identifying_fields(edit.kind)}
    state = State(base.state.kind, fields, max(VERSION, base.state.version), base.state.needs)
    return Draughted(edit.record, space, state, base.heads[:MOST_PARENTS], wall)


def _base(db: Database, connection: Connection, edit: Edit, current: Folded | None) -> Folded:
    """The record as the person saw it; as it is now where that is not known (any more)."""
    if current is None:
        return Folded(State(edit.kind, {}), ())
    if not edit.heads or set(edit.heads) == set(current.heads):
        return current
    seen = seen_from(revisions_of(db, connection, edit.record), edit.heads)
    return fold(seen) if seen else current


def _of_this(each: Stamped, wall: int) -> Stamped:
    """A text that was merged from several becomes this revision's own."""
    return each if each.rev else Stamped(each.value, wall, b"")


def _stamped(kind: str, name: str, value: Any, before: Stamped | None, wall: int) -> Stamped:
    if declared(kind, name) is not Merge.SET:
        return Stamped(sound(value), wall, b"")
    elements: dict[str, Stamped] = dict(before.value) if before and isinstance(before.value, dict) else {}
    wanted = set(sound(value))
    for each in sorted(wanted | set(elements)):
        was = elements.get(each)
        if was is None or bool(was.value) != (each in wanted):
            elements[each] = Stamped(each in wanted, wall, b"")
    return Stamped(elements, wall, b"")


def _new_act(
    db: Database, connection: Connection, label: str, undoes: int | None = None, redoes: int | None = None
) -> int:
    made = connection.exec_driver_sql(_NEW_ACT, (db.clock(), label, undoes, redoes))
    return int(made.lastrowid)


def _drop_drafts(connection: Connection, records: Iterable[str]) -> None:
    connection.exec_driver_sql(_NO_DRAFTS, (tables.listed(records),))


def _stacks(connection: Connection) -> tuple[list[Act], list[Act]]:
    """The acts that can be undone and those that can be redone, the next one last."""
    rows = connection.execute(select(tables.act).order_by(tables.act.c.n.desc()).limit(_MOST_ACTS)).all()
    done: list[Act] = []
    undone: list[Act] = []
    for row in reversed(rows):
        if row.undoes is not None:
            undone += [each for each in done if each.n == row.undoes]
            done = [each for each in done if each.n != row.undoes]
        elif row.redoes is not None:
            done += [each for each in undone if each.n == row.redoes]
            undone = [each for each in undone if each.n != row.redoes]
        else:
            done.append(Act(row.n, row.label))
            undone.clear()
    return done, undone


def _reverse(db: Database, progress: Progress, *, redo: bool) -> str | None:
    changed: set[str] = set()
    with db.write(changed) as connection:
        act = _next(connection, redo=redo)
        if act is None:
            return None
        # Looking up what was there is half of it.
        edits = list(_reversing(db, connection, act.n, lambda done, all_: progress(done, 2 * all_), redo=redo))
        made = _new_act(db, connection, act.label, **({"redoes": act.n} if redo else {"undoes": act.n}))
        changed |= _write(db, connection, made, edits, lambda done, all_: progress(all_ + done, 2 * all_))
    return act.label


def _next(connection: Connection, *, redo: bool) -> Act | None:
    """The last act that this device may still take back, or do again."""
    done, undone = _stacks(connection)
    return next((each for each in reversed(undone if redo else done) if _may_reverse(connection, each)), None)


def _may_reverse(connection: Connection, act: Act) -> bool:
    """Whether this device may still change everything that an act changed."""
    allowed = allowed_in(connection)
    c = tables.rev.c
    chosen = select(c.space, c.rec).where(c.act == act.n, c.space.in_(list(allowed.by_space))).distinct()
    return all(allowed.may_change(row.space, row.rec) for row in connection.execute(chosen))


def _reversing(db: Database, connection: Connection, act: int, progress: Progress, *, redo: bool) -> Iterable[Edit]:
    """For each revision of an act, the fields it changed, with the values before it (or, to redo, in it)."""
    written = connection.execute(select(tables.rev.c.rec, tables.rev.c.id).where(tables.rev.c.act == act)).all()
    done = 0
    for batch in batches(written):
        progress(done, len(written))
        done += len(batch)
        revisions = revisions_of_each(db, connection, [record for record, _own in batch])
        for record, own in batch:
            known = revisions.get(record, [])
            after = next((each for each in known if each.id == own), None)
            # What does not count leaves nothing to take back.
            fields = _reversed(after, known, redo=redo) if after else {}
            if after and fields:
                yield Edit(RecordId(record), after.state.kind, fields)


def _reversed(after: Revision, known: Sequence[Revision], *, redo: bool) -> dict[str, Any]:
    if not after.parents:
        return {"archived": not redo}
    new, old = values_of(after.state), values_of(fold(seen_from(known, after.parents)).state)
    wanted, others = (new, old) if redo else (old, new)
    return differing(after.state.kind, wanted, others)


def differing(kind: str, wanted: Mapping[str, Any], held: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values that make *held* into *wanted*; a field that nobody filled in is as in a new record."""
    fresh = fresh_values(kind)
    names = {**held, **wanted}
    return {
        name: wanted.get(name, fresh.get(name)) for name in names if wanted.get(name, fresh.get(name)) != held.get(name)
    }
