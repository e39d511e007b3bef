"""Of one device at most so many erasures come in within a day, so that nobody wipes what all the others have at once.

A hub holds them back at its door. In a folder, where everybody writes, each device does so for itself: what is held
never came, as far as this device knows. So it is in no set and in no cut, and once an administrator removes the
device that erased, what was held does not stand when it comes after all. Who wants those erasures all the same signs
them too: that is the second administrator.
"""

from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from casebook.envelope import Envelope
from sync.store import DAY, MOST_ERASURES


class _Window(NamedTuple):
    """How many erasures of a device came in since a moment, in milliseconds since 1970."""

    since: int
    number: int


class Valve:
    """Counts what comes in of each other device; only the clock of this one matters, not the moment they name.

    *own* is this device, *authentic* says which of some erasures somebody signed who is known here, and *present* of
    which of some records something is here. Who was away for weeks may need some days to hear of all that was erased
    meanwhile: that is the price.
    """

    def __init__(
        self,
        own: str,
        clock: Callable[[], int],
        authentic: Callable[[Sequence[Envelope]], set[bytes]],
        present: Callable[[Collection[str]], set[str]],
    ) -> None:
        self._own = own
        self._clock = clock
        self._authentic = authentic
        self._present = present
        self._windows: dict[str, _Window] = {}
        self._held: dict[bytes, str] = {}
        """What was read and waits, with the device that erased: so that nobody reads it again at every look."""

    @property
    def held(self) -> AbstractSet[bytes]:
        """The ids of the erasures that are held."""
        return self._held.keys()

    @property
    def holding(self) -> tuple[str, ...]:
        """The devices of which erasures are held."""
        return tuple(sorted(set(self._held.values())))

    @property
    def counted(self) -> bytes:
        """What came in lately, to be kept with it: else a start of the program lets in as much again."""
        return msgspec.json.encode(self._windows) if self._windows else b""

    def go_on_from(self, counted: bytes) -> None:
        """Count on from what was kept. A window that is over ends here, and so does one of a clock that jumped."""
        try:
            windows = msgspec.json.decode(counted or b"{}", type=dict[str, _Window])
        except msgspec.MsgspecError:
            windows = {}
        now = self._clock()
        self._windows = {device: each for device, each in windows.items() if 0 <= now - each.since < DAY}

    def still_held(self, lacking: Collection[bytes]) -> set[bytes]:
        """What is held, and has no room yet, of what is in the folder and not here; the rest is forgotten."""
        self._held = {each: device for each, device in self._held.items() if each in lacking}
        room = {device: self._room(device) for device in self._held.values()}
        found = set()
        # In one order, so that all devices let in the same ones first.
        for each, device in sorted(self._held.items()):
            room[device] -= 1
            if room[device] < 0:
                found.add(each)
        return found

    def let_in(self, erasures: Sequence[Envelope], *, is_first: bool) -> set[bytes]:
        """Those of these that come in now.

        Of an author who is not known here, or who did not sign, nothing comes in, and it does not count either. Who
        is here for the *first* time hears at once of what was erased before: there is nothing to lose of that.
        """
        if not erasures:
            return set()
        authentic = self._authentic(erasures)
        present = self._present({each.header.rec for each in erasures}) if is_first else None
        found = set[bytes]()
        for each in erasures:
            if each.id in authentic and (self._is_free(each, present) or self._counts(each)):
                self._held.pop(each.id, None)
                found.add(each.id)
        return found

    def _is_free(self, erasure: Envelope, present: set[str] | None) -> bool:
        return erasure.header.dev == self._own or (present is not None and erasure.header.rec not in present)

    def _counts(self, erasure: Envelope) -> bool:
        device = erasure.header.dev
        if not self._room(device):
            self._held[erasure.id] = device
            return False
        window = self._windows.get(device, _Window(self._clock(), 0))
        self._windows[device] = window._replace(number=window.number + 1)
        return True

    def _room(self, device: str) -> int:
        return MOST_ERASURES - self._windows[device].number if device in self._windows else MOST_ERASURES
