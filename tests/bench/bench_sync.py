"""Sharing, beside the goals of `SYNC.md` 4; each goal has a function of its own in `sync_*.py`."""

from collections.abc import Callable, Iterator

from tests.bench import sync_client, sync_folder, sync_hub, sync_waiting
from tests.bench.figure import Figure
from tests.bench.size import Size

GOALS: dict[str, Callable[[], Iterator[Figure]]] = {
    "G2": sync_client.encryption,
    "G3, G4, G14-G17": sync_client.client,
    "G6": sync_hub.pushing,
    "G8": sync_hub.following,
    "G9, G11": sync_waiting.waiting,
    "G10": sync_hub.polling,
    "G13": sync_client.key,
    "G12": sync_folder.folder,
}


def figures(_size: Size) -> Iterator[Figure]:
    """All goals, in their order, each at the size that it names."""
    for measured in GOALS.values():
        yield from measured()
