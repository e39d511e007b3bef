"""A casebook that does not open: what is said, and how one goes on with a copy."""

from datetime import date
from pathlib import Path

import keyring
from keyring.backends.fail import Keyring as NoKeyring
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.database import copies, copy_daily, create_casebook
from casebook.keys import new_file_key
from casebook.saving import Change, save
from casebook.written import day
from desktop.management.rescue_page import RescuePage
from desktop.welcome import Unlock
from desktop.window import MainWindow
from resources.language import _
from tests.desktop.using import Opening, lines, press

LONG_AGO = date(2026, 11, 3)
WORDS = "vier woorden zijn lang"


def begun(tmp_path: Path, passphrase: str | None) -> Path:
    """A casebook with a copy in which one case stands."""
    if passphrase:
        keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library leaves it untyped
    db = create_casebook(tmp_path / "casebook.db", new_file_key(passphrase))
    save(db, [Change(Case(title="Eerst"))], "New case")
    copy_daily(db, LONG_AGO)
    save(db, [Change(Case(title="Daarna"))], "New case")
    db.close()
    return db.path


def damaged(path: Path, *, head: bool = False) -> None:
    held = path.read_bytes()
    path.write_bytes(b"x" * 8192 if head else held[:16] + b"x" * 8176)


def asks(window: MainWindow, qtbot: QtBot) -> Unlock:
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Unlock))
    page = window.pages.currentWidget()
    assert isinstance(page, Unlock)
    return page


def goes_on_with_the_copy(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), RescuePage))
    press(window, _("Put back the copy of {day}").format(day=day(LONG_AGO)))
    qtbot.waitUntil(lambda: window.screens is not None and lines(window) == ["Eerst"])
    assert "before-restore" in window.messages.text


def test_to_open_without_a_passphrase_is_told(opening: Opening, qtbot: QtBot, tmp_path: Path) -> None:
    begun(tmp_path, WORDS)
    window = opening()
    page = asks(window, qtbot)
    for button in (_("&Open"), _("Put b&ack a copy…")):
        page.trouble.hide()
        press(window, button)
        qtbot.waitUntil(page.trouble.isVisible)
        assert page.trouble.text() == _("Type your passphrase first.")
        assert window.focusWidget() is page.passphrase


def test_from_the_question_for_the_passphrase_one_goes_on_with_a_copy(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    damaged(begun(tmp_path, WORDS))
    window = opening()
    page = asks(window, qtbot)
    page.passphrase.setText(WORDS)
    press(window, _("&Open"))
    qtbot.waitUntil(page.trouble.isVisible)
    press(window, _("Put b&ack a copy…"))
    goes_on_with_the_copy(window, qtbot)


def test_a_wrong_passphrase_opens_no_copy_and_one_without_copies_is_told_whom_to_ask(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    path = begun(tmp_path, WORDS)
    window = opening()
    page = asks(window, qtbot)
    page.passphrase.setText("vier woorden zijn kort")
    press(window, _("Put b&ack a copy…"))
    qtbot.waitUntil(lambda: "klopt die waarschijnlijk niet" in page.trouble.text())
    for each in copies(path):
        each.unlink()
    press(window, _("Put b&ack a copy…"))
    qtbot.waitUntil(lambda: str(tmp_path) in page.trouble.text())


def test_with_a_keyring_a_damaged_casebook_is_told_with_the_way_to_its_copies(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    damaged(begun(tmp_path, None))
    window = opening()
    qtbot.waitUntil(window.messages.isVisible)
    press(window, _("Put back a copy…"))
    goes_on_with_the_copy(window, qtbot)


def test_the_keyring_still_knows_the_copies_of_a_casebook_whose_head_is_damaged(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    damaged(begun(tmp_path, None), head=True)
    window = opening()
    asks(window, qtbot)
    press(window, _("Put b&ack a copy…"))
    goes_on_with_the_copy(window, qtbot)


def test_a_copy_that_was_damaged_meanwhile_is_told_and_one_can_still_try_the_casebook_again(
    opening: Opening, qtbot: QtBot, tmp_path: Path
) -> None:
    path = begun(tmp_path, None)
    whole = path.read_bytes()
    damaged(path)
    window = opening()
    qtbot.waitUntil(window.messages.isVisible)
    press(window, _("Put back a copy…"))
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), RescuePage))
    damaged(copies(path)[0])
    press(window, _("Put back the copy of {day}").format(day=day(LONG_AGO)))
    qtbot.waitUntil(window.messages.isVisible)
    assert copies(path)[0].name in window.messages.text
    path.write_bytes(whole)
    press(window, _("&Try to open the casebook again"))
    qtbot.waitUntil(lambda: window.screens is not None and sorted(lines(window)) == ["Daarna", "Eerst"])
