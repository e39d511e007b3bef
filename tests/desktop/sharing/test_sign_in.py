"""Joining and asking, in the window, at a hub where who joins signs in first."""

import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from casebook.database import Database
from casebook.record import made_here
from desktop.sharing import invitation
from desktop.sharing.join_page import JoinPage
from desktop.sharing.place_part import AddressLine
from desktop.sharing.policy_part import PolicyPart
from desktop.sharing.space_page import SpacePage
from resources.language import _
from sync import circles, policy
from sync.certificates import Policy, Role
from sync.status import Sharing
from sync.syncing import exchange_all
from sync.troubles import TICKET as TICKET_SENTENCE
from tests.desktop.sharing.using import Ank
from tests.sync.hub.provider import Provider, browse
from tests.sync.hub.served import strict

Browser = Callable[[str], bool]


@pytest.fixture
def space(bea: Database, hub_address: str) -> str:
    """A circle of Bea at the hub."""
    made_here(bea.device.id)
    space = circles.begin(bea, "Kring van Bea")
    circles.connect(bea, space, hub_address)
    exchange_all(bea)
    return space


@pytest.fixture
def invited(bea: Database, space: str) -> circles.Invitation:
    """An invitation to it; who joins signs in first."""
    policy.ask_to_sign_in(bea, space, domains=["gemeente.example"])
    made = circles.invite_code(bea, space, role=Role.ADMIN)
    exchange_all(bea)
    return made


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing opens an address."""
    monkeypatch.setattr(webbrowser, "open", lambda _address: False)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser in which somebody signs in at once."""
    has(monkeypatch, browse)


