"""One thing that somebody does on the screen *Delen*: it is carried out elsewhere, and then told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QLabel

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
    return isinstance(error, Problem)
