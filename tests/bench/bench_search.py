"""Searching while typing among 100 and 100,000 cases: the first 50 lines, beside the bare index in the same run."""

import random
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import Connection

from casebook import dutch, search
from casebook.case_query import Query
from casebook.database import Database
from casebook.present import cases
from tests.bench.casebook_of import opened
from tests.bench.figure import Figure, at_most
from tests.bench.generator import vocabulary
from tests.bench.size import Size

_LINES = 50
_RANKED = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 50"
_UNRANKED = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 50"


def questions(each_kind: int, seed: int = 7) -> dict[str, list[str]]:
    """What people type, by kind; of each kind so many."""
    chance = random.Random(seed)
    known = [each for each in vocabulary() if each.isalpha()]
    common, rare = known[:120], known[10_000:]
    compounds = [each for each in known if len(dutch.parts(each)) > 1]
    return {
        "rare": [f"{each} " for each in chance.sample(rare, each_kind)],
        "common": [f"{each} " for each in chance.sample(common, each_kind)],
        "prefix": [
            each[:length] for length in (1, 2, 3, 4, 5) for each in chance.sample(common + rare[:200], each_kind // 5)
        ],
        "compound": [f"{each} " for each in chance.sample(compounds, each_kind)],
        "several": [" ".join(chance.sample(common, 2)) for _ in range(each_kind)],
    }


def figures(size: Size) -> Iterator[Figure]:
    """p50 and p95 of each kind, and of the bare index asked for the same."""
    small = [each for kind in _all_measured(size.some, size.words).values() for each in kind]
    yield at_most(f"search-{size.some}-lines-p95", _p95(small, "lines"), "ms", 50)
    measured = _all_measured(size.cases, size.words)
    for name, each in measured.items():
        yield from _of_kind(name, each)
    yield from _of_all([each for name, kind in measured.items() if name != "filtered" for each in kind])


def _all_measured(cases_held: int, each_kind: int) -> dict[str, list["Measured"]]:
    db = opened(cases_held)
    with db.read() as connection:
        found = {
            name: [_measured(db, connection, Query(each)) for each in asked]
            for name, asked in questions(each_kind).items()
        }
        found["filtered"] = [
            _measured(db, connection, Query(each, {"area": frozenset({f"wijk-{number:02}"})}))
            for number, each in enumerate(questions(each_kind, 8)["common"], start=1)
        ]
    db.close()
    return found


Measured = dict[str, float]


def _measured(db: Database, connection: Connection, query: Query) -> Measured:
    wanted = search.match(query.words)
    assert wanted is not None
    facets = {**query.facets, "archived": frozenset({"no"})}
    raw = connection.connection.driver_connection
    assert raw is not None
    acts: dict[str, Callable[[], object]] = {
        "ranked": lambda: raw.execute(_RANKED, (wanted.fts,)).fetchall(),
        "unranked": lambda: raw.execute(_UNRANKED, (wanted.fts,)).fetchall(),
        "hits": lambda: search.hits(connection, wanted, _LINES, 0, facets),
        "count": lambda: search.count(connection, wanted, facets),
        "lines": lambda: cases(db, query, 0, _LINES),
    }
    # Each begins as cold or warm as the others: the one before it read the same pages.
    raw.execute(_UNRANKED, (wanted.fts,)).fetchall()
    return {name: _milliseconds(act) for name, act in acts.items()}


def _milliseconds(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return (perf_counter() - started) * 1000


def _of_kind(name: str, measured: list[Measured]) -> Iterator[Figure]:
    for act in ("ranked", "unranked", "hits", "count"):
        yield Figure(f"search-{name}-{act}-p95", _p95(measured, act), "ms")
    yield Figure(f"search-{name}-lines-p50", median(each["lines"] for each in measured), "ms")
    yield at_most(f"search-{name}-lines-p95", _p95(measured, "lines"), "ms", 50)


def _of_all(measured: list[Measured]) -> Iterator[Figure]:
    bare = median(each["ranked"] for each in measured)
    lines = median(each["lines"] for each in measured)
    yield Figure("search-bare-ranked-p50", bare, "ms")
    yield Figure("search-bare-unranked-p50", median(each["unranked"] for each in measured), "ms")
    yield Figure("search-lines-p50", lines, "ms")
    yield at_most("search-lines-to-bare-p50", lines / bare, "x", 2)
    yield at_most("search-lines-p95", _p95(measured, "lines"), "ms", 50)


def _p95(measured: list[Measured], act: str) -> float:
    return quantiles((each[act] for each in measured), n=20)[-1]
