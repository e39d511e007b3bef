"""What a record is, who made it, and which kinds of record there are."""

import contextlib
import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from secrets import randbits
from typing import Any, ClassVar, NewType, TypeVar

import msgspec

from casebook.envelope import END_OF_TIME
from casebook.fields import Class, Merge, fields_by_name, fields_of, value
from resources.language import mark

RecordId = NewType("RecordId", str)
"""A UUID version 7 in its usual text form; sorts by the moment of creation."""

R = TypeVar("R", bound="Record")

KINDS: dict[str, type["Record"]] = {}
"""Every kind of record of this version by its name in the log."""

VERSION = 1
"""The version of the records' fields that this program writes (`SYNC.md` 2.10)."""

_COUNTER_BITS = 12
_last = 0
_maker = ""


def made_here(device_id: str) -> None:
    """From now on ids that this process makes say that this device made them: for a program with one casebook.

    Who has several open asks each for its ids (`Database.new_id`). Nothing is saved in a circle under an id of
    another device.
    """
    global _maker  # noqa: PLW0603 - the screens make records in many places, always of the one casebook they show
    _maker = device_id


def new_id(now_ms: int | None = None, device: str = "") -> RecordId:
    """A new id of a device, else of that of `made_here`; ids made by one process rise, also within one millisecond.

    Its last 62 bits are those of a hash of the rest and the device, so that nobody can claim to have made it. The
    rest is as RFC 9562 has it (6.2 method 1).
    """
    global _last  # noqa: PLW0603 - the counter that keeps ids of one millisecond apart
    moment = (time.time_ns() // 1_000_000 if now_ms is None else now_ms) << _COUNTER_BITS
    _last = max(moment | randbits(_COUNTER_BITS - 1), _last + 1)
    high = (_last >> _COUNTER_BITS) << 16 | 0x7000 | (_last & 0xFFF)
    maker = device or _maker
    low = _mark(high, maker) if maker else randbits(62)
    return RecordId(str(uuid.UUID(int=high << 64 | 0x2 << 62 | low)))


def made_by(record_id: str, device_id: str) -> bool:
    """Whether the record was made on this device; false for an id that is none."""
    if not is_id(record_id):
        return False
    whole = uuid.UUID(record_id).int
    return whole & (1 << 62) - 1 == _mark(whole >> 64, device_id)


def is_id(text: str) -> bool:
    """Whether a text is an id as they are written here, of a moment that a calendar can hold."""
    try:
        return str(uuid.UUID(text)) == text and created_ms(RecordId(text)) < END_OF_TIME
    except ValueError:
        return False


def _mark(high: int, device_id: str) -> int:
    digest = hashlib.blake2b(high.to_bytes(8, "big") + device_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2


def created_ms(record_id: RecordId) -> int:
    """When the record was made, in milliseconds since 1970."""
    return int(record_id.replace("-", "")[:12], 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something people keep; its fields say how they are stored, merged, searched, shown and shared."""

    kind: ClassVar[str] = ""

    id: RecordId = field(default_factory=new_id)
    archived: bool = value(mark("Archived"), default=False)
    sample: bool = value(mark("Sample"), default=False)

    def __init_subclass__(cls, kind: str = "") -> None:
        # A dataclass with slots is made twice; the second time without the class arguments.
        if kind:
            cls.kind = kind
        if cls.kind:
            KINDS[cls.kind] = cls


def plain_values(record: Record) -> dict[str, Any]:
    """The fields of a record as JSON values; sets as sorted lists."""
    plain = msgspec.to_builtins(record)
    return {
        each.name: sorted(plain[each.name]) if each.merge is Merge.SET else plain[each.name]
        for each in fields_of(type(record))
    }


@cache
def fresh_values(kind: str) -> Mapping[str, Any]:
    """The plain values of a new record of a kind; none for a kind that this version does not know."""
    return plain_values(KINDS[kind]()) if kind in KINDS else {}


@cache
def identifying_fields(kind: str) -> frozenset[str]:
    """The names of the fields that point at a person: they never leave the personal space."""
    known = fields_by_name(KINDS[kind]) if kind in KINDS else {}
    return frozenset(name for name, each in known.items() if each.cls is Class.IDENTIFYING)


def sound(plain: Any) -> Any:
    """The same value as the log gives it back: without halves of characters, which a damaged paste can hold."""
    if isinstance(plain, str):
        return plain if plain.isascii() else plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(plain, list):
        return [sound(each) for each in plain]
    if isinstance(plain, dict):
        return {sound(name): sound(each) for name, each in plain.items()}
    return plain if plain is None or isinstance(plain, bool) else msgspec.json.decode(msgspec.json.encode(plain))


def from_plain(kind: type[R], record_id: RecordId, values: dict[str, Any]) -> R:
    """A record of *kind* from JSON values.

    A field that is absent, or that holds something this version does not know, gets its default:
    the log keeps what it held.
    """
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.convert({**values, "id": record_id}, kind)
    known = fields_by_name(kind)
    found: dict[str, Any] = {}
    for name, plain in values.items():
        if name in known:
            try:
                found[name] = msgspec.convert(plain, known[name].type)
            except msgspec.ValidationError:
                continue
    return kind(id=record_id, **found)
