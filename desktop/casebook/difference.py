"""A field that two people changed at the same time: both texts, and this, that or both to go on with."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QPushButton, QVBoxLayout

from casebook.fields import FieldInfo, Merge, Weight
from casebook.fold import Difference
from casebook.text_merge import both_texts
from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.theme import STEP
from resources.language import _


class DifferenceStrip(QFrame):
    """Stands above the field; `chosen` tells which value the reader wants to go on with."""

    chosen = Signal(object)

    def __init__(self, info: FieldInfo, difference: Difference, told: Callable[[Any], str]) -> None:
        super().__init__()
        self.setProperty("role", "difference")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)
        layout.setSpacing(2 * STEP)
        name = _(info.label)
        layout.addWidget(words(_("“{field}” was changed in two places at the same time.").format(field=name), "strong"))
        values = (difference.shown, *difference.others)
        self._buttons = QButtonGroup(self)
        choices = Flow()
        for number, value in enumerate(values, 1):
            layout.addWidget(words(f"{number}. {told(value)}", ""))
            self._offer(choices, _("Keep {number}").format(number=number), told(value), partial(lambda one: one, value))
        both = both_of(info, values)
        if both is not None:
            self._offer(choices, _("Keep both"), told(both), partial(lambda one: one, both))
        layout.addLayout(choices)
        going_on = _(
            "If you go on, here or in another field, 1 stays. The other stays in the history, on the tab Course."
        )
        self._going_on = words(going_on, "muted")
        layout.addWidget(self._going_on)

    def _offer(self, choices: Flow, text: str, whole: str, value: Callable[[], Any]) -> None:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("role", "chip")
        button.setAccessibleDescription(whole)
        button.clicked.connect(lambda _on=False: self._choose(value()))
        self._buttons.addButton(button)
        choices.addWidget(button)

    def _choose(self, value: Any) -> None:
        self._going_on.setText(
            _("You chose. It counts as soon as you leave this case; each text stays in the history, on the tab Course.")
        )
        self.chosen.emit(value)


def both_of(info: FieldInfo, values: Sequence[Any]) -> Any:
    """All values in one; None where that makes no sense, as with a date."""
    if info.merge is Merge.SET:
        return sorted({element for each in values for element in each or ()})
    if info.weight is Weight.NONE or not all(isinstance(each, str) and each.strip() for each in values):
        return None
    return reduce(both_texts, values) if info.merge is Merge.TEXT else " / ".join(values)
