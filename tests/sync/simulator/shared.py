"""What stands between the devices: one store for all of them, or a folder of which every one has its own copy."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from casebook.envelope import Envelope, Refused, RevisionId, header_of, opened, shown
from sync.certificates import Certificate, Create, certificate
from sync.chain import Chain
from sync.folder import HOUR, FolderStore
from sync.folder_names import REVISIONS, named, path_of
from sync.folder_names import SPACE as BEGINNING
from sync.membership import Membership
from sync.memory import MemoryStore
from sync.replica import Replica
from sync.store import Digest, Outcome, Store, may_give_back, not_given_back
from sync.stores import in_folder
from tests.sync.simulator.device import SPACE, SimulatedDevice
from tests.sync.synced_folder import CALM, SyncedFolder, Weather

if TYPE_CHECKING:
    from tests.sync.simulator.world import World

Move = tuple[str, Callable[[SimulatedDevice], None], int]
"""The fault that it is, what happens, and how often beside the others."""


class Shared(Protocol):
    """One space, wherever it is kept."""

    judges: bool
    """Whether somebody at the door refuses what may not be, and who does not belong."""
    patience: int
    """Milliseconds after which everything that waits for its time is due."""

    def begin(self, envelopes: Sequence[bytes], devices: Sequence[SimulatedDevice]) -> None:
        """It has these, and these devices take part in it."""

    def at(self, device: SimulatedDevice) -> Store:
        """As one device sees it."""

    def welcome(self, device: str) -> list[Certificate]:
        """The certificates that somebody who wants to come in finds there."""

    def put(self, raw: bytes, *, given_back: bool = False) -> Outcome | None:
        """Somebody puts this in without our program; says what the store did with it, if anybody looked."""

    def envelopes(self) -> list[Envelope]:
        """All that is in it."""

    def membership(self) -> Membership | None:
        """Who belongs to it, by what is in it."""

    def digest(self) -> Digest | None:
        """Of all that is in it, where the store knows."""

    def fault(self) -> str:
        """What is wrong with what it holds, that may be so at no moment."""

    def left_of(self, record: str) -> bool:
        """Whether anything of a record stands in it."""

    def moves(self) -> list[Move]:
        """What happens to it."""

    def tick(self) -> None:
        """Time passes."""

    def calm(self) -> None:
        """Nothing happens to it any more, and what was on its way has arrived."""


class Central:
    """One store in memory, with an administrator."""

    judges = True
    patience = 70_000

    def __init__(self, world: "World") -> None:
        self._world = world
        self.store = self._empty()
        self._snapshots: list[MemoryStore] = []
        self._looked: Digest | None = None

    def begin(self, envelopes: Sequence[bytes], _devices: Sequence[SimulatedDevice]) -> None:
        self.store.push(envelopes)

    def at(self, device: SimulatedDevice) -> Store:
        return _Door(self.store, device.id)

    def welcome(self, _device: str) -> list[Certificate]:
        return [certificate(opened(each.raw)) for each in self.envelopes() if each.header.kind == "cert"]

    def put(self, raw: bytes, *, given_back: bool = False) -> Outcome | None:
        return _Door(self.store, self._world.adversary.identity.id).push([raw], given_back=given_back)[0]

    def envelopes(self) -> list[Envelope]:
        return [each for each in self.store.log if each]

    def membership(self) -> Membership | None:
        return self.store.membership

    def digest(self) -> Digest | None:
        return self.store.digest

    def fault(self) -> str:
        if self.store.digest is self._looked:
            return ""
        self._looked = self.store.digest
        if any(each.header.kind == "rev" and each.header.rec in self.store.erased for each in self.envelopes()):
            return "erased: the store still has it"
        if self.store.digest != Digest().with_(each.id for each in self.envelopes()):
            return "convergence: the digest of the store is not that of what it has"
        return ""

    def left_of(self, record: str) -> bool:
        return any(each.header.rec == record and each.header.kind == "rev" for each in self.envelopes())

    def moves(self) -> list[Move]:
        return [("rollback", self._keep_snapshot, 3), ("rollback", self._roll_back, 1), ("promoted", self._promote, 1)]

    def tick(self) -> None:
        """Nothing is on its way."""

    def calm(self) -> None:
        """Nothing is on its way."""

    def _empty(self) -> MemoryStore:
        return MemoryStore(SPACE, lambda: self._world.now)

    def _keep_snapshot(self, _device: SimulatedDevice) -> None:
        self._snapshots.append(copy_of(self.store, SPACE, lambda: self._world.now))

    def _roll_back(self, _device: SimulatedDevice) -> None:
        if self._snapshots:
            self.store = copy_of(self._world.chance.choice(self._snapshots[-3:]), SPACE, lambda: self._world.now)
            self._world.say(f"the store is put back to {len(self.store.log)} envelopes")

    def _promote(self, _device: SimulatedDevice) -> None:
        """A copy that misses the last writes takes over."""
        kept = [each.raw for each in self.envelopes()]
        self.store = self._empty()
        self.store.push(kept[: max(1, len(kept) - self._world.chance.randint(1, 5))])
        self._world.say("a copy of the store takes over")


class _Door:
    """A store as one device has it before it: what only an administrator gives back is new from all others."""

    def __init__(self, store: MemoryStore, device: str) -> None:
        self._store = store
        self._device = device
        self.pull, self.ids, self.get, self.close = store.pull, store.ids, store.get, store.close

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        """See `Store`."""
        if not given_back or may_give_back(self._store.chain, self._device):
            return self._store.push(envelopes, given_back=given_back)
        return [not_given_back(each) for each in self._store.push(envelopes)]


def copy_of(store: MemoryStore, space: str, clock: Callable[[], int]) -> MemoryStore:
    """A store with the same in it, that goes its own way from here."""
    found = MemoryStore(space, clock)
    for name, value in vars(store).items():
        if name != "_clock":
            setattr(found, name, copy(value))
    found._erasures = {device: list(each) for device, each in store._erasures.items()}
    return found


class Folder:
    """A folder as those in the cloud are: every device has a copy, and what is written in one travels to the others."""

    judges = False
    patience = HOUR

    def __init__(self, world: "World") -> None:
        self._world = world
        self.folder = SyncedFolder(world.chance, [], CALM)
        self._stores: dict[str, tuple[Replica, FolderStore]] = {}
        self._snapshots: list[dict[str, bytes]] = []
        self._chain: tuple[frozenset[bytes], Membership | None] = frozenset(), None
        self._looked: dict[str, tuple[dict[str, bytes], int, list[Envelope]]] = {}
        """Each copy as it was when somebody last looked, with the number of signers known then, and what was sound."""

    def begin(self, envelopes: Sequence[bytes], devices: Sequence[SimulatedDevice]) -> None:
        first, *others = [each.name for each in devices]
        self.folder.copies[first] = {}
        self._store(devices[0], connected=False).push(envelopes)
        for each in others:
            self.folder.join(each, first)
        if "weather" in self._world.plan.faults:
            self.folder.weather = Weather()

    def at(self, device: SimulatedDevice) -> Store:
        if device.name not in self._stores or self._stores[device.name][0] is not device.replica:
            joined = device.shelf.kept.place.cursor is not None
            self._stores[device.name] = device.replica, self._store(device, connected=joined)
        return self._stores[device.name][1]

    def welcome(self, device: str) -> list[Certificate]:
        if device not in self.folder.copies:
            self.folder.join(device, self._world.chance.choice(sorted(self.folder.copies)))
        found = {each.id: each for each in self._sound(device)}
        return [certificate(each) for each in found.values() if each.header.kind == "cert"]

    def put(self, raw: bytes, *, given_back: bool = False) -> Outcome | None:
        try:
            path = path_of(opened(raw))
        except Refused:
            path = f"{REVISIONS}/2611/{shown(RevisionId(self._world.chance.randbytes(32)))}.rev"
        with suppress(OSError):
            self.folder.at(self._world.chance.choice(sorted(self.folder.copies))).write(path, raw)
        return None

    def envelopes(self) -> list[Envelope]:
        """All that is whole somewhere, and signed by who it names."""
        return list({each.id: each for each in self._all().values()}.values())

    def membership(self) -> Membership | None:
        found = {raw: each for raw, each in self._all().items() if each.header.kind == "cert"}
        if found.keys() != self._chain[0]:
            certificates = [certificate(each) for each in found.values()]
            chain = Chain(each for each in certificates if isinstance(each.action, Create))
            accepted = [*chain]
            while accepted:
                chain, accepted = chain.grown(certificates)
            self._chain = frozenset(found), chain.membership
        return self._chain[1]

    def digest(self) -> Digest | None:
        return None

    def fault(self) -> str:
        return ""

    def left_of(self, record: str) -> bool:
        read_by = [self.folder.copies[each.name] for each in self._world.devices]
        return any(_is_of(record, content) for each in read_by for content in each.values())

    def moves(self) -> list[Move]:
        return [("rollback", self._keep_snapshot, 3), ("rollback", self._roll_back, 1), ("tampered", self._spoil, 2)]

    def tick(self) -> None:
        self.folder.tick()
        if self._world.chance.random() < 0.03:
            self._world.now += HOUR

    def calm(self) -> None:
        self.folder.calm()

    def _store(self, device: SimulatedDevice, *, connected: bool) -> FolderStore:
        return in_folder(self.folder.at(device.name), device.replica, device.shelf.now, connected=connected)

    def _all(self) -> dict[bytes, Envelope]:
        return {each.raw: each for name in sorted(self.folder.copies) for each in self._sound(name)}

    def _sound(self, name: str) -> list[Envelope]:
        """What is sound in one copy; looked at again only when another file is in it, or somebody came in."""
        files, signers = self.folder.copies[name], len(self._world.signers)
        was, known, found = self._looked.get(name, ({}, 0, []))
        if was != files or known != signers:
            whole = (_whole(path, content) for path, content in files.items())
            found = [each for each in whole if each and self._is_signed(each)]
            self._looked[name] = dict(files), signers, found
        return found

    def _is_signed(self, envelope: Envelope) -> bool:
        signer = self._world.signers.get(envelope.header.dev)
        if signer is None:
            return envelope.header.kind == "cert"  # by an invite, which the chain judges
        try:
            envelope.verify(signer)
        except Refused:
            return False
        return True

    def _keep_snapshot(self, _device: SimulatedDevice) -> None:
        self._snapshots.append(self.folder.snapshot())

    def _roll_back(self, _device: SimulatedDevice) -> None:
        if self._snapshots:
            self.folder.put_back(self._world.chance.choice(self._snapshots[-3:]))
            self._world.say("the folder is put back")

    def _spoil(self, device: SimulatedDevice) -> None:
        """A bit of a file falls over. (Not of the number of its form: a newer one is for a person to install.)"""
        paths = sorted(each for each in self.folder.copies[device.name] if each.islower())
        if paths:
            path = self._world.chance.choice(paths)
            self.folder.spoil(device.name, path, last=85 if path == BEGINNING else 100)
            self._world.say("a file is spoiled")


@lru_cache(maxsize=20_000)
def _whole(path: str, content: bytes) -> Envelope | None:
    """What is in a file when it is what its name says."""
    found = named(*path.rpartition("/")[::2])
    try:
        envelope = opened(content)
    except Refused:
        return None
    return envelope if found and found.fits(envelope, SPACE) else None


def _is_of(record: str, content: bytes) -> bool:
    """Whether a file, whole or half, has any of the contents of a record."""
    try:
        header = header_of(content + bytes(64))
    except Refused:
        return False
    return header.kind == "rev" and header.rec == record
