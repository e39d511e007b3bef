"""How envelopes stand in the body of a request or an answer: each behind its length, and nothing else."""

import struct
from collections.abc import Iterable

from casebook.envelope import Refused

_LENGTH = struct.Struct(">I")


def framed(envelopes: Iterable[bytes]) -> bytes:
    """The envelopes, each behind four bytes with its length."""
    return b"".join(_LENGTH.pack(len(each)) + each for each in envelopes)


def unframed(raw: bytes, most: int) -> list[bytes]:
    """The envelopes that `framed` put together; raises `Refused` for anything else, and for more than *most*."""
    found: list[bytes] = []
    at = 0
    while at < len(raw):
        if len(found) == most:
            raise Refused("too many at once")
        end = at + _LENGTH.size
        if end > len(raw):
            raise Refused("cut short")
        at, end = end, end + _LENGTH.unpack_from(raw, at)[0]
        if end > len(raw):
            raise Refused("cut short")
        found.append(raw[at:end])
        at = end
    return found
