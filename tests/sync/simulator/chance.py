"""All randomness of the product comes from the schedule's own chance, so that one seed is one story."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from random import Random
from unittest.mock import patch

from nacl.bindings import crypto_box
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.signing import VerifyKey

import casebook.envelope
import sync.certificates
import sync.tending
from casebook.envelope import Envelope

_REMEMBERED = {
    name: lru_cache(maxsize=20_000)(getattr(casebook.envelope, name)) for name in ("read", "shown", "_header", "_id")
}
"""Functions of their arguments alone, which many devices in one process would ask the same."""


@contextmanager
def seeded(chance: Random) -> Iterator[None]:
    """Keys, nonces and ids come from *chance*; and what was verified once is not verified again."""
    verified: set[tuple[bytes, bytes]] = set()
    really = Envelope.verify

    def verify(envelope: Envelope, author: VerifyKey) -> None:
        known = envelope.raw, bytes(author)
        if known not in verified:
            really(envelope, author)
            verified.add(known)

    def sealed_for(key: bytes, reader: bytes) -> bytes:
        own = PrivateKey(chance.randbytes(32))
        mine = bytes(own.public_key)
        nonce = hashlib.blake2b(mine + reader, digest_size=24).digest()
        try:
            return mine + crypto_box(key, nonce, reader, bytes(own))
        except CryptoError:
            return b""

    with ExitStack() as stack:
        for module, name, stand_in in (
            (casebook.envelope, "random", chance.randbytes),
            (Envelope, "verify", verify),
            *((casebook.envelope, name, remembered) for name, remembered in _REMEMBERED.items()),
            (sync.tending, "random", chance.randbytes),
            (sync.certificates, "sealed_for", sealed_for),
        ):
            stack.enter_context(patch.object(module, name, stand_in))
        yield


def some_bytes(name: str) -> bytes:
    """32 bytes that are always the same for a name: the seeds of keys."""
    return hashlib.blake2b(name.encode(), digest_size=32).digest()
