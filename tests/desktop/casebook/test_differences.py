"""What two people changed at the same time stands in the field: this, that or both, with the keys alone."""

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.condition import Condition
from casebook.fields import fields_by_name
from casebook.present import entry
from casebook.record import RecordId
from casebook.saving import Edit, save_edits
from desktop.casebook.difference import DifferenceStrip, both_of
from resources.language import _
from tests.desktop.casebook.screen import Screen, form_of, press, prose, texts, with_case


def typed_by_two(screen: Screen, record_id: str, **values: tuple[object, object]) -> None:
    """Two people change these fields of a record, each without having seen the other."""
    held = entry(screen.db, record_id)
    assert held is not None
    for at in (0, 1):
        fields = {name: each[at] for name, each in values.items()}
        save_edits(screen.db, [Edit(RecordId(record_id), held.record.kind, fields, held.heads)], "act")


def differing(screen: Screen, qtbot: QtBot, **values: tuple[object, object]) -> tuple[RecordId, DifferenceStrip]:
    """A case of which two people changed a field, on the screen."""
    case_id = with_case(screen, qtbot)
    typed_by_two(screen, case_id, **values)
    screen.view.refresh()
    qtbot.waitUntil(lambda: len(screen.view.core.findChildren(DifferenceStrip)) == 1)
    return case_id, screen.view.core.findChildren(DifferenceStrip)[0]


def settled(screen: Screen, qtbot: QtBot, case_id: RecordId) -> Case:
    """The case after it was left."""
    with qtbot.waitSignal(screen.view.saved):
        screen.view.leave()
    found = entry(screen.db, case_id)
    assert found is not None
    assert found.differences == ()
    qtbot.waitUntil(lambda: not screen.view.core.findChildren(DifferenceStrip))
    return screen.saved(case_id)


def test_both_texts_stand_above_the_field(screen: Screen, qtbot: QtBot) -> None:
    _case, strip = differing(screen, qtbot, title=("Moestuin", "Bloementuin"))
    said = [each.text() for each in strip.findChildren(QLabel)]
    assert said[0] == _("“{field}” was changed in two places at the same time.").format(field=_("Title"))
    assert said[1:3] == ["1. Bloementuin", "2. Moestuin"]


@pytest.mark.parametrize(
    ("button", "title"), [("Keep 1", "Bloementuin"), ("Keep 2", "Moestuin"), ("both", "Bloementuin / Moestuin")]
)
def test_the_chosen_one_is_saved_when_the_case_is_left(screen: Screen, qtbot: QtBot, button: str, title: str) -> None:
    case_id, strip = differing(screen, qtbot, title=("Moestuin", "Bloementuin"))
    press(strip, _("Keep both") if button == "both" else _("Keep {number}").format(number=button[-1]))
    assert screen.title().text() == title
    assert [each.text() for each in strip.findChildren(QLabel)][-1] == _(
        "You chose. It counts as soon as you leave this case; each text stays in the history, on the tab Course."
    )
    assert settled(screen, qtbot, case_id).title == title


def test_the_keys_alone_are_enough(screen: Screen, qtbot: QtBot) -> None:
    case_id, strip = differing(screen, qtbot, title=("Moestuin", "Bloementuin"))
    second = strip.findChildren(QPushButton)[1]
    assert second.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert second.accessibleDescription() == "Moestuin"
    qtbot.keyClick(second, Qt.Key.Key_Space)
    assert second.isChecked()
    assert settled(screen, qtbot, case_id).title == "Moestuin"


def test_tab_goes_from_the_field_above_through_the_choices_to_the_field_itself(screen: Screen, qtbot: QtBot) -> None:
    _case, strip = differing(screen, qtbot, request=("Een moestuin.", "Een bloementuin."))
    screen.title().setFocus()
    visited: list[QWidget | None] = []
    while len(visited) < 2:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    # As among radio buttons Tab comes to one of them, and the arrows go on from there.
    assert visited[0] in strip.findChildren(QPushButton)
    assert visited[1] is prose(screen.view.core, _("Request to the municipality"))


def test_sentences_of_a_long_text_that_overlap_can_both_be_kept(screen: Screen, qtbot: QtBot) -> None:
    case_id, strip = differing(screen, qtbot, summary=("Een tuin voor de buurt.", "Een tuin voor de school."))
    press(strip, _("Keep both"))
    text = settled(screen, qtbot, case_id).summary
    assert "voor de buurt" in text
    assert "voor de school" in text


