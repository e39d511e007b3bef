"""Typing and scrolling in the real window, in a process of its own: until lines stand, and how long it hung."""

# ruff: noqa: T201 - what is printed is the answer

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest

from tests.bench.bench_search import questions

if TYPE_CHECKING:
    from desktop.casebook.list_screen import ListScreen

_STEPS = 300
_KINDS = ("rare", "common", "prefix", "compound")


class Gaps:
    """How long the screen's thread did not come round, time after time, in milliseconds."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(interval=1)
        self._timer.timeout.connect(self._come_round)

    def begin(self) -> None:
        """From now on."""
        self.found.clear()
        self._last = perf_counter()
        self._timer.start()

    def end(self) -> list[float]:
        """The longest ones, the longest first."""
        self._timer.stop()
        return sorted(self.found, reverse=True)[:20]

    def _come_round(self) -> None:
        now = perf_counter()
        self.found.append((now - self._last) * 1000)
        self._last = now


def live(casebook: Path) -> None:
    """Open the window, wait until it is at rest, then type and scroll."""
    from desktop import app

    _running, window = app.start(casebook)
    QTimer.singleShot(0, window.open_casebook)
    _until(lambda: window.screens is not None)
    assert window.screens is not None
    window.screens.do("show_casebook")
    screen = window.screens.list
    _until(lambda: screen.rows.rowCount() > 0)
    QTest.qWait(int(2_000 * float(os.environ["REST"])))
    asked = questions(int(os.environ["EACH"]))
    gaps = Gaps()
    gaps.begin()
    typed = {kind: _typed(screen, asked[kind]) for kind in _KINDS}
    while_typing = gaps.end()
    screen.search.clear()
    QTest.qWait(500)
    gaps.begin()
    _scroll(screen)
    print(json.dumps({"typed": typed, "while_typing": while_typing, "while_scrolling": gaps.end()}), flush=True)
    os._exit(0)


def _typed(screen: "ListScreen", asked: list[str]) -> list[float]:
    """Milliseconds from each last key until the first lines that answer were painted."""
    took = []
    for each in asked:
        screen.search.setText(each[:-1])
        QTest.qWait(80)
        took.append(_until_filled(screen, partial(QTest.keyClicks, screen.search, each[-1:])))
    return took


def _until_filled(screen: "ListScreen", act: Callable[[], object]) -> float:
    stands: list[float] = []
    # Waiting asleep: a loop that asks again and again would take the processor from the work it waits for.
    waiting = QEventLoop()

    def filled() -> None:
        screen.table.viewport().repaint()
        stands.append(perf_counter())
        waiting.quit()

    screen.filled.connect(filled)
    started = perf_counter()
    act()
    waiting.exec()
    screen.filled.disconnect(filled)
    return (stands[0] - started) * 1000


def _scroll(screen: "ListScreen") -> None:
    """From the first line to the last, page by page and in leaps."""
    bar = screen.table.verticalScrollBar()
    for step in range(_STEPS):
        bar.setValue(bar.maximum() * step // _STEPS if step % 2 else bar.value() + bar.pageStep())
        QTest.qWait(10)


def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        QTest.qWait(20)


if __name__ == "__main__":
    live(Path(sys.argv[1]))
