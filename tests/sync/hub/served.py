"""Hubs for the tests: in this process, on a real port of this process, or as a process of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from sqlalchemy import delete

from sync.hub import tables
from sync.hub.app import create_app
from sync.hub.codes import TICKET, new_code
from sync.hub.listening import configured, listener_at
from sync.hub.quota import Rates
from sync.hub.serving import Hub, begin_hub
from sync.hub.settings import Settings
from sync.hub_client import HubStore
from tests.sync.in_process import InProcess
from tests.sync.people import START, Person, Story

ROOT = Path(__file__).parents[3]
UNLIMITED = ["--requests-a-minute", "0", "--revisions-a-day", "1000000"]


@contextmanager
def hub_with(settings: Settings) -> Iterator[Hub]:
    """A hub whose clock stands still where the stories begin."""
    hub = begin_hub(settings)
    hub.clock = lambda: START
    try:
        yield hub
    finally:
        hub.db.close()


@contextmanager
def on_a_port(hub: Hub, certificate: Path | None = None) -> Iterator[str]:
    """The address of a hub that is served by a thread of this process; over HTTPS with a key and certificate."""
    with listener_at("127.0.0.1", 0) as listener:
        config = configured(create_app(hub))
        config.ssl_certfile = certificate
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            port = listener.getsockname()[1]
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(30)


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of a hub of today, served by a thread of this process."""
    hub = begin_hub(settings)
    try:
        with on_a_port(hub) as address:
            yield address
    finally:
        hub.db.close()


@contextmanager
def strict(folder: Path) -> Iterator[tuple[str, str]]:
    """The address of a hub at which nobody begins a space without a ticket, and one."""
    settings = Settings(data=folder, founding="nobody")
    hub = begin_hub(settings)
    ticket = hub.db.write(lambda connection: new_code(connection, TICKET, 0))
    hub.db.close()
    with serving(settings) as address:
        yield address, ticket


class HubProcess:
    """A hub in a process of its own. What it writes is read all the time: a full pipe would make it wait."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.process = process
        self.address = process.stdout.readline().decode().split(" ")[-1].rstrip(".\n")
        self._log: list[bytes] = []
        self._reader = threading.Thread(target=self._log.extend, args=(process.stdout,))
        self._reader.start()

    def stop(self) -> str:
        """Ask it to stop, wait until it did, and give its log."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)
        self._reader.join()
        return b"".join(self._log).decode()


@contextmanager
def as_process(arguments: Sequence[str]) -> Iterator[HubProcess]:
    """`dev hub` with these arguments; it is stopped at the end if it still runs."""
    command = [sys.executable, "-P", "-m", "sync.hub", "--port", "0", *UNLIMITED, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd="/", env=environment, stdout=subprocess.PIPE) as process:
        hub = HubProcess(process)
        try:
            yield hub
        finally:
            hub.stop()


def emptied(hub: Hub) -> Hub:
    """The same hub with nothing in it: quicker than a new one."""
    with hub.db.engine.begin() as connection:
        for table in tables.hub.sorted_tables:
            connection.execute(delete(table))
    hub.rates = Rates(hub.settings.limits.requests_a_minute)
    return hub


def store_at(hub: Hub, story: Story, person: Person | None = None) -> HubStore:
    """What a member sees of a hub in this process."""
    return store("http://127.0.0.1", story, person, InProcess(create_app(hub)))


def store(address: str, story: Story, person: Person | None = None, transport: InProcess | None = None) -> HubStore:
    """What a member (else the administrator) of a story sees of the hub at an address, with the clock of the story."""
    who = person or story.admin
    return HubStore(address, story.space, who.device, who.signer, lambda: START, transport=transport)
