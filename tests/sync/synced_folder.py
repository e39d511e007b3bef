"""A shared folder as OneDrive or Nextcloud keeps it: every device has a copy of its own, and changes travel.

They travel late and out of order, arrive empty or cut short at first, as conflict copies or in capitals, and files
come back after they were taken away. All of it follows from one source of chance: same seed, same story.
"""

import errno
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from random import Random

from sync.files import Files


@dataclass(frozen=True, slots=True)
class Weather:
    """How likely each thing is that can go wrong, from 0 to 1; `CALM` is none of them."""

    torn: float = 0.05
    """A write stops halfway, and says so."""
    full: float = 0.02
    """There is no room for a write."""
    cut: float = 0.1
    """A file arrives empty or in part first."""
    copied: float = 0.05
    """A conflict copy appears beside it."""
    capitals: float = 0.02
    """It arrives under its name in capitals."""
    returned: float = 0.03
    """At each tick: a file that was taken away is there again, for one device."""
    partial: float = 0.15
    """A listing has only some of the names."""
    stuck: float = 0.05
    """A file is there but cannot be read now."""
    away: float = 0.03
    """The folder does not answer."""
    slowest: int = 12
    """Ticks that a change travels at most."""


CALM = Weather(torn=0, full=0, cut=0, copied=0, capitals=0, returned=0, partial=0, stuck=0, away=0)


class SyncedFolder:
    """The copies of all devices, and what travels between them."""

    def __init__(self, chance: Random, devices: Iterable[str], weather: Weather | None = None) -> None:
        self.chance = chance
        self.weather = weather or Weather()
        self.copies: dict[str, dict[str, bytes]] = {each: {} for each in devices}
        self._travelling: dict[int, list[_Change]] = defaultdict(list)
        self._newest: dict[tuple[str, str], int] = {}
        """Of each file in each copy, which change it was that came last: an older one that comes later does nothing."""
        self._changes = 0
        self._gone: list[tuple[str, bytes]] = []
        self._now = 0

    def at(self, device: str) -> Files:
        """The folder as this device sees it."""
        return _Copy(self, device)

    def tick(self, times: int = 1) -> None:
        """Let what travels come nearer."""
        for _time in range(times):
            self._now += 1
            for each in self._travelling.pop(self._now, ()):
                self._arrive(each)
            if self._gone and self.happens(self.weather.returned):
                path, content = self.chance.choice(self._gone)
                device = self.chance.choice(sorted(self.copies))
                if path not in self.copies[device]:
                    self.copies[device][path] = content
                    self.spread(device, path, content)

    def calm(self) -> None:
        """Nothing goes wrong from now on, and all that travels arrives."""
        self.weather = replace(CALM, slowest=self.weather.slowest)
        while self._travelling:
            self.tick()

    def empty(self, device: str) -> dict[str, bytes]:
        """Take everything out of the copy of one device, without its being a change; returns what it was."""
        was, self.copies[device] = self.copies[device], {}
        return was

    def join(self, device: str, beside: str) -> None:
        """One more copy: it begins as that of another device, and what still travels to that one comes to both."""
        self.copies[device] = dict(self.copies[beside])
        self._newest |= {(device, path): each for (to, path), each in self._newest.items() if to == beside}
        for travelling in self._travelling.values():
            travelling += [replace(each, to=device) for each in travelling if each.to == beside]

    def snapshot(self) -> dict[str, bytes]:
        """All that is in any of the copies."""
        return {path: content for device in sorted(self.copies) for path, content in self.copies[device].items()}

    def put_back(self, snapshot: Mapping[str, bytes]) -> None:
        """All copies as it was then, and nothing travels."""
        self._travelling.clear()
        self.copies = {device: dict(snapshot) for device in self.copies}

    def spoil(self, device: str, path: str, last: int = 100) -> None:
        """A bit in the *last* bytes of a file falls over, and that travels as any change."""
        content = bytearray(self.copies[device][path])
        if content:
            content[-self.chance.randint(1, min(len(content), last))] ^= 1 << self.chance.randrange(8)
            self.copies[device][path] = bytes(content)
            self.spread(device, path, bytes(content))

    def contents(self) -> Iterable[bytes]:
        """All that stands anywhere, to look for what should not be there."""
        return (content for copy in self.copies.values() for content in copy.values())

    def happens(self, likelihood: float) -> bool:
        """Whether something goes wrong now."""
        return likelihood > 0 and self.chance.random() < likelihood

    def spread(self, device: str, path: str, content: bytes | None) -> None:
        """Send a change to the other copies; None takes the file away."""
        path = _own_name(path)
        self._changes += 1
        self._newest[device, path] = self._changes
        for other in sorted(self.copies.keys() - {device}):
            self._send(_Change(self._changes, other, path, content))

    def forget(self, path: str, content: bytes) -> None:
        """A file goes to a recycle bin, from which it may come back."""
        self._gone.append((path, content))

    def _send(self, change: "_Change") -> None:
        self._travelling[self._now + self.chance.randint(1, self.weather.slowest)].append(change)

    def _arrive(self, change: "_Change") -> None:
        path, content = change.path, change.content
        copy = self.copies[change.to]
        if change.number < self._newest.get((change.to, path), 0):
            return
        # A name is in capitals from its first coming: what changes later changes the file that has it.
        capitals = _in_capitals(path)
        if content is not None and path not in copy and (capitals in copy or self.happens(self.weather.capitals)):
            path = capitals
        if content and self.happens(self.weather.cut):
            copy[path] = content[: self.chance.choice([0, self.chance.randrange(len(content))])]
            self._send(change)
            return
        self._newest[change.to, change.path] = change.number
        if content is None:
            copy.pop(path, None)
            copy.pop(capitals, None)
            return
        copy[path] = content
        if self.happens(self.weather.copied):
            at = PurePosixPath(path)
            form = self.chance.choice(["{0}-{2}{1}", "{0} (conflicted copy of {2}){1}"])
            copy[str(at.with_name(form.format(at.stem, at.suffix, change.to)))] = content


