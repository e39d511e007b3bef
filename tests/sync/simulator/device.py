"""One device of the simulation: a shelf that survives, a replica that does not, and whoever types on it."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Protocol

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from casebook.envelope import RevisionId, Stamped, State
from casebook.keys import Device
from casebook.record import RecordId, _mark
from sync.engine import Progress, Round
from sync.membership import Membership
from sync.replica import Replica
from tests.sync.memory_shelf import Contents, MemoryShelf
from tests.sync.simulator.chance import some_bytes

SPACE = "space-1"
SECRET = "GEHEIM"
"""Stands in every text that anybody saves, and may stand in nothing that leaves a device."""


KEPT = {"kept": [1, "\u00e9"]}
"""A field that this version does not know has this value, and keeps it."""


class Killed(BaseException):
    """The process ends here, whatever it was doing."""


class FragileShelf(MemoryShelf):
    """A shelf under a process that can be killed between any two things it writes."""

    fuse: int | None = None

    def _mark(self, *args: object) -> None:
        burn(self)
        super()._mark(*args)  # type: ignore[arg-type]  # handed on as they are

    def keep_statement(self, *args: object) -> None:
        burn(self)
        super().keep_statement(*args)  # type: ignore[arg-type]

    def receive(self, *args: object) -> None:
        burn(self)
        super().receive(*args)  # type: ignore[arg-type]

    def keep_place(self, *args: object) -> None:
        burn(self)
        super().keep_place(*args)  # type: ignore[arg-type]

    def erase(self, record: str) -> None:
        burn(self)
        super().erase(record)


class Fused(Protocol):
    """A shelf that can be killed; None is never, 0 is at the next thing it writes."""

    fuse: int | None


def burn(shelf: Fused) -> None:
    """One more thing is about to be written."""
    if shelf.fuse is not None:
        shelf.fuse -= 1
        if shelf.fuse < 0:
            shelf.fuse = None
            raise Killed


class SimulatedDevice:
    """A member's device; *skew* is how far its clock is off, in milliseconds."""

    def __init__(self, name: str, member: str, now: Callable[[], int], space: str = SPACE) -> None:
        self.name = name
        self.skew = 0
        self.online = True
        self.round: Round | None = None
        self.rounds = 0
        self.shelf = self._made(identity(name, member), lambda: now() + self.skew, space)
        self.replica = self._replica()
        self.seen: dict[RevisionId, str] = {}
        """Every revision that was ever on it, with its record."""
        self.sealed_again: set[RevisionId] = set()
        """Those of its own that got another id when its clock was put right."""
        self.erasures: tuple[object, Membership | None, set[str]] | None = None
        """The records that are erased for it, with what they followed from."""
        self.own: dict[str, RevisionId] = {}
        """The texts saved on it, and the revision they are in."""

    @property
    def id(self) -> str:
        return self.shelf.device.id

    @property
    def membership(self) -> Membership | None:
        """What `Replica.membership` says, without a transaction where that would find everything as it left it."""
        ledger = self.replica._ledger
        if ledger._seen is not None and ledger._seen == self.shelf.kept.changes:
            return ledger.membership
        return self.replica.membership

    def start_again(self) -> None:
        """What a process that was killed does next time: all it knew is on the shelf."""
        self.round = None
        self.shelf.fuse = None
        self.replica = self._replica()

    def step(self) -> Progress | None:
        """One step of the round that goes on; None when it is done."""
        assert self.round is not None
        try:
            return next(self.round)
        except StopIteration:
            self.round = None
            return None

    def save(self, record: str, field: str, text: str) -> RevisionId:
        """Save one field of a record, on top of all that this device shows."""
        folded = self.shelf.state(record)
        before = [each.wall for each in self.shelf.revisions(record)]
        wall = max([self.shelf.now(), 0, *(each + 1 for each in before)])
        fields = dict(folded.state.fields) if folded else {"future": Stamped(KEPT, wall, b"")}
        held = fields.get(field)
        if field == "areas":
            elements = dict(held.value) if held else {}
            fields[field] = Stamped({**elements, text: Stamped(True, wall, b"")}, wall, b"")
        elif field == "goal":
            fields[field] = Stamped(f"{held.value if held else ''}{text}. ", wall, b"")
        else:
            fields[field] = Stamped(text, wall, b"")
        revision = self.shelf.seal(record, State("case", fields), self.shelf.heads(record), wall)
        self.own[text] = revision
        return revision

    def new_record(self, number: int) -> RecordId:
        """The id of a record that this device makes."""
        high = number << 16 | 0x7000
        text = f"{high << 64 | 0x2 << 62 | _mark(high, self.id):032x}"
        return RecordId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")

    def begin_with(self, contents: Contents) -> None:
        """Put this on its shelf, which was empty."""
        self.shelf.kept = contents.copied()
        self.start_again()

    def close(self) -> None:
        """It is not needed any more."""

    def fault(self) -> str:
        """What is wrong with what it shows, beside the log."""
        return ""

    def _made(self, own: Device, clock: Callable[[], int], space: str) -> FragileShelf:
        return FragileShelf(space, own, clock)

    def _replica(self) -> Replica:
        return Replica(self.shelf, Random(self.name))


@cache
def identity(name: str, member: str) -> Device:
    """The keys of a device, which are always the same."""
    seed = some_bytes(name)
    return Device(f"device-of-{name}", member, SigningKey(seed), PrivateKey(seed))
