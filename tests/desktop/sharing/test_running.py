"""The exchange runs beside the window, and the line below says how it stands."""

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.database import Database
from casebook.record import made_here
from casebook.saving import Change, save
from desktop.sharing import running
from desktop.sharing.exchange_part import ExchangePart
from resources.language import _
from sync import circles, engine, syncing
from sync.status import Sharing
from sync.syncing import AFTER_SAVE, exchange_all
from sync.troubles import EMPTIED
from tests.desktop.sharing.test_screen import page, shows
from tests.desktop.sharing.using import Ank
from tests.desktop.using import lines
from tests.sync.test_hub_client import Liar, says


def test_without_anything_connected_nothing_runs(ank: Ank) -> None:
    ank.running.start()
    ank.window.background.wait()
    ank.qtbot.wait(50)
    assert ank.running.statuses == {}
    assert ank.window.status_line.line.text().endswith(_("Only on this computer"))


def test_a_case_of_a_colleague_appears_in_the_list_by_itself_and_what_is_chosen_stays_chosen(
    ank: Ank, bea: Database, shared: str
) -> None:
    save(ank.db, [Change(Case(title="Van Ank"))], "New case")
    ank.waits_until(lambda: lines(ank.window) == ["Van Ank"])
    ank.screens.list.table.selectRow(0)
    made_here(bea.device.id)
    save(bea, [Change(Case(title="Van Bea"), space=shared)], "New case")
    exchange_all(bea)
    QTest.keyClick(ank.window, Qt.Key.Key_F5)
    ank.waits_until(lambda: sorted(lines(ank.window)) == ["Van Ank", "Van Bea · Kring Spaarne"])
    chosen = ank.screens.list.rows.line(ank.screens.list.table.currentIndex().row())
    assert chosen
    assert chosen.title == "Van Ank"


def test_what_is_saved_goes_out_by_itself(ank: Ank, bea: Database, shared: str) -> None:
    made_here(ank.db.device.id)
    save(ank.db, [Change(Case(title="Van Ank"), space=shared)], "New case")
    ank.waits_until(lambda: ank.running.status.waiting == 0 and _arrived(bea))


def _arrived(db: Database) -> bool:
    from casebook.case_query import Query
    from casebook.present import count

    exchange_all(db)
    return count(db, Query()) == 1


def test_a_folder_that_is_gone_asks_for_attention_in_the_line_and_in_no_dialog(
    ank: Ank, circle: str, store: str
) -> None:
    Path(store).rename(f"{store}-elsewhere")
    ank.running.wake()
    ank.waits_until(lambda: ank.running.status.state is Sharing.ATTENTION)
    line = ank.window.status_line
    assert line.line.text() == "⚠  " + _("Needs attention")
    assert line.why.toolTip() == ank.running.status.why
    assert line.why.text()
    Path(f"{store}-elsewhere").rename(store)
    ank.exchange()
    assert line.why.toolTip() == ""


def test_an_emptied_folder_stops_the_exchange_with_a_sentence_and_takes_nothing_away(
    ank: Ank, shared: str, store: str
) -> None:
    made_here(ank.db.device.id)
    save(ank.db, [Change(Case(title="Blijft hier"), space=shared)], "New case")
    ank.exchange()
    shutil.rmtree(Path(store) / "casebook-1")
    ank.running.wake()
    ank.waits_until(lambda: ank.running.status.state is Sharing.ATTENTION)
    assert ank.running.status.why == _(EMPTIED)
    shown = shows(ank, shared)
    ank.waits_until(lambda: any(each.text() == _(EMPTIED) and each.isVisible() for each in shown.findChildren(QLabel)))
    assert lines(ank.window) == ["Blijft hier · Kring Spaarne"]
    assert list(Path(store).iterdir()) == [], "nothing is filled in either: somebody is to say what happened"


def test_a_hub_that_is_busy_is_left_alone_as_long_as_it_asks_and_work_goes_on(ank: Ank, busy: Liar) -> None:
    made_here(ank.db.device.id)
    space = circles.begin(ank.db, "Kring aan de hub")
    circles.connect(ank.db, space, f"http://127.0.0.1:{busy.server_address[1]}")
    ank.running.start()
    ank.waits_until(lambda: ank.running.status.state is Sharing.OFFLINE)
    assert ank.window.status_line.line.text().endswith(_("Offline: just go on working"))
    assert ank.window.status_line.why.toolTip() == ""
    asked = busy.asked
    save(ank.db, [Change(Case(title="Intussen"), space=space)], "New case")
    ank.qtbot.wait(int(AFTER_SAVE * 1000) + 500)
    assert busy.asked == asked
    assert lines(ank.window) == ["Intussen · Kring aan de hub"]


