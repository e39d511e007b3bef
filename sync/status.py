"""The state of sharing in one line and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from resources.language import _, plural


class Sharing(IntEnum):
    """The states, the one that asks most of the reader last."""

    OFF = 0
    """Nothing is connected."""
    SHARED = 1
    BUSY = 2
    WAITING = 3
    OFFLINE = 4
    DIFFERENCES = 5
    ATTENTION = 6


@dataclass(frozen=True, slots=True)
class Status:
    """How one space stands, or all of them together."""

    state: Sharing
    at: datetime | None = None
    """When everything was last shared."""
    waiting: int = 0
    differences: int = 0
    why: str = ""
    """What asks for attention, in a sentence."""
    doing: str = ""
    """What it is busy with, in words, once that takes long."""

    @property
    def line(self) -> str:
        """What stands in the status bar."""
        match self.state:
            case Sharing.OFF:
                return _("Only on this computer")
            case Sharing.SHARED if self.at:
                return _("Everything shared ({time})").format(time=f"{self.at.astimezone():%H:%M}")
            case Sharing.SHARED:
                return _("Everything shared")
            case Sharing.BUSY:
                return self.doing or _("Sharing …")
            case Sharing.WAITING:
                return plural("{n} change waits", "{n} changes wait", self.waiting)
            case Sharing.OFFLINE:
                return _("Offline: just go on working")
            case Sharing.DIFFERENCES:
                return plural("{n} difference to look at", "{n} differences to look at", self.differences)
            case Sharing.ATTENTION:
                return _("Needs attention")


def together(statuses: Iterable[Status]) -> Status:
    """The one line for all spaces: the state that asks most, and the oldest moment of sharing."""
    found = [each for each in statuses if each.state is not Sharing.OFF]
    if not found:
        return Status(Sharing.OFF)
    moments = [each.at for each in found if each.at]
    most = max(found, key=lambda each: each.state)
    return Status(
        state=most.state,
        at=min(moments) if len(moments) == len(found) else None,
        waiting=sum(each.waiting for each in found),
        differences=sum(each.differences for each in found),
        why=most.why,
        doing=most.doing,
    )
