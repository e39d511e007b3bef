"""The spaces of a casebook: who sees what stands in it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from casebook import tables
from casebook.database import Database
from casebook.fields import Choice
from resources.language import mark


class SpaceKind(Choice):
    """How far a space reaches."""

    PERSONAL = "personal", mark("Only me")
    CIRCLE = "circle", mark("Circle")
    NETWORK = "network", mark("Network")


@dataclass(frozen=True, slots=True)
class Space:
    """The unit of access, of encryption and of sharing."""

    id: str
    kind: SpaceKind


def spaces(db: Database) -> list[Space]:
    """Every space, the personal one first, then the oldest."""
    with db.read() as connection:
        rows = connection.execute(select(tables.space.c.id, tables.space.c.kind)).all()
    found = [Space(row.id, SpaceKind(row.kind)) for row in rows]
    return sorted(found, key=lambda each: (each.kind is not SpaceKind.PERSONAL, each.id))


def addresses(db: Database) -> dict[str, str]:
    """Where each space is shared; one that is on this device only is not among them."""
    with db.read() as connection:
        rows = connection.execute(select(tables.peer.c.space, tables.peer.c.address)).all()
    return {row.space: row.address for row in rows}


def add_space(db: Database, connection: Connection, space: str, kind: SpaceKind) -> None:
    """Make room for a space; harmless when it is there."""
    connection.exec_driver_sql("INSERT OR IGNORE INTO space (id, kind) VALUES (?, ?)", (space, kind.value))


def add_key(db: Database, connection: Connection, space: str, n: int, cert: bytes, secret: bytes) -> None:
    """Keep a key of a space, which the certificate with the id *cert* brought; harmless when it is there."""
    connection.exec_driver_sql(
        "INSERT OR IGNORE INTO key (space, n, cert, secret) VALUES (?, ?, ?, ?)", (space, n, cert, secret)
    )
    db.renew_keys(connection)
