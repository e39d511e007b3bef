"""Certificates: signed statements about who belongs to a space and with which keys, each on top of the one before.

A certificate is an open envelope (`casebook/envelope.py`) of which the body says one action. Boxes in it are
sealed for one device each; names of people never stand in it (they are records).
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from hashlib import blake2b
from typing import Annotated

import msgspec
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from casebook.envelope import Envelope, Newer, Refused, RevisionId, opened, state_openly

Key32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Sealed = Annotated[bytes, msgspec.Meta(max_length=128)]
Short = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Moment = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]

SHORT = 16
"""Bytes of a revision id in a cut: too many to find another revision with the same."""


class Role(IntEnum):
    """What a member may do; each may also do what stands before it."""

    READER = 1
    AUTHOR = 2
    EDITOR = 3
    ADMIN = 4


class KeyBox(msgspec.Struct, frozen=True):
    """One key of the space, sealed for one reader. A fork can give two keys one number: `cert` tells them apart."""

    n: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    cert: bytes
    box: Sealed


class Create(msgspec.Struct, frozen=True, tag="create"):
    """The space begins, with its first administrator, on this device."""

    member: Name
    device: Name
    vk: Key32
    bk: Key32
    kind: Name


class Invite(msgspec.Struct, frozen=True, tag="invite"):
    """Whoever has the code may add a device: `uses` times (0: without limit), until a moment (0: always)."""

    invite: Name
    vk: Key32
    bk: Key32
    role: Role
    uses: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    until: Moment
    member: str
    proof: Key32
    boxes: list[KeyBox]


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    """An invite that is not used up is worth nothing any more."""

    invite: Name


class Add(msgspec.Struct, frozen=True, tag="add"):
    """A device joins, for a member. Signed by an invite, or by an administrator."""

    device: Name
    member: Name
    vk: Key32
    bk: Key32
    role: Role
    boxes: list[KeyBox] = []


class SetRole(msgspec.Struct, frozen=True, tag="role"):
    """A member may do more, or less; what those devices wrote before stays when it is in the cut."""

    member: Name
    role: Role
    cut: list[Short] = []


class Remove(msgspec.Struct, frozen=True, tag="remove"):
    """Devices leave. Of what they wrote counts what is in the cut, and what others built on."""

    devices: list[Name]
    cut: list[Short]


class Rotate(msgspec.Struct, frozen=True, tag="rotate"):
    """A new key, sealed for every device and open invite; each finds its box under its `label`.

    With it comes every older key: who joined while one was being made had no box for it.
    """

    n: Annotated[int, msgspec.Meta(ge=2, lt=2**31)]
    boxes: dict[Name, Sealed]
    older: list[KeyBox] = []


class Policy(msgspec.Struct, frozen=True, tag="policy"):
    """Who wants to join through a hub shows an identity of this issuer first; no issuer: nobody is asked."""

    issuer: Annotated[str, msgspec.Meta(max_length=500)] = ""
    client: Annotated[str, msgspec.Meta(max_length=200)] = ""
    domains: list[Name] = []


Action = Create | Invite | Cancel | Add | SetRole | Remove | Rotate | Policy


class _Body(msgspec.Struct, frozen=True, array_like=True):
    n: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    action: Action


class _AnyAction(msgspec.Struct, frozen=True):
    """What an action of any version has."""

    type: Name


class _AnyBody(msgspec.Struct, frozen=True, array_like=True):
    n: Annotated[int, msgspec.Meta(ge=1, lt=2**31)]
    action: _AnyAction


_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(_Body).decode
_decode_any = msgspec.msgpack.Decoder(_AnyBody).decode
_GARBLED = (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate, as far as it can be read without knowing the chain."""

    envelope: Envelope
    n: int
    action: Action

    @property
    def id(self) -> RevisionId:
        """Its hash."""
        return self.envelope.id

    @property
    def author(self) -> str:
        """The device, or the invite, that signed it."""
        return self.envelope.header.dev

    @property
    def wall(self) -> int:
        """When it was signed, as its author says."""
        return self.envelope.header.wall

    @property
    def before(self) -> RevisionId | None:
        """The certificate it stands on; None for the first."""
        parents = self.envelope.parents
        return parents[0] if parents else None


