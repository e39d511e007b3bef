"""Long work is seen after half a second, in words, and stops when asked to."""

import gc
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from casebook.progress import Cancelled, Progress
from desktop.working import Working


@pytest.fixture
def working(qtbot: QtBot) -> Iterator[Working]:
    """The strip in a window of its own."""
    body = QWidget()
    qtbot.addWidget(body)
    working = Working(body)
    body.show()
    yield working
    working.close_lane()


def test_short_work_is_never_seen(working: Working, qtbot: QtBot) -> None:
    done = list[object]()
    working.run(lambda _progress: 3, done.append, working, says="Reading", failed=done.append)
    qtbot.waitUntil(lambda: done == [3])
    qtbot.wait(600)
    assert not working.isVisible()


def test_long_work_says_how_far_it_is_and_stops_when_asked(working: Working, qtbot: QtBot) -> None:
    heard = list[object]()

    def work(progress: Progress) -> None:
        while True:
            progress(430, 1_000)
            time.sleep(0.01)

    started = time.monotonic()
    working.run(work, heard.append, working, says="Reading", failed=heard.append)
    qtbot.waitUntil(working.isVisible)
    assert 0.4 < time.monotonic() - started < 2
    qtbot.waitUntil(lambda: "43 %" in working.said)
    working.cancel.click()
    qtbot.waitUntil(lambda: not working.is_busy)
    assert isinstance(heard[0], Cancelled)
    assert not working.isVisible()


def test_one_piece_of_work_at_a_time_and_nothing_for_who_is_gone(working: Working, qtbot: QtBot) -> None:
    owner, heard = QWidget(), list[object]()
    go_on = threading.Event()
    working.run(lambda _progress: go_on.wait(), heard.append, owner, says="Reading", failed=heard.append)
    working.run(lambda _progress: 2, heard.append, working, says="Reading", failed=heard.append)
    delete(owner)
    go_on.set()
    qtbot.waitUntil(lambda: not working.is_busy)
    assert heard == []


def test_work_that_was_done_before_it_could_stop_is_told_only_when_it_changed_something(
    working: Working, qtbot: QtBot
) -> None:
    for changes in (False, True):
        heard, go_on = list[object](), threading.Event()
        work = partial(_waiting, go_on)
        working.run(work, heard.append, working, says="Saving", failed=heard.append, changes=changes)
        working.stop()
        go_on.set()
        qtbot.waitUntil(lambda: not working.is_busy)
        assert [isinstance(each, Cancelled) for each in heard] == [not changes]


def test_garbage_is_not_looked_for_while_work_is_busy_and_is_again_afterwards(working: Working, qtbot: QtBot) -> None:
    heard, go_on = list[object](), threading.Event()
    working.run(partial(_waiting, go_on), heard.append, working, says="Saving", failed=heard.append)
    assert not gc.isenabled()
    go_on.set()
    qtbot.waitUntil(lambda: not working.is_busy)
    assert gc.isenabled()


def _waiting(go_on: threading.Event, _progress: Progress) -> bool:
    return go_on.wait()
