"""The server around the application: where it listens, how long it waits for slow clients, how it stops."""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h11
import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess

from casebook.problem import Problem
from resources.language import _
from sync.hub.app import create_app
from sync.hub.logs import log_to_output
from sync.hub.serving import begin_hub
from sync.hub.settings import Settings

_SETTINGS = "CASUSBOEK_HUB"
"""Where a process finds the settings that its parent was started with."""

HEADER_SECONDS = 10.0
"""How long the head of a request may take to come in."""

_CONNECTIONS = 1_000
_GRACE = 30


class Impatient(H11Protocol):
    """A connection on which the head of a request has to come in within a set time, however it trickles."""

    seconds = HEADER_SECONDS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        super().connection_lost(exc)
        self._stop_waiting()

    def _expect(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self.seconds, self._give_up)

    def _give_up(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def configured(app: ASGIApp | Callable[[], ASGIApp] | str, workers: int = 1) -> uvicorn.Config:
    """How the server runs this application."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE,
    )


def listener_at(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any that is free. Raises a `Problem` when somebody else is there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only when the protocol is named are answers in two parts sent without a pause of 40 ms between them.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.set_inheritable(True)
    try:
        found.bind((host, port))
    except OSError as error:
        found.close()
        sentence = _("The hub cannot listen at {host}, port {port}: something else does, or it is not allowed.")
        raise Problem(sentence.format(host=host, port=port), details=str(error)) from error
    return found


def listen(settings: Settings, workers: int, told: Callable[[str], Any]) -> None:
    """Serve until somebody stops it, with the requests that run finished; *told* hears the address."""
    # Once before there are more processes: tables are made, and what was erased is forgotten again.
    hub = begin_hub(settings)
    hub.db.close()
    with listener_at(settings.host, settings.port) as listener:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        told(f"http://{host}:{listener.getsockname()[1]}")
        if workers == 1:
            log_to_output()
            uvicorn.Server(configured(create_app(begin_hub(settings)))).run(sockets=[listener])
            return
        os.environ[_SETTINGS] = msgspec.json.encode(settings, enc_hook=str).decode()
        config = configured("sync.hub.listening:from_environment", workers)
        Multiprocess(config, sockets=[listener]).run()


def from_environment() -> ASGIApp:
    """The application of one of several processes, set up as its parent was."""
    log_to_output()
    plain = os.environ[_SETTINGS]
    settings = msgspec.json.decode(plain, type=Settings, dec_hook=lambda kind, value: kind(value))
    return create_app(begin_hub(replace(settings, data=Path(settings.data))))