@pytest.fixture
def busy() -> Iterator[Liar]:
    """A hub that has no time for a minute."""
    with Liar() as hub:
        says(hub, 429, "application/json", b'{"why": "busy"}', Retry_After="60")
        thread = threading.Thread(target=hub.serve_forever, args=(0.01,))
        thread.start()
        yield hub
        hub.shutdown()
        thread.join()


def test_who_stops_an_exchange_keeps_what_came_and_the_next_one_goes_on(
    ank: Ank, bea: Database, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "LONG", 0.0)
    monkeypatch.setattr(engine, "PAGE", 5)
    made_here(bea.device.id)
    save(bea, [Change(Case(title=f"Casus {n}"), space=shared) for n in range(40)], "New case")
    exchange_all(bea)
    shown = shows(ank, shared)
    stop = shown.findChildren(ExchangePart)[0].stop
    seen: list[bool] = []

    def press_once() -> None:
        if ank.running.status.state is Sharing.BUSY and not seen:
            seen.append(stop.isVisible())
            stop.click()

    ank.running.told.connect(press_once)
    ank.running.wake()
    ank.waits_until(lambda: seen)
    assert seen == [True]
    ank.exchange()
    ank.waits_until(lambda: len(lines(ank.window)) == 40)
    assert not page(ank).findChildren(ExchangePart)[0].stop.isVisible()


def test_a_computer_that_slept_exchanges_at_once(ank: Ank, circle: str, bea: Database, shared: str) -> None:
    made_here(bea.device.id)
    save(bea, [Change(Case(title="Van vannacht"), space=shared)], "New case")
    exchange_all(bea)
    ank.running.look_around()
    ank.qtbot.wait(300)
    assert lines(ank.window) == [], "awake there is no reason to look before the minute is over"
    ank.running._looked -= 3600
    ank.running.look_around()
    ank.waits_until(lambda: lines(ank.window) == ["Van vannacht · Kring Spaarne"])


@pytest.mark.parametrize(("reachability", "comes"), [("Online", True), ("Disconnected", False)])
def test_a_network_that_is_back_is_used_at_once(
    ank: Ank, bea: Database, shared: str, reachability: str, comes: bool
) -> None:
    made_here(bea.device.id)
    save(bea, [Change(Case(title="Intussen gemaakt"), space=shared)], "New case")
    exchange_all(bea)
    ank.running._network_changed(QNetworkInformation.Reachability[reachability])
    if comes:
        ank.waits_until(lambda: lines(ank.window) == ["Intussen gemaakt · Kring Spaarne"])
    else:
        ank.qtbot.wait(500)
        assert lines(ank.window) == []


def test_nobody_at_work_for_ten_minutes_makes_it_look_less_often(ank: Ank, circle: str, qtbot: QtBot) -> None:
    running_now = ank.running
    running_now.look_around()
    assert [running_now.is_idle] == [False]
    running_now._at_work = time.monotonic() - running.IDLE - 1
    running_now.look_around()
    idle: bool = running_now.is_idle
    assert idle
    assert running_now._syncing
    assert running_now._syncing.is_idle
    handle = ank.window.windowHandle()
    assert handle
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    assert [running_now.is_idle, running_now._syncing.is_idle] == [False, False]


def test_it_goes_on_when_the_language_changes(ank: Ank, bea: Database, shared: str) -> None:
    ank.window.actions_by_name["in_english"].trigger()
    ank.waits_until(lambda: ank.window.windowTitle() and ank.window.status_line.isVisible())
    try:
        made_here(bea.device.id)
        save(bea, [Change(Case(title="Van Bea"), space=shared)], "New case")
        exchange_all(bea)
        ank.exchange()
        ank.waits_until(lambda: lines(ank.window) == ["Van Bea · Kring Spaarne"])
    finally:
        ank.window.actions_by_name["in_dutch"].trigger()


def test_closing_the_window_ends_the_exchange(ank: Ank, circle: str) -> None:
    ank.window.close()
    thread = ank.running._syncing and ank.running._syncing._thread
    assert thread
    assert not thread.is_alive()


def test_an_address_that_was_never_reached_is_to_be_looked_at_once_more(ank: Ank) -> None:
    made_here(ank.db.device.id)
    space = circles.begin(ank.db, "Kring aan de hub")
    circles.connect(ank.db, space, "https://hub.invalid")
    ank.running.start()
    ank.waits_until(lambda: ank.running.status.state is Sharing.OFFLINE)
    shown = shows(ank, space)
    ank.waits_until(lambda: any(_("Move elsewhere…") in each.text() for each in shown.findChildren(QLabel)))


def test_what_was_connected_just_now_is_about_to_be_exchanged(ank: Ank) -> None:
    assert ank.running.status_of("new", "/a/folder").state is Sharing.BUSY
    assert ank.running.status_of("new", "").state is Sharing.OFF
