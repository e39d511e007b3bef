"""Sharing, beside the goals of `SYNC.md` 4; each goal has a function of its own in `sync_*.py`."""

from collections.abc import Callable, Iterator

from tests.bench import sync_folder
from tests.bench.figure import Figure
from tests.bench.size import Size

GOALS: dict[str, Callable[[], Iterator[Figure]]] = {
    "G12": sync_folder.folder,
}


def figures(_size: Size) -> Iterator[Figure]:
    """All goals, in their order, each at the size that it names."""
    for measured in GOALS.values():
        yield from measured()