@pytest.fixture
def slow_browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A browser that shows the page, and in which nobody does anything; the addresses it opened."""
    opened: list[str] = []

    def show(address: str) -> bool:
        opened.append(address)
        return True

    has(monkeypatch, show)
    return opened


def has(monkeypatch: pytest.MonkeyPatch, browser: Browser) -> None:
    monkeypatch.setenv("BROWSER", "browser")
    monkeypatch.setattr(webbrowser, "open", browser)


def joins(ank: Ank, made: circles.Invitation) -> JoinPage:
    """Paste the invitation, and press the button."""
    ank.window.actions_by_name["join_circle"].trigger()
    join = ank.screens.sharing.join
    join.pasted.setPlainText(invitation.text_of("Kring van Bea", made, with_code=True))
    ank.press(_("Join"))
    return join


def shown_circle(ank: Ank) -> SpacePage:
    ank.waits_until(lambda: page(ank) and page(ank).seen.line.name == "Kring van Bea")
    return page(ank)


def page(ank: Ank) -> SpacePage:
    found = ank.screens.sharing.page
    assert found
    return found


@pytest.mark.usefixtures("browser")
def test_who_signs_in_with_the_browser_is_in(ank: Ank, invited: circles.Invitation) -> None:
    joins(ank, invited)
    assert shown_circle(ank).seen.line.role is Role.ADMIN


@pytest.mark.usefixtures("no_browser")
def test_without_a_browser_the_code_to_type_stands_on_the_screen(
    ank: Ank, invited: circles.Invitation, issuer: Provider
) -> None:
    join = joins(ank, invited)
    seen: list[str] = []
    join.sign_in.over.connect(lambda: seen.extend((join.sign_in.code.text(), join.sign_in.says.text())))
    shown_circle(ank)
    assert seen[0] == "WDJB-MJHT"
    assert f"{issuer.address}/activate" in seen[1]


def test_it_says_that_it_waits_and_the_window_stays_alive_until_it_is_called_off(
    ank: Ank, invited: circles.Invitation, slow_browser: list[str], issuer: Provider
) -> None:
    join = joins(ank, invited)
    ank.waits_until(lambda: slow_browser and join.sign_in.isVisible())
    assert issuer.address.removeprefix("http://") in join.sign_in.says.text()
    assert not join.go.isVisible()
    ank.press(_("Cancel"), join.sign_in)
    ank.waits_until(join.trouble.isVisible)
    assert not join.sign_in.isVisible()
    assert join.go.isVisible()
    assert join.code.text() == invited.code, "what was typed stays"
    assert len(circles.circles(ank.db)) == 1


def test_what_stops_long_work_stops_the_waiting_too(
    ank: Ank, invited: circles.Invitation, slow_browser: list[str]
) -> None:
    join = joins(ank, invited)
    ank.waits_until(lambda: slow_browser and ank.window.working.cancel.isVisible())
    ank.window.working.cancel.click()
    ank.waits_until(join.trouble.isVisible)
    assert len(circles.circles(ank.db)) == 1


def test_who_waits_for_a_browser_can_take_another_device(
    ank: Ank, invited: circles.Invitation, slow_browser: list[str]
) -> None:
    join = joins(ank, invited)
    ank.waits_until(lambda: slow_browser and join.sign_in.elsewhere.isVisible())
    ank.press(_("Sign in on another device"))
    assert shown_circle(ank).seen.line.role is Role.ADMIN


def test_a_window_that_is_closed_waits_for_nobody(
    ank: Ank, invited: circles.Invitation, slow_browser: list[str]
) -> None:
    join = joins(ank, invited)
    ank.waits_until(lambda: slow_browser and join.sign_in.isVisible())
    ank.window.close()
    ank.press(_("Stop it and quit"))
    ank.waits_until(lambda: not ank.window.isVisible())


@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email": "ank@elders.example"}, "niet met een mailadres dat deze kring toelaat (gemeente.example)"),
        ({"email_verified": False}, "geen gecontroleerd mailadres"),
    ],
)
def test_what_is_wrong_with_the_mail_address_is_told_beside_the_question_and_one_tries_again(
    ank: Ank, invited: circles.Invitation, issuer: Provider, claims: dict[str, object], said: str
) -> None:
    issuer.claims = dict(claims)
    join = joins(ank, invited)
    ank.waits_until(join.trouble.isVisible)
    assert said in join.trouble.text()
    issuer.claims = {}
    ank.press(_("Join"))
    shown_circle(ank)


def test_an_administrator_asks_who_joins_to_sign_in_and_asks_it_no_more(
    ank: Ank, hub_address: str, issuer: Provider
) -> None:
    made_here(ank.db.device.id)
    space = circles.begin(ank.db, "Kring van Ank")
    circles.connect(ank.db, space, hub_address)
    exchange_all(ank.db)
    ank.window.actions_by_name["show_sharing"].trigger()
    ank.screens.sharing.show_space(space)
    ank.waits_until(lambda: part(ank))
    ank.press(_("Ask to sign in…"))
    ank.waits_until(part(ank).form.isVisible)
    assert part(ank).issuer.currentText() == issuer.address
    part(ank).domains.setText("gemeente")
    ank.press(_("Ask this of who joins"))
    ank.waits_until(part(ank).trouble.isVisible)
    part(ank).domains.setText("@gemeente.example; elders.example")
    ank.press(_("Ask this of who joins"))
    asked = Policy(issuer.address, "casusboek", ["gemeente.example", "elders.example"])
    ank.waits_until(lambda: policy.policy_of(ank.db, space) == asked and page(ank).seen.policy == asked)
    assert any("elders.example" in each.text() for each in part(ank).findChildren(QLabel))
    ank.press(_("Ask it no more"))
    ank.waits_until(lambda: page(ank).seen.policy == Policy())


def part(ank: Ank) -> PolicyPart:
    found = page(ank).findChildren(PolicyPart)
    return found[0] if found else None  # type: ignore[return-value]  # waited for until it is there


def test_in_a_folder_nobody_is_asked_to_sign_in(ank: Ank, circle: str) -> None:
    ank.window.actions_by_name["show_sharing"].trigger()
    ank.screens.sharing.show_space(circle)
    ank.waits_until(lambda: page(ank).seen.line.space == circle)
    assert not page(ank).findChildren(PolicyPart)
    assert not [each for each in page(ank).findChildren(QPushButton) if each.text() == _("Ask to sign in…")]


def test_a_hub_that_asks_for_a_ticket_says_so_and_gets_it(ank: Ank, tmp_path: Path) -> None:
    with strict(tmp_path / "hub") as (address, ticket):
        ank.window.actions_by_name["begin_circle"].trigger()
        begin = ank.screens.sharing.begin
        begin.name.setText("Kring van Ank")
        begin.address.line.setText(address)
        ank.press(_("Begin the circle"))
        ank.waits_until(lambda: ank.running.status.why == _(TICKET_SENTENCE))
        ank.waits_until(lambda: page(ank).seen.line.name == "Kring van Ank")
        ank.press(_("Move elsewhere…"))
        line = page(ank).findChildren(AddressLine)[0]
        assert line.address == address
        (asked,) = [each for each in line.findChildren(QLineEdit) if each.isVisible() and not each.text()]
        asked.setText(ticket)
        ank.qtbot.keyClick(asked, Qt.Key.Key_Return)
        ank.waits_until(lambda: ank.running.status.state is Sharing.SHARED)
        ank.waits_until(lambda: not page(ank).findChildren(AddressLine)[0].isVisible())
