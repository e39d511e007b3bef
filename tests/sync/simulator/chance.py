"""All randomness of the product comes from the schedule's own chance, so that one seed is one story."""

import hashlib
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from random import Random
from types import ModuleType
from typing import Any
from unittest.mock import patch

from nacl.bindings import crypto_box
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.signing import VerifyKey
from nacl.utils import random

from casebook.envelope import Envelope, Revision, RevisionId, opened, read, seal, shown, state_openly
from casebook.record import made_by
from sync import folder
from sync.certificates import Certificate, certificate, sealed_for
from sync.folder_names import months_around, named
from sync.forks import evaluate
from sync.membership import Membership

_OURS = ("casebook.", "sync.", "tests.sync.")

_genuine: set[tuple[bytes, bytes]] = set()
"""The envelopes of which it is known who signed them."""

_seal, _state_openly, _really_verify, _unseal = seal, state_openly, Envelope.verify, Envelope.unseal
_certificate, _evaluate = certificate, evaluate


def _signed(*said: Any, **how: Any) -> tuple[RevisionId, bytes]:
    """What is signed here needs no verifying; everything else, forged or tampered with, is verified in earnest."""
    made, raw = (_seal if "key" in how else _state_openly)(*said, **how)
    _genuine.add((raw, bytes(how["signer"].verify_key)))
    return made, raw


def _verify(self: Envelope, author: VerifyKey) -> None:
    known = self.raw, bytes(author)
    if known not in _genuine:
        _really_verify(self, author)
        _genuine.add(known)


@lru_cache(maxsize=20_000)
def _unsealed(raw: bytes, key: bytes) -> Revision:
    return _unseal(opened(raw), key)


@lru_cache(maxsize=20_000)
def _decoded(raw: bytes) -> Certificate:
    return _certificate(opened(raw))


_memberships: dict[tuple[bytes, ...], Membership] = {}
"""What the chains of this schedule came to, by their certificates in the order in which they were given."""


def _evaluated(root: Certificate, certificates: Iterable[Certificate]) -> Membership:
    given = [*certificates]
    chain = root.envelope.raw, *[each.envelope.raw for each in given]
    if chain not in _memberships:
        _memberships[chain] = _evaluate(root, given)
    return _memberships[chain]


@contextmanager
def seeded(chance: Random) -> Iterator[None]:
    """Keys, nonces and ids come from *chance*; what was opened or verified once is not opened or verified again."""

    def boxed(key: bytes, reader: bytes) -> bytes:
        own = PrivateKey(chance.randbytes(32))
        mine = bytes(own.public_key)
        nonce = hashlib.blake2b(mine + reader, digest_size=24).digest()
        try:
            return mine + crypto_box(key, nonce, reader, bytes(own))
        except CryptoError:
            return b""

    if len(_genuine) > 20_000:
        _genuine.clear()
    _memberships.clear()
    with (
        _instead({random: chance.randbytes, sealed_for: boxed, **_REMEMBERED}),
        # How much is done at a time is never a matter of how fast this machine is.
        patch.object(folder, "monotonic", lambda: 0.0),
        patch.object(Envelope, "verify", _verify),
        patch.object(Envelope, "unseal", lambda self, key: _unsealed(self.raw, key)),
    ):
        yield


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    return wraps(function)(lru_cache(maxsize=20_000)(function))


_REMEMBERED: Mapping[Callable[..., Any], Callable[..., Any]] = {
    seal: _signed,
    state_openly: _signed,
    certificate: lambda envelope: _decoded(envelope.raw),
    evaluate: _evaluated,
    **{each: _remembered(each) for each in (opened, read, shown, named, months_around, made_by)},
}
"""Functions of their arguments alone, which many devices in one process would ask the same."""


@contextmanager
def _instead(stand_ins: Mapping[Callable[..., Any], Callable[..., Any]]) -> Iterator[None]:
    """Wherever one of our modules names one of these functions, it finds the other."""
    found = _named(stand_ins)
    before = [(module, name, getattr(module, name)) for module, name, _value in found]
    for module, name, value in found:
        setattr(module, name, stand_ins[value])
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


_places: list[tuple[ModuleType, str, Callable[..., Any]]] = []
_looked_at: set[str] = set()


def _named(functions: Container[Callable[..., Any]]) -> list[tuple[ModuleType, str, Callable[..., Any]]]:
    """Where our modules name these functions, which are always the same; each module is looked at once."""
    for title, module in sorted(sys.modules.items()):
        if title.startswith(_OURS) and title not in _looked_at and title != __name__:
            _looked_at.add(title)
            named = [(name, each) for name, each in vars(module).items() if callable(each) and each.__hash__]
            _places.extend((module, name, each) for name, each in named if each in functions)
    return _places


def some_bytes(name: str) -> bytes:
    """32 bytes that are always the same for a name: the seeds of keys."""
    return hashlib.blake2b(name.encode(), digest_size=32).digest()
