"""The way between a device and the store: what is lost, late, doubled, cut off or tampered with on it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sync.store import NotAllowed, Outcome, Page, Store, Unreachable
from tests.sync.simulator.device import SECRET, SimulatedDevice

if TYPE_CHECKING:
    from tests.sync.simulator.world import World


class Wire:
    """The store as one device sees it."""

    def __init__(self, world: "World", device: SimulatedDevice) -> None:
        self._world = world
        self._device = device

    @property
    def _store(self) -> Store:
        return self._world.shared.at(self._device)

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        self._go()
        if self._world.happens("partial page", 0.4):
            limit = self._world.chance.choice((1, 2, 5))
        page = self._store.pull(cursor, limit, heads)
        self._come_back()
        return self._world.told(page)

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        self._go()
        if self._world.is_deaf:
            raise Unreachable("nothing is taken in")
        for each in envelopes:
            if SECRET.encode() in each:
                self._world.fail("confidentiality: a text can be read on the way")
        if self._world.shared.judges and self._world.happens("late", 0.05):
            self._world.send_later(self._device, envelopes, given_back)
            raise Unreachable("no answer")
        if self._world.happens("twice", 0.05):
            self._store.push(envelopes, given_back=given_back)
        if self._world.happens("one by one", 0.1):
            self._store.push(envelopes[: len(envelopes) // 2], given_back=given_back)
            raise Unreachable("cut off")
        outcomes = self._store.push(envelopes, given_back=given_back)
        self._come_back()
        return outcomes

    def ids(self) -> Iterable[bytes]:
        self._go()
        found = list(self._store.ids())
        self._come_back()
        return found

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        self._go()
        found = self._store.get(ids)
        self._come_back()
        return self._world.told_some(found)

    def close(self) -> None:
        pass

    def _go(self) -> None:
        self._world.count_call()
        if not self._device.online or self._world.happens("lost on the way", 0.03):
            raise Unreachable("no network")
        membership = self._world.shared.membership() if self._world.shared.judges else None
        joining = self._device.shelf.kept.place.joining is not None
        if membership and membership.role_of(self._device.id) is None and not joining:
            raise NotAllowed

    def _come_back(self) -> None:
        if self._world.happens("lost answer", 0.04):
            raise Unreachable("no answer")
