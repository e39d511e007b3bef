"""The screen *Delen*, as somebody uses it: a circle, an invitation, members, and letting go."""

import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton

from casebook.database import Database
from casebook.record import made_here
from casebook.spaces import SpaceKind, addresses
from desktop.sharing import invitation
from desktop.sharing.code_card import CodeCard
from desktop.sharing.members_part import ONE_ADMINISTRATOR
from desktop.sharing.space_page import SpacePage
from desktop.sharing.sure import Sure
from resources.language import _
from sync import circles
from sync.certificates import Role
from sync.syncing import exchange_all
from tests.desktop.sharing.using import Ank
from tests.desktop.using import answer_with


def shows(ank: Ank, space: str) -> SpacePage:
    """The screen *Delen* with this space."""
    ank.window.actions_by_name["show_sharing"].trigger()
    ank.screens.sharing.show_space(space)
    ank.waits_until(lambda: page(ank).seen.line.space == space and page(ank).isVisible())
    return page(ank)


def page(ank: Ank) -> SpacePage:
    ank.waits_until(lambda: ank.screens.sharing.page is not None)
    found = ank.screens.sharing.page
    assert found
    return found


def test_a_circle_is_begun_with_a_name_a_promise_and_a_folder(ank: Ank, store: str) -> None:
    ank.window.actions_by_name["begin_circle"].trigger()
    begin = ank.screens.sharing.begin
    ank.qtbot.keyClicks(begin.name, "Kring Kennemerland")
    begin.promise.setPlainText("Wat hier staat blijft hier.")
    begin.address.line.setText(store)
    ank.press(_("Begin the circle"))
    ank.waits_until(lambda: page(ank).seen.line.name == "Kring Kennemerland")
    assert page(ank).seen.promise == "Wat hier staat blijft hier."
    assert page(ank).seen.line.address == store
    ank.waits_until(lambda: ank.running.statuses and (Path(store) / "casebook-1").exists())
    assert ank.screens.sharing.spaces.count() == 2


def test_a_circle_without_a_name_or_at_no_address_is_not_begun_and_says_why_beside_the_question(ank: Ank) -> None:
    ank.window.actions_by_name["begin_circle"].trigger()
    begin = ank.screens.sharing.begin
    ank.press(_("Begin the circle"))
    ank.waits_until(begin.trouble.isVisible)
    begin.name.setText("Kring")
    begin.address.line.setText("nergens")
    ank.press(_("Begin the circle"))
    ank.waits_until(lambda: "https://" in begin.trouble.text())
    assert [each.kind for each in circles.circles(ank.db)] == [SpaceKind.PERSONAL]


def test_a_colleague_is_invited_and_joins_with_the_text_that_was_copied(ank: Ank, bea: Database, circle: str) -> None:
    shows(ank, circle)
    ank.press(_("Make an invitation"))
    ank.waits_until(lambda: page(ank).findChildren(CodeCard) and page(ank).findChildren(CodeCard)[0].isVisible())
    ank.press(_("Copy both as one text"))
    address, code = invitation.read(QGuiApplication.clipboard().text())
    ank.waits_until(lambda: len(page(ank).seen.invites) == 1)
    assert page(ank).findChildren(CodeCard), "the code stays while the page is made anew"
    ank.exchange()
    made_here(bea.device.id)
    circles.join(bea, address, code)
    exchange_all(bea)
    ank.exchange()
    ank.waits_until(lambda: [each.name for each in page(ank).seen.people] == ["Ank", "Bea"])


def test_a_code_leaves_the_screen_once_somebody_came_in_with_it(ank: Ank, bea: Database, circle: str) -> None:
    shows(ank, circle)
    ank.press(_("Make an invitation"))
    ank.waits_until(lambda: page(ank).findChildren(CodeCard) and len(page(ank).seen.invites) == 1)
    keys = page(ank).focusWidget()
    assert isinstance(keys, QPushButton)
    assert keys.text() == _("Copy the address"), "the keys go to what one does with a code, and stay there"
    ank.press(_("Copy both as one text"))
    address, code = invitation.read(QGuiApplication.clipboard().text())
    ank.exchange()
    assert page(ank).findChildren(CodeCard)
    made_here(bea.device.id)
    circles.join(bea, address, code)
    exchange_all(bea)
    ank.exchange()
    ank.waits_until(lambda: not page(ank).findChildren(CodeCard))
    assert ank.screens.sharing.focusWidget() is ank.screens.sharing.spaces, "the keys do not fall out of the screen"


