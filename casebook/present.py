"""The present: three tables made from the log, and the questions one can put to them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select

from casebook import tables
from casebook.areas import Area
from casebook.case import Case
from casebook.case_line import CaseLine, columns_of, facets_of, texts_of
from casebook.case_query import Query
from casebook.condition import Condition
from casebook.contribution import Contribution
from casebook.database import PRESENT, Database, create_present, drop_present, setting
from casebook.dilemma import Argument, CaseDilemma, Position
from casebook.direction import Alignment, Direction
from casebook.envelope import RevisionId, Stamped, State
from casebook.fold import Difference, Folded, fold
from casebook.followup import FollowUp
from casebook.lists import Listed, Lists
from casebook.log import revisions_of
from casebook.record import KINDS, Record, RecordId, created_ms, from_plain
from casebook.search import words_row
from casebook.support import Support

R = TypeVar("R", bound=Record)
L = TypeVar("L", bound=Listed)
_IN = 500
_DAY_BITS = 43
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True, slots=True)
class Entry(Generic[R]):
    """A record as it stands now, with the revisions it stands on and what differs."""

    record: R
    space: str
    heads: tuple[RevisionId, ...]
    differences: tuple[Difference, ...]
    changed: datetime


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with everything that belongs to it, oldest first."""

    case: Entry[Case]
    entries: tuple[Entry[Any], ...]

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """The records of one kind that are not archived."""
        return tuple(each.record for each in self.entries if isinstance(each.record, kind) and not each.record.archived)

    def entry(self, record_id: RecordId) -> Entry[Any] | None:
        """The entry of one of its records."""
        return next((each for each in self.entries if each.record.id == record_id), None)

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        return self.of(Contribution)

    @property
    def directions(self) -> tuple[Direction, ...]:
        return self.of(Direction)

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        return self.of(Alignment)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.of(Condition)

    @property
    def supports(self) -> tuple[Support, ...]:
        return self.of(Support)

    @property
    def dilemmas(self) -> tuple[CaseDilemma, ...]:
        return self.of(CaseDilemma)

    @property
    def positions(self) -> tuple[Position, ...]:
        return self.of(Position)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        return self.of(Argument)

    @property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        return self.of(FollowUp)


def entry(db: Database, record_id: str) -> Entry[Any] | None:
    """One record; None where there is none, or of a kind that this version does not know."""
    with db.read() as connection:
        row = connection.execute(select(tables.record).where(tables.record.c.id == record_id)).first()
    return _entry(row) if row is not None and row.kind in KINDS else None


def case_file(db: Database, case_id: str) -> CaseFile | None:
    """A case with all its records."""
    with db.read() as connection:
        return case_file_of(connection, case_id)


def case_file_of(connection: Connection, case_id: str) -> CaseFile | None:
    """The same within a transaction."""
    rows = connection.execute(
        select(tables.record).where((tables.record.c.case_id == case_id) | (tables.record.c.id == case_id))
    ).all()
    entries = sorted(
        (_entry(row) for row in rows if row.kind in KINDS),
        key=lambda each: (created_ms(each.record.id), each.record.id),
    )
    case = next((each for each in entries if isinstance(each.record, Case)), None)
    return CaseFile(case, tuple(each for each in entries if each is not case)) if case else None


def every(db: Database, kind: type[R], *, archived: bool = False) -> list[Entry[R]]:
    """All records of one kind."""
    with db.read() as connection:
        return _every(connection, kind, archived)


def the_list(db: Database, kind: type[L]) -> Lists[L]:
    """One of the lists that people can change."""
    with db.read() as connection:
        return Lists(kind, [each.record for each in _every(connection, kind, archived=False)])


def cases(db: Database, query: Query, offset: int = 0, limit: int = 50) -> list[CaseLine]:
    """The lines of the casebook that answer *query*, in its order."""
    from casebook.case_query import lines

    with db.read() as connection:
        areas = Lists(Area, [each.record for each in _every(connection, Area, archived=True)])
        return lines(connection, query, areas, offset, limit)


def count(db: Database, query: Query) -> int:
    """How many cases answer *query*."""
    from casebook.case_query import how_many

    with db.read() as connection:
        return how_many(connection, query)


def project(connection: Connection, folded: Sequence[tuple[str, str, Folded]]) -> set[str]:
    """Write records, each as (id, space, folded), into the present; returns the kinds that changed."""
    if not folded:
        return set()
    renamed = _renamed(connection, folded)
    rows = _write_records(connection, folded)
    _project_cases(connection, _cases_of(rows) | _cases_in(connection, renamed))
    return {row["kind"] for row in rows}


