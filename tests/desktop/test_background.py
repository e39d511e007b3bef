"""Work goes in order, and nothing is delivered to what is gone."""

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.background import Background


def test_jobs_run_in_the_order_they_are_given(qtbot: QtBot) -> None:
    lane, owner, done = Background(), QObject(), list[int]()
    for n in range(20):
        lane.run(lambda n=n: n, done.append, owner)  # type: ignore[misc]  # a default that binds the loop's value
    qtbot.waitUntil(lambda: len(done) == 20)
    assert done == list(range(20))
    lane.close()


def test_answers_come_on_the_screens_thread(qtbot: QtBot) -> None:
    lane, owner, threads = Background(), QObject(), list[bool]()
    lane.run(lambda: None, lambda _none: threads.append(threading.current_thread() is threading.main_thread()), owner)
    qtbot.waitUntil(lambda: threads == [True])
    lane.close()


def test_of_the_jobs_with_one_key_only_the_newest_is_delivered(qtbot: QtBot) -> None:
    lane, owner, done = Background(), QObject(), list[int]()
    gate = threading.Event()
    lane.run(gate.wait, lambda _true: None, owner)
    for n in range(5):
        lane.run(lambda n=n: n, done.append, owner, key="search")  # type: ignore[misc]  # as above
    gate.set()
    lane.run(lambda: -1, done.append, owner)
    qtbot.waitUntil(lambda: -1 in done)
    assert done == [4, -1]
    lane.close()


def test_an_error_reaches_who_asked_else_everybody(qtbot: QtBot) -> None:
    lane, owner, told = Background(), QObject(), list[BaseException]()

    def fail() -> None:
        raise ValueError("no")

    lane.run(fail, lambda _none: None, owner, failed=told.append)
    qtbot.waitUntil(lambda: len(told) == 1)
    with qtbot.waitSignal(lane.failed):
        lane.run(fail, lambda _none: None, owner)
    lane.close()
