"""What this device may write in a space: one question, put by the screen beforehand and by saving in the end.

Who belongs to a space is known above, from its certificates; what follows from it for this device is kept here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import msgspec
from sqlalchemy import Connection, select

from casebook import tables
from casebook.database import Database, set_setting, setting
from casebook.record import made_by
from resources.language import _, mark

RIGHTS = "rights"
"""What listeners of the casebook hear, among the kinds that changed, when this device may do more or less."""

_NAME = f"{RIGHTS} "


class Writes(Enum):
    """How far it goes."""

    ALL = "all"
    OWN = "own"
    NOTHING = "nothing"
    LEFT = "left"
    """The device does not belong to the space any more."""


_WHY = {
    Writes.OWN: mark("This is somebody else's: you read it, and may add to it."),
    Writes.NOTHING: mark("You read along here. An administrator of the circle can let you write too."),
    Writes.LEFT: mark("You are not in this circle any more. What stands here stays, for you to read."),
}


@dataclass(frozen=True, slots=True)
class Rights:
    """What this device may write in one space; *own* are the devices of its member, where that matters."""

    writes: Writes = Writes.ALL
    own: frozenset[str] = frozenset()

    @property
    def may_add(self) -> bool:
        """Whether records of one's own may come in."""
        return self.writes in (Writes.ALL, Writes.OWN)

    def may_change(self, record: str) -> bool:
        """Whether a record may be written, be it for the first time."""
        if self.writes is Writes.OWN:
            return any(made_by(record, each) for each in self.own)
        return self.writes is Writes.ALL

    @property
    def why(self) -> str:
        """Why something may not be changed, for the reader; empty where everything may."""
        return _(_WHY[self.writes]) if self.writes in _WHY else ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What this device may write everywhere; in a space that is not named everything."""

    by_space: Mapping[str, Rights]

    def in_space(self, space: str) -> Rights:
        """What may be written there."""
        return self.by_space.get(space, Rights())

    def may_change(self, space: str, record: str) -> bool:
        """Whether a record that is in, or comes in, a space may be written."""
        return self.in_space(space).may_change(record)


def allowed(db: Database) -> Allowed:
    """What this device may write."""
    with db.read() as connection:
        return allowed_in(connection)


def allowed_in(connection: Connection) -> Allowed:
    """The same within a transaction."""
    c = tables.setting.c
    rows = connection.execute(select(c.name, c.value).where(c.name.startswith(_NAME)))
    return Allowed({row.name.removeprefix(_NAME): msgspec.json.decode(row.value, type=Rights) for row in rows})


def keep_rights(connection: Connection, space: str, rights: Rights) -> bool:
    """Write down what this device may write in a space; says whether that is something else than before."""
    held = setting(connection, _NAME + space)
    if rights == (msgspec.json.decode(held, type=Rights) if held else Rights()):
        return False
    set_setting(connection, _NAME + space, msgspec.json.encode(rights, order="deterministic").decode())
    return True
