"""How much a device may bring in a day, and how often it may ask."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from sync.hub.settings import Limits
from sync.hub.tables import used
from sync.store import DAY

_DEVICES_KEPT = 20_000


@dataclass
class Quota:
    """What a device brought in today, and what is left."""

    space: str
    device: str
    day: int
    limits: Limits
    envelopes: int = 0
    bytes: int = 0
    is_kept: bool = False

    def takes(self, size: int, times: int) -> bool:
        """Whether one more envelope of this size fits; if so it counts."""
        if (
            self.envelopes + 1 > self.limits.revisions_a_day * times
            or self.bytes + size > self.limits.bytes_a_day * times
        ):
            return False
        self.add(size)
        return True

    def add(self, size: int) -> None:
        """One more came in, whatever is left."""
        self.envelopes += 1
        self.bytes += size

    def keep(self, connection: Connection) -> None:
        """Write it down."""
        column = used.c
        values = {"envelopes": self.envelopes, "bytes": self.bytes}
        here = (column.space == self.space, column.dev == self.device)
        if self.is_kept:
            connection.execute(update(used).where(*here, column.day == self.day).values(values))
            return
        connection.execute(delete(used).where(*here))
        connection.execute(insert(used), {"space": self.space, "dev": self.device, "day": self.day, **values})


def quota(connection: Connection, space: str, device: str, now: int, limits: Limits) -> Quota:
    """What this device brought in today."""
    day = now // DAY
    column = used.c
    row = connection.execute(
        select(used).where(column.space == space, column.dev == device, column.day == day)
    ).one_or_none()
    if row is None:
        return Quota(space, device, day, limits)
    return Quota(space, device, day, limits, row.envelopes, row.bytes, is_kept=True)


class Rates:
    """How often each device asked lately. Every process counts for itself."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = a_minute
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, space: str, who: str) -> int:
        """Whole seconds to wait before asking again; 0: go on, and this request counts."""
        if not self._most:
            return 0
        with self._lock:
            now = self._clock()
            left, then = self._left.pop((space, who), (float(self._most), now))
            left = min(self._most, left + (now - then) * self._most / 60)
            allowed = left >= 1
            self._left[space, who] = (left - 1 if allowed else left, now)
            if len(self._left) > _DEVICES_KEPT:
                self._left.popitem(last=False)
            return 0 if allowed else max(1, math.ceil((1 - left) * 60 / self._most))
