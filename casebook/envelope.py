"""A signed envelope: the only form in which anything is kept in the log or leaves this machine.

Form (`SYNC.md` 2.2): `CB1`, four bytes with the length of the header, the header as canonical JSON, the body,
64 bytes of signature. The id is BLAKE2b-256 of the length, the header and the body. The body of a revision is
the nonce and the ciphertext of its compressed state; the other kinds are statements with nothing to hide: a
certificate about who belongs to a space, the erasure of a record, the receipt of a device that erased it.
"""

import base64
import hashlib
import re
import string
import struct
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Literal, NewType, TypeVar, get_args

import msgspec
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import SigningKey, VerifyKey
from nacl.utils import random

from casebook.problem import Problem
from resources.language import _

RevisionId = NewType("RevisionId", bytes)
"""32 bytes: the hash of header and body, so that two contents can never share an id."""

MAGIC = b"CB1"
LARGEST = 256 * 1024
LARGEST_CERTIFICATE = 1024 * 1024
MOST_PARENTS = 64
LARGEST_STATE = 4 * 1024 * 1024
_NONCE = 24
_TAG = 16
_SIGNATURE = 64
_BEFORE_HEADER = len(MAGIC) + 4
_SHORT = 8
END_OF_TIME = 2**47
"""Moments stay below it (it is the year 6429), so that every calendar can show them."""

_BASE32 = re.compile("[A-Za-z2-7]+", re.ASCII).fullmatch
_PLACES = (string.digits + string.ascii_lowercase)[:32]
_DIGITS = str.maketrans(string.ascii_lowercase + "234567" + string.ascii_uppercase, _PLACES + _PLACES[:26])

_encode = msgspec.json.Encoder(order="deterministic").encode


class Refused(Exception):
    """An envelope that is garbled, forged, too large, or sealed with another key."""


class Newer(Refused):
    """Well formed, but of a kind that only a newer version of this program knows."""


class Stamped(msgspec.Struct, frozen=True, gc=False):
    """A value with the moment (milliseconds since 1970) and the revision that last changed it.

    A set is a mapping of each element ever in it to such a stamped "is in it".
    """

    value: Any
    wall: int
    rev: bytes


@dataclass(frozen=True, slots=True)
class State:
    """A whole record as one revision has it."""

    kind: str
    fields: dict[str, Stamped]
    version: int = 1
    needs: int = 1


Kind = Literal["rev", "erase", "receipt", "cert"]
_Name = Annotated[str, msgspec.Meta(max_length=64)]


class Form(msgspec.Struct, frozen=True):
    """What a header of any version has."""

    v: Annotated[int, msgspec.Meta(ge=1)]
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    space: _Name = ""
    rec: _Name = ""


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """What a store may read of an envelope."""

    v: int
    space: _Name
    rec: _Name
    kind: Kind
    parents: list[_Name]
    dev: _Name
    key: Annotated[int, msgspec.Meta(ge=0, lt=2**31)]
    wall: Annotated[int, msgspec.Meta(ge=0, lt=END_OF_TIME)]


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope that is well formed; whose it is, and what a revision says, its methods find out."""

    id: RevisionId
    header: Header
    parents: tuple[RevisionId, ...]
    """The ids of those it follows."""
    body: bytes
    raw: bytes

    def verify(self, author: VerifyKey) -> None:
        """Raises `Refused` unless *author* signed it."""
        try:
            author.verify(_to_sign(self.raw[len(MAGIC) : -_SIGNATURE]), self.raw[-_SIGNATURE:])
        except BadSignatureError as error:
            raise Refused("the signature is not the author's") from error

    def unseal(self, key: bytes) -> "Revision":
        """The revision in it, of which the signature was checked when it came in; raises `Refused`."""
        if self.header.kind != "rev":
            raise Refused("not a revision")
        header = self.raw[_BEFORE_HEADER : -_SIGNATURE - len(self.body)]
        nonce, packed = self.body[:_NONCE], self.body[_NONCE:]
        try:
            plain = _inflate(crypto_aead_xchacha20poly1305_ietf_decrypt(packed, header, nonce, key))
        except CryptoError as error:
            raise Refused("sealed with another key") from error
        state = _state(plain, short(self.id))
        if any(each.wall > self.header.wall for each in state.fields.values()):
            raise Refused("it says that something changed later than itself")
        return Revision(
            id=self.id,
            record=self.header.rec,
            space=self.header.space,
            parents=self.parents,
            device=self.header.dev,
            wall=self.header.wall,
            state=state,
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision that was opened: what it says, who wrote it, and what it follows."""

    id: RevisionId
    record: str
    space: str
    parents: tuple[RevisionId, ...]
    device: str
    wall: int
    state: State = field(compare=False)


