"""What others will not have of what was written here: kept, told, and sent once more or kept for oneself when asked.

A store refuses it; or it does not count, because who wrote it might do less by the time it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from casebook import tables
from casebook.case import Case
from casebook.database import Database
from casebook.envelope import Revision, opened
from casebook.log import unsealed
from casebook.record import KINDS, new_id
from casebook.saving import Edit, save_edits
from casebook.standing import entry_in, values_of
from resources.language import _, mark
from sync.casebook_shelf import CasebookShelf
from sync.replica import Replica
from sync.shelf import IN_STORE, REFUSED
from sync.store import Outcome

_LEFT = "left"
"""Said of what does not count, once somebody left it at that."""

WHY = {
    Outcome.ERASED.value: mark("This was erased for good meanwhile."),
    Outcome.DENIED.value: mark("You may not change this with your role, or no longer."),
    Outcome.TOO_BIG.value: mark("It is too large: shorten the text, or spread it over several fields."),
    Outcome.CLOCK.value: mark("The clock of this computer is wrong. Put it right; then it goes by itself."),
    Outcome.FULL.value: mark("More was sent today than the store takes in a day. It goes on tomorrow by itself."),
    Outcome.HELD.value: mark(
        "So many erasures in one day wait: more go tomorrow by themselves, or today once a second administrator "
        "erases this too."
    ),
    Outcome.NEWER.value: mark("The store is older than this version and does not know it yet. It is tried again."),
    Outcome.GARBLED.value: mark("It did not arrive whole."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that the store would not take."""

    about: str
    why: str
    is_lost: bool = False
    """Whether it does not count: then it stands on no screen, here neither."""


def refusals(db: Database, space: str) -> list[Refusal]:
    """What others will not have of what was written here, and that nobody looked at yet."""
    with db.read() as connection:
        rows = list(_refused(db, connection, space))
        found = [Refusal(_about(db, connection, row), _why(row.refused), row.counts == 0) for row in rows]
    replica = Replica(CasebookShelf(db, space))
    return found + [Refusal(_("Something about members or erasing"), _why(why)) for why in replica.refused().values()]


def try_again(db: Database, space: str) -> None:
    """Send it once more with the next exchange."""
    replica = Replica(CasebookShelf(db, space))
    with db.read() as connection:
        ids = [row.id for row in _refused(db, connection, space) if row.pushed != IN_STORE]
    replica.offer_again([*ids, *replica.refused()])


def let_be(db: Database, space: str) -> None:
    """Leave it at that: it stays here only, and is not told any more."""
    replica = Replica(CasebookShelf(db, space))
    with db.read() as connection:
        rows = list(_refused(db, connection, space))
    ids = [*(row.id for row in rows if row.pushed != IN_STORE), *replica.refused()]
    with replica.shelf.transaction():
        replica.shelf.mark(ids, REFUSED)
    lost = [{"an_id": row.id} for row in rows if row.counts == 0]
    if lost:
        with db.write() as connection:
            left = update(tables.rev).where(tables.rev.c.id == bindparam("an_id")).values(refused=_LEFT)
            connection.execute(left, lost)


def keep_for_oneself(db: Database, space: str) -> int:
    """Make new records in one's own space of what does not count in a shared one; returns how many.

    That is then left at that. A record that was changed comes whole, as its writer had it.
    """
    with db.read() as connection:
        written = (unsealed(db, opened(row.env)) for row in _refused(db, connection, space) if row.counts == 0)
        # The newest comes first.
        newest: dict[str, Revision] = {}
        for each in written:
            if each is not None:
                newest.setdefault(each.record, each)
    renamed = {record: new_id() for record in newest}
    edits = [
        Edit(renamed[record], each.state.kind, _with_new_ids(values_of(each.state), renamed), space=db.personal)
        for record, each in newest.items()
    ]
    save_edits(db, edits, mark("Keep for oneself"))
    let_be(db, space)
    return len(edits)


def _with_new_ids(values: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    return {name: renamed.get(each, each) if isinstance(each, str) else each for name, each in values.items()}


def _refused(db: Database, connection: Connection, space: str) -> Iterator[Any]:
    """The rows, the newest first."""
    c = tables.rev.c
    is_own = c.dev == db.device.id
    # What another wrote and does not count is theirs to hear of, whoever offered it to the store again.
    is_told = c.refused.not_in(("", _LEFT)) & ((c.counts != 0) | is_own)
    is_lost = (c.counts == 0) & is_own & (c.refused == "")
    chosen = select(c.id, c.rec, c.refused, c.env, c.pushed, c.counts).where(c.space == space, is_told | is_lost)
    yield from connection.execute(chosen.order_by(c.wall.desc()))


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
    return _(WHY.get(outcome or Outcome.DENIED.value, Outcome.GARBLED.value))
