"""Records of a case on the screen: added, changed and taken away; what is typed in their forms is kept at once."""

from datetime import date, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.condition import Condition, ConditionStatus
from casebook.dilemma import CaseDilemma, Position, Stance
from casebook.direction import Direction
from casebook.drafts import kept, settle
from casebook.fields import fields_by_name
from casebook.followup import FollowUp, FollowUpOutcome, FollowUpStatus
from casebook.lists import Dilemma
from casebook.present import every
from casebook.saving import Change, Edit, save, save_edits, undo
from desktop.casebook.cards import Card
from desktop.casebook.told import told
from desktop.day import shown_day
from desktop.picture_view import PictureView
from resources.language import _
from tests.desktop.casebook.screen import Screen, form_of, named, press, prose, texts, with_case


def test_what_is_typed_in_a_form_is_a_draft_within_a_second(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    prose(screen.direction, _("Condition")).setPlainText("Er is een trekker.")
    qtbot.waitUntil(lambda: len(kept(screen.db)) == 1, timeout=1000)
    assert kept(screen.db)[0].fields["text"] == "Er is een trekker."
    assert screen.file().conditions == ()


def test_a_draft_of_a_form_is_not_recorded_by_itself_when_the_program_starts_again(
    screen: Screen, qtbot: QtBot
) -> None:
    with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    prose(screen.direction, _("Condition")).setPlainText("Er is een trekker.")
    screen.view.leave()
    screen.background.wait()
    assert settle(screen.db) == 0
    assert len(kept(screen.db)) == 1
    assert screen.file().conditions == ()


def test_what_was_typed_stands_in_its_form_when_the_case_comes_back(screen: Screen, qtbot: QtBot) -> None:
    first = with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    prose(screen.direction, _("Condition")).setPlainText("Er is een trekker.")
    with_case(screen, qtbot, "Speelstraat")
    assert screen.direction.findChildren(QPlainTextEdit) == []
    screen.view.show_case(first)
    qtbot.waitUntil(lambda: screen.view.case_id == first)
    again = prose(screen.direction, _("Condition"))
    assert again.toPlainText() == "Er is een trekker."
    assert again.isVisibleTo(screen.direction)


def test_an_empty_form_stays_open_when_the_case_is_shown_anew(screen: Screen, qtbot: QtBot) -> None:
    case = with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    before = screen.direction.widget()
    save(screen.db, [Change(Case(id=case, title="Buurttuin oost"), screen.file().case)], "Change")
    screen.view.refresh()
    qtbot.waitUntil(lambda: screen.direction.widget() not in (before, None))
    assert prose(screen.direction, _("Condition")).isVisibleTo(screen.direction)


def test_tab_goes_from_a_button_into_the_form_under_it_and_on_to_the_next(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    opening = press(screen.direction, _("Give a direction"))
    after = next(each for each in screen.direction.findChildren(QPushButton) if each.text() == _("Add a condition"))
    inside = form_of(named(screen.direction, _("Direction"), QComboBox))
    seen: list[QWidget] = []
    at = opening.nextInFocusChain()
    while at is not None and at is not after:
        assert at is not opening
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisibleTo(screen.direction):
            seen.append(at)
        at = at.nextInFocusChain()
    assert len(seen) > 3
    assert all(inside.isAncestorOf(each) for each in seen)


def test_recording_makes_a_record_and_the_draft_is_gone(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    prose(screen.direction, _("Condition")).setPlainText("Er is een trekker.")
    screen.view.leave()
    press(form_of(prose(screen.direction, _("Condition"))), _("Record this"))
    qtbot.waitUntil(lambda: len(screen.file().conditions) == 1)
    assert kept(screen.db) == []
    qtbot.waitUntil(lambda: screen.direction.findChildren(QPlainTextEdit) == [])


def test_a_text_that_is_emptied_again_leaves_no_draft(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.direction, _("Add a condition"))
    text = prose(screen.direction, _("Condition"))
    text.setPlainText("Er is een trekker.")
    qtbot.waitUntil(lambda: len(kept(screen.db)) == 1)
    text.clear()
    qtbot.waitUntil(lambda: kept(screen.db) == [])


def test_a_guard_says_its_sentence_under_the_form_and_keeps_what_is_typed(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    adding = press(screen.weighing, _("Add a contribution"))
    text = prose(screen.weighing, _("What is possible?"))
    text.setPlainText("Er kan veel.")
    press(form_of(text), _("Record this"))
    assert _("Choose the policy field that speaks.") in texts(screen.weighing)
    assert text.toPlainText() == "Er kan veel."
    assert adding.isVisibleTo(screen.weighing)


def test_a_negative_direction_says_beforehand_that_its_main_reason_is_needed_and_on_refusal_the_keys_go_there(
    screen: Screen, qtbot: QtBot
) -> None:
    screen.view.resize(700, 500)
    with_case(screen, qtbot)
    press(screen.direction, _("Give a direction"))
    needed = _("{field} (needed)").format(field=_("Main reason"))
    assert needed not in texts(screen.direction)
    named(screen.direction, _("Direction"), QComboBox).setCurrentText(_("Negative"))
    assert needed in texts(screen.direction)
    prose(screen.direction, _("Reasons given")).setPlainText("Het past niet.")
    press(screen.direction, _("Record this"))
    reason = named(screen.direction, _("Main reason"), QComboBox)
    assert screen.view.window().focusWidget() is reason
    trouble = next(
        each for each in screen.direction.findChildren(QLabel) if each.text() == _("Choose the main reason.")
    )
    qtbot.waitUntil(lambda: not (reason.visibleRegion().isEmpty() or trouble.visibleRegion().isEmpty()))
    below = trouble.mapToGlobal(QPoint(0, 0)).y() - reason.mapToGlobal(QPoint(0, 0)).y()
    assert 0 < below < 4 * reason.height()
    named(screen.direction, _("Direction"), QComboBox).setCurrentText(_("Positive"))
    assert needed not in texts(screen.direction)


def test_removing_comes_with_a_way_back(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[Condition(text="Er is een trekker.")])
    press(screen.direction, _("Remove"))
    qtbot.waitUntil(lambda: screen.file().conditions == ())
    qtbot.waitUntil(lambda: screen.messages.text == _("Removed."))
    undo(screen.db)
    assert [each.text for each in screen.file().conditions] == ["Er is een trekker."]


def test_a_step_of_a_condition_gives_the_keys_back_to_its_card(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[Condition(text="Er is een trekker."), Condition(text="Er is geld.")])
    screen.view.tabs.setCurrentWidget(screen.direction)
    screen.view.activateWindow()
    step = _("→ {status}").format(status=ConditionStatus.MET.text)
    _first, second = (each for each in screen.direction.findChildren(QPushButton) if each.text() == step)
    second.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is second)
    before = screen.direction.widget()
    second.click()
    qtbot.waitUntil(lambda: screen.direction.widget() is not before)
    at = QApplication.focusWidget()
    card = at.parentWidget() if at else None
    assert isinstance(card, Card)
    assert card.about == screen.file().conditions[1].id


def test_a_dilemma_of_ones_own_joins_the_list_and_the_case(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.weighing, _("Add a dilemma of your own"))
    for name, text in (
        (_("Name"), "Snelheid of zorgvuldigheid"),
        (_("On the one hand"), "Vandaag antwoorden"),
        (_("On the other hand"), "Eerst uitzoeken"),
    ):
        named(screen.weighing, name, QLineEdit).setText(text)
    press(form_of(named(screen.weighing, _("Name"), QLineEdit)), _("Record this"))
    qtbot.waitUntil(lambda: len(screen.file().dilemmas) == 1)
    own = every(screen.db, Dilemma)[0].record
    assert (own.name, own.left) == ("Snelheid of zorgvuldigheid", "Vandaag antwoorden")
    assert screen.file().dilemmas[0].dilemma == own.code
    screen.view.refresh(frozenset({"dilemma"}))
    qtbot.waitUntil(lambda: any("Snelheid of zorgvuldigheid" in each for each in texts(screen.weighing)))
    press(screen.weighing, _("Add a dilemma"))
    choices = named(screen.weighing, _("Dilemma"), QComboBox)
    assert choices.findData(own.code) >= 0


def test_a_dilemma_without_poles_is_refused_in_words(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.weighing, _("Add a dilemma of your own"))
    line = named(screen.weighing, _("Name"), QLineEdit)
    line.setText("Snelheid")
    press(form_of(line), _("Record this"))
    sentence = _("A dilemma needs a name and two poles: what stands on the one hand, and what on the other?")
    assert sentence in texts(screen.weighing)
    assert every(screen.db, Dilemma) == []


def test_positions_are_drawn_with_the_same_in_words(screen: Screen, qtbot: QtBot) -> None:
    beside = [
        CaseDilemma(dilemma="RM"),
        Position(dilemma="RM", place=-2, reason="Het past."),
        Position(dilemma="RM", stance=Stance.DO_NOT_KNOW),
    ]
    with_case(screen, qtbot, beside=beside)
    picture = screen.weighing.findChildren(PictureView)[0].picture
    assert [row[1] for row in picture.rows] == [
        _("Mostly: {pole}").format(pole=_("Room for tailoring")),
        Stance.DO_NOT_KNOW.text,
    ]
    assert _("Room for tailoring") in picture.alternative_text


def test_a_place_between_the_poles_is_a_draft_too_and_is_recorded(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[CaseDilemma(dilemma="RM")])
    press(screen.weighing, _("Record where you stand"))
    slider = screen.weighing.findChildren(QSlider)[0]
    slider.setValue(2)
    qtbot.waitUntil(lambda: len(kept(screen.db)) == 1)
    assert kept(screen.db)[0].fields["place"] == 2
    reason = prose(screen.weighing, _("Why do you stand there?"))
    reason.setPlainText("De regel beschermt iedereen.")
    press(form_of(reason), _("Record this"))
    qtbot.waitUntil(lambda: len(screen.file().positions) == 1)
    assert screen.file().positions[0].place == 2
    assert screen.file().positions[0].dilemma == "RM"


def test_a_follow_up_is_planned(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.course, _("Plan a follow-up"))
    day = named(screen.course, _("Planned on"), QLineEdit)
    qtbot.keyClicks(day, "over 6 weken")
    press(form_of(day), _("Record this"))
    qtbot.waitUntil(lambda: len(screen.file().follow_ups) == 1)
    assert screen.file().follow_ups[0].planned_on == date.today() + timedelta(weeks=6)  # noqa: DTZ011


def test_a_follow_up_without_a_day_is_not_planned(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    press(screen.course, _("Plan a follow-up"))
    press(form_of(named(screen.course, _("Planned on"), QLineEdit)), _("Record this"))
    assert _("Choose the day on which you look again.") in texts(screen.course)
    assert screen.file().follow_ups == ()


def test_a_follow_up_is_done_with_what_was_found(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[FollowUp(planned_on=date(2026, 1, 5))])
    press(screen.course, _("→ Done"))
    found = named(screen.course, _("Outcome"), QComboBox)
    found.setCurrentIndex(found.findData(FollowUpOutcome.GROWN.value))
    press(form_of(found), _("Record this"))
    qtbot.waitUntil(lambda: screen.file().follow_ups[0].status is FollowUpStatus.DONE)
    assert screen.file().follow_ups[0].outcome is FollowUpOutcome.GROWN
    assert screen.file().follow_ups[0].done_on == date.today()  # noqa: DTZ011


def test_a_follow_up_is_moved_to_another_day(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[FollowUp(planned_on=date(2026, 1, 5))])
    press(screen.course, _("→ Another day"))
    lines = screen.course.findChildren(QLineEdit)
    day = next(each for each in lines if each.text() == shown_day(date(2026, 1, 5)))
    day.clear()
    qtbot.keyClicks(day, "1-2-2027")
    press(form_of(day), _("Record this"))
    qtbot.waitUntil(lambda: screen.file().follow_ups[0].status is FollowUpStatus.MOVED)
    assert screen.file().follow_ups[0].planned_on == date(2027, 2, 1)


def test_a_follow_up_is_skipped_with_a_way_back(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[FollowUp(planned_on=date(2026, 1, 5))])
    press(screen.course, _("→ Skip"))
    qtbot.waitUntil(lambda: screen.file().follow_ups[0].status is FollowUpStatus.SKIPPED)
    qtbot.waitUntil(lambda: screen.messages.text == _("The follow-up is skipped."))


def test_the_history_tells_what_became_of_a_condition_and_puts_it_back(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[Condition(text="Er is een trekker.")])
    entry = screen.file().entries[0]
    save(screen.db, [Change(entry.record.moved(ConditionStatus.MET), entry)], "act")
    screen.view.refresh()
    changed = f"{_('Status')}: {ConditionStatus.OPEN.text} → {ConditionStatus.MET.text}"
    qtbot.waitUntil(lambda: changed in texts(screen.course))
    assert f"{_('Condition')}: Er is een trekker." in texts(screen.course)
    press(screen.course, _("Put back"))
    qtbot.waitUntil(lambda: screen.file().conditions[0].status is ConditionStatus.OPEN)


def test_the_history_shows_what_changed_in_a_long_text(screen: Screen, qtbot: QtBot) -> None:
    case_id = with_case(screen, qtbot)
    long = "Ouders willen hun straat elke woensdagmiddag afsluiten. " * 5
    for summary in (long + "Tot zes uur.", long + "Tot negen uur."):
        save_edits(screen.db, [Edit(case_id, "case", {"summary": summary}, screen.file().case.heads)], "act")
    screen.view.refresh()
    changed = "elke woensdagmiddag afsluiten. Tot zes uur. → …elke woensdagmiddag afsluiten. Tot negen uur."
    qtbot.waitUntil(lambda: f"{_('Summary')}: …{changed}" in texts(screen.course))


def test_a_case_that_did_not_change_is_not_drawn_again(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    before = screen.direction.widget()
    save(screen.db, [Change(Case(title="Een andere"))], "New case")
    screen.view.refresh()
    screen.background.wait()
    qtbot.wait(50)
    assert screen.direction.widget() is before


def test_a_picture_shows_the_same_as_a_table(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[CaseDilemma(dilemma="RM"), Position(dilemma="RM", place=3, reason="Het past.")])
    press(screen.weighing, _("As a table"))
    table = screen.weighing.findChildren(QTableWidget)[0]
    cells = [table.item(0, column) for column in range(3)]
    assert [cell.text() for cell in cells if cell][1:] == [
        _("Wholly: {pole}").format(pole=_("Stay within the rules")),
        "Het past.",
    ]


def test_several_choices_are_told_in_words() -> None:
    info = fields_by_name(Direction)["reasons"]
    assert told(info, ["does_not_fit", "not_promising"], {}) == "Sluit niet aan bij de doelstellingen, Niet kansrijk"
    assert told(info, ["of_later"], {}) == "of_later"
