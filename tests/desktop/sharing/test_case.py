"""A case goes to a circle as a copy, people differ about it, and it is erased everywhere."""

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QWidget

from casebook.case import Case
from casebook.condition import Condition
from casebook.database import Database
from casebook.drafts import kept
from casebook.present import entry, every
from casebook.record import made_here
from casebook.saving import Change, save
from desktop.casebook.difference import DifferenceStrip
from desktop.casebook.forms import Form
from desktop.go_to import _cases_with
from desktop.sharing.share_page import SharePage
from desktop.sharing.sure import Sure
from desktop.who_sees import who_wrote
from resources.language import _
from sync import circles
from sync.erasing import erase
from sync.syncing import exchange_all
from tests.desktop.sharing.test_screen import page, shows
from tests.desktop.sharing.using import Ank


def texts(under: QWidget) -> list[str]:
    return [each.text() for each in under.findChildren(QLabel)]


def opened(ank: Ank, title: str, space: str = "") -> Case:
    """A case of Ank, on the screen."""
    made_here(ank.db.device.id)
    case = Case(title=title, request="Een moestuin", initiator_name="Jan Jansen")
    save(ank.db, [Change(case, space=space), Change(Condition(case_id=case.id, text="Beheer"))], "New case")
    ank.screens.open_case(case.id)
    ank.waits_until(lambda: ank.screens.case.title.text() == title and ank.screens.case._file is not None)
    return case


def share_page(ank: Ank) -> SharePage:
    ank.window.actions_by_name["share_case"].trigger()
    ank.waits_until(ank.screens.share.isVisible)
    return ank.screens.share


def test_before_a_case_is_shared_one_sees_who_will_see_it_and_what_stays_behind(
    ank: Ank, bea: Database, shared: str
) -> None:
    opened(ank, "Moestuin")
    sharing = share_page(ank)
    assert sharing.who.text() == _("This will be seen by: {who}").format(who="Kring Spaarne, 2 leden")
    said = texts(sharing)
    assert said.index("Jan Jansen") > said.index(_("This stays behind"))
    assert "Beheer" in said
    ank.press(_("Copy into the circle"))
    ank.waits_until(lambda: len(every(ank.db, Case)) == 2)
    ank.exchange()
    exchange_all(bea)
    (copy,) = every(bea, Case)
    assert (copy.record.title, copy.record.initiator_name) == ("Moestuin", "")
    who = _("Who sees this? {who}").format(who="Kring Spaarne, 2 leden")
    ank.waits_until(lambda: ank.screens.case._who.text() == who and ank.screens.case.isVisible())
    assert ank.window.focusWidget() is ank.screens.list.table, "the keys go along"


def test_without_a_circle_the_next_step_is_to_begin_one(ank: Ank) -> None:
    opened(ank, "Moestuin")
    sharing = share_page(ank)
    assert not sharing.go.isVisible()
    ank.press(_("Begin a circle…"), sharing)
    ank.waits_until(ank.screens.sharing.begin.isVisible)


def test_a_case_that_stands_in_the_only_circle_there_is_says_so(ank: Ank, circle: str) -> None:
    opened(ank, "Moestuin", circle)
    stands = _("This case is in {circle} already. You are in no other circle into which you may bring a case.")
    assert share_page(ank).who.text() == stands.format(circle="Kring Spaarne")


def test_who_goes_back_from_sharing_a_case_that_was_new_finds_it_kept(ank: Ank, shared: str) -> None:
    made_here(ank.db.device.id)
    view = ank.screens.case
    ank.window.actions_by_name["new_case"].trigger()
    ank.waits_until(view.where_to.isVisible)
    ank.qtbot.keyClicks(view.core.first(), "Buurttuin")
    sharing = share_page(ank)
    ank.press(_("Cancel"), sharing)
    ank.waits_until(lambda: view.isVisible() and view.where_to.isHidden() and view.tabs.isTabEnabled(1))
    assert view.title.text() == "Buurttuin"
    assert view._who.text() == _("Who sees this? {who}").format(who=_("Only you"))


