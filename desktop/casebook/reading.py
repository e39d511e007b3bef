"""The fields of a record as text: for who may read it and not change it."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from casebook.fields import FieldInfo, fields_by_name
from casebook.fold import Difference
from casebook.record import Record, fresh_values
from desktop.casebook.cards import words
from desktop.casebook.editors import Options
from desktop.casebook.told import told
from desktop.theme import STEP
from resources.language import _


class Reading(QWidget):
    """Each of these fields of a kind of record that somebody filled in, under its name; text that can be copied."""

    def __init__(self, kind: type[Record], names: Iterable[str], options: Options) -> None:
        super().__init__()
        known = fields_by_name(kind)
        self._fields, self._options = [known[name] for name in names], options
        self._fresh = fresh_values(kind.kind)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(STEP)
        self.is_empty = True
        """Whether there is nothing to read."""

    def show_values(self, values: Mapping[str, Any], differences: Iterable[Difference] = ()) -> None:
        """Show these plain values; where people differ, the other texts too."""
        while item := self._column.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        others = {each.field: each.others for each in differences}
        filled = [each for each in self._fields if values.get(each.name) not in (None, "", [], self._fresh[each.name])]
        for info in filled:
            self._say(info, values[info.name], others.get(info.name, ()))
        self.is_empty = not filled

    def _say(self, info: FieldInfo, value: Any, others: Iterable[Any]) -> None:
        text = words(told(info, value, self._options), "")
        text.setAccessibleName(f"{_(info.label)}: {text.text()}")
        self._column.addWidget(words(_(info.label), "muted"))
        self._column.addWidget(text)
        for each in others:
            other = told(info, each, self._options)
            self._column.addWidget(words(_("Written at the same time: {text}").format(text=other), "muted"))
        self._column.addSpacing(2 * STEP)


class LeftOver(QFrame):
    """What somebody typed in a form, and may not record there any more."""

    def __init__(self, kind: type[Record], names: Iterable[str], options: Options, values: Mapping[str, Any]) -> None:
        super().__init__()
        self.setProperty("role", "difference")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)
        layout.setSpacing(2 * STEP)
        layout.addWidget(words(_("You typed this, and it cannot be recorded here now. It stays on this computer."), ""))
        reading = Reading(kind, names, options)
        reading.show_values(values)
        layout.addWidget(reading)
