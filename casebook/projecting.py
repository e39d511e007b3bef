"""Writing the present: what the log says now, as the rows, facets and words that the questions are put to."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select, update

from casebook import tables
from casebook.areas import Area
from casebook.case import Case
from casebook.case_line import columns_of, facets_of, texts_of
from casebook.database import PRESENT, Database, create_present, drop_present, roomy, setting
from casebook.fields import text_fields
from casebook.fold import Folded, fold
from casebook.lists import Lists
from casebook.log import batches, revisions_of_each
from casebook.record import KINDS, RecordId, created_ms
from casebook.search import words_row
from casebook.standing import (
    PERSONAL_SPACE,
    CaseFile,
    belongs,
    case_of,
    changed_ms,
    entry_in,
    entry_of,
    packed,
    state_of,
    values_of,
)

INDEXED_AT_ONCE = 200
"""Cases of which the words are written in one transaction: others save in between."""

_DAY_BITS = 43
_C = tables.record.c
_BY_ID = select(tables.record).where(tables.among(_C.id))
_BY_CASE = select(tables.record, PERSONAL_SPACE).where(tables.among(_C.case_id))
_BY_NUMBER = select(tables.record).where(tables.among(_C.n))
_TAKEN = select(_C.n, _C.id).where(tables.among(_C.n))
_AREAS = select(tables.record).where(_C.kind == Area.kind, _C.archived == 0, tables.among(_C.reference)).order_by(_C.id)
_F = tables.facet.c
_FACETS = select(_F.facet, _F.value, _F.n).where(tables.among(_F.n))
_FACET = "INSERT INTO facet (facet, value, n) VALUES (?, ?, ?)"
_NO_FACET = "DELETE FROM facet WHERE facet = ? AND value = ? AND n = ?"
_RECORDS = str(insert(tables.record))
_CHANGED = update(tables.record).where(_C.n == bindparam("was"))
_NO_WORDS = "DELETE FROM words WHERE rowid = ?"
_LATER = "INSERT OR IGNORE INTO unindexed(n) VALUES (?)"
_UNINDEXED = "SELECT n FROM unindexed ORDER BY n DESC LIMIT ?"
_INDEXED = "DELETE FROM unindexed WHERE n = ?"
_WORDS = "INSERT OR REPLACE INTO words(rowid, title, summary, rest, terms) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Now:
    """A record as the log has it now."""

    id: str
    space: str
    folded: Folded

    @cached_property
    def values(self) -> dict[str, Any]:
        """Its fields as plain values."""
        return values_of(self.folded.state)

    @property
    def case_id(self) -> str:
        """The case that it is, or belongs to; empty for neither."""
        if self.folded.state.kind == Case.kind:
            return self.id
        return str(self.values.get("case_id") or "")


@dataclass(frozen=True)
class Held:
    """A record as its row in the present has it."""

    row: Row[Any]

    @cached_property
    def now(self) -> Now:
        """What the row says."""
        return Now(self.row.id, self.row.space, state_of(self.row))


def held_of(connection: Connection, records: Sequence[str]) -> dict[str, Held]:
    """Those of these records that the present has."""
    return {row.id: Held(row) for row in _found(connection, _BY_ID, records)}


def project(
    connection: Connection, records: Sequence[Now], held: Mapping[str, Held], *, words_later: bool = False
) -> set[str]:
    """Write records into the present, with the line of every case they touch; returns the kinds that changed.

    *held* is what `held_of` gives of them. With *words_later* cases are found by their words only after `index_words`:
    that is half of the work.
    """
    cases = {each.id: each for each in records if each.folded.state.kind == Case.kind}
    others = [each for each in records if each.id not in cases]
    gone = [held[each.id].row for each in others if each.id in held]
    _forget(connection, [row.n for row in gone if row.kind == Case.kind])
    _write_rows(connection, [_row(each) for each in others], held)
    touched = {each.case_id for each in records} | {each.row.case_id for each in held.values()}
    areas = [each for each in others if each.folded.state.kind == Area.kind]
    if areas:
        touched |= _cases_in(connection, _renamed(areas, held))
    reworded = _reworded(records, held)
    _write_cases(connection, sorted(touched - {""}), cases, reworded, held, words_later=words_later)
    return {each.folded.state.kind for each in records}


def withdraw(connection: Connection, records: Sequence[str]) -> set[str]:
    """Take records out of the present, with all that was made of them; returns the kinds that changed."""
    held = held_of(connection, records)
    rows = [each.row for each in held.values()]
    _forget(connection, [row.n for row in rows])
    for batch in batches(list(held)):
        connection.execute(delete(tables.record).where(_C.id.in_(batch)))
    areas = {_area_name(each.now.folded)[0] for each in held.values() if each.row.kind == Area.kind}
    touched = ({row.case_id for row in rows} | _cases_in(connection, areas)) - {"", *held}
    _write_cases(connection, sorted(touched), {}, touched, {})
    return {row.kind for row in rows}


def _reworded(records: Sequence[Now], held: Mapping[str, Held]) -> set[str]:
    """The cases that are found by other words now."""
    found: set[str] = set()
    for each in records:
        old = held[each.id].now if each.id in held else None
        if old is None or _said(old) != _said(each):
            found |= {each.case_id, old.case_id if old else each.case_id}
    return found


def _said(now: Now) -> tuple[object, ...]:
    """The words of a record, and what decides whether they are words of its case."""
    kind = KINDS.get(now.folded.state.kind)
    texts = tuple(now.values.get(each.name) or "" for each in text_fields(kind)) if kind else ()
    return (now.space, now.case_id, kind is not Case and bool(now.values.get("archived")), texts)


def index_words(connection: Connection) -> int:
    """Write the words of some of the cases that wait for it, the newest first; returns of how many.

    A case that was written or withdrawn since is no matter: what is in the index is what the case says now.
    """
    numbers = sorted(connection.exec_driver_sql(_UNINDEXED, (INDEXED_AT_ONCE,)).scalars())
    held = {row.id: Held(row) for row in _found(connection, _BY_NUMBER, numbers)}
    files = _files(connection, {name: each.now for name, each in held.items()})
    said = {held[file.case.record.id].row.n: file for file in files}
    _write_words(connection, numbers, sorted(said.items()))
    if numbers:
        connection.exec_driver_sql(_INDEXED, [(n,) for n in numbers])
    return len(numbers)


def how_many_unindexed(connection: Connection) -> int:
    """How many cases cannot be found by their words yet."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM unindexed").scalar() or 0)