def test_a_copy_in_a_circle_is_told_from_ones_own_case_in_the_list_and_where_one_goes_to_anything(
    ank: Ank, shared: str
) -> None:
    opened(ank, "Moestuin")
    opened(ank, "Moestuin", shared)
    rows = ank.screens.list.rows
    told = {"Moestuin", "Moestuin · Kring Spaarne"}
    ank.waits_until(lambda: {rows.index(row, 0).data() for row in range(rows.rowCount())} == told)
    found, _unindexed = _cases_with(ank.db, "Moestuin")
    assert sorted(each.circle for each in found) == ["", "Kring Spaarne"]


def test_the_list_narrows_to_a_circle_by_its_name(ank: Ank, shared: str) -> None:
    opened(ank, "Van de kring", shared)
    chips = ank.screens.list
    ank.waits_until(lambda: any(each.name == "space" for each in chips._facets))
    (facet,) = [each for each in chips._facets if each.name == "space"]
    assert (shared, "Kring Spaarne  (1)") in facet.values


@pytest.fixture
def differing(ank: Ank, bea: Database, shared: str) -> Case:
    """A case of which Ank and Bea changed the title at the same time."""
    case = opened(ank, "Eerst", shared)
    exchange_all(ank.db)
    exchange_all(bea)
    for db, title in ((bea, "Van Bea"), (ank.db, "Van Ank")):
        made_here(db.device.id)
        held = entry(db, case.id)
        assert held
        save(db, [Change(Case(id=case.id, title=title, request="Een moestuin"), held)], "Edit")
    exchange_all(bea)
    ank.exchange()
    ank.waits_until(lambda: ank.running.status.differences == 1)
    return case


def test_a_difference_is_found_from_the_line_chosen_in_the_field_and_settled_for_both(
    ank: Ank, bea: Database, differing: Case
) -> None:
    shows(ank, circles.circles(ank.db)[1].space)
    ank.waits_until(lambda: page(ank).seen.line.name == "Kring Spaarne")
    ank.press(_("Look at the differences"))
    ank.waits_until(lambda: ank.screens.list.rows.rowCount() == 1)
    ank.screens.open_case(differing.id)
    ank.waits_until(lambda: len(ank.screens.case.core.findChildren(DifferenceStrip)) == 1)
    strip = ank.screens.case.core.findChildren(DifferenceStrip)[0]
    ank.press(_("Keep both"), strip)
    with ank.qtbot.waitSignal(ank.screens.case.saved):
        ank.screens.case.leave()
    ank.exchange()
    exchange_all(bea)
    for db in (ank.db, bea):
        held = entry(db, differing.id)
        assert held
        assert held.differences == ()
        assert set(held.record.title.split(" / ")) == {"Van Ank", "Van Bea"}
    ank.waits_until(lambda: ank.running.status.differences == 0)


def test_the_history_names_who_wrote_as_they_name_themselves(ank: Ank, bea: Database, differing: Case) -> None:
    def writers() -> list[str]:
        return [each.split(" · ")[-1] for each in texts(ank.screens.case.course) if " · " in each]

    ank.screens.open_case(differing.id)
    ank.screens.case.tabs.setCurrentWidget(ank.screens.case.course)
    ank.waits_until(lambda: len(writers()) == 4)
    assert sorted(writers()) == sorted(["Bea", _("You"), _("You"), _("You")])
    space = circles.circles(ank.db)[1].space
    circles.remove(ank.db, space, [bea.device.id])
    who = who_wrote(ank.db, space)
    assert [who(each) for each in (bea.device.id, ank.db.device.id, "?")] == ["Bea", _("You"), _("A colleague")]


def test_what_stands_in_ones_own_space_was_written_by_oneself_on_whichever_device(bea: Database) -> None:
    assert who_wrote(bea, bea.personal)("another device of mine") == who_wrote(bea, "")("one more") == _("You")


