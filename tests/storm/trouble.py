"""What goes wrong during the storm, one thing after the other, several at a time."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.storm.scene import PEOPLE, Scene

DAY = 86_400_000


class Trouble:
    """Strikes at random; what it breaks for a while it mends by itself later."""

    def __init__(self, scene: Scene, chance: Random) -> None:
        self._scene = scene
        self._chance = chance
        self._later: list[tuple[float, Callable[[], None]]] = []
        self.struck: Counter[str] = Counter()

    def strike(self) -> None:
        """One blow, perhaps; and the end of older ones."""
        now = time.monotonic()
        due = [each for at, each in self._later if at <= now]
        self._later = [(at, each) for at, each in self._later if at > now]
        for each in due:
            each()
        for client in self._scene.clients.values():
            client.start()
        if self._chance.random() < 0.5:
            blow = self._chance.choices(
                (self._kill, self._pause, self._cut, self._clock, self._folder, self._hub, self._copy, self._back),
                (30, 15, 25, 10, 10, 6, 4, 2),
            )[0]
            self.struck[blow.__name__.strip("_")] += 1
            blow()

    def _in(self, seconds: float, end: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, end))

    def _somebody(self) -> str:
        return self._chance.choice(PEOPLE)[0]

    def _kill(self) -> None:
        self._scene.clients[self._somebody()].send(signal.SIGKILL)

    def _pause(self) -> None:
        client = self._scene.clients[self._somebody()]
        client.send(signal.SIGSTOP)
        self._in(self._chance.uniform(0.5, 8), lambda: client.send(signal.SIGCONT))

    def _cut(self) -> None:
        wire = self._chance.choice(list(self._scene.wires.values()))
        wire.cut()
        self._in(self._chance.uniform(0.5, 10), wire.mend)

    def _clock(self) -> None:
        name = self._somebody()
        self._scene.set_clock(name, self._chance.randint(-3 * DAY, 3 * DAY))
        self._in(self._chance.uniform(1, 15), lambda: self._scene.set_clock(name, 0))

    def _folder(self) -> None:
        name = self._somebody()
        self._scene.take_folder_away(name, away=True)
        self._in(self._chance.uniform(1, 8), lambda: self._scene.take_folder_away(name, away=False))

    def _hub(self) -> None:
        hub = self._scene.hubs[self._chance.choice(sorted(self._scene.hubs))]
        hub.send(signal.SIGKILL)
        self._in(self._chance.uniform(0.5, 4), hub.start)

    def _copy(self) -> None:
        if self._scene.hubs["lite"].runs:
            self._scene.copy_lite()

    def _back(self) -> None:
        self._scene.put_lite_back()