def certify(
    action: Action, *, n: int, before: RevisionId | None, space: str, device: str, wall: int, signer: SigningKey
) -> Certificate:
    """Sign an action as certificate *n* of a space, on top of *before*."""
    _id, raw = state_openly(
        "cert",
        space=space,
        record=space,
        parents=(before,) if before else (),
        device=device,
        wall=wall,
        signer=signer,
        body=_encode(_Body(n, action)),
    )
    return certificate(opened(raw))


def certificate(envelope: Envelope) -> Certificate:
    """The certificate in an envelope; raises `Refused` when it is none, or garbled, and `Newer` for an unknown one."""
    header = envelope.header
    if header.kind != "cert" or header.rec != header.space or len(header.parents) > 1:
        raise Refused("not a certificate")
    try:
        body = _decode(envelope.body)
    except _GARBLED as error:
        number_of(envelope)
        raise Newer("a certificate of a newer version") from error
    if (body.n == 1) != (not header.parents) or (body.n == 1) != isinstance(body.action, Create):
        raise Refused("not a beginning")
    return Certificate(envelope, body.n, body.action)


def number_of(envelope: Envelope) -> int:
    """The place in the chain that a certificate of any version claims; raises `Refused` when it is garbled."""
    try:
        return _decode_any(envelope.body).n
    except _GARBLED as error:
        raise Refused("the certificate is garbled") from error


def sealed_for(key: bytes, reader: bytes) -> bytes:
    """A key of the space that only the owner of the X25519 key *reader* can open (80 bytes).

    Empty when *reader* is no key at all, so that one broken device never keeps the others from a new key.
    """
    try:
        return bytes(SealedBox(PublicKey(reader)).encrypt(key))
    except CryptoError:
        return b""


def label(reader: str) -> str:
    """Under what a device or an invite finds its box in a rotation: short, as there can be thousands."""
    return urlsafe_b64encode(blake2b(reader.encode(), digest_size=8).digest()).decode().rstrip("=")


def rotation(
    n: int, key: bytes, readers: Mapping[str, bytes], older: Iterable[tuple[int, bytes, bytes]] = ()
) -> Rotate:
    """The action that makes *key* the key with number *n*, for all who are to read (`Membership.key_readers`).

    The *older* keys (number, certificate, secret) come with it, locked with the new one.
    """
    boxes = {label(each): sealed_for(key, bk) for each, bk in readers.items()}
    return Rotate(n, boxes, [KeyBox(each, cert, _locked(key, secret)) for each, cert, secret in older])


def older_keys(action: Rotate, key: bytes) -> list[tuple[int, bytes, bytes]]:
    """The keys that came with a new one, for who has that; without those that do not open with it."""
    found = []
    for each in action.older:
        with suppress(CryptoError):
            found.append((each.n, each.cert, bytes(SecretBox(key).decrypt(each.box))))
    return [each for each in found if len(each[2]) == 32]


def _locked(key: bytes, secret: bytes) -> bytes:
    # A nonce that follows from both: each pair is locked in one way only.
    nonce = blake2b(secret, digest_size=SecretBox.NONCE_SIZE, key=key).digest()
    return bytes(SecretBox(key).encrypt(secret, nonce))


def boxes_for(keys: Iterable[tuple[int, bytes, bytes]], reader: bytes) -> list[KeyBox]:
    """Every key of the space (number, certificate, secret), for one reader."""
    return [KeyBox(n, cert, sealed_for(secret, reader)) for n, cert, secret in keys]


def unsealed(box: bytes, own: PrivateKey) -> bytes:
    """The key in a box that was sealed for us; raises `Refused` when it was not."""
    try:
        key = bytes(SealedBox(own).decrypt(box))
    except CryptoError as error:
        raise Refused("this key was sealed for somebody else") from error
    if len(key) != 32:
        raise Refused("not a key")
    return key