def test_a_code_that_stands_there_goes_along_when_the_circle_moves(ank: Ank, circle: str, tmp_path: Path) -> None:
    shows(ank, circle)
    ank.press(_("Make an invitation"))
    ank.waits_until(lambda: page(ank).findChildren(CodeCard) and len(page(ank).seen.invites) == 1)
    ank.press(_("Copy both as one text"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    circles.connect(ank.db, circle, str(elsewhere))
    ank.exchange()
    ank.waits_until(lambda: page(ank).seen.line.address == str(elsewhere))
    (card,) = page(ank).findChildren(CodeCard)
    assert f"{elsewhere}#{circle}" in [each.text() for each in card.findChildren(QLabel)]
    ank.press(_("Copy both as one text"), card)
    address, _code = invitation.read(QGuiApplication.clipboard().text())
    assert address == f"{elsewhere}#{circle}"


def test_what_is_typed_and_chosen_stays_while_others_write(ank: Ank, bea: Database, shared: str) -> None:
    shown = shows(ank, shared)
    assert shown.invite
    days = shown.invite.choices[2]
    days.setCurrentIndex(0)
    days.setFocus()
    made_here(bea.device.id)
    circles.own_device_code(bea, shared)
    exchange_all(bea)
    ank.exchange()
    ank.waits_until(lambda: page(ank) is not shown)
    assert page(ank).invite.choices[2].currentIndex() == 0  # type: ignore[union-attr]  # an administrator invites
    ank.press(_("Move elsewhere…"))
    kept = page(ank)
    line = next(each for each in kept.findChildren(QLineEdit) if each.isVisible())
    line.setText("https://hub.elders.example")
    circles.own_device_code(bea, shared)
    exchange_all(bea)
    ank.exchange()
    ank.screens.sharing.refresh()
    ank.qtbot.wait(1_000)
    assert page(ank) is kept
    assert line.text() == "https://hub.elders.example"


def test_the_wheel_scrolls_past_a_choice_and_does_not_change_it(ank: Ank, shared: str) -> None:
    shown = shows(ank, shared)
    for box in shown.findChildren(QComboBox):
        before, middle = box.currentIndex(), QPointF(box.rect().center())
        turn = QWheelEvent(
            middle,
            QPointF(box.mapToGlobal(middle.toPoint())),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(box, turn)
        assert box.currentIndex() == before


def test_who_pastes_an_invitation_joins(ank: Ank, bea: Database, store: str) -> None:
    made_here(bea.device.id)
    space = circles.begin(bea, "Kring van Bea")
    circles.connect(bea, space, store)
    made = circles.invite_code(bea, space)
    exchange_all(bea)
    ank.window.actions_by_name["join_circle"].trigger()
    join = ank.screens.sharing.join
    join.pasted.setPlainText(invitation.text_of("Kring van Bea", made, with_code=True))
    assert (join.address.address, join.code.text()) == (made.address, made.code)
    ank.press(_("Join"))
    ank.waits_until(lambda: page(ank).seen.line.name == "Kring van Bea")
    assert page(ank).seen.line.role is Role.EDITOR


def test_a_code_that_is_none_is_told_beside_the_question_and_what_was_typed_stays(ank: Ank, store: str) -> None:
    ank.window.actions_by_name["join_circle"].trigger()
    join = ank.screens.sharing.join
    join.address.line.setText(f"{store}#0190b3a4-0000-7000-8000-000000000000")
    join.code.setText("hallo")
    ank.press(_("Join"))
    ank.waits_until(join.trouble.isVisible)
    assert join.code.text() == "hallo"
    assert len(circles.circles(ank.db)) == 1


def test_an_open_invite_is_taken_back(ank: Ank, circle: str) -> None:
    made_here(ank.db.device.id)
    circles.invite_code(ank.db, circle)
    shown = shows(ank, circle)
    assert len(shown.seen.invites) == 1
    ank.press(_("Take back"))
    ank.waits_until(lambda: page(ank).seen.invites == ())


def test_an_invite_for_a_device_of_somebody_else_says_of_whom_and_stands_with_administrators_only(
    ank: Ank, bea: Database, shared: str
) -> None:
    made_here(bea.device.id)
    circles.own_device_code(bea, shared)
    exchange_all(bea)
    ank.exchange()
    shown = shows(ank, shared)
    ank.waits_until(lambda: len(page(ank).seen.invites) == 1)
    said = _("For a further device of {name}").format(name="Bea")
    assert any(each.text() == said for each in labels(page(ank)))
    assert [each.is_mine for each in circles.invites(bea, shared)] == [True]
    made_here(ank.db.device.id)
    assert [each.is_mine for each in shown.seen.invites or circles.invites(ank.db, shared)] == [False]


def test_with_one_administrator_a_second_is_asked_for_and_a_role_is_given(ank: Ank, shared: str) -> None:
    shown = shows(ank, shared)
    assert any(each.text() == _(ONE_ADMINISTRATOR) for each in labels(shown))
    box = next(
        each
        for each in shown.findChildren(QComboBox)
        if each.accessibleName() == _("What {name} may do").format(name="Bea")
    )
    box.setCurrentIndex(box.findData(Role.ADMIN))
    box.activated.emit(box.currentIndex())
    ank.waits_until(lambda: page(ank).seen.line.admins == 2)
    assert not any(each.text() == _(ONE_ADMINISTRATOR) for each in labels(page(ank)))


def labels(shown: SpacePage) -> list[QLabel]:
    return list(shown.findChildren(QLabel))


def test_taking_somebody_out_asks_first_and_leaves_all_as_it_is_unless_meant(ank: Ank, shared: str) -> None:
    shown = shows(ank, shared)
    ank.press(_("Take out of the circle…"))
    dialog = shown.findChildren(Sure)[0]
    safe = next(each for each in dialog.findChildren(QPushButton) if each.isDefault())
    assert safe.text() == _("Leave it as it is")
    safe.click()
    assert page(ank).seen.line.members == 2
    ank.press(_("Take out of the circle…"))
    dialog = next(each for each in shown.findChildren(Sure) if each.isVisible())
    dialog.act.click()
    ank.waits_until(lambda: page(ank).seen.line.members == 1)


def test_the_question_before_what_cannot_be_undone_shows_its_buttons_whole_with_large_letters(
    ank: Ank, qapp: QApplication
) -> None:
    before = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(larger.pointSizeF() * 2)
    qapp.setFont(larger)
    dialog = Sure(ank.window, "?", ("?",), _("Erase for good"), lambda: None, again=_("I am sure"))
    dialog.open()
    ank.waits_until(dialog.isVisible)
    for each in dialog.findChildren(QPushButton):
        assert each.width() >= each.sizeHint().width()
    dialog.reject()
    qapp.setFont(before)


def test_disconnecting_keeps_everything_here(ank: Ank, circle: str) -> None:
    shows(ank, circle)
    ank.press(_("Disconnect"))
    ank.waits_until(lambda: circle not in addresses(ank.db))
    assert len(circles.circles(ank.db)) == 2
    ank.waits_until(lambda: page(ank).seen.line.address == "")


def test_the_recovery_code_is_shown_once_and_kept_as_text(
    ank: Ank, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_here(ank.db.device.id)
    circles.connect(ank.db, ank.db.personal, store)
    shows(ank, ank.db.personal)
    ank.press(_("Make a recovery code…"))
    ank.waits_until(lambda: page(ank).findChildren(CodeCard) and page(ank).findChildren(CodeCard)[0].isVisible())
    target = tmp_path / "herstel.txt"
    answer_with(monkeypatch, target)
    ank.press(_("Save as text…"))
    address, code = invitation.read(target.read_text(encoding="utf-8"))
    assert address == f"{store}#{ank.db.personal}"
    assert len(code.replace("-", "")) == 24


def test_the_recovery_code_is_printed_whole(
    ank: Ank, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_here(ank.db.device.id)
    # With letters that printers like to draw as one.
    store = f"{store}/koffiefles"
    Path(store).mkdir()
    circles.connect(ank.db, ank.db.personal, store)
    shows(ank, ank.db.personal)
    ank.press(_("Make a recovery code…"))
    ank.waits_until(lambda: page(ank).findChildren(CodeCard) and page(ank).findChildren(CodeCard)[0].isVisible())
    paper = tmp_path / "herstel.pdf"

    def chosen(dialog: QPrintDialog) -> int:
        """The reader prints to a file."""
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(paper))
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", chosen)
    ank.press(_("Print…"))
    assert paper.read_bytes().startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        pytest.skip("poppler is not installed")
    printed = subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, check=True, encoding="utf-8").stdout
    shown = [each.text() for each in page(ank).findChildren(CodeCard)[0].findChildren(QLabel)]
    address = f"{store}#{ank.db.personal}"
    code = next(each for each in shown if each.count("-") == 5)
    assert code in printed
    # Where a line ends after a hyphen, reading the text leaves it out.
    assert address.replace("-", "") in printed.replace("\n", "").replace("-", "")
