"""One thing that somebody does on the screen *Delen*: it is carried out elsewhere, and then told."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from casebook.database import Database
from casebook.problem import Problem


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be done, what is said while that lasts, and what follows when it is done."""

    says: str
    work: Callable[[Database], Any]
    told: str = ""
    then: Callable[[Any], object] = lambda _result: None
    call_off: Callable[[], object] = lambda: None
    """Ends what it waits for, when the reader calls it off."""
    refused: Callable[[BaseException], bool] = lambda _error: False
    """Shows what was wrong where it was asked; False leaves that to the strip of messages."""


def say_in(label: QLabel, error: BaseException) -> bool:
    """Show what was wrong in a label beside the question; False for what is no answer to it."""
    if isinstance(error, Problem):
        label.setText(error.sentence)
        label.show()
        see(label)
    return isinstance(error, Problem)


def see(part: QWidget) -> None:
    """Scroll to a part of a page, once it has its place."""
    above = part.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is not None:
        QTimer.singleShot(0, part, partial(above.ensureWidgetVisible, part))