def _write_records(connection: Connection, folded: Sequence[tuple[str, str, Folded]]) -> list[dict[str, Any]]:
    rows = [_row(record_id, space, each) for record_id, space, each in folded]
    known = _numbers(connection, [row["id"] for row in rows])
    for row in rows:
        # A case gets its place, by date, when its line is made; until then the one it had.
        row["n"] = known.get(row["id"]) or _free(connection, _number(row["id"], ""))
    gone = [row["n"] for row in rows if row["id"] in known]
    _delete_records(connection, gone)
    connection.execute(insert(tables.record), rows)
    return rows


def _cases_of(rows: Iterable[dict[str, Any]]) -> set[str]:
    """The cases that records are, or belong to."""
    return {row["id"] if row["kind"] == Case.kind else row["case_id"] for row in rows} - {""}


def _renamed(connection: Connection, folded: Sequence[tuple[str, str, Folded]]) -> set[str]:
    """The codes of areas that are to have another name: that name stands in the lines of cases."""
    after = {record_id: _area_name(each) for record_id, _space, each in folded if each.state.kind == Area.kind}
    before: dict[str, tuple[str, str]] = {}
    for batch in _batches(list(after)):
        rows = connection.execute(select(tables.record).where(tables.record.c.id.in_(batch)))
        before |= {row.id: _area_name(state_of(row)) for row in rows}
    return {code for code, _name in {*after.values()} ^ {*before.values()}}


def _area_name(folded: Folded) -> tuple[str, str]:
    held = values_of(folded.state)
    return str(held.get("code", "")), "" if held.get("archived") else str(held.get("name", ""))


def _cases_in(connection: Connection, areas: Iterable[str]) -> set[str]:
    held = tables.facet.c
    found: set[str] = set()
    for batch in _batches(sorted(areas)):
        numbers = select(held.n).where(held.facet == "area", held.value.in_(batch))
        found |= set(connection.scalars(select(tables.record.c.id).where(tables.record.c.n.in_(numbers))))
    return found


def is_outdated(db: Database) -> bool:
    """Whether the present was made by another version and is to be made again."""
    with db.read() as connection:
        return setting(connection, "present") != PRESENT


