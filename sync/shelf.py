"""What a device keeps of one space, as the replica needs it: the real one is the casebook's file."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import msgspec

from casebook.envelope import Envelope, RevisionId
from casebook.keys import Device
from casebook.rights import Rights
from sync.store import Digest

Counts = Callable[[Iterable[tuple[RevisionId, str, tuple[RevisionId, ...]]], str], set[RevisionId]]
"""Which revisions (id, device, parents) of a record count: `Membership.counted`."""

WAITING, IN_STORE, REFUSED, LOST = 0, 1, 2, 3
"""Where something is: not sent yet, in the store, refused by it, or a certificate that it had and lost."""

AGAIN = "again"
"""Why a certificate on a branch that does not go on needs no care: it was signed again since."""


class Place(msgspec.Struct, frozen=True):
    """How far the exchange with a store has come."""

    cursor: bytes | None = None
    heads: bool = True
    """Whether only the newest revisions of the records have been asked for until now."""
    behind: bytes | None = None
    history: bool = True
    """Whether older revisions are still to come."""
    joining: bytes | None = None
    """The seed of the invite with which this device joins, until the store has it as a member."""
    came_by: bytes | None = None
    """The same afterwards: another certificate may still turn out to stand in the place of its coming in."""

    @property
    def invite(self) -> bytes | None:
        """The seed of the invite with which this device joins, or joined."""
        return self.joining or self.came_by


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate, an erasure or a receipt that is kept here."""

    raw: bytes
    pushed: int
    refused: str


@dataclass(frozen=True, slots=True)
class Written:
    """Who wrote a revision, on top of which, and whether it counts here."""

    id: RevisionId
    device: str
    parents: tuple[RevisionId, ...]
    counts: bool


class Shelf(Protocol):
    """One space on one device. Everything but `transaction` and `now` is called inside a transaction."""

    space: str
    device: Device

    def now(self) -> int:
        """The clock, in milliseconds since 1970."""

    def transaction(self) -> AbstractContextManager[None]:
        """All that is done in it is kept, or nothing."""

    def place(self) -> Place:
        """How far the exchange has come."""

    def keep_place(self, place: Place) -> None:
        """Write that down."""

    def statements(self) -> list[Kept]:
        """Every certificate, erasure and receipt."""

    def changes(self) -> object:
        """Something that differs whenever `statements` does; never None."""

    def holds(self, ids: Collection[bytes]) -> set[bytes]:
        """Those of these envelopes that are here."""

    def present(self, records: Collection[str]) -> set[str]:
        """Those of these records of which a revision is here."""

    def ids(self) -> set[bytes]:
        """What is here and, as far as known, in the store too."""

    def digest(self) -> Digest:
        """The digest of `ids`, without counting them one by one."""

    def waiting(self, most: int) -> list[tuple[RevisionId, bytes]]:
        """Revisions that the store does not have yet, the newest first."""

    def how_many_wait(self) -> int:
        """How many revisions the store does not have yet."""

    def keep_statement(self, envelope: Envelope, pushed: int) -> None:
        """Add a certificate, an erasure or a receipt."""

    def drop_statement(self, statement: RevisionId) -> None:
        """Forget one that no store ever had."""

    def receive(self, envelopes: Sequence[Envelope], counts: Counts) -> None:
        """Add verified revisions from the store, and show what follows from them."""

    def put_by(self, envelopes: Sequence[Envelope]) -> None:
        """Add verified revisions that are shown only when `bring_out` is called."""

    def bring_out(self, most: int, counts: Counts) -> bool:
        """Show what was put by of *most* records, and let cases be found by their words; says if there may be more."""

    def recount(self, devices: Collection[str], counts: Counts) -> None:
        """Decide again what counts of the records in which these devices wrote, and of what waits for a key."""

    def written(self, devices: Collection[str]) -> list["Written"]:
        """All revisions of the records that these devices wrote in."""

    def erase(self, record: str) -> None:
        """Destroy everything of a record."""

    def let_back(self, records: Collection[str]) -> None:
        """Their erasure does not stand after all: what others still have of them may come in again."""

    def confirm(self, ids: Collection[bytes]) -> None:
        """Write down that the store has these, whatever was known of them."""

    def mark(self, ids: Collection[bytes], pushed: int, refused: str = "") -> None:
        """Write down what a store did with envelopes."""

    def counting(self, ids: Collection[bytes]) -> set[bytes]:
        """Those of these that are revisions, and count here."""

    def refused(self, reason: str) -> list[RevisionId]:
        """Revisions that count here, and that the store would not have for this reason."""

    def secrets(self) -> list[tuple[int, bytes, bytes]]:
        """Every key of the space: number, certificate, secret."""

    def add_key(self, n: int, cert: bytes, secret: bytes) -> None:
        """Keep a key."""

    def keep_rights(self, rights: Rights) -> None:
        """Write down what this device may write in the space, for whoever asks without the certificates."""

    def restamp(self, offset: int) -> None:
        """Seal again, with the clock set right by *offset* milliseconds, what no store has yet."""
