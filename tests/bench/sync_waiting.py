"""G9 and G11: how soon a colleague reads what was saved, by a hub on this machine; and what an idle program costs."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles

import httpx2
import psutil

from casebook.case import Case
from casebook.database import Database, create_casebook
from casebook.keys import FileKey
from casebook.present import entry
from casebook.saving import Change, save
from sync.circles import begin, connect, invite_code, join, replica_of
from sync.engine import exchange
from sync.replica import Replica
from sync.store import Store
from sync.stores import stored_in
from sync.syncing import Syncing, exchange_all
from tests.bench.figure import Figure, at_most

_TIMES = 60
_IDLE = 65.0
"""Seconds: one look at the store is in it."""


def waiting() -> Iterator[Figure]:
    """Two casebooks and a hub in a process of its own; then one of them left alone."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, ExitStack() as stack:
        address = stack.enter_context(_hub(Path(folder)))
        ank, bea = (create_casebook(Path(folder) / f"{each}.db", _key(each)) for each in "ab")
        space = _circle(ank, bea, address)
        here, there = _side(ank, space, address), _side(bea, space, address)
        times = []
        for number in range(_TIMES):
            case = Case(id=ank.new_id(), title=f"Bloembakken {number}")
            save(ank, [Change(case, space=space)], "New")
            began = time.perf_counter()
            _run(*here)
            _run(*there)
            times.append((time.perf_counter() - began) * 1000)
            assert entry(bea, case.id)
        yield at_most("save-here-read-there-p50", median(times), "ms", 50)
        yield at_most("save-here-read-there-p99", quantiles(times, n=100)[-1], "ms", 250)
        yield from _idle(bea, Path(folder) / "b.db")
        for db in (ank, bea):
            db.close()


def _key(letter: str) -> FileKey:
    return FileKey(letter.encode() * 32, b"s" * 16)


@contextmanager
def _hub(folder: Path) -> Iterator[str]:
    """The address of a hub in a process of its own, which logs to a file: a pipe that nobody reads would stop it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "sync.hub", "--port", str(port), "--data", str(folder / "hub")]
    # Nobody at work asks as often as a measurement does.
    command += ["--requests-a-minute", "0"]
    with (folder / "hub.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            for _try in range(300):
                with suppress(httpx2.HTTPError):
                    if httpx2.get(f"{address}/ready").status_code == 200:
                        break
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def _circle(ank: Database, bea: Database, address: str) -> str:
    space = begin(ank, "Kring")
    connect(ank, space, address)
    exchange_all(ank)
    invitation = invite_code(ank, space)
    exchange_all(ank)
    join(bea, invitation.address, invitation.code)
    for db in (bea, ank, bea):
        exchange_all(db)
    return space


def _side(db: Database, space: str, address: str) -> tuple[Replica, Store]:
    replica = replica_of(db, space)
    return replica, stored_in(db, replica, address, connected=True)


def _run(replica: Replica, store: Store) -> None:
    for _step in exchange(replica, store):
        pass


def _idle(db: Database, file: Path) -> Iterator[Figure]:
    """The exchange beside a program in which nothing happens."""
    syncing = Syncing(db)
    syncing.start()
    time.sleep(5)
    process = psutil.Process()
    used, before = process.cpu_times(), _written(file)
    time.sleep(_IDLE)
    after = process.cpu_times()
    syncing.stop()
    cpu = after.user + after.system - used.user - used.system
    yield at_most("idle-cpu", 100 * cpu / _IDLE, "%", 0.5)
    yield at_most("idle-writes", float(_written(file) != before), "changes", 0)


def _written(file: Path) -> list[tuple[str, int, int]]:
    """Every file of the casebook, with its size and when it was last written."""
    return sorted(
        (each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in file.parent.glob(f"{file.name}*")
    )
