"""Labels on a line like flags on stems, placed so that none covers another or its stem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_LOWEST = 36
_LANE = 26
_LANES = 7
_WORDS_HEIGHT = 24
_GAP = 10


@dataclass(frozen=True, slots=True)
class Stop(Generic[T]):
    """A place on the line, the lines of its label with the room they take, and what it shows."""

    x: float
    room: float
    lines: tuple[str, ...]
    shown: T


@dataclass(frozen=True, slots=True)
class Flag(Generic[T]):
    """A stop with its label: how high its top is above the line, and to which side it blows."""

    stop: Stop[T]
    height: float
    leftward: bool

    @property
    def left(self) -> float:
        return self.stop.x - self.stop.room - _GAP if self.leftward else self.stop.x

    @property
    def right(self) -> float:
        return self.stop.x if self.leftward else self.stop.x + self.stop.room + _GAP

    def is_clear_of(self, other: "Flag[T]") -> bool:
        """Whether the two labels, and the stem of each and the label of the other, keep apart."""
        apart = self.right <= other.left or other.right <= self.left
        level = abs(self.height - other.height) < _WORDS_HEIGHT
        if level:
            return apart
        high, low = (self, other) if self.height > other.height else (other, self)
        return not low.left <= high.stop.x <= low.right


def placed(stops: Sequence[Stop[T]], width: float) -> list[Flag[T]] | None:
    """A flag for each stop, from left to right, as low as possible; None where they do not fit.

    Flags on the left blow to the right and flags on the right to the left: for each way to divide them
    the stems grow outwards from the middle, so that none crosses a label. The lowest division is taken.
    """
    tried = (_divided(stops, part, width) for part in range(len(stops) + 1))
    fitting = [each for each in tried if each is not None]
    return min(fitting, key=lambda flags: sum(each.height for each in flags), default=None)


def _divided(stops: Sequence[Stop[T]], part: int, width: float) -> list[Flag[T]] | None:
    flags: list[Flag[T]] = []
    for stop, leftward in [
        *((each, False) for each in reversed(stops[:part])),
        *((each, True) for each in stops[part:]),
    ]:
        flag = _lowest(stop, leftward, flags, width)
        if flag is None:
            return None
        flags.append(flag)
    return sorted(flags, key=lambda each: each.stop.x)


def _lowest(stop: Stop[T], leftward: bool, others: Sequence[Flag[T]], width: float) -> Flag[T] | None:
    for lane in range(_LANES):
        flag = Flag(stop, _LOWEST + lane * _LANE, leftward)
        inside = flag.left >= -_GAP and flag.right <= width + _GAP
        if inside and all(flag.is_clear_of(each) for each in others):
            return flag
    return None
