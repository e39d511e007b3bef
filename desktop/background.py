"""Work that is not done on the screen's thread."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

T = TypeVar("T")


class Background(QObject):
    """One lane of work: jobs run in the order they are given, never two at once."""

    failed = Signal(object)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lane = ThreadPoolExecutor(1, "casusboek")
        self._newest: dict[str, Future[object]] = {}
        self._closed = False
        self._arrived.connect(lambda deliver: deliver())

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        owner: QObject,
        *,
        key: str = "",
        failed: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Do *work* elsewhere, then call *then* here, unless *owner* is gone by then.

        Of the jobs with one *key* only the newest is done and delivered. What goes wrong goes to
        *failed*, else to the signal of that name. After `close` nothing more is taken.
        """
        if self._closed:
            return

        def deliver(done: Future[T]) -> None:
            if self._closed or done.cancelled() or not isValid(owner) or (key and self._newest.get(key) is not done):
                return
            if error := done.exception():
                if failed:
                    failed(error)
                else:
                    self.failed.emit(error)
            else:
                then(done.result())

        job = self._lane.submit(work)
        if key:
            if older := self._newest.get(key):
                older.cancel()
            self._newest[key] = job  # type: ignore[assignment]  # jobs of all sorts stand in one list
        job.add_done_callback(lambda done: self._announce(lambda: deliver(done)))

    def wait(self) -> None:
        """Let everything that was asked be finished."""
        self._lane.submit(lambda: None).result()

    def close(self) -> None:
        """Finish what was asked, deliver nothing more, and take no more."""
        self._closed = True
        self._lane.shutdown(wait=True)

    def _announce(self, deliver: Callable[[], None]) -> None:
        if isValid(self):
            self._arrived.emit(deliver)