@dataclass(frozen=True, slots=True)
class _Change:
    """What happened to a file, on its way to a copy; changes are numbered in the order in which they were made."""

    number: int
    to: str
    path: str
    content: bytes | None


class _Copy:
    """What one device does with its copy; see `Files`."""

    def __init__(self, folder: SyncedFolder, device: str) -> None:
        self._folder = folder
        self._device = device

    @property
    def _files(self) -> dict[str, bytes]:
        if self._folder.happens(self._folder.weather.away):
            raise OSError(errno.EIO, "the folder does not answer")
        return self._folder.copies[self._device]

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        above = f"{folder}/" if folder else ""
        inside = [each.removeprefix(above) for each in self._files if each.startswith(above)]
        found = list(dict.fromkeys(each.partition("/")[0] for each in inside))
        if self._folder.happens(self._folder.weather.partial):
            found = found[: self._folder.chance.randint(0, len(found))]
        return found

    def read(self, path: str, most: int) -> bytes | None:
        """See `Files`."""
        if self._folder.happens(self._folder.weather.stuck):
            return None
        content = self._files.get(path)
        return content if content is not None and len(content) <= most else None

    def write(self, path: str, content: bytes) -> None:
        """See `Files`."""
        if self._folder.happens(self._folder.weather.full):
            raise OSError(errno.ENOSPC, "no room")
        if content and self._folder.happens(self._folder.weather.torn):
            self._files[path] = half = content[: self._folder.chance.randrange(len(content))]
            self._folder.spread(self._device, path, half)
            raise OSError(errno.EIO, "torn")
        self._files[path] = content
        self._folder.spread(self._device, path, content)

    def remove(self, path: str) -> None:
        """See `Files`."""
        copy, own_name = self._files, _own_name(path)
        content = copy.pop(path, None)
        if content is None:
            return
        self._folder.forget(path, content)
        if own_name == path:
            copy.pop(_in_capitals(path), None)
        # For the others both names are one file: it is gone there when neither is left here.
        if own_name not in copy:
            self._folder.spread(self._device, path, None)


def _in_capitals(path: str) -> str:
    at = PurePosixPath(path)
    return str(at.with_name(at.name.upper()))


def _own_name(path: str) -> str:
    """The name that a file in capitals had before."""
    at = PurePosixPath(path)
    return str(at.with_name(at.name.lower())) if at.name.isupper() else path
