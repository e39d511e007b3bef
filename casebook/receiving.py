"""Revisions from elsewhere: kept, and shown as far as they count and can be opened, whatever order they come in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from casebook import tables
from casebook.database import Database
from casebook.digest import Place, came_in, mark
from casebook.envelope import Envelope, Revision, RevisionId, opened
from casebook.fold import Folded, fold
from casebook.log import batches, home_of, unsealed
from casebook.projecting import Now, held_of, project, withdraw
from casebook.record import is_id
from casebook.statements import erased

Counts = Callable[[Iterable[tuple[RevisionId, str, tuple[RevisionId, ...]]], str], set[RevisionId]]
"""Which revisions (id, device, parents) of a record count, by who belongs to the space."""

_NOT, _YES, _CLOSED, _PUT_BY = 0, 1, 2, 3
_R = tables.rev.c
_P = tables.record.c
_ALL = select(_R.rec, _R.env, _R.counts, _R.head).where(tables.among(_R.rec))
_BROUGHT_OUT = _ALL.where(_R.counts != _PUT_BY)
_HERE = select(_R.id).where(tables.among(_R.id))
_SHOWN = select(_P.id, _P.space, _P.heads).where(tables.among(_P.id))
_NEW = (
    "INSERT INTO rev (id, space, rec, dev, wall, head, pushed, env, key, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_JUDGED = "UPDATE rev SET counts = ?, head = ? WHERE id = ?"


def receive(
    db: Database, connection: Connection, envelopes: Sequence[Envelope], counts: Counts, *, words_later: bool = False
) -> set[str]:
    """Keep verified revisions of one space that its store has, and show them; returns the kinds that changed.

    What is here already, and what is of an erased record, does no harm. For *words_later* see `project`.
    """
    rows: dict[str, list[_Row]] = {}
    for each in _came(connection, envelopes):
        rows.setdefault(each.header.rec, []).append(_Row(each))
    if not rows:
        return set()
    return _settle(db, connection, envelopes[0].header.space, rows, counts, words_later=words_later)


def put_by(connection: Connection, envelopes: Sequence[Envelope]) -> None:
    """Keep verified revisions without showing them yet.

    For the history behind what is shown: a part of it would look as if people had changed things at the same time.
    """
    rows = [_Row(each) for each in _came(connection, envelopes)]
    for each in rows:
        each.counts = _PUT_BY
    if rows:
        connection.exec_driver_sql(_NEW, [each.columns for each in rows])


def bring_out(db: Database, connection: Connection, space: str, most: int, counts: Counts) -> tuple[set[str], bool]:
    """Show what was put by of *most* records; returns the kinds that changed, and whether there may be more."""
    waits = select(_R.rec).where(_R.space == space, tables.PUT_BY).distinct().limit(most)
    records = connection.scalars(waits).all()
    changed = _settle(db, connection, space, {each: [] for each in records}, counts, put_by=True)
    return changed, len(records) == most


def _came(connection: Connection, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Those of these envelopes that are new here; all of them are in the store."""
    if not envelopes:
        return []
    space = envelopes[0].header.space
    new = _unknown(connection, space, envelopes)
    came_in(connection, space, [each.id for each in new])
    # Most often all is new, and then there is nothing of it to look up again.
    if known := {each.id for each in envelopes} - {each.id for each in new}:
        mark(connection, space, sorted(known), Place.IN_STORE)
    return new


def recount(
    db: Database, connection: Connection, space: str, records: Iterable[str] | None, counts: Counts
) -> set[str]:
    """Decide again what counts of these records, or of all in a space; returns the kinds that changed.

    For when others than before belong to the space, or when a key came.
    """
    if records is None:
        records = connection.scalars(select(_R.rec).where(_R.space == space).distinct()).all()
    return _settle(db, connection, space, {each: [] for each in records}, counts)


def show(db: Database, connection: Connection, space: str, records: Iterable[str]) -> set[str]:
    """Show these records as the log has them now; returns the kinds that changed."""
    return _settle(db, connection, space, {each: [] for each in records}, None)


