"""With little room, or large letters, the list of spaces and what is chosen take turns on the screen *Delen*."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea

from resources.language import _
from tests.desktop.sharing.using import Ank


@pytest.fixture
def narrow(ank: Ank, circle: str) -> Ank:
    """The screen *Delen* of a window with room for one of the two, and a circle in it."""
    assert circle
    ank.window.resize(683, 384)
    ank.window.actions_by_name["show_sharing"].trigger()
    ank.waits_until(lambda: ank.screens.sharing.spaces.count() == 2 and ank.screens.sharing.page is not None)
    return ank


def test_in_a_narrow_window_the_list_of_spaces_comes_first(narrow: Ank) -> None:
    screen = narrow.screens.sharing
    narrow.waits_until(screen.spaces.isVisible)
    assert screen.spaces.hasFocus()
    assert not screen.pages.isVisible()


def test_enter_opens_a_space_and_escape_goes_back_to_the_list(narrow: Ank, circle: str) -> None:
    screen = narrow.screens.sharing
    narrow.qtbot.keyClick(screen.spaces, Qt.Key.Key_Down)
    narrow.waits_until(lambda: screen.page is not None and screen.page.seen.line.space == circle)
    assert not screen.pages.isVisible(), "to walk through the list opens nothing"
    narrow.qtbot.keyClick(screen.spaces, Qt.Key.Key_Return)
    narrow.waits_until(screen.turns.back.hasFocus)
    assert screen.pages.isVisible()
    assert not screen.spaces.isVisible()
    narrow.qtbot.keyClick(screen.turns.back, Qt.Key.Key_Escape)
    assert screen.spaces.hasFocus()
    assert not screen.pages.isVisible()
    assert screen.space == circle


def test_nothing_on_the_screen_runs_off_at_the_right_of_a_narrow_window(narrow: Ank, circle: str) -> None:
    screen = narrow.screens.sharing
    for show in (screen.show_begin, screen.show_join, lambda: screen.open_space(circle)):
        show()
        narrow.waits_until(screen.pages.isVisible)
        area = screen.pages.currentWidget()
        assert isinstance(area, QScrollArea)
        narrow.waits_until(lambda area=area: area.horizontalScrollBar().maximum() == 0)


def test_a_form_comes_forward_with_the_keys_in_its_first_field_and_the_list_after_it(narrow: Ank) -> None:
    screen = narrow.screens.sharing
    narrow.press(_("Join a circle…"))
    narrow.waits_until(screen.join.pasted.hasFocus)
    narrow.press(_("Cancel"), screen.join)
    narrow.waits_until(screen.spaces.hasFocus)


def test_with_room_enough_the_list_and_the_space_are_both_there(narrow: Ank) -> None:
    screen = narrow.screens.sharing
    narrow.window.resize(1366, 740)
    narrow.waits_until(screen.pages.isVisible)
    assert screen.spaces.isVisible()
    assert not screen.turns.back.isVisible()
