"""The lists of a casebook are changed while one types; nothing waits for a button."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from casebook.areas import Area
from casebook.database import Database, create_casebook
from casebook.drafts import kept, settle
from casebook.keys import new_file_key
from casebook.lists import ENTRY_ROUTES, FRAMEWORKS, POLICY_FIELDS, Dilemma, Framework, Listed, PolicyField
from casebook.present import every, the_list
from casebook.saving import Change, save
from desktop.background import Background
from desktop.lists_screen import ListsScreen
from desktop.messages import Messages
from resources.language import _
from tests.desktop.casebook.screen import named, prose

L = TypeVar("L", bound=Listed)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """An empty casebook."""
    db = create_casebook(tmp_path / "casebook.db", new_file_key(None))
    yield db
    db.close()


@pytest.fixture
def screen(db: Database, qtbot: QtBot) -> Iterator[ListsScreen]:
    """The lists of that casebook."""
    background, messages = Background(), Messages()
    qtbot.addWidget(messages)
    screen = ListsScreen(db, background, messages)
    screen.show()
    qtbot.waitUntil(lambda: screen.entries.count() > 0)
    yield screen
    delete(screen)
    background.close()


def of(screen: ListsScreen, kind: type[Listed], qtbot: QtBot) -> None:
    """Choose a list."""
    screen.which.setCurrentIndex(screen.which.findData(kind))
    qtbot.waitUntil(lambda: screen.form is None or isinstance(screen._shown, kind))


def shown(screen: ListsScreen) -> list[str]:
    return [screen.entries.item(row).text() for row in range(screen.entries.count())]


def own(db: Database, kind: type[L]) -> list[L]:
    return [each.record for each in every(db, kind)]


def test_each_list_begins_with_something_sensible(screen: ListsScreen, qtbot: QtBot) -> None:
    assert shown(screen) == [each.text for each in POLICY_FIELDS]
    assert len(ENTRY_ROUTES) >= 8
    of(screen, Framework, qtbot)
    assert shown(screen) == [each.text for each in FRAMEWORKS]


def test_a_new_name_is_a_draft_at_once_and_a_revision_when_another_entry_is_chosen(
    screen: ListsScreen, db: Database, qtbot: QtBot
) -> None:
    named(screen, _("Name"), QLineEdit).setText("Openbare orde")
    qtbot.waitUntil(lambda: len(kept(db)) == 1)
    assert own(db, PolicyField) == []
    screen.entries.setCurrentRow(1)
    qtbot.waitUntil(lambda: len(own(db, PolicyField)) == 1)
    assert own(db, PolicyField)[0].code == POLICY_FIELDS[0].code
    assert the_list(db, PolicyField).name(POLICY_FIELDS[0].code) == "Openbare orde"
    assert kept(db) == []


def test_what_was_typed_before_a_kill_is_there_at_the_next_start(
    screen: ListsScreen, db: Database, qtbot: QtBot
) -> None:
    named(screen, _("Name"), QLineEdit).setText("Openbare orde")
    qtbot.waitUntil(lambda: len(kept(db)) == 1)
    settle(db)
    assert the_list(db, PolicyField).name(POLICY_FIELDS[0].code) == "Openbare orde"


def test_an_entry_that_was_kept_and_is_typed_in_again_keeps_both(
    screen: ListsScreen, db: Database, qtbot: QtBot
) -> None:
    of(screen, Framework, qtbot)
    named(screen, _("Name"), QLineEdit).setText("Onze verordening")
    screen.leave()
    named(screen, _("Where to find it"), QLineEdit).setText("artikel 3")
    screen.leave()
    qtbot.waitUntil(lambda: [each.reference for each in own(db, Framework)] == ["artikel 3"])
    assert own(db, Framework)[0].name == "Onze verordening"
    assert every(db, Framework)[0].differences == ()


def test_a_framework_says_what_room_it_leaves(screen: ListsScreen, db: Database, qtbot: QtBot) -> None:
    of(screen, Framework, qtbot)
    kind = named(screen, _("Kind"), QComboBox)
    kind.setCurrentIndex(kind.findData("memorandum"))
    prose(screen, _("The room it leaves")).setPlainText("Het college mag afwijken.")
    screen.hide()
    qtbot.waitUntil(lambda: len(own(db, Framework)) == 1)
    assert own(db, Framework)[0].room == "Het college mag afwijken."


def test_an_entry_whose_name_is_emptied_keeps_the_one_it_had(screen: ListsScreen, db: Database, qtbot: QtBot) -> None:
    named(screen, _("Name"), QLineEdit).clear()
    screen.leave()
    screen.refresh()
    qtbot.wait(50)
    assert own(db, PolicyField) == []


def test_an_entry_is_added_and_its_name_waits_to_be_typed(screen: ListsScreen, db: Database, qtbot: QtBot) -> None:
    screen.add.click()
    qtbot.waitUntil(lambda: len(own(db, PolicyField)) == 1)
    screen.refresh()
    qtbot.waitUntil(lambda: shown(screen)[-1] == _("New entry"))
    line = named(screen, _("Name"), QLineEdit)
    assert line.selectedText() == _("New entry")
    assert screen.entries.currentRow() == screen.entries.count() - 1


def test_what_is_no_longer_in_use_says_so_and_is_not_offered(screen: ListsScreen, db: Database, qtbot: QtBot) -> None:
    save(db, [Change(PolicyField(code="physical", name="Ruimte", active=False))], "act")
    screen.refresh()
    qtbot.waitUntil(lambda: shown(screen)[0] == _("{name} (not in use)").format(name="Ruimte"))
    assert all(each.code != "physical" for each in the_list(db, PolicyField).in_use())


def test_an_area_knows_its_inhabitants_and_what_it_is_part_of(screen: ListsScreen, db: Database, qtbot: QtBot) -> None:
    save(db, [Change(Area(code="N", name="Noord")), Change(Area(code="N1", name="Meerzicht"))], "act")
    screen.which.setCurrentIndex(screen.which.findData(Area))
    qtbot.waitUntil(lambda: shown(screen) == ["Noord", "Meerzicht"])
    screen.entries.setCurrentRow(1)
    part_of = named(screen, _("Part of"), QComboBox)
    assert [part_of.itemText(row) for row in range(part_of.count())] == ["–", "Noord"]
    part_of.setCurrentIndex(1)
    named(screen, _("Inhabitants"), QLineEdit).setText("4.500")
    screen.leave()
    qtbot.waitUntil(lambda: [each.inhabitants for each in own(db, Area)] == [None, 4500])
    assert own(db, Area)[1].parent_code == "N"


def test_an_empty_list_says_what_to_do(screen: ListsScreen, qtbot: QtBot) -> None:
    screen.which.setCurrentIndex(screen.which.findData(Area))
    qtbot.waitUntil(lambda: screen.entries.count() == 0)
    assert screen.bring.isVisible()


def test_the_poles_of_our_own_dilemmas_are_read_in_dutch_and_kept_when_nothing_is_typed(
    screen: ListsScreen, db: Database, qtbot: QtBot
) -> None:
    of(screen, Dilemma, qtbot)
    assert named(screen, _("On the one hand"), QLineEdit).text() == "Ruimte voor maatwerk"
    named(screen, _("Question to think about"), QLineEdit).setText("Wat beschermt die regel?")
    screen.leave()
    qtbot.waitUntil(lambda: len(own(db, Dilemma)) == 1)
    assert own(db, Dilemma)[0].left == "Room for tailoring"
    assert own(db, Dilemma)[0].question == "Wat beschermt die regel?"
