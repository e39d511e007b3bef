"""What the store would not take is kept here and told on the screen, once: until somebody looked at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from casebook.case import Case
from casebook.database import Database
from casebook.present import entry, every
from casebook.record import made_here
from casebook.saving import Change, save
from desktop.casebook.cards import Card
from resources.language import _, plural
from sync import circles
from sync.certificates import Role
from sync.hub.settings import Limits, Settings
from sync.refusals import refusals
from sync.status import Sharing
from sync.syncing import exchange_all
from sync.troubles import not_taken
from tests.desktop.sharing.test_screen import page, shows
from tests.desktop.sharing.using import Ank
from tests.sync.hub.served import serving


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """A hub: unlike a folder it looks at who may write what."""
    with serving(Settings(data=tmp_path / "hub", limits=Limits(requests_a_minute=0))) as address:
        yield address


@pytest.fixture
def refused(ank: Ank, bea: Database, shared: str) -> Case:
    """Ank saves a case at the moment when Bea, an administrator too, lets her only read."""
    made_here(ank.db.device.id)
    circles.set_role(ank.db, shared, bea.device.member, Role.ADMIN)
    exchange_all(ank.db)
    exchange_all(bea)
    made_here(bea.device.id)
    circles.set_role(bea, shared, ank.db.device.member, Role.READER)
    exchange_all(bea)
    made_here(ank.db.device.id)
    case = Case(title="Net te laat", request="Dit moet niet weg zijn")
    save(ank.db, [Change(case, space=shared)], "New case")
    ank.running.wake()
    ank.waits_until(lambda: ank.running.status.state is Sharing.ATTENTION)
    return case


def card(ank: Ank) -> Card | None:
    """The card that says that something was not taken."""
    title = plural("{n} change was not taken", "{n} changes were not taken", 1)
    found = page(ank).findChildren(Card)
    return next((each for each in found if any(one.text() == title for one in each.findChildren(QLabel))), None)


def test_what_was_refused_is_told_with_its_reason_and_stays_here(
    ank: Ank, bea: Database, shared: str, refused: Case
) -> None:
    assert ank.running.status.why == not_taken(1)
    shows(ank, shared)
    ank.waits_until(lambda: card(ank))
    shown = card(ank)
    assert shown
    said = [each.text() for each in shown.findChildren(QLabel)]
    assert (
        plural(
            "It is safe here, but the others do not see it.", "They are safe here, but the others do not see them.", 1
        )
        in said
    )
    on_screen = [each.text() for each in page(ank).findChildren(QLabel) if each.isVisible()]
    assert not_taken(1) not in on_screen, "what is told below is not told above it too"
    why = _("You may not change this with your role, or no longer.")
    assert f"{refused.title}: {why}" in said
    exchange_all(bea)
    assert entry(bea, refused.id) is None


def test_what_was_refused_is_told_once_and_never_again_when_one_leaves_it_at_that(
    ank: Ank, shared: str, refused: Case
) -> None:
    shows(ank, shared)
    ank.waits_until(lambda: card(ank))
    ank.press(_("Leave it at that"))
    ank.waits_until(lambda: card(ank) is None)
    ank.exchange()
    assert (card(ank), ank.running.status.why, refusals(ank.db, shared)) == (None, "", [])


def test_what_does_not_count_any_more_is_kept_in_ones_own_space(ank: Ank, shared: str, refused: Case) -> None:
    assert entry(ank.db, refused.id) is None
    shows(ank, shared)
    ank.waits_until(lambda: card(ank))
    assert not any(each.text() == _("Try again") for each in page(ank).findChildren(QPushButton))
    ank.press(_("Keep in my own space"))
    ank.waits_until(lambda: card(ank) is None)
    (kept,) = every(ank.db, Case)
    assert (kept.record.title, kept.record.request, kept.space) == (refused.title, refused.request, ank.db.personal)
