"""What a member may not change is text on the screen, with one sentence why; and the screen follows the role."""

from dataclasses import dataclass
from datetime import date

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from casebook.case import Case
from casebook.condition import Condition
from casebook.contribution import Contribution
from casebook.database import Database
from casebook.dilemma import Argument, CaseDilemma
from casebook.direction import Direction, DirectionValue
from casebook.followup import FollowUp
from casebook.lists import PolicyField
from casebook.present import entry, every
from casebook.record import Record, RecordId, made_here
from casebook.saving import Change, Edit, save, save_edits
from desktop.casebook.difference import DifferenceStrip
from desktop.casebook.reading import LeftOver
from desktop.casebook.records_tab import RecordsTab
from desktop.sharing.status_line import SIGNS
from desktop.sharing.sure import Sure
from resources.language import _
from sync import circles
from sync.certificates import Role
from sync.status import Sharing
from sync.syncing import exchange_all
from tests.desktop.casebook.screen import prose
from tests.desktop.sharing.test_screen import page, shows
from tests.desktop.sharing.using import Ank

READS = "You read along here. An administrator of the circle can let you write too."
OTHERS = "This is somebody else's: you read it, and may add to it."
FREE = {"PDF…", "Copy into a circle…"}
"""What anybody may do with a case that can be read."""


@dataclass
class Circle:
    """A circle of Bea in which Ank is, with one case of Bea that is on the screen of Ank."""

    ank: Ank
    bea: Database
    space: str
    case_id: RecordId

    def give(self, role: Role) -> None:
        """Bea lets Ank do this; the window hears it with its next exchange."""
        self.ank.exchange()
        exchange_all(self.bea)
        made_here(self.bea.device.id)
        circles.set_role(self.bea, self.space, self.ank.db.device.member, role)
        exchange_all(self.bea)
        made_here(self.ank.db.device.id)
        self.ank.exchange()

    def said(self) -> str:
        """The sentence above the case."""
        label = self.ank.screens.case._why_not
        return label.text() if label.isVisible() else ""

    def buttons(self, under: QWidget) -> set[str]:
        """What can be pressed."""
        return {each.text() for each in under.findChildren(QPushButton) if each.isVisible()}

    def tab(self, tab: RecordsTab) -> RecordsTab:
        """A tab, in front."""
        self.ank.screens.case.tabs.setCurrentWidget(tab)
        return tab

    def is_read(self) -> bool:
        """Whether the case itself is text."""
        return self.ank.screens.case.core._forms[0].part.isHidden()


@pytest.fixture
def circle_of_bea(ank: Ank, bea: Database, store: str, request: pytest.FixtureRequest) -> Circle:
    """Ank comes in with the role that the test names, and looks at the case of Bea."""
    made_here(bea.device.id)
    space = circles.begin(bea, "Kring van Bea")
    circles.connect(bea, space, store)
    made = circles.invite_code(bea, space, role=request.param)
    case = Case(title="Moestuin", request="Een tuin", goal="Ontmoeten")
    beside: tuple[Record, ...] = (
        Contribution(case_id=case.id, policy_field="groen", possible="Ja"),
        CaseDilemma(case_id=case.id, dilemma="ruimte-kader", core="Waar?"),
        Argument(case_id=case.id, dilemma="ruimte-kader", text="Eerst de buurt"),
        Direction(case_id=case.id, direction=DirectionValue.POSITIVE, motivation="Past goed."),
        Condition(case_id=case.id, text="Beheer geregeld"),
        FollowUp(case_id=case.id, planned_on=date(2027, 1, 4)),
    )
    save(bea, [Change(case, space=space), *(Change(each) for each in beside)], "New case")
    save_edits(bea, [Edit(case.id, "case", {"request": "Een moestuin"})], "Change a case")
    exchange_all(bea)
    made_here(ank.db.device.id)
    circles.join(ank.db, made.address, made.code)
    exchange_all(ank.db)
    ank.exchange()
    ank.screens.open_case(case.id)
    ank.waits_until(lambda: ank.screens.case._file is not None and ank.screens.case.title.text() == "Moestuin")
    return Circle(ank, bea, space, case.id)


