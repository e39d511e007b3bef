"""Erasing at a hub: the contents of a record go, its rows stay as proof, and it is refused for ever."""

from sqlalchemy import Connection, insert, select, update

from sync.hub.tables import envelope, erased


def is_erased(connection: Connection, space: str, record: str) -> bool:
    """Whether this record was erased here."""
    found = select(erased.c.rec).where(erased.c.space == space, erased.c.rec == record)
    return connection.execute(found).first() is not None


def erase_here(connection: Connection, space: str, record: str, now: int) -> list[bytes]:
    """Take the contents of a record away; gives the ids of what is gone now."""
    if not is_erased(connection, space, record):
        connection.execute(insert(erased), {"space": space, "rec": record, "at": now})
    column = envelope.c
    gone = connection.scalars(
        update(envelope)
        .where(column.space == space, column.rec == record, column.kind == "rev", column.env.is_not(None))
        .values(env=None)
        .returning(column.id)
    )
    return [bytes(each) for each in gone]
