"""The same schedules with real files: an encrypted casebook for each device, and a hub on its own database."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, mkdtemp
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from casebook import tables
from casebook.database import Database, create_casebook, open_casebook
from casebook.digest import Place as Where
from casebook.envelope import Envelope, RevisionId, State, opened
from casebook.keys import Device, FileKey
from casebook.log import Draughted, append
from casebook.present import fingerprint, rebuild
from casebook.receiving import show
from casebook.spaces import SpaceKind, add_key, add_space
from casebook.statements import keep
from sync.casebook_shelf import CasebookShelf
from sync.certificates import Certificate, Create, certificate
from sync.chain import Chain
from sync.hub import tables as hub_tables
from sync.hub.app import create_app
from sync.hub.serving import Hub, begin_hub
from sync.hub.settings import Limits, Settings
from sync.hub_client import HubStore
from sync.inviting import Keys
from sync.membership import Membership
from sync.replica import Replica
from sync.shelf import Kept
from sync.store import Digest, NotAllowed, Outcome, Store, Unreachable
from tests.sync.in_process import InProcess
from tests.sync.memory_shelf import Contents, Looked, Row
from tests.sync.simulator.chance import seeded
from tests.sync.simulator.device import SPACE, FragileShelf, SimulatedDevice, burn

if TYPE_CHECKING:
    from tests.sync.simulator.shared import Move
    from tests.sync.simulator.world import World

KEY = FileKey(b"k" * 32, b"s" * 16)
ADDRESS = "http://127.0.0.1"
_CLOSED, _PUT_BY = 2, 3
NO_LIMITS = Limits(revisions_a_day=10**9, bytes_a_day=10**12, requests_a_minute=0)


class RealFiles:
    """The folder in which all files of one schedule stand, and the hub in it."""

    def __init__(self, world: "World") -> None:
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        self.root = Path(self._folder.name)
        self.hub = RealHub(world, self.root)

    def device(self, name: str, member: str, now: Callable[[], int]) -> SimulatedDevice:
        """A device with a casebook of its own."""
        return RealDevice(self.root / f"{name}.db", name, member, now)

    def close(self) -> None:
        """Take all of it away."""
        self.hub.close()
        self._folder.cleanup()


class RealShelf(Looked, CasebookShelf):
    """The space in a casebook, read whole whenever somebody looks, under a process that can be killed."""

    fuse: int | None = None

    def __init__(self, db: Database, space: str) -> None:
        super().__init__(db, space)
        self._held: Contents | None = None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._held = None
        with super().transaction():
            yield

    @property
    def kept(self) -> Contents:  # type: ignore[override]  # nobody puts anything else in its place
        """All that stands in the file of this space."""
        if self._held is None:
            with self._db.read() as connection:
                rows = connection.execute(select(tables.rev).where(tables.rev.c.space == self.space)).all()
                said = connection.execute(select(tables.statement).where(tables.statement.c.space == self.space)).all()
                keys = connection.execute(select(tables.key).where(tables.key.c.space == self.space)).all()
            with super().transaction():
                place, changes = self.place(), self.changes()
            self._held = Contents(
                {
                    RevisionId(each.id): Row(
                        opened(each.env),
                        each.pushed,
                        each.refused,
                        each.counts in (1, _CLOSED),
                        each.counts == _PUT_BY,
                    )
                    for each in rows
                },
                {RevisionId(each.id): Kept(each.env, each.pushed, each.refused) for each in said},
                [(each.n, each.cert, each.secret) for each in keys],
                place,
                hash(changes),
            )
        return self._held

    def seal(self, record: str, state: State, parents: tuple[RevisionId, ...], wall: int) -> RevisionId:
        """Save a revision of this device."""
        self._held = None
        changed = set[str]()
        with self._db.write(changed) as connection:
            found = append(self._db, connection, None, [Draughted(record, self.space, state, parents, wall)])
            changed |= show(self._db, connection, self.space, {record})
        return found[0].id

    def confirm(self, *args: object) -> None:
        burn(self)
        super().confirm(*args)  # type: ignore[arg-type]  # handed on as they are

    def mark(self, *args: object) -> None:
        burn(self)
        super().mark(*args)  # type: ignore[arg-type]

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


class RealDevice(SimulatedDevice):
    """A device of which the casebook is a file; to start again is to open it again."""

    def __init__(self, path: Path, name: str, member: str, now: Callable[[], int]) -> None:
        self._path = path
        super().__init__(name, member, now)

    @property
    def membership(self) -> Membership | None:
        return self.replica.membership

    def start_again(self) -> None:
        self._open()
        super().start_again()

    def begin_with(self, contents: Contents) -> None:
        with self._db.write() as connection:
            for each in contents.statements.values():
                keep(connection, opened(each.raw), Where(each.pushed))
            for n, cert, secret in contents.secrets:
                add_key(self._db, connection, SPACE, n, cert, secret)
        with self.shelf.transaction():
            self.shelf.keep_place(contents.place)
        self.start_again()

    def close(self) -> None:
        self._db.close()

    def fault(self) -> str:
        """Made again from the log, what is shown must be the same."""
        before = self._fingerprint()
        rebuild(self._db)
        return "" if self._fingerprint() == before else "what is shown is not what the log says"

    def _fingerprint(self) -> str:
        with self._db.read() as connection:
            return fingerprint(connection)

    def _made(self, own: Device, clock: Callable[[], int], space: str) -> FragileShelf:
        shutil.copy(_template(), self._path)
        self._clock = clock
        self._db = open_casebook(self._path, KEY, clock=clock)
        with self._db.write() as connection:
            seeds = {"seed": bytes(own.signer), "box_seed": bytes(own.box)}
            connection.execute(update(tables.device).values(id=own.id, member=own.member, **seeds))
            add_space(self._db, connection, space, SpaceKind.CIRCLE)
            connection.exec_driver_sql(
                "INSERT INTO peer (space, address, seen, state) VALUES (?, ?, 0, '')", (space, ADDRESS)
            )
        self._open()
        return self.shelf

    def _open(self) -> None:
        self._db.close()
        self._db = open_casebook(self._path, KEY, clock=self._clock)
        self.shelf = RealShelf(self._db, SPACE)  # type: ignore[assignment]  # it does all that is asked of the other


@cache
def _template() -> Path:
    """An empty casebook, to be copied: to make one takes a moment."""
    at = Path(mkdtemp()) / "empty.db"
    with seeded(Random(0)):
        create_casebook(at, KEY).close()
    return at


class RealHub:
    """A hub in this process; it is put back by putting back the file of its database."""

    judges = True
    patience = 70_000

    def __init__(self, world: "World", root: Path) -> None:
        self._world = world
        self._root = root
        self._begin()
        self._snapshots: list[Path] = []
        self._stores: dict[str, tuple[Replica, HubStore]] = {}
        self._chain: tuple[frozenset[bytes], Membership | None] = frozenset(), None

    def begin(self, envelopes: Sequence[bytes], devices: Sequence[SimulatedDevice]) -> None:
        self._store(devices[0]).push(envelopes)

    def at(self, device: SimulatedDevice) -> Store:
        if device.name not in self._stores or self._stores[device.name][0] is not device.replica:
            self._stores[device.name] = device.replica, self._store(device)
        return self._stores[device.name][1]

    def welcome(self, _device: str) -> list[Certificate]:
        return [certificate(each) for each in self.envelopes() if each.header.kind == "cert"]

    def put(self, raw: bytes, *, given_back: bool = False) -> Outcome | None:
        try:
            return self.at(self._world.adversary.identity).push([raw], given_back=given_back)[0]
        except (NotAllowed, Unreachable):
            return Outcome.DENIED

    def envelopes(self) -> list[Envelope]:
        c = hub_tables.envelope.c
        chosen = select(c.env).where(c.space == SPACE, c.env.is_not(None)).order_by(c.seq)
        with self.hub.db.engine.connect() as connection:
            return [opened(each) for each in connection.scalars(chosen)]

    def membership(self) -> Membership | None:
        found = {each.id: certificate(each) for each in self.envelopes() if each.header.kind == "cert"}
        if found.keys() != self._chain[0]:
            root = [each for each in found.values() if isinstance(each.action, Create)]
            self._chain = frozenset(found), Chain(root).grown(found.values())[0].membership
        return self._chain[1]

    def digest(self) -> Digest | None:
        return Digest().with_(each.id for each in self.envelopes())

    def fault(self) -> str:
        c = hub_tables.erased.c
        with self.hub.db.engine.connect() as connection:
            erased = set(connection.scalars(select(c.rec).where(c.space == SPACE)))
            held = connection.execute(select(hub_tables.space).where(hub_tables.space.c.id == SPACE)).first()
        if any(each.header.kind == "rev" and each.header.rec in erased for each in self.envelopes()):
            return "erased: the hub still has it"
        if held and (held.live_count, held.live_xor) != (self.digest().count, self.digest().xor):  # type: ignore[union-attr]
            return "convergence: the digest of the hub is not that of what it has"
        return ""

    def left_of(self, record: str) -> bool:
        return any(each.header.rec == record and each.header.kind == "rev" for each in self.envelopes())

    def moves(self) -> "list[Move]":
        return [("rollback", self._keep_snapshot, 3), ("rollback", self._roll_back, 1), ("kill", self._start_again, 2)]

    def tick(self) -> None:
        """Nothing is on its way."""

    def calm(self) -> None:
        """Nothing is on its way."""

    def close(self) -> None:
        """Let go of its files."""
        self.hub.db.close()

    def _begin(self) -> None:
        self.hub: Hub = begin_hub(Settings(data=self._root, limits=NO_LIMITS))
        self.hub.clock = lambda: self._world.now
        self._transport = InProcess(create_app(self.hub))
        self._stores = {}

    def _store(self, device: SimulatedDevice) -> HubStore:
        own, joining = device.shelf.device, device.replica.place().joining
        invite = Keys(joining).signer if joining else None
        clock = device.shelf.now
        return HubStore(ADDRESS, SPACE, own.id, own.signer, clock, invite=invite, transport=self._transport)

    def _keep_snapshot(self, _device: SimulatedDevice) -> None:
        self.close()
        self._snapshots.append(self._root / f"snapshot-{len(self._snapshots)}.db")
        shutil.copy(self._root / "hub.db", self._snapshots[-1])
        self._begin()

    def _roll_back(self, _device: SimulatedDevice) -> None:
        if self._snapshots:
            self.close()
            for each in self._root.glob("hub.db*"):
                each.unlink()
            shutil.copy(self._world.chance.choice(self._snapshots[-3:]), self._root / "hub.db")
            self._begin()
            self._world.say("the hub is put back")

    def _start_again(self, _device: SimulatedDevice) -> None:
        self.close()
        self._begin()
        self._world.say("the hub is started again")
