"""Who can read a record, which stands above every record and beside every button that shares, and who wrote it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from casebook.spaces import SpaceKind
from resources.language import _, plural

if TYPE_CHECKING:
    from casebook.database import Database
    from sync.circles import CircleLine


def who_sees(db: "Database", space: str) -> str:
    """Who can read what stands in *space*; an empty one is one's own. Looked up: not for the screen's thread."""
    if space in ("", db.personal):
        return _("Only you")
    # Who has no circles does not wait for what knows of them.
    from sync.circles import circle

    line = circle(db, space)
    return reach(line) if line else _("Only you")


def who_wrote(db: "Database", space: str) -> Callable[[str], str]:
    """What to call who wrote on a device, by its id, in *space*. Looked up: not for the screen's thread."""
    if space in ("", db.personal):
        return lambda _device: _("You")
    from sync.circles import own_member, writers

    mine, known = own_member(db, space), writers(db, space)

    def name(device: str) -> str:
        writer = known.get(device)
        if device == db.device.id or (writer and writer.member == mine):
            return _("You")
        return (writer and writer.name) or _("A colleague")

    return name


def reach(line: "CircleLine") -> str:
    """The same, of a space that was looked up."""
    if line.kind is SpaceKind.PERSONAL:
        return _("Only you")
    return f"{name_of(line)}, {members_of(line)}"


def members_of(line: "CircleLine") -> str:
    """How many they are."""
    if line.kind is SpaceKind.PERSONAL:
        return _("Only you")
    return plural("{n} member", "{n} members", line.members)


def name_of(line: "CircleLine") -> str:
    """What a space is called."""
    if line.kind is SpaceKind.PERSONAL:
        return _("My own space")
    return line.name or _("A circle whose name is still to come")
