"""The strip in which the program speaks."""

from pytestqt.qtbot import QtBot

from casebook.problem import NotSaved, Problem
from desktop.messages import Messages
from resources.language import _


def test_what_could_not_be_saved_is_told_with_where_it_still_stands(qtbot: QtBot) -> None:
    strip = Messages()
    qtbot.addWidget(strip)
    strip.explain(NotSaved("De schijf is vol."))
    assert strip.text == f"De schijf is vol. {_('What you typed stays on the screen.')}"
    strip.explain(Problem("Dit is geen casusboek."))
    assert strip.text == "Dit is geen casusboek."
