"""How a device signs what it asks of a hub: there is no password or token that somebody could steal.

The header is `Authorization: Casusboek <who>.<milliseconds since 1970>.<signature>`; *who* is a device or an
invite. What is signed names the method, the path with its query, the moment and the hash of the body, so a
captured request is good for itself alone, for a short while; and to receive one again changes nothing (pushing
again is harmless, all else only reads).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from urllib.parse import quote, unquote

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

SCHEME = "Casusboek"
_BY_KEY = "key-"
TICKET = "Casusboek-Ticket"
"""The header with the ticket that lets somebody begin a space."""

IDENTITY = "Casusboek-Identity"
"""The header with the identity token of somebody who joins, where the space asks for one."""

CURSOR = "Casusboek-Cursor"
DIGEST = "Casusboek-Digest"
MORE = "Casusboek-More"
NOW = "Casusboek-Now"

PROTOCOL = 1
"""The version of the calls; it stands in their path, so that a hub and a device of other versions can tell."""

TOLERANCE = 300_000
"""Milliseconds that the clocks of a device and a hub may differ."""

MOST_IDS = 100_000
"""Ids in one answer."""

BYTES_AT_MOST = 4 * 1024 * 1024
"""Bytes of envelopes in one answer, unless a single one is larger."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says to have asked, and when; `is_true` tells whether that is so."""

    who: str
    at: int
    signature: bytes

    def is_true(self, key: VerifyKey, method: str, target: str, body: bytes) -> bool:
        """Whether the owner of *key* signed this request."""
        try:
            key.verify(_signed(method, target, self.at, body), self.signature)
        except (BadSignatureError, ValueError):
            return False
        return True


def by_key(key: VerifyKey) -> str:
    """How an invite is called by who has its code, and does not know its id yet."""
    return f"{_BY_KEY}{bytes(key).hex()}"


def key_named(who: str) -> bytes | None:
    """The key that `by_key` named; None for an id."""
    if not who.startswith(_BY_KEY):
        return None
    try:
        return bytes.fromhex(who.removeprefix(_BY_KEY))
    except ValueError:
        return None


def authorization(who: str, signer: SigningKey, now: int, method: str, target: str, body: bytes) -> str:
    """The header for a request; *target* is the path from `/v1` on, with its query, as it is sent."""
    signature = signer.sign(_signed(method, target, now, body)).signature
    return f"{SCHEME} {quote(who, safe='')}.{now}.{base64.b64encode(signature).decode()}"


def claim(header: str) -> Claim | None:
    """What such a header claims; None for any other header."""
    scheme, _, rest = header.partition(" ")
    parts = rest.rsplit(".", 2)
    if scheme != SCHEME or len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > 16:
        return None
    try:
        return Claim(unquote(parts[0], errors="strict"), int(parts[1]), base64.b64decode(parts[2], validate=True))
    except (binascii.Error, UnicodeDecodeError):
        return None


def _signed(method: str, target: str, at: int, body: bytes) -> bytes:
    lines = ("casusboek-request-1", method, target, str(at), hashlib.sha256(body).hexdigest())
    return "\n".join(lines).encode()
