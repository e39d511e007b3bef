"""The files of a shared folder: four things to do with them, and the disk that does them without ever hanging."""

import errno
import os
import stat
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from threading import Thread
from typing import Any, Protocol, TypeVar
from weakref import finalize

T = TypeVar("T")

IS_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""The errors that say there is no room."""

MOST_NAMES = 250_000
"""Names in one folder that are looked at; ten times what a folder is meant for."""

_SECONDS = 10.0
_READ = os.O_RDONLY | sum(getattr(os, each, 0) for each in ("O_BINARY", "O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK"))


class Files(Protocol):
    """What a `FolderStore` does with files. A path is relative, its parts divided by slashes."""

    def names(self, folder: str) -> list[str]:
        """All names in a folder; none when it is not there. Raises `OSError` when that cannot be said now."""

    def read(self, path: str, most: int) -> bytes | None:
        """What is in a file; None when it is not (yet) a file of at most *most* bytes that can be read."""

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file, durably; raises `OSError` when that did not succeed."""

    def remove(self, path: str) -> None:
        """Take a file away; to take away what is not there is harmless. Raises `OSError`."""


class Disk:
    """A folder on a disk, on a share in the network, or one that another program keeps the same elsewhere.

    *device* marks what this device was writing, so that it clears away its own half-written files and no others.
    An operation that takes longer than *seconds* is given up.
    """

    def __init__(self, root: Path, inside: str, device: str, seconds: float = _SECONDS) -> None:
        self._root = root
        self._base = root / inside
        self._mark = blake2b(device.encode(), digest_size=4).hexdigest()
        self._seconds = seconds
        self._patient = Patient()

    def names(self, folder: str) -> list[str]:
        """See `Files`."""
        return self._patient.do(lambda: self._names(self._base / folder), self._seconds)

    def read(self, path: str, most: int) -> bytes | None:
        """See `Files`."""
        try:
            return self._patient.do(lambda: _contents(self._base / path, most), self._seconds)
        except TimeoutError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """See `Files`."""
        self._patient.do(lambda: self._write(self._base / path, content), self._seconds)

    def remove(self, path: str) -> None:
        """See `Files`."""
        self._patient.do(lambda: _long(self._base / path).unlink(missing_ok=True), self._seconds)

    def _names(self, folder: Path) -> list[str]:
        found = []
        try:
            with os.scandir(_long(folder)) as entries:
                for _number, each in zip(range(MOST_NAMES), entries, strict=False):
                    if each.name.startswith(f"{self._mark}-") and each.name.endswith(".tmp"):
                        with suppress(OSError):
                            Path(each.path).unlink()
                    else:
                        found.append(each.name)
        except (FileNotFoundError, NotADirectoryError):
            # A disk or a share that is not there now takes the folders above with it.
            if not self._root.parent.is_dir():
                raise
            return []
        return found

    def _write(self, path: Path, content: bytes) -> None:
        folder = _long(path.parent)
        _make(folder, _long(self._root))
        half = folder / f"{self._mark}-{token_hex(4)}.tmp"
        try:
            _write(half, content)
            try:
                half.replace(folder / path.name)
            except OSError:
                _write(folder / path.name, content)
        finally:
            with suppress(OSError):
                half.unlink()
        _sync_folder(folder)


class Patient:
    """Does work in a thread of its own, and leaves the thread behind when the work does not come to an end.

    Whatever hangs in the operating system cannot be stopped. After *most* of them everything is refused at once,
    until one comes back.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._left: list[Thread] = []
        self._lane: _Lane | None = None

    def do(self, work: Callable[[], T], seconds: float) -> T:
        """The result of *work*; raises what it raises, or `TimeoutError`."""
        if self._lane is None:
            self._left = [each for each in self._left if each.is_alive()]
            if len(self._left) >= self._most:
                raise OSError(errno.EIO, "the folder does not answer")
            self._lane = _Lane()
            finalize(self, self._lane.jobs.put, None)
        done = Future[T]()
        self._lane.jobs.put((done, work))
        try:
            return done.result(seconds)
        except TimeoutError:
            if not done.done():
                self._lane.jobs.put(None)
                self._left.append(self._lane.thread)
                self._lane = None
            raise


class _Lane:
    def __init__(self) -> None:
        self.jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self.thread = Thread(target=_work, args=(self.jobs,), name="shared folder", daemon=True)
        self.thread.start()


def _work(jobs: "SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None]") -> None:
    while job := jobs.get():
        done, work = job
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
            done.set_exception(error)
        del job, done, work


def _contents(path: Path, most: int) -> bytes | None:
    path = _long(path)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return None
        with os.fdopen(os.open(path, _READ), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return None
            content = file.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None


def _make(folder: Path, root: Path) -> None:
    """The folder and those above it, up to *root*, which must be there."""
    if folder.is_dir():
        return
    if folder == root:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(root))
    _make(folder.parent, root)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                path.unlink()
            raise


def _sync_folder(folder: Path) -> None:
    """Windows, and some shares, cannot; the name is then as durable as they make it."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _long(path: Path) -> Path:
    return Path(extended(str(path))) if os.name == "nt" else path


def extended(path: str) -> str:
    r"""The form in which Windows takes an absolute path of more than 260 characters."""
    if path.startswith("\\\\?\\"):
        return path
    return f"\\\\?\\UNC\\{path[2:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"
