"""The local audit list: what came into this casebook, and what left it in a form that others can read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from casebook import tables
from casebook.database import Database
from resources.language import _, mark

ACTS = {"import": mark("Brought in"), "export": mark("Taken out")}
"""What to call each act, by its code in the list (a msgid)."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the list."""

    at: datetime
    what: str
    detail: str

    @property
    def text(self) -> str:
        """What was done, in words; the code itself for an act of a newer version."""
        return _(ACTS.get(self.what, self.what))


def noted(db: Database, most: int = 500) -> list[Noted]:
    """The newest lines, the last one first, at the time of this machine's clock."""
    query = select(tables.audit).order_by(tables.audit.c.n.desc()).limit(most)
    with db.read() as connection:
        rows = connection.execute(query).all()
    return [Noted(datetime.fromtimestamp(row.at / 1000).astimezone(), row.what, row.detail) for row in rows]
