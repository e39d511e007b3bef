"""Forms made from the declaration of a record's fields: one editor a field, with its label and its help."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QWidget,
)

from casebook.fields import Choice, Class, FieldInfo, Merge, field_type
from desktop.day import read_day, shown_day
from desktop.theme import STEP
from resources.language import _

Options = Mapping[str, Iterable[tuple[str, str]]]
"""For fields that hold codes of a list: what there is to choose, as code and name."""


@dataclass(frozen=True)
class Editor:
    """One field on the screen: its widget, and how its plain value is read and shown."""

    widget: QWidget
    read: Callable[[], Any]
    show: Callable[[Any], None]


class Form(QObject):
    """The editors of some fields of one record; `typed` tells that the reader changed something."""

    typed = Signal()

    def __init__(self, fields: Iterable[FieldInfo], options: Options, layout: QFormLayout) -> None:
        super().__init__(layout)
        self._editors: dict[str, Editor] = {}
        self._shown: dict[str, Any] = {}
        self._quiet = False
        layout.setVerticalSpacing(3 * STEP)
        layout.setHorizontalSpacing(4 * STEP)
        layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for info in fields:
            editor = _editor(info, options, self._changed)
            label = QLabel(_(info.label) + (" 🔒" if info.cls is Class.IDENTIFYING else ""))
            label.setBuddy(editor.widget)
            editor.widget.setAccessibleName(_(info.label))
            layout.addRow(label, editor.widget)
            if info.help:
                helped = QLabel(_(info.help), wordWrap=True)
                helped.setProperty("role", "muted")
                editor.widget.setAccessibleDescription(_(info.help))
                layout.addRow("", helped)
            self._editors[info.name] = editor

    def show(self, values: Mapping[str, Any]) -> None:
        """Show these plain values; nothing counts as typed."""
        self._quiet = True
        for name, editor in self._editors.items():
            editor.show(values.get(name))
        self._quiet = False
        self._shown = {name: editor.read() for name, editor in self._editors.items()}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put these plain values in as if they were typed."""
        self._quiet = True
        for name, value in values.items():
            self._editors[name].show(value)
        self._quiet = False

    def accept(self, saved: Mapping[str, Any]) -> None:
        """These values are saved; what was typed after them still counts as typed."""
        self._shown |= {name: each for name, each in saved.items() if name in self._editors}

    def changes(self) -> dict[str, Any]:
        """The plain values that differ from what was shown."""
        now = {name: editor.read() for name, editor in self._editors.items()}
        return {name: each for name, each in now.items() if each != self._shown.get(name)}

    def values(self) -> dict[str, Any]:
        """Every plain value as it stands in the form."""
        return {name: editor.read() for name, editor in self._editors.items()}

    def first(self) -> QWidget:
        """Where typing begins."""
        return next(iter(self._editors.values())).widget

    def _changed(self) -> None:
        if not self._quiet:
            self.typed.emit()


def _editor(info: FieldInfo, options: Options, changed: Callable[[], None]) -> Editor:
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
    return _prose(changed) if info.merge is Merge.TEXT else _line(changed)


def _choices(info: FieldInfo, options: Options, kind: Any) -> list[tuple[str, str]]:
    if info.name in options:
        return list(options[info.name])
    if isinstance(kind, type) and issubclass(kind, Choice):
        return [(each.value, each.text) for each in kind]
    return []


def _line(changed: Callable[[], None]) -> Editor:
    line = QLineEdit()
    line.textChanged.connect(lambda _text: changed())
    return Editor(line, line.text, lambda value: line.setText(value or ""))


def _prose(changed: Callable[[], None]) -> Editor:
    text = QPlainTextEdit()
    text.setTabChangesFocus(True)

    def grow() -> None:
        lines = max(3, min(12, text.document().size().height()))
        text.setFixedHeight(int(lines * text.fontMetrics().lineSpacing()) + 5 * STEP)

    text.textChanged.connect(changed)
    text.document().documentLayout().documentSizeChanged.connect(lambda _size: grow())
    grow()
    return Editor(text, text.toPlainText, lambda value: text.setPlainText(value or ""))


def _one(choices: list[tuple[str, str]], changed: Callable[[], None]) -> Editor:
    box = QComboBox()
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

    def fill(codes: Iterable[tuple[str, str]], held: set[str]) -> None:
        box.clear()
        for code, name in codes:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setCheckState(Qt.CheckState.Checked if code in held else Qt.CheckState.Unchecked)
            box.addItem(item)
        box.setFixedHeight(min(6, max(2, box.count())) * (box.fontMetrics().height() + STEP) + 2 * STEP)

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
    line = QLineEdit()
    line.setPlaceholderText(_("for example 23-11-2026"))
    held: list[date | None] = [None]

    def left() -> None:
        if line.text().strip():
            # A day that is not understood leaves the one that stood there.
            held[0] = read_day(line.text(), date.today()) or held[0]  # noqa: DTZ011 - the reader's own day
        else:
            held[0] = None
        line.setText(shown_day(held[0]))
        changed()

    def show(value: Any) -> None:
        held[0] = date.fromisoformat(value) if value else None
        line.setText(shown_day(held[0]))

    line.editingFinished.connect(left)
    return Editor(line, lambda: held[0].isoformat() if held[0] else None, show)


def _number(changed: Callable[[], None]) -> Editor:
    line = QLineEdit()

    def read() -> int | None:
        digits = line.text().strip().replace(".", "")
        return int(digits) if digits.isdecimal() else None

    line.textChanged.connect(lambda _text: changed())
    return Editor(line, read, lambda value: line.setText("" if value is None else str(value)))
