"""A wire between a client and a hub that can be cut."""

import contextlib
import socket
import threading
from collections.abc import Callable


class Wire:
    """Passes bytes from its own port to the port that `to` names, unless it is cut."""

    def __init__(self, to: Callable[[], int]) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """What the client thinks the hub is."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """From now on nothing comes through, also not of what is under way."""
        self.is_cut = True
        for each in list(self._open):
            _close(each)

    def mend(self) -> None:
        """It works again."""
        self.is_cut = False

    def _accept(self) -> None:
        while True:
            near, _address = self._listener.accept()
            if self.is_cut:
                _close(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._to()), timeout=5)
            except OSError:
                _close(near)
                continue
            self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        _close(one)
        _close(other)
        self._open -= {one, other}


def _close(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
    wire.close()
