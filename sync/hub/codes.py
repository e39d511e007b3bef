"""Tickets, which let somebody begin one space, and tokens, with which the hub is administered; only hashes stay."""

import base64
import hashlib
import secrets

from sqlalchemy import Connection, insert, select, update

from sync.hub.tables import code

TICKET = "ticket"
TOKEN = "token"


def new_code(connection: Connection, kind: str, now: int) -> str:
    """A new code, shown once: 26 letters and digits."""
    made = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    connection.execute(insert(code), {"hash": _hash(made), "kind": kind, "at": now, "space": ""})
    return made


def is_token(connection: Connection, given: str) -> bool:
    """Whether this is the token of an administrator of the hub."""
    found = select(code.c.kind).where(code.c.hash == _hash(given), code.c.kind == TOKEN)
    return connection.execute(found).first() is not None


def use_ticket(connection: Connection, given: str, space: str) -> bool:
    """Use a ticket for this space; false when there is no such ticket, or another space began with it."""
    free = (code.c.hash == _hash(given), code.c.kind == TICKET, code.c.space == "")
    return connection.execute(update(code).where(*free).values(space=space)).rowcount == 1


def _hash(given: str) -> bytes:
    return hashlib.blake2b(given.strip().lower().encode(), digest_size=32, person=b"casusboek-code").digest()
