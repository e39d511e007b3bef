"""Whose turn it is among several casebooks in one process, and the exchange between them."""

from casebook.database import Database
from casebook.record import made_here
from sync.syncing import exchange_all


def on(db: Database) -> Database:
    """From here on it is this device that makes records: in one process there is usually one casebook."""
    made_here(db.device.id)
    return db


def both(*casebooks: Database) -> None:
    for each in casebooks:
        exchange_all(on(each))