def test_a_sentence_that_two_long_texts_share_is_kept_once(screen: Screen, qtbot: QtBot) -> None:
    typed = ("Er is grond. De buurt wil iets. Ook in mei.", "Er is grond. De school wil iets. Ook in mei.")
    case_id, strip = differing(screen, qtbot, summary=typed)
    press(strip, _("Keep both"))
    assert settled(screen, qtbot, case_id).summary == (
        "Er is grond. De school wil iets. De buurt wil iets. Ook in mei."
    )


@pytest.mark.parametrize(("button", "value"), [(1, "Bloementuin"), (2, "Moestuin")])
def test_the_history_says_which_one_was_chosen(screen: Screen, qtbot: QtBot, button: int, value: str) -> None:
    case_id, strip = differing(screen, qtbot, title=("Moestuin", "Bloementuin"))
    press(strip, _("Keep {number}").format(number=button))
    settled(screen, qtbot, case_id)
    qtbot.waitUntil(lambda: _("Chosen between versions") in texts(screen.course))
    chosen = value if button == 1 else f"Bloementuin → {value}"
    assert f"{_('Title')}: {chosen}" in texts(screen.course)


def test_a_day_has_no_both(screen: Screen, qtbot: QtBot) -> None:
    case_id, strip = differing(screen, qtbot, asked_on=("2026-11-02", "2026-11-03"))
    assert [each.text() for each in strip.findChildren(QPushButton)] == [
        _("Keep {number}").format(number=1),
        _("Keep {number}").format(number=2),
    ]
    press(strip, _("Keep {number}").format(number=2))
    assert settled(screen, qtbot, case_id).asked_on == date(2026, 11, 2)


def test_a_difference_in_a_folded_part_unfolds_it(screen: Screen, qtbot: QtBot) -> None:
    _case, strip = differing(screen, qtbot, goal=("Ontmoeten", "Spelen"))
    assert strip.isVisibleTo(screen.view.core)


def test_of_a_set_both_is_everything_in_either() -> None:
    areas = fields_by_name(Case)["areas"]
    assert both_of(areas, (["noord", "west"], ["oost", "west"])) == ["noord", "oost", "west"]


def test_a_condition_that_two_people_changed_shows_it_in_its_form(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[Condition(text="Er is een trekker.")])
    condition = screen.file().conditions[0]
    typed_by_two(screen, condition.id, due=("2027-01-01", "2027-02-01"))
    screen.view.refresh()
    qtbot.waitUntil(lambda: len(screen.direction.findChildren(DifferenceStrip)) == 1)
    strip = screen.direction.findChildren(DifferenceStrip)[0]
    assert strip.isVisibleTo(screen.direction)
    press(strip, _("Keep {number}").format(number=1))
    press(form_of(prose(screen.direction, _("Condition"))), _("Record this"))
    qtbot.waitUntil(lambda: screen.file().entries[0].differences == ())
    assert screen.file().conditions[0].due == date(2027, 2, 1)


@pytest.mark.parametrize("archived", [False, True])
def test_a_case_that_was_archived_under_ones_hands_is_back_and_can_go_after_all(
    screen: Screen, qtbot: QtBot, archived: bool
) -> None:
    case_id = with_case(screen, qtbot)
    held = entry(screen.db, case_id)
    assert held is not None
    for fields in ({"archived": True}, {"title": "Moestuin"}):
        save_edits(screen.db, [Edit(case_id, "case", fields, held.heads)], "act")
    screen.view.refresh()
    qtbot.waitUntil(screen.view.returned.isVisible)
    press(screen.view.returned, _("Archive it after all") if archived else _("Keep it in the casebook"))
    qtbot.waitUntil(screen.view.returned.isHidden)
    assert screen.saved(case_id).archived is archived


def test_above_the_case_stands_who_sees_it(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot)
    said = [each.text() for each in screen.view.findChildren(QLabel)]
    assert _("Who sees this? {who}").format(who=_("Only you")) in said


def test_above_the_case_stands_that_a_choice_is_needed_and_leads_to_it(screen: Screen, qtbot: QtBot) -> None:
    with_case(screen, qtbot, beside=[Condition(text="Er is een trekker.")])
    assert screen.view.choose.isHidden()
    typed_by_two(screen, screen.file().conditions[0].id, due=("2027-01-01", "2027-02-01"))
    screen.view.refresh()
    qtbot.waitUntil(screen.view.choose.isVisible)
    screen.view.activateWindow()
    screen.view.choose.click()
    assert screen.view.tabs.currentWidget() is screen.view.direction
    first = screen.view.direction.findChildren(DifferenceStrip)[0].findChildren(QPushButton)[0]
    qtbot.waitUntil(first.hasFocus)