@dataclass(slots=True)
class _Row:
    """A revision that is in the log, or about to be; *was* is how it was judged until now."""

    envelope: Envelope
    was: tuple[int, int] | None = None
    counts: int = _NOT
    head: int = 0
    revision: Revision | None = None

    @property
    def id(self) -> RevisionId:
        return self.envelope.id

    @property
    def parents(self) -> tuple[RevisionId, ...]:
        return self.envelope.parents

    @property
    def space(self) -> str:
        return self.envelope.header.space

    @property
    def columns(self) -> tuple[object, ...]:
        """Itself, for `_NEW`."""
        header = self.envelope.header
        return (
            *(self.id, header.space, header.rec, header.dev, header.wall, self.head, int(Place.IN_STORE)),
            *(self.envelope.raw, header.key, self.counts),
        )

    def unsealed(self, db: Database) -> Revision | None:
        """What it says; None where no key opens it."""
        if self.revision is None:
            self.revision = unsealed(db, self.envelope)
        return self.revision


def _unknown(connection: Connection, space: str, envelopes: Sequence[Envelope]) -> list[Envelope]:
    """Those that are not here, and whose record was not erased."""
    wanted = {each.id: each for each in envelopes if each.header.kind == "rev" and each.header.space == space}
    for known in connection.scalars(_HERE, {"ids": tables.listed(wanted)}).all():
        del wanted[known]
    gone = erased(connection, {each.header.rec for each in wanted.values()})
    return [each for each in wanted.values() if (each.header.rec, space) not in gone]


def _settle(
    db: Database,
    connection: Connection,
    space: str,
    fresh: Mapping[str, list[_Row]],
    counts: Counts | None,
    *,
    words_later: bool = False,
    put_by: bool = False,
) -> set[str]:
    """Judge all revisions of these records, those in the log and the fresh ones, and show what follows from them.

    Those that are put by stay so, unless *put_by*.
    """
    now: list[Now] = []
    gone: list[str] = []
    for batch in batches(list(fresh)):
        asked = {"ids": tables.listed(batch)}
        rows: dict[str, list[_Row]] = {each: [] for each in batch}
        for record, envelope, was, head in connection.execute(_ALL if put_by else _BROUGHT_OUT, asked):
            rows[record].append(_Row(opened(envelope), was=(was, head), counts=was, head=head))
        shown = {row.id: (row.space, row.heads) for row in connection.execute(_SHOWN, asked)}
        for record in batch:
            rows[record] += fresh[record]
            if counts:
                _judge(db, record, space, rows[record], counts)
            standing = _standing(db, record, rows[record])
            heads = b"".join(row.id for row in standing if row.head)
            if not standing:
                gone += [record] if record in shown else []
            elif len(heads) > 32 or shown.get(record) != (standing[0].space, heads):
                now.append(Now(record, standing[0].space, _folded(db, standing)))
        _write(connection, rows)
    held = held_of(connection, [each.id for each in now])
    return project(connection, now, held, words_later=words_later) | withdraw(connection, gone)


def _judge(db: Database, record: str, space: str, rows: Sequence[_Row], counts: Counts) -> None:
    """Say of each revision in a space whether it counts."""
    here = [row for row in rows if row.space == space]
    may = counts([(row.id, row.envelope.header.dev, row.parents) for row in here], record) if is_id(record) else set()
    for row in here:
        if row.id not in may:
            row.counts = _NOT
        elif row.counts != _YES:
            row.counts = _YES if row.unsealed(db) else _CLOSED


def _standing(db: Database, record: str, rows: Sequence[_Row]) -> list[_Row]:
    """Those that the record consists of; says of each whether it is a head."""
    counting = [row for row in rows if row.counts == _YES]
    home = home_of(db, record, ((row.space, row.envelope.header.dev) for row in counting))
    standing = [row for row in counting if row.space == home]
    followed = {parent for row in standing for parent in row.parents}
    for row in rows:
        row.head = int(row.counts == _YES and row.space == home and row.id not in followed)
    return standing


def _folded(db: Database, standing: Sequence[_Row]) -> Folded:
    heads = [row for row in standing if row.head]
    revisions = (row.unsealed(db) for row in (heads if len(heads) == 1 else standing))
    return fold(each for each in revisions if each)


def _write(connection: Connection, rows: Mapping[str, Sequence[_Row]]) -> None:
    changed = [row for each in rows.values() for row in each if row.was != (row.counts, row.head)]
    new = [row.columns for row in changed if row.was is None]
    judged = [(row.counts, row.head, row.id) for row in changed if row.was is not None]
    if new:
        connection.exec_driver_sql(_NEW, new)
    if judged:
        connection.exec_driver_sql(_JUDGED, judged)
