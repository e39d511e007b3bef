"""Erasing for ever: no byte of a record stays in any file of the casebook (`SYNC.md` 2.7).

`erase` takes a record out, in the transaction of its caller. Then `clean_up` takes away the traces that the file, its
log and its copies still hold; when the program is stopped before that, it is done as the casebook is opened again.
"""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, delete, exists, select, update

from casebook import tables
from casebook.database import Database, copy_anew, note, set_setting, setting
from casebook.digest import Place, went_out
from casebook.receiving import show
from casebook.record import RecordId, created_ms

_TRACES = "traces"
_PAGES = 100
"""Pages of the index that are written in one transaction: some hundredths of a second of work."""

_BREATH = 0.005
"""Seconds between two of those, in which whoever waits to save comes first."""

_NO_DRAFT = "DELETE FROM draft WHERE rec = ? OR json_extract(CAST(fields AS TEXT), '$.case_id') = ?"
_R, _S, _A = tables.rev.c, tables.statement.c, tables.act.c


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was written from the casebook, as the audit list knows it."""

    at: datetime
    name: str


def erase(db: Database, connection: Connection, space: str, record: str) -> set[str]:
    """Take a record out of a space for ever, of which an erasure is kept already; returns the kinds that changed.

    What somebody was adding to it and did not record yet goes too.
    Call `clean_up` when the transaction is done.
    """
    of_record = (_S.space == space) & (_S.rec == record) & (_S.kind == "erase")
    connection.execute(update(tables.statement).where(of_record).values(counts=1))
    here = (_R.space == space) & (_R.rec == record)
    rows = connection.execute(select(_R.id, _R.pushed, _R.act).where(here)).all()
    if not rows:
        return set()
    went_out(connection, space, [row.id for row in rows if row.pushed == Place.IN_STORE])
    connection.execute(delete(tables.rev).where(here))
    acts = {row.act for row in rows} - {None}
    connection.execute(delete(tables.act).where(_A.n.in_(acts), ~exists().where(_R.act == _A.n)))
    changed = show(db, connection, space, [record])
    if not connection.scalar(select(exists().where(_R.rec == record))):
        connection.exec_driver_sql(_NO_DRAFT, (record, record))
    note(connection, db.clock(), "erase", record)
    set_setting(connection, _TRACES, "yes")
    return changed


def clean_up(db: Database) -> bool:
    """Take away the traces of what was erased; False when somebody was reading just then, so that it has to be again.

    The words of the index are written anew without the erased ones, the log of the file is emptied, copies that are
    older than the erasure go and a new one is made.
    """
    with db.read() as connection:
        if not setting(connection, _TRACES):
            return True
    _merge_words(db)
    with db.engine.connect() as connection:
        is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
    if is_busy:
        return False
    copy_anew(db, date.fromtimestamp(db.clock() / 1000))  # noqa: DTZ012 - the reader's own day
    with db.write() as connection:
        set_setting(connection, _TRACES, "")
    return True


def _merge_words(db: Database) -> None:
    """Write the index of words anew without those that are gone, a little at a time, so that saves come between.

    Twice: what an earlier merge that was stopped had copied already is left out only by the next.
    """
    for _again in range(2):
        step = -_PAGES
        while _merged(db, step):
            step = _PAGES
            time.sleep(_BREATH)


def _merged(db: Database, pages: int) -> bool:
    """Merge at most so many pages of the index, with a minus sign to begin with all of it; False when all is done."""
    with db.write() as connection:
        before = _written(connection)
        connection.exec_driver_sql("INSERT INTO words(words, rank) VALUES ('merge', ?)", (pages,))
        # As the documentation of FTS5 has it: a merge with nothing to do changes less than two rows.
        return _written(connection) - before >= 2


def _written(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar() or 0)


def exports_with(db: Database, record: RecordId) -> list[Export]:
    """The files, the newest first, that were written since a record was made: it can be in them."""
    c = tables.audit.c
    chosen = select(c.at, c.detail).where(c.what == "export", c.at >= created_ms(record)).order_by(c.n.desc())
    with db.read() as connection:
        return [Export(datetime.fromtimestamp(row.at / 1000, UTC), row.detail) for row in connection.execute(chosen)]
