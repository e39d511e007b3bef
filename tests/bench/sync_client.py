"""G2-G4, G13-G17: what sharing costs a device: fetching a whole space, erasing, comparing, and making a new key."""

import gc
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from time import perf_counter, process_time

import sqlcipher3.dbapi2 as sqlcipher
from nacl.public import PrivateKey
from nacl.signing import SigningKey
from nacl.utils import random

from casebook.database import Database, create_casebook
from casebook.envelope import RevisionId, Stamped, State, header_of, seal
from casebook.keys import Device, FileKey
from casebook.present import how_many_unindexed
from casebook.record import new_id, plain_values
from casebook.spaces import SpaceKind, add_space
from sync.casebook_shelf import CasebookShelf
from sync.certificates import Create, Role, certify, rotation
from sync.engine import exchange
from sync.entering import certificates_in
from sync.inviting import Keys, invite, welcome
from sync.membership import founded
from sync.memory import MemoryStore
from sync.replica import Replica
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.generator import cases

RECORDS, VERSIONS = 12_500, 8
_KEY = FileKey(b"k" * 32, b"s" * 16)
_START = 1_795_000_000_000


@dataclass
class World:
    """A space with records and their history in a store, made by one device."""

    store: MemoryStore
    space: str
    code: Keys
    bytes_of: list[int]
    over: list[int]
    """Per envelope, what it has above the compressed state."""


def world(records: int = RECORDS, versions: int = VERSIONS) -> World:
    """Records of some 150 Dutch words, each saved several times."""
    device = Device(new_id(), new_id(), SigningKey.generate(), PrivateKey.generate())
    space, secret = new_id(), random(32)
    public = bytes(device.signer.verify_key), bytes(device.box.public_key)
    root = certify(
        Create(device.member, device.id, *public, "circle"),
        n=1,
        before=None,
        space=space,
        device=device.id,
        wall=_START,
        signer=device.signer,
    )
    code = Keys(random(32))
    membership = founded(root)
    action = invite(code, membership, root.id, [(1, root.id, secret)], role=Role.ADMIN, uses=5, until=0)
    second = certify(action, n=2, before=root.id, space=space, device=device.id, wall=_START, signer=device.signer)
    store = MemoryStore(space, lambda: _START + 10**9)
    store.push([root.envelope.raw, second.envelope.raw])
    sizes, over = [], []
    for number, case in enumerate(cases(records)):
        record = new_id(device=device.id)
        fields = {name: value for name, value in plain_values(case).items() if value not in ("", None, [], False)}
        before: tuple[RevisionId, ...] = ()
        for version in range(versions):
            wall = _START + number * 100 + version
            stamped = {name: Stamped(value, wall, b"") for name, value in fields.items() if not isinstance(value, list)}
            stamped["goal"] = Stamped(f"{fields.get('goal', '')} {version}.", wall, b"")
            revision, raw = seal(
                State("case", stamped),
                record=record,
                space=space,
                parents=before,
                device=device.id,
                wall=wall,
                key=secret,
                key_number=1,
                signer=device.signer,
            )
            store.push([raw])
            before = (revision,)
            sizes.append(len(raw))
            over.append(len(raw) - len(zlib.compress(_plain(stamped))))
    return World(store, space, code, sizes, over)


def _plain(fields: dict[str, Stamped]) -> bytes:
    import msgspec

    return msgspec.json.encode(
        {"t": "case", "f": {name: [each.value, each.wall, "~"] for name, each in fields.items()}}
    )


def client() -> Iterator[Figure]:
    """A first exchange of 100,000 revisions by a real casebook, and what follows on it."""
    there = world()
    # All that lies in the store would be on another machine: it costs the device's collector of garbage nothing.
    gc.collect()
    gc.freeze()
    yield at_most("envelope-overhead-mean", mean(there.over), "B", 450)
    yield at_most("envelope-mean", mean(there.bytes_of) / 1000, "kB", 1.1)
    with _casebook() as db:
        replica = _joined(db, there)
        began, used = perf_counter(), process_time()
        steps = exchange(replica, there.store)
        usable = searched = 0.0
        for step in steps:
            if step.doing == "history":
                usable = usable or perf_counter() - began
                searched = searched or (0.0 if _waits(db) else perf_counter() - began)
        whole = perf_counter() - began
        yield at_most("first-usable-state", usable, "s", 6)
        yield Figure("all-found-by-their-words", searched, "s")
        yield at_most("first-exchange-whole", whole, "s", 60)
        yield at_most("ingest-cpu", process_time() - used, "s", 30)
        yield Figure("ingest-rate", RECORDS * VERSIONS / whole, "rev/s")
        yield at_most("digest-p50", _p50(replica.digest), "ms", 1)
        yield at_most("idle-round-p50", _p50(lambda: _run(replica, there.store)), "ms", 10)
        yield from _rolled_back(replica, there)
        yield from _erased(db, replica, there)


