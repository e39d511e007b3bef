"""How the files of a shared folder are named: each name says what is in it, and the same envelope has one name.

Below `casebook-1/<space>` stand

space.json                 which space this is, written once
c/00000017-<id>.cert       certificates, by their place in the chain
r/2611/<id>.rev            revisions, by year and month of their moment
e/<id>.era                 erasures
e/<id>.rcp                 receipts of erasures

A kind that is added later takes one of these endings: so this version meets it, and says that a newer one is needed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from casebook.envelope import Envelope, Kind, Refused, shown
from sync.certificates import number_of

FORMAT = 1
OURS = f"casebook-{FORMAT}"
SPACE = "space.json"
CERTIFICATES, REVISIONS, ERASURES = "c", "r", "e"

_NAME = re.compile(r"(?:(\d{8,10})-)?([a-z2-7]{52})\.(cert|rev|era|rcp)", re.IGNORECASE | re.ASCII).fullmatch
_MONTH = re.compile(r"\d{4}", re.ASCII).fullmatch
_ENDINGS: Mapping[Kind, str] = {"cert": "cert", "rev": "rev", "erase": "era", "receipt": "rcp"}
_KINDS: Mapping[str, Kind] = {ending: kind for kind, ending in _ENDINGS.items()}
_FOLDERS: Mapping[Kind, str] = {"cert": CERTIFICATES, "rev": REVISIONS, "erase": ERASURES, "receipt": ERASURES}
_ORDER: Mapping[Kind, int] = {"cert": 0, "erase": 1, "receipt": 2, "rev": 3}
_DIGITS = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv")
_END_OF_YEARS = 4_102_444_800_000
"""The year 2100: two digits say no more. A moment after it is wrong anyhow, and goes into the last month."""


_SPACE_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,63}", re.ASCII).fullmatch


def inside(space: str) -> str:
    """Where a space stands in the folder that people chose; raises `Refused` for what is no name of a space."""
    if not _SPACE_ID(space):
        raise Refused("not the name of a space")
    return f"{OURS}/{space}"


class Named(NamedTuple):
    """What the name of a file promises of its contents."""

    path: str
    id: bytes
    kind: Kind
    n: int

    @property
    def order(self) -> tuple[int, int, str]:
        """Certificates come first, by their place, then what was erased: the rest relies on them."""
        return _ORDER[self.kind], self.n, self.path

    def fits(self, envelope: Envelope, space: str) -> bool:
        """Whether the contents are what the name promises."""
        header = envelope.header
        if envelope.id != self.id or header.kind != self.kind or header.space != space:
            return False
        try:
            return self.kind != "cert" or number_of(envelope) == self.n
        except Refused:
            return False


def named(folder: str, name: str) -> Named | None:
    """What a name in a folder promises; None for every name that is not exactly of this form (in any case)."""
    found = _NAME(name)
    if not found:
        return None
    number, text, ending = found.groups()
    kind = _KINDS[ending.lower()]
    # The 52 signs hold 260 bits: the last four must be zero, or one id would have sixteen names.
    value = int(text.lower().translate(_DIGITS), 32)
    if value & 15 or (kind == "cert") != (number is not None) or folder.partition("/")[0] != _FOLDERS[kind]:
        return None
    return Named(f"{folder}/{name}", (value >> 4).to_bytes(32, "big"), kind, int(number or 0))


def path_of(envelope: Envelope) -> str:
    """Where an envelope stands; raises `Refused` for a certificate that is garbled."""
    kind = envelope.header.kind
    folder = _FOLDERS[kind]
    if kind == "rev":
        folder += f"/{month_of(envelope.header.wall)}"
    number = f"{number_of(envelope):08}-" if kind == "cert" else ""
    return f"{folder}/{number}{shown(envelope.id)}.{_ENDINGS[kind]}"


def month_of(wall: int) -> str:
    """The month of a moment, as the name of a folder."""
    return f"{_moment(wall):%y%m}"


def months_around(wall: int) -> set[str]:
    """The month of a moment, the one before, and the one after (for those whose clock is a day ahead)."""
    month = _moment(wall).replace(day=15)
    return {f"{month + timedelta(days=days):%y%m}" for days in (-30, 0, 30)}


def is_month(name: str) -> bool:
    """Whether a folder is one that holds revisions."""
    return _MONTH(name) is not None


def _moment(wall: int) -> datetime:
    return datetime.fromtimestamp(min(wall, _END_OF_YEARS - 1) / 1000, UTC)