def as_a(role: Role) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("circle_of_bea", [role], indirect=True, ids=[role.name.lower()])


@as_a(Role.READER)
def test_a_reader_sees_text_and_nothing_to_add_or_change_with_one_sentence_why(circle_of_bea: Circle) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    assert circle.said() == _(READS)
    assert circle.is_read()
    texts = [each.text() for each in view.core.findChildren(QLabel) if each.isVisible()]
    assert "Een moestuin" in texts
    more = f"▸ {_('More about the initiative')}"
    assert circle.buttons(view) == {_(each) for each in FREE} | {more}, "what nobody filled in is not there to unfold"
    for tab in (view.weighing, view.direction, view.course):
        assert circle.buttons(circle.tab(tab)) <= {_("As a table")}
    circle.ank.waits_until(lambda: view.course.findChildren(QLabel))
    assert _("Put back") not in circle.buttons(circle.tab(view.course))


@as_a(Role.READER)
def test_a_reader_who_archives_erases_or_begins_a_case_is_told_or_kept_to_their_own(circle_of_bea: Circle) -> None:
    circle, window = circle_of_bea, circle_of_bea.ank.window
    window.actions_by_name["archive_case"].trigger()
    assert window.messages.isVisible()
    assert any(each.text() == _(READS) for each in window.messages.findChildren(QLabel))
    held = entry(circle.ank.db, circle.case_id)
    assert held
    assert not held.record.archived
    window.actions_by_name["erase_case"].trigger()
    refusal = _("Only who made a case, or an administrator of the circle, can erase it.")
    circle.ank.waits_until(lambda: any(each.text() == refusal for each in window.messages.findChildren(QLabel)))
    assert not window.findChildren(Sure)
    window.actions_by_name["new_case"].trigger()
    circle.ank.waits_until(lambda: not circle.is_read())
    assert circle.ank.screens.case.where_to.count() == 1
    assert circle.said() == ""


@as_a(Role.READER)
def test_when_a_reader_may_write_the_case_becomes_a_form_and_back_again(circle_of_bea: Circle) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    circle.give(Role.EDITOR)
    circle.ank.waits_until(lambda: not circle.is_read())
    assert circle.said() == ""
    assert _("Add a condition") in circle.buttons(circle.tab(view.direction))
    circle.give(Role.READER)
    circle.ank.waits_until(circle.is_read)
    assert circle.buttons(view.direction) == set()


@as_a(Role.AUTHOR)
def test_an_author_reads_the_case_of_another_and_adds_to_it(circle_of_bea: Circle) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    assert circle.said() == _(OTHERS)
    assert circle.is_read()
    buttons = circle.buttons(circle.tab(view.direction))
    assert _("Add a condition") in buttons
    assert not {_("Change"), _("Remove")} & buttons
    circle.ank.press(_("Add a condition"))
    prose(view.direction, _("Condition")).setPlainText("Van Ank")
    circle.ank.press(_("Record this"))
    circle.ank.waits_until(lambda: len(every(circle.ank.db, Condition)) == 2)
    circle.ank.waits_until(lambda: {_("Change"), _("Remove")} <= circle.buttons(view.direction))
    assert sum(each.text() == _("Change") for each in view.direction.findChildren(QPushButton)) == 1
    made_here(circle.ank.db.device.id)
    own = Case(title="Van Ank")
    save(circle.ank.db, [Change(own, space=circle.space)], "New case")
    circle.ank.screens.open_case(own.id)
    circle.ank.waits_until(lambda: view.title.text() == "Van Ank")
    assert not circle.is_read()
    assert circle.said() == ""


@as_a(Role.EDITOR)
def test_what_one_was_typing_when_the_role_was_lowered_stays_to_read_and_holds_up_nothing(
    circle_of_bea: Circle,
) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    circle.ank.qtbot.keyClicks(view.core.first(), " van ons")
    circle.give(Role.READER)
    circle.ank.waits_until(circle.is_read)
    assert circle.said().startswith(_(READS))
    assert circle.said().endswith(_("What you were typing cannot be kept here any more: copy what you need."))
    assert not any(each.startswith("→") for each in circle.buttons(view))
    assert any("van ons" in each.text() for each in view.core.findChildren(QLabel) if each.isVisible())
    assert view.is_left
    left: list[bool] = []
    view.leave(lambda: left.append(True))
    assert left == [True]
    held = entry(circle.ank.db, circle.case_id)
    assert held
    assert held.record.title == "Moestuin"


