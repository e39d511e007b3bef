"""The exchange runs beside the window, and the line below says how it stands."""

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.database import Database
from casebook.record import made_here
from casebook.saving import Change, save
from desktop.sharing import running
from resources.language import _
from sync.status import Sharing
from sync.syncing import exchange_all
from tests.desktop.sharing.using import Ank
from tests.desktop.using import lines


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
    ank.waits_until(lambda: sorted(lines(ank.window)) == ["Van Ank", "Van Bea"])
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
        ank.waits_until(lambda: lines(ank.window) == ["Van Bea"])
    finally:
        ank.window.actions_by_name["in_dutch"].trigger()


def test_closing_the_window_ends_the_exchange(ank: Ank, circle: str) -> None:
    ank.window.close()
    thread = ank.running._syncing and ank.running._syncing._thread
    assert thread
    assert not thread.is_alive()