def index_rest(db: Database, is_called_off: Callable[[], bool] = lambda: False) -> None:
    """Write the words of all cases that wait for it, while others save in between."""
    with db.read() as connection:
        waiting = how_many_unindexed(connection)
    while waiting and not is_called_off():
        with db.write({Case.kind}) as connection:
            waiting = index_words(connection)


def is_outdated(db: Database) -> bool:
    """Whether the present was made by another version and is to be made again."""
    with db.read() as connection:
        return setting(connection, "present") != PRESENT


def rebuild(db: Database, progress: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Make the present again from the log, in one transaction; returns the number of records."""
    with db.write(set(KINDS)) as connection, roomy(connection):
        drop_present(connection)
        create_present(connection)
        records = connection.scalars(select(tables.rev.c.rec).where(tables.rev.c.counts == 1).distinct()).all()
        done = 0
        cases: list[tuple[int, str]] = []
        for batch in batches(records):
            now = list(_logged(db, connection, batch))
            others = [each for each in now if each.folded.state.kind != Case.kind]
            _write_rows(connection, [_row(each) for each in others], {})
            cases += [(_row(each)["n"], each.id) for each in now if each.folded.state.kind == Case.kind]
            done += len(others)
            progress(done, len(records))
        # Only now: a case is shown with all that belongs to it. By number, so that the pages are filled one by one.
        for part in batches(sorted(cases)):
            again = {each.id: each for each in _logged(db, connection, [case for _n, case in part])}
            _write_cases(connection, list(again), again, set(again), {})
            done += len(part)
            progress(done, len(records))
    return len(records)


def _logged(db: Database, connection: Connection, records: Sequence[str]) -> Iterator[Now]:
    for each, revisions in revisions_of_each(db, connection, records).items():
        yield Now(each, revisions[0].space, fold(revisions))


def fingerprint(connection: Connection) -> str:
    """A hash over all of the present: two presents made from one log have the same."""
    digest = hashlib.blake2b(digest_size=32)
    connection.exec_driver_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.held USING fts5vocab(main, words, instance)")
    for query in (
        "SELECT * FROM record ORDER BY id",
        "SELECT * FROM facet ORDER BY facet, value, n",
        "SELECT * FROM temp.held ORDER BY doc, col, offset, term",
    ):
        for row in connection.exec_driver_sql(query):
            digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _found(connection: Connection, query: Select[Any], ids: Sequence[str | int]) -> Iterator[Row[Any]]:
    for batch in batches(ids):
        yield from connection.execute(query, {"ids": tables.listed(batch)})


def _row(now: Now) -> dict[str, Any]:
    """The row of a record. The columns of a case's line are empty; in a list the reference is the code of the entry."""
    values = now.values
    return {
        "id": now.id,
        "n": _number(now.id, str(values.get("asked_on") or "") if now.folded.state.kind == Case.kind else ""),
        "kind": now.folded.state.kind,
        "space": now.space,
        "case_id": str(values.get("case_id") or ""),
        "archived": int(bool(values.get("archived"))),
        "sample": int(bool(values.get("sample"))),
        "changed": changed_ms(now.folded.state),
        **packed(now.folded),
        "reference": str(values.get("code") or ""),
        **dict.fromkeys(("title", "summary", "status", "direction", "area", "asked_on", "sort_title"), ""),
    }


def _number(record_id: str, asked_on: str) -> int:
    """The place of a record by date, so that the newest come first: the day, then a hash that keeps days apart."""
    try:
        day = date.fromisoformat(asked_on).toordinal()
    except ValueError:
        day = datetime.fromtimestamp(created_ms(RecordId(record_id)) / 1000, UTC).date().toordinal()
    digest = hashlib.blake2b(record_id.encode(), digest_size=8).digest()
    return day << _DAY_BITS | int.from_bytes(digest, "big") >> (64 - _DAY_BITS)


def _write_rows(connection: Connection, rows: Sequence[dict[str, Any]], held: Mapping[str, Held]) -> None:
    """Write rows; of those that are there only what differs, so that few pages change."""
    moved = [row for row in rows if row["id"] not in held or held[row["id"]].row.n != row["n"]]
    places = _places(connection, {row["id"]: row["n"] for row in moved})
    new = []
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        row["n"] = places.get(row["id"], row["n"])
        if row["id"] not in held:
            new.append(row)
            continue
        old = held[row["id"]].row._mapping
        differing = {name: each for name, each in row.items() if each != old[name]}
        if differing:
            changed.setdefault(tuple(differing), []).append({"was": old["n"], **differing})
    for same in changed.values():
        connection.execute(_CHANGED, same)
    if new:
        connection.exec_driver_sql(_RECORDS, new)


def _places(connection: Connection, wanted: Mapping[str, int]) -> dict[str, int]:
    """The number of each record; where two would have the same, one of them has the next."""
    taken = {row.n: row.id for row in _found(connection, _TAKEN, sorted(wanted.values()))}
    places = {}
    for record_id, number in wanted.items():
        while taken.setdefault(number, record_id) != record_id:
            number += 1  # noqa: PLW2901 - the next one
        places[record_id] = number
    return places


def _write_cases(
    connection: Connection,
    case_ids: Sequence[str],
    fresh: Mapping[str, Now],
    reworded: Set[str],
    held: Mapping[str, Held],
    *,
    words_later: bool = False,
) -> None:
    """Write cases with their lines and facets, and the *reworded* with their words.

    Those that are not among the *fresh* stand already; *held* has those of the fresh that do too.
    """
    if not case_ids:
        return
    for batch in batches(case_ids):
        older = held_of(connection, [each for each in batch if each not in fresh])
        there = older | {each: held[each] for each in batch if each in fresh and each in held}
        now = {name: each.now for name, each in older.items()} | {each: fresh[each] for each in batch if each in fresh}
        found = list(_files(connection, now))
        areas = _areas_of(connection, found)
        lines = [(_row(now[file.case.record.id]) | columns_of(file, areas), file) for file in found]
        _write_rows(connection, [row for row, _file in lines], there)
        # By number: the index gathers what comes in that order, and writes each that does not by itself.
        files = sorted(((row["n"], file) for row, file in lines), key=lambda each: each[0])
        rows = [each.row for each in there.values()]
        old = sorted(row.n for row in rows)
        _write_facets(connection, old, {(*pair, n) for n, file in files for pair in facets_of(file)})
        silent = _silent(rows, files, reworded)
        said = [each for each in files if each[0] not in silent]
        if words_later and said:
            connection.exec_driver_sql(_LATER, [(n,) for n, _file in said])
        _write_words(connection, [n for n in old if n not in silent], () if words_later else said)


def _files(connection: Connection, cases: Mapping[str, Now]) -> Iterator[CaseFile]:
    """These cases with everything that belongs to them."""
    entries = {
        each.id: [entry_of(each.id, each.space, each.folded)]
        for each in cases.values()
        if each.folded.state.kind == Case.kind
    }
    for row in _found(connection, _BY_CASE, list(entries)):
        if row.kind in KINDS and belongs(row, cases[row.case_id].space):
            entries[row.case_id].append(entry_in(row))
    for each in entries.values():
        file = case_of(each)
        if file:
            yield file


def _areas_of(connection: Connection, files: Iterable[CaseFile]) -> Lists[Area]:
    """The areas in which these cases lie: a municipality has hundreds of others."""
    codes = sorted({code for file in files for code in file.case.record.areas})
    return Lists(Area, [entry_in(row).record for row in _found(connection, _AREAS, codes)])


def _write_facets(connection: Connection, old: Sequence[int], wanted: set[tuple[str, str, int]]) -> None:
    held = {(row.facet, row.value, row.n) for row in _found(connection, _FACETS, old)}
    if gone := held - wanted:
        connection.exec_driver_sql(_NO_FACET, sorted(gone))
    if new := wanted - held:
        connection.exec_driver_sql(_FACET, sorted(new))


def _write_words(connection: Connection, gone: Sequence[int], files: Iterable[tuple[int, CaseFile]]) -> None:
    rows = [(n, words_row(*texts_of(file))) for n, file in files]
    if silent := set(gone) - {n for n, _row in rows}:
        connection.exec_driver_sql(_NO_WORDS, [(n,) for n in sorted(silent)])
    if rows:
        connection.exec_driver_sql(
            _WORDS, [(n, row["title"], row["summary"], row["rest"], row["terms"]) for n, row in rows]
        )


def _silent(held: Iterable[Row[Any]], files: Iterable[tuple[int, CaseFile]], reworded: Set[str]) -> set[int]:
    """The places of cases that are found by the words that stand there already."""
    now = {n: file.case.record.id for n, file in files}
    return {row.n for row in held if row.id not in reworded and now.get(row.n) == row.id}


def _forget(connection: Connection, numbers: Sequence[int]) -> None:
    """Drop the facets and the words of records that are no cases any more."""
    _write_facets(connection, numbers, set())
    _write_words(connection, numbers, ())


def _renamed(areas: Sequence[Now], held: Mapping[str, Held]) -> set[str]:
    """The codes of areas that have another name now: that name stands in the lines of cases."""
    after = {_area_name(each.folded) for each in areas}
    before = {_area_name(held[each.id].now.folded) for each in areas if each.id in held}
    return {code for code, _name in after ^ before}


def _area_name(folded: Folded) -> tuple[str, str]:
    values = values_of(folded.state)
    return str(values.get("code", "")), "" if values.get("archived") else str(values.get("name", ""))


def _cases_in(connection: Connection, areas: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in batches(sorted(areas)):
        numbers = select(_F.n).where(_F.facet == "area", _F.value.in_(batch))
        found |= set(connection.scalars(select(_C.id).where(_C.n.in_(numbers))))
    return found
