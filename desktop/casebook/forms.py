"""Forms made from the declaration of a record's fields: one editor a field, with its label and its help."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from casebook.fields import Class, FieldInfo
from casebook.fold import Difference
from casebook.text_merge import sentences
from desktop.casebook.difference import DifferenceStrip
from desktop.casebook.editors import Editor, Options, editor_of
from desktop.casebook.told import told
from desktop.labelled import stacked
from desktop.prose import Prose
from desktop.spelling import Spelling
from desktop.tab_order import come_before
from desktop.theme import STEP
from resources.language import _

_BESIDE, _ABOVE = QFormLayout.RowWrapPolicy.WrapLongRows, QFormLayout.RowWrapPolicy.WrapAllRows
_ANY = 16_777_215
"""Pixels: as wide as it comes."""
_NARROW = 60
_NAME = 26
"""Letters."""
_FIELD = QFormLayout.ItemRole.FieldRole

Placed = Callable[[Callable[[], None]], Mapping[str, Editor]]
"""Makes editors, that call what they are given when the reader changed something."""


class Form(QObject):
    """The editors of some fields of one record; `typed` tells that the reader changed something.

    *placed* makes editors of one's own for some fields; one widget may stand for several fields at once.
    The labels of *needed* fields say so.
    """

    typed = Signal()

    def __init__(
        self,
        fields: Iterable[FieldInfo],
        options: Options,
        layout: QFormLayout,
        placed: Placed = lambda _changed: {},
        spelling: Spelling | None = None,
        needed: Collection[str] = (),
    ) -> None:
        super().__init__(layout)
        self._layout, self._options, self._spelling = layout, options, spelling
        self._infos = {each.name: each for each in fields}
        self._editors: dict[str, Editor] = {}
        self._shown: dict[str, Any] = {}
        self._settled: set[str] = set()
        self._strips: list[DifferenceStrip] = []
        self._quiet = False
        layout.setVerticalSpacing(3 * STEP)
        layout.setHorizontalSpacing(4 * STEP)
        layout.setRowWrapPolicy(_BESIDE)
        if around := layout.parentWidget():
            around.installEventFilter(self)
        layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._labels: dict[str, QLabel] = {}
        self._needed: Collection[str] = ()
        self._arranged = QSize()
        own = placed(self._tell)
        for info in self._infos.values():
            self._add(info, own.get(info.name))
        self.need(needed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """With little room, or large letters, the labels stand above their fields."""
        if isinstance(event, QResizeEvent) and isinstance(watched, QWidget):
            is_narrow = event.size().width() < _NARROW * watched.fontMetrics().averageCharWidth()
            self._layout.setRowWrapPolicy(_ABOVE if is_narrow else _BESIDE)
            self._fit_names()
            QTimer.singleShot(0, self, self._arrange_again)
        return super().eventFilter(watched, event)

    def _fit_names(self) -> None:
        """The fields of one form stand straight under those of another: their names have the same width."""
        is_above, around = self._layout.rowWrapPolicy() is _ABOVE, self._layout.parentWidget()
        for label in self._labels.values():
            beside = _NAME * label.fontMetrics().averageCharWidth()
            room = around.width() if is_above and around else beside
            label.setMinimumWidth(0 if is_above else beside)
            label.setMaximumWidth(_ANY if is_above else beside)
            label.setWordWrap(label.fontMetrics().horizontalAdvance(label.text()) > room)

    def _arrange_again(self) -> None:
        """A form of Qt that grew or shrank keeps old heights of what wraps, and then its last field is cut off."""
        around = self._layout.parentWidget()
        if around and around.size() != self._arranged:
            self._arranged = around.size()
            self._layout.invalidate()
            self._layout.activate()

    def show(self, values: Mapping[str, Any], differences: Iterable[Difference] = (), *, is_same: bool = False) -> None:
        """Show these plain values, and where people differ; nothing counts as typed.

        When it *is the same* record as before, a field that did not change keeps its cursor and its undo.
        """
        self._quiet = True
        for name, editor in self._editors.items():
            if not is_same or (editor.read() or None) != (values.get(name) or None):
                editor.show(values.get(name))
        self._quiet = False
        self._shown = {name: editor.read() for name, editor in self._editors.items()}
        self._settled.clear()
        self._show_differences(differences)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put these plain values in as if they were typed."""
        self._quiet = True
        for name, value in values.items():
            if name in self._editors:
                self._editors[name].show(value)
        self._quiet = False

    def accept(self, saved: Mapping[str, Any]) -> None:
        """These values are saved; what was typed after them still counts as typed."""
        self._shown |= {name: each for name, each in saved.items() if name in self._editors}
        self._settled -= set(saved)

    def changes(self) -> dict[str, Any]:
        """The plain values that differ from what was shown, or that the reader chose among several."""
        now = {name: editor.read() for name, editor in self._editors.items()}
        return {name: each for name, each in now.items() if each != self._shown.get(name) or name in self._settled}

    def values(self) -> dict[str, Any]:
        """Every plain value as it stands in the form."""
        return {name: editor.read() for name, editor in self._editors.items()}

    def need(self, names: Collection[str]) -> None:
        """Say of these fields that they are needed, and of the others that they are not."""
        self._needed = names
        for name, label in self._labels.items():
            info, is_needed = self._infos[name], name in names
            told = _("{field} (needed)").format(field=_(info.label)) if is_needed else _(info.label)
            label.setText(told + (" 🔒" if info.cls is Class.IDENTIFYING else ""))
            described = (_("needed") if is_needed else "", self._help(info))
            self._editors[name].named.setAccessibleDescription(". ".join(each for each in described if each))
        self._fit_names()

    def complain(self, about: QLabel) -> QWidget:
        """Put what is wrong under the first needed field that is empty, else under the first; returns that field."""
        empty = (
            name for name in self._infos if name in self._needed and not str(self._editors[name].read() or "").strip()
        )
        editor = self._editors[next(empty, next(iter(self._editors)))]
        self._layout.takeRow(about)
        self._layout.insertRow(self._row_of(editor.widget) + 1, about)
        about.show()
        return editor.named

    def first(self) -> QWidget:
        """Where typing begins."""
        return next(iter(self._editors.values())).widget

    def show_identifying(self, shown: bool) -> None:
        """Show, or leave out, what points at a person."""
        for name, info in self._infos.items():
            if info.cls is Class.IDENTIFYING and (row := self._row_of(self._editors[name].widget)) >= 0:
                self._layout.setRowVisible(row, shown)

    @property
    def part(self) -> QWidget:
        """What the form stands in."""
        part = self._layout.parentWidget()
        assert part is not None  # a layout is made on a widget
        return part

    def editor(self, name: str) -> QWidget | None:
        """The widget of a field, if the form has it."""
        return self._editors[name].widget if name in self._editors else None

    def _add(self, info: FieldInfo, placed: Editor | None) -> None:
        editor = placed or editor_of(info, self._options, self._tell, self._spelling)
        if placed:
            # An editor of its own names and explains itself, and may serve a field before this one.
            if not any(each.widget is placed.widget for each in self._editors.values()):
                self._layout.addRow(placed.widget)
        else:
            label = self._labels[info.name] = QLabel()
            label.setBuddy(editor.named)
            editor.named.setAccessibleName(_(info.label))
            helped = self._help(info)
            field = _with_help(editor.widget, helped) if helped else editor.widget
            if info.most_sentences and isinstance(editor.widget, Prose):
                field = stacked(field, SentenceCount(editor.widget, info.most_sentences))
            self._layout.addRow(label, field)
        self._editors[info.name] = editor

    def _help(self, info: FieldInfo) -> str:
        if info.name in self._options and not list(self._options[info.name]):
            return _("There is nothing to choose from yet. You fill this list at Lists (Ctrl+3).")
        return _(info.help) if info.help else ""

    def _show_differences(self, differences: Iterable[Difference]) -> None:
        for strip in self._strips:
            self._layout.removeRow(strip)
        self._strips = []
        for each in differences:
            if each.field in self._editors:
                info = self._infos[each.field]
                strip = DifferenceStrip(info, each, partial(told, info, options=self._options))
                strip.chosen.connect(partial(self._settle, each.field))
                field = self._editors[each.field].widget
                self._layout.insertRow(self._row_of(field), strip)
                come_before(field, strip)
                self._strips.append(strip)

    def _row_of(self, widget: QWidget) -> int:
        items = ((row, self._layout.itemAt(row, _FIELD)) for row in range(self._layout.rowCount()))
        return next(
            (
                row
                for row, item in items
                if item and (held := item.widget()) and (held is widget or held.isAncestorOf(widget))
            ),
            -1,
        )

    def _settle(self, name: str, value: Any) -> None:
        """The reader chose among the values of this field, be it the one that stood there."""
        self._settled.add(name)
        self._editors[name].show(value)
        self.typed.emit()

    def _tell(self) -> None:
        """The reader changed something."""
        if not self._quiet:
            self.typed.emit()


class SentenceCount(QLabel):
    """How many sentences stand in a field that is meant to be short."""

    def __init__(self, field: Prose, most: int) -> None:
        super().__init__(wordWrap=True)
        self._field, self._most = field, most
        field.textChanged.connect(self._count)
        self._count()

    def _count(self) -> None:
        n = sum(any(sign.isalnum() for sign in each) for each in sentences(self._field.toPlainText()))
        is_long = n > self._most
        told = _("⚠ {n} sentences; at most {most} read best") if is_long else _("{n} of at most {most} sentences")
        self.setText(told.format(n=n, most=self._most))
        self.setVisible(n > 0)
        if self.property("role") != (role := "warn" if is_long else "muted"):
            self.setProperty("role", role)
            # A style sheet looks at a property only when it is asked to.
            self.style().polish(self)


def _with_help(widget: QWidget, text: str) -> QWidget:
    """The field with its help close under it."""
    helped = QLabel(text, wordWrap=True)
    helped.setProperty("role", "muted")
    return stacked(widget, helped)