def shown(revision: RevisionId) -> str:
    """A revision id as text (base32, lower case)."""
    return _shown(revision)


@lru_cache(256)
def _shown(id_: bytes) -> str:
    """Most fields of a state have the stamp of one and the same revision."""
    return base64.b32encode(id_).decode().rstrip("=").lower()


def read(text: str) -> RevisionId:
    """The revision id that `shown` gave."""
    return RevisionId(_bytes_of(text, 32))


def _bytes_of(text: str, size: int) -> bytes:
    """*size* bytes from base32, in a tenth of the time of the standard library's: each field of a state has some."""
    spare = -8 * size % 5
    if len(text) * 5 != 8 * size + spare or not _BASE32(text):
        raise Refused("not a revision id")
    return (int(text.translate(_DIGITS), 32) >> spare).to_bytes(size, "big")


def short(revision: RevisionId) -> bytes:
    """The part of a revision id that a stamp holds."""
    return revision[:_SHORT]


def seal(
    state: State,
    *,
    record: str,
    space: str,
    parents: tuple[RevisionId, ...],
    device: str,
    wall: int,
    key: bytes,
    key_number: int,
    signer: SigningKey,
) -> tuple[RevisionId, bytes]:
    """The id and the envelope of one revision. A stamp with an empty `rev` is of this revision itself.

    Raises a `Problem` when the record has grown too large to share.
    """
    header = _encode(
        Header(
            v=1,
            space=space,
            rec=record,
            kind="rev",
            parents=[shown(each) for each in sorted(parents)],
            dev=device,
            key=key_number,
            wall=wall,
        )
    )
    nonce = random(_NONCE)
    plain = _encode(_plain(state))
    body = nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(zlib.compress(plain), header, nonce, key)
    if len(plain) > LARGEST_STATE or len(header) + len(body) > LARGEST:
        raise Problem(
            _("This record has become too long to save. What you typed is kept as a draft. Shorten the longest text.")
        )
    return _signed(header, body, signer)


def state_openly(
    kind: Kind,
    *,
    space: str,
    record: str,
    parents: tuple[RevisionId, ...],
    device: str,
    wall: int,
    signer: SigningKey,
    body: bytes = b"",
) -> tuple[RevisionId, bytes]:
    """The id and the envelope of a statement that every store may read: a certificate, an erasure, a receipt."""
    named = [shown(each) for each in sorted(parents)]
    header = _encode(Header(v=1, space=space, rec=record, kind=kind, parents=named, dev=device, key=0, wall=wall))
    return _signed(header, body, signer)


def opened(envelope: bytes) -> Envelope:
    """What an envelope says to everybody; raises `Refused` when it is garbled. Nothing is verified yet."""
    raw, body = _parts(envelope)
    header = _header(raw)
    if (header.kind == "rev" and len(body) < _NONCE + _TAG) or len(envelope) > _largest(header.kind):
        raise Refused("cut short, or too large")
    return Envelope(id_of(envelope), header, tuple(read(each) for each in header.parents), body, envelope)


def header_of(envelope: bytes) -> Header:
    """The part of an envelope that needs no key; raises `Refused` when it is garbled."""
    header, _body = _parts(envelope)
    return _header(header)


def form_of(envelope: bytes) -> Form:
    """What an envelope of any version says; raises `Refused` when it is garbled."""
    header, _body = _parts(envelope)
    return _decoded(header, Form)


def id_of(envelope: bytes) -> RevisionId:
    """The id of an envelope that is well formed, of any version."""
    return _id(envelope[len(MAGIC) : -_SIGNATURE])


def as_sealed(state: State, revision: RevisionId) -> State:
    """The state as `unseal` gives it back: what was of this revision itself is of the one that it has become."""
    own = short(revision)
    fields = {name: _as_sealed(each, own) for name, each in state.fields.items()}
    return State(state.kind, fields, state.version, state.needs)


