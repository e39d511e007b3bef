"""One case on the screen: real widgets on a real casebook; nothing that is typed is lost."""

import time

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from casebook.case import CaseStatus
from casebook.condition import Condition
from casebook.dilemma import Argument, CaseDilemma
from casebook.drafts import kept
from casebook.present import case_file, entry
from casebook.record import Record
from casebook.saving import Edit, save_edits
from desktop.casebook.forms import SentenceCount
from resources.language import _
from tests.desktop.casebook.screen import Screen, form_of, named, press, prose, with_case


def test_a_case_is_shown_under_its_title(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, "Speelstraat")
    assert screen.view.title.text() == "Speelstraat"
    assert screen.view.is_left


def test_what_is_typed_is_a_draft_within_a_second(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    qtbot.waitUntil(lambda: len(kept(screen.db)) == 1, timeout=1000)
    assert kept(screen.db)[0].fields == {"title": "Moestuin"}
    assert screen.saved(case_id).title == "Buurttuin"


def test_leaving_makes_it_a_revision_and_the_draft_is_gone(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
    assert screen.saved(case_id).title == "Moestuin"
    assert kept(screen.db) == []
    assert screen.view.is_left


def test_another_tab_is_leaving(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    with qtbot.waitSignal(screen.view.saved):
        screen.view.tabs.setCurrentIndex(1)
    assert screen.saved(case_id).title == "Moestuin"


def test_another_program_is_leaving(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    with qtbot.waitSignal(screen.view.saved):
        QApplication.sendEvent(screen.view, QEvent(QEvent.Type.WindowDeactivate))
    assert screen.saved(case_id).title == "Moestuin"


def test_another_case_is_leaving(screen: Screen, qtbot: QtBot) -> None:
    first = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    with_case(screen, qtbot, "Speelstraat")
    assert screen.saved(first).title == "Moestuin"


@pytest.mark.parametrize("kinds", [frozenset[str](), frozenset({"area"})])
def test_a_case_that_was_chosen_comes_also_when_something_else_changes_at_that_moment(
    screen: Screen, qtbot: QtBot, kinds: frozenset[str]
) -> None:
    first = with_case(screen, qtbot)
    second = with_case(screen, qtbot, "Speelstraat")
    screen.view.show_case(first)
    screen.view.refresh(kinds)
    screen.background.wait()
    qtbot.wait(50)
    screen.background.wait()
    qtbot.waitUntil(lambda: screen.view.case_id == first)
    screen.view.show_case(second)
    screen.view.show_case(first)
    screen.background.wait()
    qtbot.wait(50)
    assert screen.view.case_id == first, "who thinks better of it stays where it was"


def test_what_is_typed_while_saving_is_saved_next(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.title().setText("Moestuin")
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
        screen.title().setText("Moestuin van de straat")
    assert not screen.view.is_left
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
    assert screen.saved(case_id).title == "Moestuin van de straat"
    found = entry(screen.db, case_id)
    assert found is not None
    assert found.differences == ()


def test_a_new_case_is_kept_when_something_is_typed(screen: Screen, qtbot: QtBot) -> None:
    screen.view.new_case()
    screen.title().setText("Repair-café")
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
    assert screen.saved(screen.view.case_id).title == "Repair-café"


def test_a_step_that_needs_more_first_says_so_in_the_window(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    steps = [each for each in screen.view.findChildren(QPushButton) if CaseStatus.SUBMITTED.text in each.text()]
    steps[0].click()
    qtbot.waitUntil(lambda: screen.messages.text != "")
    assert screen.saved(case_id).status is CaseStatus.DRAFT


def test_every_editor_has_a_name_for_a_screen_reader(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    lines = [each for each in screen.view.core.findChildren(QLineEdit) if each.objectName() != "qt_spinbox_lineedit"]
    assert all(each.accessibleName() for each in lines)


def test_an_archived_case_leaves_the_casebook_and_can_come_back(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    screen.view.archive()
    qtbot.waitUntil(lambda: screen.view.case_id == "")
    assert screen.saved(case_id).archived
    file = case_file(screen.db, case_id)
    assert file is not None


def test_an_unrecorded_text_stays_in_its_form_when_the_case_comes_again(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    before = screen.direction.widget()
    press(screen.direction, _("Give a direction"))
    motivation = prose(screen.direction, _("Reasons given"))
    motivation.setPlainText("Het plein wordt er beter van.")
    screen.title().setText("Moestuin")
    screen.view.leave()
    qtbot.waitUntil(lambda: screen.direction.widget() is not before)
    assert prose(screen.direction, _("Reasons given")).toPlainText() == "Het plein wordt er beter van."
    assert screen.saved(case_id).title == "Moestuin"


def test_another_case_is_on_the_screen_well_within_a_blink(screen: Screen, qtbot: QtBot) -> None:
    beside: list[Record] = [Condition(text=f"Voorwaarde {number}") for number in range(20)]
    for code in ("RM", "RG", "DM", "ZR"):
        beside += [CaseDilemma(dilemma=code), *(Argument(dilemma=code, text="Daarom.") for _each in range(5))]
    with_case(screen, qtbot, beside=beside)
    file = screen.file()
    started = time.perf_counter()
    screen.view._show(file, ())
    assert time.perf_counter() - started < 0.1


def test_a_save_leaves_the_cursor_and_the_undo_of_a_text_where_they_were(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    text = prose(screen.view.core, _("Summary"))
    qtbot.keyClicks(text, "Een tuin")
    text.moveCursor(QTextCursor.MoveOperation.PreviousWord)
    at = text.textCursor().position()
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
    qtbot.waitUntil(lambda: screen.view._shown is not None and screen.view._shown.case.record.summary == "Een tuin")
    assert text.textCursor().position() == at
    text.undo()
    assert text.toPlainText() == "Een "
    assert screen.saved(case_id).summary == "Een tuin"


def test_another_case_brings_nothing_of_the_one_before_it_back(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    text = prose(screen.view.core, _("Summary"))
    qtbot.keyClicks(text, "geheim")
    text.undo()
    with_case(screen, qtbot, "Speelstraat")
    assert text.toPlainText() == ""
    assert not text.document().isRedoAvailable()


def test_a_step_says_what_the_case_is_now_with_a_way_back(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    press(screen.view, _("→ {status}").format(status=CaseStatus.WITHDRAWN.text))
    qtbot.waitUntil(lambda: screen.saved(case_id).status is CaseStatus.WITHDRAWN)
    told = _("The case is now: {status}.").format(status=CaseStatus.WITHDRAWN.text)
    qtbot.waitUntil(lambda: screen.messages.text == told)
    press(screen.messages, _("Undo"))
    qtbot.waitUntil(lambda: screen.saved(case_id).status is CaseStatus.DRAFT)


def test_a_new_case_can_be_weighed_as_soon_as_something_is_typed(screen: Screen, qtbot: QtBot) -> None:
    screen.view.new_case()
    assert not screen.view.tabs.isTabEnabled(1)
    qtbot.keyClicks(screen.title(), "Geveltuin")
    assert screen.view.tabs.isTabEnabled(1)
    screen.view.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(screen.view.weighing.findChildren(QPushButton)) > 0)
    assert screen.saved(screen.view.case_id).title == "Geveltuin"


def test_no_field_is_cut_off_after_a_text_grew_and_shrank(screen: Screen, qtbot: QtBot) -> None:
    screen.view.resize(600, 600)
    with_case(screen, qtbot)
    summary = prose(screen.view.core, _("Summary"))
    part = form_of(summary)
    last = named(part, _("Policy fields"), QListWidget)

    def is_whole() -> bool:
        return 0 < last.geometry().bottom() + 1 <= part.height() and last.height() == last.maximumHeight()

    qtbot.waitUntil(is_whole)
    for text in ("Zes gezinnen willen samen tuinieren. " * 30, "Zes gezinnen."):
        height = summary.height()
        summary.setPlainText(text)
        assert summary.height() != height
        qtbot.wait(50)
        qtbot.waitUntil(is_whole)


def test_a_summary_tells_how_many_sentences_it_has(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    summary = prose(screen.view.core, _("Summary"))
    told = form_of(summary).findChildren(SentenceCount)[0]
    assert told.isHidden()
    summary.setPlainText("Zes gezinnen. Ze tuinieren samen!\n\n- De school doet mee")
    assert told.text() == _("{n} of at most {most} sentences").format(n=3, most=5)
    summary.setPlainText("Een. Twee. Drie. Vier. Vijf. Zes.")
    assert told.text() == _("⚠ {n} sentences; at most {most} read best").format(n=6, most=5)


def test_another_case_begins_at_its_top_and_the_same_one_stays_where_one_reads(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    bar = screen.view.core.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 200)
    bar.setValue(200)
    file = screen.file().case
    save_edits(screen.db, [Edit(file.record.id, "case", {"title": "Bloementuin"}, file.heads)], "act")
    screen.view.refresh()
    qtbot.waitUntil(lambda: screen.view.title.text() == "Bloementuin")
    assert bar.value() == 200
    with_case(screen, qtbot, "Moestuin")
    assert bar.value() == 0
