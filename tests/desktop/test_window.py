"""The window as somebody uses it: real widgets, a real casebook, keys and clicks."""

from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from casebook.case import Case, CaseStatus
from casebook.database import open_casebook
from casebook.drafts import Draft, keep, kept
from casebook.keys import SHORTEST, PassphraseTooShort, file_key
from casebook.present import entry
from casebook.record import new_id
from casebook.saving import Change, save
from desktop.screens import _pdf
from desktop.welcome import Unlock, Welcome
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import Opening, answer_with, database, lines, press, with_cases


def test_the_first_start_asks_two_things_and_begins(window: MainWindow) -> None:
    assert window.screens is not None
    assert lines(window) == []


def test_a_case_that_is_saved_appears_in_the_list_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin", "Speelstraat")
    qtbot.waitUntil(lambda: sorted(lines(window)) == ["Buurttuin", "Speelstraat"])


def test_searching_narrows_the_list(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Repair-café vraagt startsubsidie", "Speelstraat op woensdag")
    assert window.screens is not None
    window.navigation.setCurrentRow(1)
    qtbot.keyClicks(window.screens.list.search, "subsidie")
    qtbot.waitUntil(lambda: lines(window) == ["Repair-café vraagt startsubsidie"])
    qtbot.keyClick(window.screens.list.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(lines(window)) == 2)


def test_down_from_the_search_box_goes_into_the_list_and_tab_leaves_it(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin", "Speelstraat")
    assert window.screens is not None
    qtbot.waitUntil(lambda: len(lines(window)) == 2)
    window.navigation.setCurrentRow(1)
    found = window.screens.list
    found.search.setFocus()
    qtbot.keyClick(found.search, Qt.Key.Key_Down)
    assert found.table.hasFocus()
    assert found.table.currentIndex().isValid()
    qtbot.keyClick(found.table, Qt.Key.Key_Tab)
    assert not found.table.hasFocus()


def test_a_click_on_a_header_orders_the_list(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "b", "a", "c")
    assert window.screens is not None
    qtbot.waitUntil(lambda: len(lines(window)) == 3)
    window.screens.list.table.horizontalHeader().sectionClicked.emit(0)
    qtbot.waitUntil(lambda: lines(window) == ["a", "b", "c"])
    window.screens.list.table.horizontalHeader().sectionClicked.emit(0)
    qtbot.waitUntil(lambda: lines(window) == ["c", "b", "a"])


def test_undo_from_the_menu_takes_a_save_back(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin")
    qtbot.waitUntil(lambda: lines(window) == ["Buurttuin"])
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: lines(window) == [])
    qtbot.waitUntil(window.messages.isVisible)


def test_what_was_typed_before_a_crash_is_there_at_the_next_start(
    window: MainWindow, opening: Opening, qtbot: QtBot
) -> None:
    record = new_id()
    keep(database(window), Draft(record, "case", {"title": "Half getypt"}))
    again = opening()
    qtbot.waitUntil(lambda: again.screens is not None)
    qtbot.waitUntil(lambda: lines(again) == ["Half getypt"])


def test_without_a_keyring_a_passphrase_is_asked_and_a_wrong_one_is_told(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library leaves it untyped
    first = opening()
    qtbot.waitUntil(lambda: isinstance(first.pages.currentWidget(), Welcome))
    press(first, _("Start e&mpty"))
    page = first.pages.currentWidget()
    assert isinstance(page, Welcome)
    qtbot.waitUntil(page.passphrase.isVisible)
    page.passphrase.setText("vier woorden zijn lang")
    page.again.setFocus()
    press(first, _("Start e&mpty"))
    assert page.trouble.isVisible()
    assert first.focusWidget() is page.passphrase, "what is to be typed again can be typed at once"
    page.again.setText("vier woorden zijn lang")
    press(first, _("Start e&mpty"))
    qtbot.waitUntil(lambda: first.screens is not None)
    first.close()

    second = opening()
    qtbot.waitUntil(lambda: isinstance(second.pages.currentWidget(), Unlock))
    unlock = second.pages.currentWidget()
    assert isinstance(unlock, Unlock)
    unlock.passphrase.setText("iets anders")
    press(second, _("&Open"))
    qtbot.waitUntil(unlock.trouble.isVisible)
    unlock.passphrase.setText("vier woorden zijn lang")
    press(second, _("&Open"))
    qtbot.waitUntil(lambda: second.screens is not None)


@pytest.mark.parametrize("is_in_a_file", [False, True])
def test_a_passphrase_that_is_too_short_is_refused_by_the_rule_that_the_screen_gives_and_can_be_typed_again(
    opening: Opening, qtbot: QtBot, tmp_path: Path, *, is_in_a_file: bool
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library leaves it untyped
    (tmp_path / "pass").write_text("geheim", encoding="utf-8")
    window = opening(tmp_path / "pass" if is_in_a_file else None)
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Welcome))
    press(window, _("Start e&mpty"))
    page = window.pages.currentWidget()
    assert isinstance(page, Welcome)
    qtbot.waitUntil(page.passphrase.isVisible)
    if not is_in_a_file:
        assert str(SHORTEST) in page.trouble.text()
        page.passphrase.setText("geheim")
        page.again.setText("geheim")
        press(window, _("Start e&mpty"))
    qtbot.waitUntil(lambda: page.trouble.text() == PassphraseTooShort().sentence)
    assert window.focusWidget() is page.passphrase
    page.passphrase.setText("een vis, de kat")
    page.again.setText("een vis, de kat")
    press(window, _("Start e&mpty"))
    qtbot.waitUntil(lambda: window.screens is not None)


def test_a_passphrase_in_a_file_makes_and_opens_the_casebook_and_a_wrong_one_is_told_and_typed_over(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library leaves it untyped
    held = tmp_path / "pass"
    held.write_text("vier woorden zijn lang\n", encoding="utf-8")
    first = opening(held)
    qtbot.waitUntil(lambda: isinstance(first.pages.currentWidget(), Welcome))
    press(first, _("Start e&mpty"))
    qtbot.waitUntil(lambda: first.screens is not None)
    first.close()
    second = opening(held)
    qtbot.waitUntil(lambda: second.screens is not None)
    second.close()

    held.write_text("iets anders", encoding="utf-8")
    third = opening(held)
    qtbot.waitUntil(lambda: isinstance(third.pages.currentWidget(), Unlock))
    unlock = third.pages.currentWidget()
    assert isinstance(unlock, Unlock)
    qtbot.waitUntil(unlock.trouble.isVisible)
    unlock.passphrase.setText("vier woorden zijn lang")
    press(third, _("&Open"))
    qtbot.waitUntil(lambda: third.screens is not None)


def test_the_first_start_goes_on_by_enter_alone(opening: Opening, qtbot: QtBot) -> None:
    first = opening()
    qtbot.waitUntil(lambda: isinstance(first.pages.currentWidget(), Welcome))
    for typed in ("Anneke", "Meerwijk", ""):
        qtbot.waitUntil(lambda: first.focusWidget() is not None)
        at = first.focusWidget()
        qtbot.keyClicks(at, typed)
        qtbot.keyClick(at, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first.screens is not None)


def test_the_language_changes_without_a_restart(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin")
    window.actions_by_name["in_english"].trigger()
    qtbot.waitUntil(lambda: window.navigation.item(1).text() == "Casebook")
    qtbot.waitUntil(lambda: lines(window) == ["Buurttuin"])
    assert window.actions_by_name["new_case"].text() == "New case"


def test_the_menu_marks_the_language_and_the_colours_that_there_are(
    window: MainWindow, look: None, qtbot: QtBot
) -> None:
    def marked() -> set[str]:
        return {name for name, action in window.actions_by_name.items() if action.isChecked()}

    assert marked() == {"in_dutch", "look_system"}
    window.actions_by_name["look_dark"].trigger()
    assert marked() == {"in_dutch", "look_dark"}
    window.actions_by_name["in_english"].trigger()
    qtbot.waitUntil(lambda: marked() == {"in_english", "look_dark"})


def test_closing_the_window_lets_go_of_the_file(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin")
    window.close()
    path = tmp_path / "casebook.db"
    again = open_casebook(path, file_key(path, None))
    assert entry(again, "nothing") is None
    again.close()


def test_a_case_is_logged_with_the_keyboard_and_kept_without_a_save_button(window: MainWindow, qtbot: QtBot) -> None:
    assert window.screens is not None
    window.actions_by_name["new_case"].trigger()
    view = window.screens.case
    qtbot.waitUntil(lambda: view.tabs.count() > 0 and view.core.first().hasFocus())
    qtbot.keyClicks(view.core.first(), "Buurttuin")
    assert not view.is_left
    qtbot.waitUntil(lambda: [each.fields for each in kept(database(window))] == [{"title": "Buurttuin"}])
    window.navigation.setCurrentRow(0)
    qtbot.waitUntil(lambda: lines(window) == ["Buurttuin"])
    assert kept(database(window)) == []
    assert view.is_left, "who goes to another room has left the case"


def test_a_step_that_is_not_possible_yet_says_why_in_the_window(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin")
    assert window.screens is not None
    qtbot.waitUntil(lambda: lines(window) == ["Buurttuin"])
    window.navigation.setCurrentRow(1)
    window.screens.list.table.selectRow(0)
    text = _("→ {status}").format(status=CaseStatus.SUBMITTED.text)
    qtbot.waitUntil(lambda: any(each.text() == text and each.isVisible() for each in window.findChildren(QPushButton)))
    press(window, text)
    qtbot.waitUntil(window.messages.isVisible)
    assert _("Request to the municipality") in window.messages.text


def test_a_case_is_saved_as_pdf(window: MainWindow, tmp_path: Path) -> None:
    case = Case(title="Buurttuin")
    save(database(window), [Change(case)], "New case")
    _pdf(database(window), case.id, tmp_path / "case.pdf")
    assert (tmp_path / "case.pdf").read_bytes().startswith(b"%PDF")


def test_a_case_that_was_just_typed_is_saved_as_pdf_under_its_title(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named: list[str] = []

    def chosen(dialog: QFileDialog) -> bool:
        named.append(Path(dialog.selectedFiles()[0]).name)
        dialog.selectFile(str(tmp_path / named[0]))
        return True

    monkeypatch.setattr(QFileDialog, "exec", chosen)
    assert window.screens is not None
    window.actions_by_name["new_case"].trigger()
    view = window.screens.case
    qtbot.waitUntil(lambda: view.tabs.count() > 0)
    QTest.keyClicks(view.core.first(), "Pluktuin: hier?")
    window.actions_by_name["print_case"].trigger()
    qtbot.waitUntil((tmp_path / "Pluktuin hier.pdf").exists)
    assert named == ["Pluktuin hier.pdf"]


def test_a_change_that_is_taken_back_is_seen_in_the_case(window: MainWindow, qtbot: QtBot) -> None:
    case = Case(title="Buurttuin")
    save(database(window), [Change(case)], "New case")
    assert window.screens is not None
    view = window.screens.case
    window.screens.open_case(case.id)
    qtbot.waitUntil(lambda: view.title.text() == "Buurttuin")
    held = entry(database(window), case.id)
    save(database(window), [Change(Case(id=case.id, title="Moestuin"), held)], "Change a case")
    qtbot.waitUntil(lambda: view.title.text() == "Moestuin")
    window.screens.do("undo")
    qtbot.waitUntil(lambda: view.title.text() == "Buurttuin")


def test_sample_cases_come_marked_and_leave_with_one_click(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_by_name["add_samples"].trigger()
    qtbot.waitUntil(lambda: len(lines(window)) == 12)
    assert all(each.startswith("Voorbeeld: ") for each in lines(window))
    qtbot.waitUntil(lambda: any(each.text() == _("Remove sample cases") for each in window.findChildren(QPushButton)))
    press(window, _("Remove sample cases"))
    qtbot.waitUntil(lambda: lines(window) == [])


def test_the_whole_casebook_goes_out_and_comes_back_in(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "all.json"
    answer_with(monkeypatch, out)
    with_cases(window, "Buurttuin")
    window.actions_by_name["export_all"].trigger()
    qtbot.waitUntil(out.exists)
    with_cases(window, "Speelstraat")
    window.actions_by_name["import_all"].trigger()
    qtbot.waitUntil(window.messages.isVisible)
    qtbot.waitUntil(lambda: sorted(lines(window)) == ["Buurttuin", "Speelstraat"])


def test_the_window_opens_with_what_was_open(window: MainWindow, opening: Opening, qtbot: QtBot) -> None:
    with_cases(window, "Buurttuin", "Speelstraat")
    assert window.screens is not None
    qtbot.waitUntil(lambda: len(lines(window)) == 2)
    held = window.screens.list.rows.line(1)
    assert held is not None
    window.screens.open_case(held.id)
    window.screens.list.table.horizontalHeader().resizeSection(1, 77)
    qtbot.waitUntil(lambda: window.screens is not None and window.screens.case.title.text() == held.title)
    window.close()
    again = opening()
    qtbot.waitUntil(lambda: again.screens is not None and again.screens.case.title.text() == held.title)
    assert again.screens is not None
    qtbot.waitUntil(lambda: again.screens is not None and again.screens.list.table.currentIndex().isValid())
    assert again.screens.list.table.currentIndex().data() == held.title
    assert again.screens.list.table.columnWidth(1) == 77
    assert again.pages.currentWidget() is again.screens.list


def test_the_list_stays_where_it_is_while_it_is_renewed(window: MainWindow, qtbot: QtBot) -> None:
    with_cases(window, *(f"Speelstraat {n}" for n in range(180)))
    window.navigation.setCurrentRow(1)
    assert window.screens is not None
    table, rows = window.screens.list.table, window.screens.list.rows
    qtbot.waitUntil(lambda: rows.rowCount() == 180)
    table.scrollTo(rows.index(130, 0))
    qtbot.waitUntil(lambda: rows.index(130, 0).data() != "")
    title = rows.index(130, 0).data()
    table.selectRow(130)
    at = table.verticalScrollBar().value()
    with_cases(window, "Nog een")
    qtbot.waitUntil(lambda: rows.rowCount() == 181)
    assert table.currentIndex().data() == title
    assert abs(table.verticalScrollBar().value() - at) <= 1


def test_after_opening_the_keys_stand_on_the_first_thing_to_do_and_stay_there_when_start_is_shown_anew(
    window: MainWindow, qtbot: QtBot
) -> None:
    assert window.screens is not None

    def on() -> str:
        at = window.focusWidget()
        return at.text() if isinstance(at, QPushButton) else ""

    qtbot.waitUntil(lambda: on() == _("New case"))
    with_cases(window, "Buurttuin")
    qtbot.waitUntil(lambda: any("Buurttuin" in each.text() for each in window.findChildren(QPushButton)))
    assert on() == _("New case")
    window.actions_by_name["show_casebook"].trigger()
    assert window.focusWidget() is window.screens.list.search


def test_start_gives_way_where_room_is_short_and_a_title_that_is_cut_off_is_told_whole(
    window: MainWindow, qtbot: QtBot
) -> None:
    title = "Een heel lange titel & nog een stuk, " * 4
    with_cases(window, title)
    assert window.screens is not None
    start = window.screens.start

    def shown() -> QPushButton | None:
        return next((each for each in start.findChildren(QPushButton) if each.accessibleName() == title), None)

    qtbot.waitUntil(lambda: shown() is not None)
    for width, is_cut in ((683, True), (2400, False)):
        window.resize(width, 600)
        qtbot.waitUntil(lambda is_cut=is_cut: (at := shown()) is not None and at.text().endswith("…") is is_cut)  # type: ignore[misc]
        assert start.horizontalScrollBar().maximum() == 0
    found = shown()
    assert found
    assert found.text() == title.replace("&", "&&")


@pytest.mark.parametrize("before", ["navigation", "line"])
@pytest.mark.parametrize("room", ["start", "casebook", "lists", "sharing", "management"])
def test_a_shortcut_to_a_room_takes_the_keys_along_from_outside_it(
    window: MainWindow, qtbot: QtBot, room: str, before: str
) -> None:
    (window.navigation if before == "navigation" else window.status_line.line).setFocus()
    window.actions_by_name[f"show_{room}"].trigger()
    shown = window.pages.currentWidget()
    assert shown is not None
    qtbot.waitUntil(lambda: (at := window.focusWidget()) is not None and (at is shown or shown.isAncestorOf(at)))
