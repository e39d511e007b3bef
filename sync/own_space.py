"""One's own space on a further device, or back on a new computer: it takes the place of the fresh one there."""

from sqlalchemy import Connection, delete, select, update

from casebook import tables
from casebook.database import Database, note
from casebook.envelope import Revision, RevisionId, State, opened
from casebook.log import Draughted, append, unsealed
from casebook.problem import Problem
from casebook.receiving import show
from casebook.restamping import restamp_each
from casebook.spaces import SpaceKind, addresses, spaces
from resources.language import _
from sync.casebook_shelf import CasebookShelf
from sync.replica import Replica


def demand_fresh(db: Database) -> None:
    """Raises a `Problem` where one's own space is shared already: two that others know do not become one."""
    is_shared = db.personal in addresses(db) or Replica(CasebookShelf(db, db.personal)).membership is not None
    if is_shared:
        raise Problem(
            _(
                "Your own space on this computer is shared already, so another one cannot take its place. Nothing was "
                "changed. Begin with a new casebook to join your own space of elsewhere."
            )
        )


def adopt_personal(db: Database, space: str) -> None:
    """Make *space* one's own space in place of the one that was never shared; what stands there moves along.

    All of it in one transaction: history too, and what can be undone.
    """
    changed: set[str] = set()
    before = db.personal
    with db.write(changed) as connection:
        records = _move(db, connection, before, space)
        connection.execute(update(tables.draft).where(tables.draft.c.space == before).values(space=""))
        connection.execute(delete(tables.key).where(tables.key.c.space == before))
        connection.execute(delete(tables.space).where(tables.space.c.id == before))
        connection.execute(update(tables.space).where(tables.space.c.id == space).values(kind=SpaceKind.PERSONAL.value))
        db.renew_keys(connection)
        db.personal = space
        try:
            changed |= show(db, connection, space, records)
            note(connection, db.clock(), "own space", space)
        except BaseException:
            db.personal = before
            raise


def finish(db: Database) -> None:
    """Go on where the program was stopped between joining one's own space and taking it over."""
    for each in spaces(db):
        if each.kind is not SpaceKind.PERSONAL:
            membership = Replica(CasebookShelf(db, each.id)).membership
            if membership and membership.kind == SpaceKind.PERSONAL.value:
                demand_fresh(db)
                adopt_personal(db, each.id)


def _move(db: Database, connection: Connection, before: str, space: str) -> set[str]:
    """Seal every revision again for the other space, parents first; returns the records."""
    c = tables.rev.c
    rows = {
        row.id: row
        for row in connection.execute(select(c.id, c.rec, c.act, c.key, c.env).where(c.space == before)).all()
    }
    found = [each for row in rows.values() if (each := unsealed(db, opened(row.env)))]
    if len(found) < len(rows):
        raise Problem(_("Something in your own space cannot be opened, so it was left as it is. Nothing was changed."))

    def again(each: Revision, state: State, parents: tuple[RevisionId, ...], wall: int) -> RevisionId:
        return append(db, connection, rows[each.id].act, [Draughted(each.record, space, state, parents, wall)])[0].id

    restamp_each(found, 0, again)
    connection.execute(delete(tables.rev).where(c.space == before))
    return {row.rec for row in rows.values()}
