"""What a store would not take of what was written here: kept, told, and sent once more when that is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from casebook import tables
from casebook.case import Case
from casebook.database import Database
from casebook.envelope import RevisionId, opened
from casebook.log import unsealed
from casebook.record import KINDS
from casebook.standing import entry_in, values_of
from resources.language import _, mark
from sync.casebook_shelf import CasebookShelf
from sync.replica import Replica
from sync.shelf import REFUSED
from sync.store import Outcome

WHY = {
    Outcome.ERASED.value: mark("This was erased for good meanwhile."),
    Outcome.DENIED.value: mark("You may not change this with your role, or no longer."),
    Outcome.TOO_BIG.value: mark("It is too large: shorten the text, or spread it over several fields."),
    Outcome.CLOCK.value: mark("The clock of this computer is wrong. Put it right; then it goes by itself."),
    Outcome.FULL.value: mark("More was sent today than the store takes in a day. It goes on tomorrow by itself."),
    Outcome.HELD.value: mark("So many erasures at once wait for a second administrator."),
    Outcome.NEWER.value: mark("The store is older than this version and does not know it yet. It is tried again."),
    Outcome.GARBLED.value: mark("It did not arrive whole."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that the store would not take."""

    about: str
    why: str


def refusals(db: Database, space: str) -> list[Refusal]:
    """What the store of a space would not take, and that nobody looked at yet."""
    with db.read() as connection:
        found = [Refusal(_about(db, connection, row), _why(row.refused)) for row in _refused(connection, space)]
    replica = Replica(CasebookShelf(db, space))
    return found + [Refusal(_("Something about members or erasing"), _why(why)) for why in replica.refused().values()]


def try_again(db: Database, space: str) -> None:
    """Send it once more with the next exchange."""
    replica = Replica(CasebookShelf(db, space))
    replica.offer_again([*_ids(db, space), *replica.refused()])


def let_be(db: Database, space: str) -> None:
    """Leave it at that: it stays here only, and is not told any more."""
    replica = Replica(CasebookShelf(db, space))
    ids = [*_ids(db, space), *replica.refused()]
    with replica.shelf.transaction():
        replica.shelf.mark(ids, REFUSED)


def _ids(db: Database, space: str) -> list[RevisionId]:
    with db.read() as connection:
        return [RevisionId(row.id) for row in _refused(connection, space)]


def _refused(connection: Connection, space: str) -> Iterator[Any]:
    c = tables.rev.c
    yield from connection.execute(
        select(c.id, c.rec, c.refused, c.env).where(c.space == space, c.refused != "").order_by(c.wall.desc())
    )


def _about(db: Database, connection: Connection, row: Any) -> str:
    """The title of the case that it is of, or what kind of thing it is."""
    c = tables.record.c
    held = connection.execute(select(tables.record).where(c.id == row.rec)).first()
    if held is None or held.kind not in KINDS:
        # It does not count, so that it stands nowhere; what it says is in the log.
        revision = unsealed(db, opened(row.env))
        said = values_of(revision.state).get("title") if revision else ""
        return str(said or _("Something that is not here any more"))
    case = connection.execute(select(tables.record).where(c.id == (held.case_id or held.id))).first()
    record = entry_in(case).record if case is not None and case.kind == Case.kind else None
    title = record.title if isinstance(record, Case) else ""
    return title or _("(no title yet)")


def _why(outcome: str) -> str:
    return _(WHY.get(outcome, Outcome.GARBLED.value))