def rebuild(db: Database, progress: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Make the present again from the log, in one transaction; returns the number of records."""
    with db.write(set(KINDS)) as connection:
        drop_present(connection)
        create_present(connection)
        records = list(connection.execute(select(tables.rev.c.rec, tables.rev.c.space).distinct()))
        case_ids: set[str] = set()
        done = 0
        for batch in _batches(records):
            folded = [(row.rec, row.space, fold(revisions_of(db, connection, row.rec))) for row in batch]
            case_ids |= _cases_of(_write_records(connection, folded))
            done += len(batch)
            progress(done, 2 * len(records))
        # Only when every record stands: a case is shown with all that belongs to it, and with the names of its areas.
        _project_cases(connection, case_ids)
        progress(2 * len(records), 2 * len(records))
    return len(records)


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


def state_of(row: Row[Any]) -> Folded:
    """The folded state that a row of the present holds."""
    plain = msgspec.json.decode(row.state)
    fields = {name: _unpacked(each) for name, each in plain["f"].items()}
    differs = tuple(Difference(name, shown, tuple(others)) for name, shown, others in msgspec.json.decode(row.differs))
    return Folded(State(row.kind, fields, plain["sv"], plain["needs"]), _heads(row.heads), differs)


def values_of(state: State) -> dict[str, Any]:
    """The fields of a state as plain values; of a set the elements that are in it."""
    return {name: _value(each) for name, each in state.fields.items()}


def _value(each: Stamped) -> Any:
    if isinstance(each.value, dict) and all(isinstance(one, Stamped) for one in each.value.values()):
        return sorted(name for name, one in each.value.items() if one.value)
    return each.value


def _packed(each: Stamped) -> list[Any]:
    if isinstance(each.value, dict) and all(isinstance(one, Stamped) for one in each.value.values()):
        return ["set", {name: _packed(one) for name, one in each.value.items()}, each.wall, each.rev.hex()]
    return [each.value, each.wall, each.rev.hex()]


def _unpacked(plain: list[Any]) -> Stamped:
    if len(plain) == 4:
        return Stamped({name: _unpacked(one) for name, one in plain[1].items()}, plain[2], bytes.fromhex(plain[3]))
    return Stamped(plain[0], plain[1], bytes.fromhex(plain[2]))


def _heads(packed: bytes) -> tuple[RevisionId, ...]:
    return tuple(RevisionId(packed[start : start + 32]) for start in range(0, len(packed), 32))


def _entry(row: Row[Any]) -> Entry[Any]:
    folded = state_of(row)
    return Entry(
        record=from_plain(KINDS[row.kind], RecordId(row.id), values_of(folded.state)),
        space=row.space,
        heads=folded.heads,
        differences=folded.differences,
        changed=datetime.fromtimestamp(row.changed / 1000, UTC),
    )


def _every(connection: Connection, kind: type[R], archived: bool) -> list[Entry[R]]:
    rows = connection.execute(
        select(tables.record).where(tables.record.c.kind == kind.kind).order_by(tables.record.c.id)
    )
    entries = [_entry(row) for row in rows]
    return [each for each in entries if archived or not each.record.archived]


def _row(record_id: str, space: str, folded: Folded) -> dict[str, Any]:
    values = values_of(folded.state)
    plain = {
        "sv": folded.state.version,
        "needs": folded.state.needs,
        "f": {name: _packed(each) for name, each in folded.state.fields.items()},
    }
    return {
        "id": record_id,
        "kind": folded.state.kind,
        "space": space,
        "case_id": str(values.get("case_id") or ""),
        "state": _encode(plain),
        "heads": b"".join(folded.heads),
        "differs": _encode([[each.field, each.shown, each.others] for each in folded.differences]),
        "archived": int(bool(values.get("archived"))),
        "sample": int(bool(values.get("sample"))),
        "changed": max((each.wall for each in folded.state.fields.values()), default=0),
        **dict.fromkeys(("title", "reference", "summary", "status", "direction", "area", "asked_on", "sort_title"), ""),
    }


def _number(record_id: str, asked_on: str) -> int:
    """The place of a record by date, so that the newest come first: the day, then a hash that keeps days apart."""
    try:
        day = date.fromisoformat(asked_on).toordinal()
    except ValueError:
        day = datetime.fromtimestamp(created_ms(RecordId(record_id)) / 1000, UTC).date().toordinal()
    digest = hashlib.blake2b(record_id.encode(), digest_size=8).digest()
    return day << _DAY_BITS | int.from_bytes(digest, "big") >> (64 - _DAY_BITS)


def _free(connection: Connection, number: int) -> int:
    while connection.scalar(select(tables.record.c.n).where(tables.record.c.n == number)) is not None:
        number += 1
    return number


def _numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in _batches(ids):
        rows = connection.execute(select(tables.record.c.id, tables.record.c.n).where(tables.record.c.id.in_(batch)))
        found |= {row.id: row.n for row in rows}
    return found


def _project_cases(connection: Connection, case_ids: Iterable[str]) -> None:
    """Make the line, the facets and the words of these cases again, from their records."""
    wanted = sorted(case_ids)
    area_names = Lists(Area, [each.record for each in _every(connection, Area, archived=True)])
    for batch in _batches(wanted):
        files = list(_files(connection, batch))
        numbers = _numbers(connection, batch)
        _forget(connection, numbers.values())
        for file in files:
            _write_case(connection, file, numbers[file.case.record.id], area_names)


def _write_case(connection: Connection, file: CaseFile, old: int, areas: Lists[Area]) -> None:
    case = file.case.record
    columns = columns_of(file, areas)
    number = _number(case.id, columns["asked_on"])
    if number != old:
        number = _free(connection, number)
    connection.execute(tables.record.update().where(tables.record.c.id == case.id).values(n=number, **columns))
    held = sorted(facets_of(file))
    if held:
        connection.execute(insert(tables.facet), [{"facet": name, "value": value, "n": number} for name, value in held])
    words = words_row(*texts_of(file))
    connection.exec_driver_sql(
        "INSERT INTO words(rowid, title, summary, rest, terms) VALUES (?, ?, ?, ?, ?)",
        (number, words["title"], words["summary"], words["rest"], words["terms"]),
    )


def _files(connection: Connection, case_ids: Sequence[str]) -> Iterator[CaseFile]:
    held = tables.record.c
    own = select(tables.record).where(held.id.in_(case_ids), held.kind == Case.kind)
    rows = [*connection.execute(select(tables.record).where(held.case_id.in_(case_ids))), *connection.execute(own)]
    by_case: dict[str, list[Entry[Any]]] = {}
    for row in rows:
        if row.kind in KINDS:
            by_case.setdefault(row.case_id or row.id, []).append(_entry(row))
    for entries in by_case.values():
        entries.sort(key=lambda each: (created_ms(each.record.id), each.record.id))
        case = next((each for each in entries if isinstance(each.record, Case)), None)
        if case:
            yield CaseFile(case, tuple(each for each in entries if each is not case))


def _delete_records(connection: Connection, numbers: Iterable[int]) -> None:
    for batch in _batches(list(numbers)):
        connection.execute(delete(tables.record).where(tables.record.c.n.in_(batch)))


def _forget(connection: Connection, numbers: Iterable[int]) -> None:
    for batch in _batches(list(numbers)):
        connection.execute(delete(tables.facet).where(tables.facet.c.n.in_(batch)))
        # Numbers of ours: nothing that somebody typed is in this sentence.
        numbers_of_batch = ",".join(str(int(each)) for each in batch)
        connection.exec_driver_sql(f"DELETE FROM words WHERE rowid IN ({numbers_of_batch})")


T = TypeVar("T")


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _IN):
        yield items[start : start + _IN]