def _as_sealed(each: Stamped, own: bytes) -> Stamped:
    if is_set(each):
        return Stamped({name: _as_sealed(one, own) for name, one in each.value.items()}, each.wall, each.rev or own)
    return each if each.rev else Stamped(each.value, each.wall, own)


def is_set(each: Stamped) -> bool:
    """Whether the value is a set: every element ever in it with its own stamp."""
    return isinstance(each.value, dict) and all(isinstance(one, Stamped) for one in each.value.values())


def _inflate(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, LARGEST_STATE + 1)
    except zlib.error as error:
        raise Refused("the contents cannot be unpacked") from error
    if len(plain) > LARGEST_STATE:
        raise Refused("the contents are too large")
    if not unpacker.eof or unpacker.unused_data:
        raise Refused("the contents cannot be unpacked")
    return plain


def _plain(state: State) -> dict[str, Any]:
    return {
        "t": state.kind,
        "sv": state.version,
        "needs": state.needs,
        "f": {name: _plain_value(each) for name, each in state.fields.items()},
    }


def _plain_value(each: Stamped) -> list[Any]:
    rev = _shown(each.rev) if each.rev else "~"
    if is_set(each):
        return ["set", {name: _plain_value(one) for name, one in each.value.items()}, each.wall, rev]
    return [each.value, each.wall, rev]


def _state(plain: bytes, own: bytes) -> State:
    try:
        found = msgspec.json.decode(plain)
        return State(
            kind=str(found["t"]),
            version=int(found["sv"]),
            needs=int(found.get("needs", 1)),
            fields={str(name): _stamped(each, own) for name, each in found["f"].items()},
        )
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused("the contents are garbled") from error


def _stamped(plain: list[Any], own: bytes) -> Stamped:
    if len(plain) == 4 and plain[0] == "set":
        value: Any = {str(name): _stamped(one, own) for name, one in plain[1].items()}
        _set, _elements, wall, rev = plain
    else:
        value, wall, rev = plain
    if not isinstance(wall, int) or not 0 <= wall < END_OF_TIME:
        raise ValueError("not a moment")
    return Stamped(value, wall, own if rev == "~" else _bytes_of(rev, _SHORT))


def _parts(envelope: bytes) -> tuple[bytes, bytes]:
    """Header and body."""
    if len(envelope) > LARGEST_CERTIFICATE:
        raise Refused("too large")
    if not envelope.startswith(MAGIC) or len(envelope) < _BEFORE_HEADER + _SIGNATURE:
        raise Refused("not an envelope")
    end = _BEFORE_HEADER + struct.unpack_from(">I", envelope, len(MAGIC))[0]
    if end + _SIGNATURE > len(envelope):
        raise Refused("cut short")
    return envelope[_BEFORE_HEADER:end], envelope[end:-_SIGNATURE]


def _header(raw: bytes) -> Header:
    try:
        header = _decoded(raw, Header)
    except Refused:
        form = _decoded(raw, Form)
        if form.v > 1 or form.kind not in get_args(Kind):
            raise Newer("made by a newer version") from None
        raise
    if header.v > 1:
        raise Newer("made by a newer version")
    if header.v < 1 or len(header.parents) > MOST_PARENTS:
        raise Refused("the header is garbled")
    return header


_Read = TypeVar("_Read", Header, Form)


def _decoded(raw: bytes, kind: type[_Read]) -> _Read:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("the header is garbled") from error


def _largest(kind: Kind) -> int:
    return LARGEST_CERTIFICATE if kind == "cert" else LARGEST + 1024


def _signed(header: bytes, body: bytes, signer: SigningKey) -> tuple[RevisionId, bytes]:
    """The id and the whole of an envelope."""
    # With the length of the header, so that no byte can move from it to the body unnoticed.
    framed = struct.pack(">I", len(header)) + header + body
    return _id(framed), MAGIC + framed + signer.sign(_to_sign(framed)).signature


def _to_sign(framed: bytes) -> bytes:
    return hashlib.blake2b(b"casebook-rev-1" + framed, digest_size=32).digest()


def _id(framed: bytes) -> RevisionId:
    return RevisionId(hashlib.blake2b(framed, digest_size=32).digest())
