"""G12: looking whether anything is new in a shared folder with 20,000 files of 24 months, beside the bare listing."""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from casebook.envelope import opened
from sync.files import Disk
from sync.folder import HOUR, FolderStore
from sync.folder_names import inside, path_of
from sync.mass_erasing import Valve
from sync.store import DAY
from tests.bench.figure import Figure, at_most
from tests.sync.people import START, Person, Story

_FILES = 20_000
_MONTHS = 24
_TIMES = 15


def folder() -> Iterator[Figure]:
    """The files of two months each minute, and all of them each hour."""
    with TemporaryDirectory() as root:
        story = Story(Person("ank"))
        place = inside(story.space)
        known = _Known(_filled(story, Path(root) / place))
        now = [START]
        store = FolderStore(
            Disk(Path(root), place, "one"),
            story.space,
            known.among,
            lambda _records: set(),
            lambda: now[0],
            signed=lambda _envelope: True,
            valve=Valve("one", lambda: now[0], lambda _erasures: set(), lambda _records: set()),
        )
        store.push([story.chain[0].envelope.raw])
        cursor = store.pull(None, 500, False).cursor

        def poll() -> None:
            assert not store.pull(cursor, 500, False).envelopes

        def hourly() -> None:
            now[0] += HOUR
            poll()

        yield Figure("folder-bare-listing-p50", _p50(lambda: _names(Path(root) / place / "r")), "ms")
        yield at_most("folder-two-months-p50", _p50(poll), "ms", 50)
        yield at_most("folder-all-p50", _p50(hourly), "ms", 200)


class _Known:
    """The ids a device has, in a table as in its casebook."""

    def __init__(self, ids: set[bytes]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE TABLE rev (id BLOB PRIMARY KEY) WITHOUT ROWID")
        self._db.executemany("INSERT INTO rev VALUES (?)", [(each,) for each in ids])

    def among(self, ids: Collection[bytes]) -> set[bytes]:
        """Those of *ids* that are in it."""
        found, asked = set[bytes](), list(ids)
        for start in range(0, len(asked), 500):
            some = asked[start : start + 500]
            places = ",".join("?" * len(some))
            found.update(each for (each,) in self._db.execute(f"SELECT id FROM rev WHERE id IN ({places})", some))
        return found


def _filled(story: Story, at: Path) -> set[bytes]:
    known: set[bytes] = {story.chain[0].id}
    for number in range(_FILES):
        wall = START - number * _MONTHS * 30 * DAY // _FILES
        revision, raw = story.revision(story.admin, f"{number}", wall=wall)
        path = at / path_of(opened(raw))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        known.add(revision)
    return known


def _names(folder: Path) -> int:
    return sum(len(list(each.iterdir())) for each in folder.iterdir())


def _p50(act: Callable[[], object]) -> float:
    return median(_milliseconds(act) for _number in range(_TIMES))


def _milliseconds(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return (perf_counter() - started) * 1000
