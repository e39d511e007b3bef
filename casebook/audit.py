"""The local audit list: what came into this casebook, and what left it in a form that others can read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from casebook import tables
from casebook.database import Database, note
from resources.language import _, mark

Line = tuple[int, str, str]
"""When, in milliseconds since 1970; what; and of what."""

ACTS = {"import": mark("Brought in"), "export": mark("Taken out"), "restore": mark("Copy put back")}
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


def every_line(db: Database) -> list[Line]:
    """The whole list, the first line first."""
    with db.read() as connection:
        return [(row.at, row.what, row.detail) for row in connection.execute(select(tables.audit).order_by("n"))]


def carry_over(db: Database, lines: list[Line], copy: str) -> None:
    """Add to the list what it does not have of *lines*, and that *copy* was put back."""
    held = set(every_line(db))
    missing = [each for each in lines if each not in held]
    with db.write() as connection:
        if missing:
            connection.execute(
                insert(tables.audit), [{"at": at, "what": what, "detail": detail} for at, what, detail in missing]
            )
        note(connection, db.clock(), "restore", copy)