def test_erasing_asks_twice_and_then_erases_everywhere_and_tells_how_far_it_is(
    ank: Ank, bea: Database, shared: str
) -> None:
    case = opened(ank, "Weg ermee", shared)
    exchange_all(ank.db)
    exchange_all(bea)
    assert entry(bea, case.id)
    ank.window.actions_by_name["erase_case"].trigger()
    ank.waits_until(lambda: any(each.isVisible() for each in ank.window.findChildren(Sure)))
    dialog = next(each for each in ank.window.findChildren(Sure) if each.isVisible())
    assert next(each for each in dialog.findChildren(QPushButton) if each.isDefault()).text() == _("Leave it as it is")
    assert any("(2 onderdelen)" in each for each in texts(dialog)), "in the word in which it is told afterwards"
    assert not dialog.act.isEnabled()
    dialog.findChildren(QCheckBox)[0].setChecked(True)
    dialog.act.click()
    ank.waits_until(lambda: entry(ank.db, case.id) is None)
    ank.exchange()
    shows(ank, shared)
    ank.waits_until(lambda: [each.done for each in page(ank).seen.erased] == [1])
    assert any(each.startswith("2 onderdelen,") for each in texts(page(ank)))
    assert page(ank).seen.erased[0].devices == 2
    assert any("Bea" in each for each in texts(page(ank)) if each.startswith(_("Not yet: {devices}")[:8]))
    exchange_all(bea)
    assert entry(bea, case.id) is None
    ank.exchange()
    ank.waits_until(lambda: [each.done for each in page(ank).seen.erased] == [2])


@pytest.mark.parametrize("typed", ["", " van de buurt"])
def test_a_case_that_a_colleague_erases_goes_from_the_screen_also_from_under_what_is_typed(
    ank: Ank, bea: Database, shared: str, typed: str
) -> None:
    made_here(bea.device.id)
    case = Case(title="Weg ermee", request="Een moestuin")
    save(bea, [Change(case, space=shared)], "New case")
    exchange_all(bea)
    ank.exchange()
    ank.screens.open_case(case.id)
    view = ank.screens.case
    ank.waits_until(lambda: view.title.text() == "Weg ermee" and view._file is not None)
    if typed:
        ank.qtbot.keyClicks(view.core.first(), typed)
    erase(bea, case.id)
    exchange_all(bea)
    ank.exchange()
    ank.waits_until(lambda: view.case_id == "")
    assert not view.tabs.isVisible()
    assert [
        each for each in texts(view) + [line.text() for line in view.findChildren(QLineEdit)] if "Weg" in each
    ] == []
    said = _("The case that stood here was erased for good in the meantime, here too.")
    assert ank.window.messages.text == said + (f" {_('So is what you were typing in it.')}" if typed else "")
    view.leave()
    assert kept(ank.db) == []


def test_a_new_case_is_for_oneself_unless_a_circle_is_chosen_where_nothing_points_at_a_person(
    ank: Ank, bea: Database, shared: str
) -> None:
    made_here(ank.db.device.id)
    view = ank.screens.case
    ank.window.actions_by_name["new_case"].trigger()
    ank.waits_until(view.where_to.isVisible)
    assert view.where_to.space == ""
    assert view.where_to.currentText() == _("Who sees this? {who}").format(who=_("Only you"))
    assert any(shown(form) for form in view.core._forms)
    view.where_to.setCurrentIndex(1)
    assert not any(shown(form) for form in view.core._forms)
    first = view.core.first()
    ank.qtbot.keyClicks(first, "Meteen in de kring")
    with ank.qtbot.waitSignal(view.saved):
        view.leave()
    (found,) = every(ank.db, Case)
    assert found.space == shared
    ank.waits_until(lambda: view.where_to.isHidden() and "Kring Spaarne" in view._who.text())
    ank.window.actions_by_name["new_case"].trigger()
    ank.waits_until(view.where_to.isVisible)
    assert view.where_to.space == ""


def shown(form: Form) -> bool:
    name = form.editor("initiator_name")
    return name is not None and form._layout.isRowVisible(form._row_of(name))


@pytest.mark.parametrize("act", ["sync_now", "show_sharing"])
def test_what_is_being_typed_goes_along_with_who_synchronises_or_turns_to_another_screen(
    ank: Ank, bea: Database, shared: str, act: str
) -> None:
    opened(ank, "Moestuin", shared)
    ank.qtbot.keyClicks(ank.screens.case.core.first(), " aan zee")
    ank.window.actions_by_name[act].trigger()

    def arrived() -> bool:
        exchange_all(bea)
        return [each.record.title for each in every(bea, Case)] == ["Moestuin aan zee"]

    ank.waits_until(arrived)