@as_a(Role.EDITOR)
def test_who_is_taken_out_of_a_circle_reads_that_and_no_longer_that_everything_is_shared(circle_of_bea: Circle) -> None:
    circle = circle_of_bea
    circle.ank.exchange()
    exchange_all(circle.bea)
    made_here(circle.bea.device.id)
    circles.remove(circle.bea, circle.space, [circle.ank.db.device.id])
    exchange_all(circle.bea)
    shows(circle.ank, circle.space)
    sharing = circle.ank.screens.sharing
    circle.ank.window.actions_by_name["sync_now"].trigger()
    circle.ank.waits_until(lambda: sharing.spaces.item(1).text().endswith(_("You are not in it any more")))
    said = [each.text() for each in page(circle.ank).findChildren(QLabel) if each.isVisible()]
    assert _("You are not in this circle any more. What is here stays here.") in said
    assert [each for each in said if each.startswith(SIGNS[Sharing.SHARED])] == []


@as_a(Role.EDITOR)
def test_what_was_typed_in_a_form_stays_to_read_and_comes_back_in_it_when_one_may_again(circle_of_bea: Circle) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    circle.tab(view.direction)
    circle.ank.press(_("Add a condition"))
    prose(view.direction, _("Condition")).setPlainText("Nog niet klaar")
    circle.give(Role.READER)
    circle.ank.waits_until(lambda: view.direction.findChildren(LeftOver))
    (left,) = view.direction.findChildren(LeftOver)
    assert any(each.text() == "Nog niet klaar" for each in left.findChildren(QLabel))
    circle.give(Role.EDITOR)
    circle.ank.waits_until(lambda: not view.direction.findChildren(LeftOver))
    assert prose(view.direction, _("Condition")).toPlainText() == "Nog niet klaar"


@as_a(Role.READER)
def test_a_reader_reads_both_texts_where_people_differ_and_is_asked_nothing(circle_of_bea: Circle) -> None:
    circle, view = circle_of_bea, circle_of_bea.ank.screens.case
    made_here(circle.bea.device.id)
    held = entry(circle.bea, circle.case_id)
    assert held
    for title in ("Bloementuin", "Kruidentuin"):
        save_edits(circle.bea, [Edit(circle.case_id, "case", {"title": title}, held.heads)], "Change a case")
    exchange_all(circle.bea)
    circle.ank.exchange()
    other = _("Written at the same time: {text}").format(text="Bloementuin")
    circle.ank.waits_until(lambda: any(each.text() == other for each in view.core.findChildren(QLabel)))
    assert view.choose.isHidden()
    assert not any(each.isVisible() for each in view.core.findChildren(DifferenceStrip))
    assert circle.ank.running.status.differences == 0


@as_a(Role.READER)
def test_an_entry_of_a_list_of_the_circle_is_text_to_a_reader(circle_of_bea: Circle) -> None:
    circle = circle_of_bea
    made_here(circle.bea.device.id)
    save(circle.bea, [Change(PolicyField(code="eigen", name="Eigen veld"), space=circle.space)], "Change a list")
    exchange_all(circle.bea)
    circle.ank.exchange()
    lists = circle.ank.screens.lists
    circle.ank.window.actions_by_name["show_lists"].trigger()
    circle.ank.waits_until(
        lambda: any(lists.entries.item(row).text() == "Eigen veld" for row in range(lists.entries.count()))
    )
    rows = {lists.entries.item(row).text(): row for row in range(lists.entries.count())}
    lists.entries.setCurrentRow(rows["Eigen veld"])
    assert lists.form is None
    assert any(each.text() == _(READS) for each in lists.findChildren(QLabel) if each.isVisible())
    lists.entries.setCurrentRow(next(row for name, row in rows.items() if name != "Eigen veld"))
    assert lists.form is not None
