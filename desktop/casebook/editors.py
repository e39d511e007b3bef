"""One editor for each kind of field: its widget, and how its plain value is read and shown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QListWidgetItem, QWidget

from casebook.fields import Choice, FieldInfo, Merge, Weight, field_type
from desktop.day_field import DayField
from desktop.line import Line
from desktop.prose import Prose
from desktop.spelling import Spelling
from desktop.steady import SteadyBox
from desktop.theme import STEP
from resources.language import _

Options = Mapping[str, Iterable[tuple[str, str]]]
"""For fields that hold codes of a list: what there is to choose, as code and name."""

_SMALLEST = 26
"""Pixels of something one can hit, and a little (WCAG 2.2, 2.5.8)."""


@dataclass(frozen=True)
class Editor:
    """One field on the screen: its widget, and how its plain value is read and shown.

    *spoken* is the part of it that carries the name and takes the keys, where that is not all of it.
    """

    widget: QWidget
    read: Callable[[], Any]
    show: Callable[[Any], None]
    spoken: QWidget | None = None

    @property
    def named(self) -> QWidget:
        """What carries the name."""
        return self.spoken or self.widget


def editor_of(
    info: FieldInfo, options: Options, changed: Callable[[], None], spelling: Spelling | None = None
) -> Editor:
    """The editor of a field; *changed* is called when the reader changed something."""
    kind = field_type(info)
    if info.merge is Merge.SET:
        return _several(_choices(info, options, kind), changed)
    if info.name in options or (isinstance(kind, type) and issubclass(kind, Choice)):
        return _one(_choices(info, options, kind), changed)
    if kind is bool:
        return _yes(changed)
    if kind is date:
        return _day(changed)
    if kind is int:
        return _number(changed)
    if info.merge is Merge.TEXT:
        return _prose(changed, spelling)
    # Other lines hold names and numbers, which no dictionary knows.
    return _line(changed, spelling if info.weight is Weight.TITLE else None)


def _choices(info: FieldInfo, options: Options, kind: Any) -> list[tuple[str, str]]:
    if info.name in options:
        return list(options[info.name])
    if isinstance(kind, type) and issubclass(kind, Choice):
        return [(each.value, each.text) for each in kind]
    return []


def _line(changed: Callable[[], None], spelling: Spelling | None) -> Editor:
    line = Line(spelling) if spelling else QLineEdit()
    line.textChanged.connect(lambda _text: changed())
    return Editor(line, line.text, lambda value: line.setText(value or ""))


def _prose(changed: Callable[[], None], spelling: Spelling | None) -> Editor:
    text = Prose(spelling)
    text.edited.connect(changed)
    return Editor(text, text.toPlainText, lambda value: text.setPlainText(value or ""))


def _one(choices: list[tuple[str, str]], changed: Callable[[], None]) -> Editor:
    box = SteadyBox()
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.addItem("–", "")
    for code, name in choices:
        box.addItem(name, code)
    box.currentIndexChanged.connect(lambda _index: changed())

    def show(value: Any) -> None:
        code = value or ""
        if box.findData(code) < 0:
            box.addItem(str(code), code)
        box.setCurrentIndex(box.findData(code))

    return Editor(box, lambda: box.currentData() or None, show)


def _several(choices: list[tuple[str, str]], changed: Callable[[], None]) -> Editor:
    box = QListWidget()
    box.setTabKeyNavigation(False)
    line = max(box.fontMetrics().height() + STEP, _SMALLEST)

    def fill(codes: Iterable[tuple[str, str]], held: set[str]) -> None:
        box.clear()
        for code, name in codes:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setCheckState(Qt.CheckState.Checked if code in held else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, line))
            box.addItem(item)
        box.setFixedHeight(min(6, max(2, box.count())) * line + 3 * STEP)

    def show(value: Any) -> None:
        held = set(value or ())
        known = {code for code, _name in choices}
        fill([*choices, *((code, code) for code in sorted(held - known))], held)

    def read() -> list[str]:
        items = [box.item(row) for row in range(box.count())]
        return sorted(
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() is Qt.CheckState.Checked
        )

    box.itemChanged.connect(lambda _item: changed())
    return Editor(box, read, show)


def _yes(changed: Callable[[], None]) -> Editor:
    box = QCheckBox(_("Yes"))
    box.toggled.connect(lambda _on: changed())
    return Editor(box, box.isChecked, lambda value: box.setChecked(bool(value)))


def _day(changed: Callable[[], None]) -> Editor:
    field = DayField()
    field.changed.connect(changed)
    return Editor(
        field,
        lambda: field.day.isoformat() if field.day else None,
        lambda value: field.show_day(date.fromisoformat(value) if value else None),
        spoken=field.line,
    )


def _number(changed: Callable[[], None]) -> Editor:
    line = QLineEdit()

    def read() -> int | None:
        digits = line.text().strip().replace(".", "")
        return int(digits) if digits.isdecimal() else None

    line.textChanged.connect(lambda _text: changed())
    return Editor(line, read, lambda value: line.setText("" if value is None else str(value)))