def _waits(db: Database) -> bool:
    """Whether there are cases that cannot be found by their words yet."""
    with db.read() as connection:
        return how_many_unindexed(connection) > 0


def _rolled_back(replica: Replica, there: World) -> Iterator[Figure]:
    """The store lost its newest hundredth: ids are exchanged, and what is missing is sent again."""
    older = MemoryStore(there.space, lambda: _START + 10**9)
    kept = len(there.store.log) * 99 // 100
    older.push([each.raw for each in there.store.log[:kept] if each])
    began = perf_counter()
    _run(replica, older)
    yield at_most("anti-entropy-after-roll-back", perf_counter() - began, "s", 10)
    yield at_most("anti-entropy-ids", 32 * older.digest.count / 1e6, "MB", 4)
    assert older.digest.count == there.store.digest.count
    _run(replica, there.store)


def _erased(db: Database, replica: Replica, there: World) -> Iterator[Figure]:
    """A colleague erased a record; this device hears of it."""
    header = next(header_of(each.raw) for each in reversed(there.store.log) if each and each.header.kind == "rev")
    with db.read() as connection:
        assert connection.exec_driver_sql("SELECT 1 FROM record WHERE id = ?", (header.rec,)).scalar()
    began = perf_counter()
    replica.erase([header.rec])
    yield at_most("erase-here-with-traces", perf_counter() - began, "s", 5)


def key() -> Iterator[Figure]:
    """A new key for 3,000 devices: the time of the client that makes it, and the size of the certificate."""
    readers: dict[str, bytes] = {new_id(): bytes(PrivateKey.generate().public_key) for _each in range(3_000)}
    signer = SigningKey.generate()
    began = perf_counter()
    made = certify(
        rotation(2, random(32), readers),
        n=2,
        before=RevisionId(bytes(32)),
        space="s",
        device="d",
        wall=1,
        signer=signer,
    )
    yield at_most("rotation-3000-devices", perf_counter() - began, "s", 1)
    yield at_most("rotation-3000-devices-size", len(made.envelope.raw) / 1000, "kB", 300)


def encryption() -> Iterator[Figure]:
    """SQLCipher beside the same library without a key: inserting in bulk, and reading all of it."""
    rows = [(n, random(900)) for n in range(40_000)]
    times: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        for name in ("plain", "cipher"):
            connection = sqlcipher.connect(f"{folder}/{name}.db", isolation_level=None)
            if name == "cipher":
                connection.execute(f'PRAGMA key="{_KEY.pragma}"')
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, body BLOB)")
            began = perf_counter()
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
            connection.execute("COMMIT")
            inserted = perf_counter() - began
            began = perf_counter()
            assert connection.execute("SELECT sum(length(body)) FROM t").fetchone()[0] == 900 * len(rows)
            times[name] = inserted, perf_counter() - began
            connection.close()
    yield at_least("sqlcipher-insert-to-plain", times["plain"][0] / times["cipher"][0], "x", 0.8)
    yield at_least("sqlcipher-scan-to-plain", times["plain"][1] / times["cipher"][1], "x", 0.6)


@contextmanager
def _casebook() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        db = create_casebook(Path(folder) / "casebook.db", _KEY)
        yield db
        db.close()


def _joined(db: Database, there: World) -> Replica:
    with db.write() as connection:
        add_space(db, connection, there.space, SpaceKind.CIRCLE)
        CasebookShelf(db, there.space).start_over(connection, "/nowhere")
    replica = Replica(CasebookShelf(db, there.space))
    found = welcome(there.code, certificates_in(there.store), db.device, db.clock())
    replica.join(found.certificates, found.add, found.invite, there.code)
    return replica


def _run(replica: Replica, store: MemoryStore) -> None:
    for _step in exchange(replica, store):
        pass


def _p50(work: Callable[[], object]) -> float:
    times = []
    for _each in range(30):
        began = perf_counter()
        work()
        times.append((perf_counter() - began) * 1000)
    return median(times)
