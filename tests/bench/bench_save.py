"""A durable save beside a raw commit of the same bytes, and many cases saved as one act."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import psutil
import sqlcipher3.dbapi2 as sqlcipher

from casebook.case import Case
from casebook.database import Database, create_casebook
from casebook.keys import FileKey
from casebook.present import Entry, entry
from casebook.saving import Change, save, undo
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.generator import cases
from tests.bench.size import Size

_KEY = FileKey(b"k" * 32, b"s" * 16)


def figures(size: Size) -> Iterator[Figure]:
    """A save of one field of a case of 150 words, by turns with the raw commit; then many cases at once, and undone."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        db = create_casebook(Path(folder) / "casebook.db", _KEY)
        made = list(cases(size.saves + size.rows))
        yield from _one_by_one(db, made[: size.saves], Path(folder))
        yield from _at_once(db, made[size.saves :])
        db.close()


def _one_by_one(db: Database, made: list[Case], folder: Path) -> Iterator[Figure]:
    save(db, [Change(each) for each in made], "Bench")
    seen = [_entry(db, each) for each in made]
    raw = _raw(folder / "raw.db", _written(db) // len(made))
    bare, saves = [], []
    for number, each in enumerate(seen):
        change = Change(replace(each.record, goal=f"{each.record.goal} Stap {number}."), each)
        saves.append(_milliseconds(lambda change=change: save(db, [change], "Bench")))  # type: ignore[misc]  # bound now
        bare.append(_milliseconds(raw))
    yield Figure("save-raw-commit-p50", median(bare), "ms")
    yield Figure("save-p50", median(saves), "ms")
    yield Figure("save-p95", quantiles(saves, n=20)[-1], "ms")
    yield at_most("save-to-raw-p50", median(saves) / median(bare), "x", 4)


def _entry(db: Database, case: Case) -> Entry[Case]:
    found = entry(db, case.id)
    assert found is not None
    return found


def _written(db: Database) -> int:
    """The bytes that all saves together put in the log, the present and the index."""
    with db.read() as connection:
        sizes = [
            connection.exec_driver_sql(query).scalar()
            for query in (
                "SELECT sum(length(env)) FROM rev",
                "SELECT sum(length(state) + length(heads) + length(title) + length(summary)) FROM record",
                "SELECT sum(length(block)) FROM words_data",
            )
        ]
    return sum(int(each or 0) for each in sizes)


def _raw(path: Path, size: int) -> Callable[[], object]:
    """One commit of *size* bytes that no power cut undoes, in a file encrypted in the same way."""
    connection = sqlcipher.connect(str(path), isolation_level=None)
    connection.execute(f'PRAGMA key="{_KEY.pragma}"')
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE held(n INTEGER PRIMARY KEY, content BLOB NOT NULL)")
    numbers = itertools.count()

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO held VALUES (?, ?)", (next(numbers), b"x" * size))
        connection.execute("COMMIT")

    return commit


def _at_once(db: Database, made: list[Case]) -> Iterator[Figure]:
    changes = [Change(each) for each in made]
    before = _highest_memory()
    seconds = _milliseconds(lambda: save(db, changes, "Bench")) / 1000
    yield at_least("save-at-once", len(made) / seconds, "cases/s", 2000)
    seconds = _milliseconds(lambda: undo(db)) / 1000
    yield at_least("save-at-once-undone", len(made) / seconds, "cases/s", 2000)
    yield at_most("save-at-once-memory", (_highest_memory() - before) / 2**20, "MiB", 200)


def _highest_memory() -> int:
    """The most that this process ever held, in bytes."""
    info = psutil.Process().memory_info()
    return int(getattr(info, "peak_wset", 0) or _high_water() or info.rss)


def _high_water() -> int:
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(each.split()[1]) * 1024 for each in lines if each.startswith("VmHWM")), 0)


def _milliseconds(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return (perf_counter() - started) * 1000
