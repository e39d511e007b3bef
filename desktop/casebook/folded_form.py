"""A form behind a button that adds a record or changes one; what is typed in it is a draft until it is recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QWidget

from casebook.database import Database
from casebook.drafts import Draft
from casebook.fields import fields_by_name
from casebook.present import Entry
from casebook.problem import Problem
from casebook.record import Record, RecordId, from_plain, new_id, plain_values
from casebook.saving import Change, Edit, save, save_edits
from desktop.casebook.cards import words
from desktop.casebook.editors import Options
from desktop.casebook.forms import Form, Placed
from desktop.spelling import Spelling
from desktop.tab_order import follow
from resources.language import _

_FORMS = "forms"
"""Beside the fields of a draft: the names of the forms in which they were typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a folded form asks, and what becomes of the answer.

    It adds a record of *kind* with the *fixed* values, or changes that of *entry*. *check* refuses with
    a `Problem`, or gives the record as it is to be saved; *beside* are other records saved in the same act.
    *needed* fields say so; which others are too depends on the plain values that stand in the form.
    """

    button: str
    kind: type[Record]
    names: tuple[str, ...]
    label: str
    check: Callable[[Any], Record] = lambda record: record
    fixed: Mapping[str, Any] = field(default_factory=dict)
    entry: Entry[Any] | None = None
    placed: Placed = lambda _changed: {}
    beside: Callable[[Any], tuple[Record, ...]] = lambda _record: ()
    needed: tuple[str, ...] = ()
    also_needed: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda _values: ()
    quiet: bool = False

    @property
    def name(self) -> str:
        """By which the same form is known when the case is shown again, be it after a restart."""
        about = [self.entry.record.id] if self.entry else [str(each) for each in self.fixed.values()]
        return "/".join((self.kind.kind, self.label, *about))

    def meant_by(self, draft: Draft) -> bool:
        """Whether *draft* was typed in this form."""
        return self.name in draft.fields.get(_FORMS, ())


@dataclass(frozen=True, slots=True)
class Saving:
    """Something to save, what to say when it is, with a way back, and what to do when it is refused."""

    work: Callable[[Database], int]
    told: str = ""
    refused: Callable[[], object] = lambda: None


class FoldedForm(QObject):
    """The button, and the form under it; `recorded` hands over what is to be saved."""

    typed = Signal()
    recorded = Signal(object)
    in_view = Signal(list)
    """Widgets that the reader has to see now, the most important one last."""

    def __init__(
        self, asking: Asking, case_id: RecordId, options: Options, draft: Draft | None, spelling: Spelling | None
    ) -> None:
        self.part = QWidget()
        super().__init__(self.part)
        self.asking, self._case_id = asking, case_id
        self._options, self._draft, self._spelling = options, draft, spelling
        self.record_id = asking.entry.record.id if asking.entry else draft.record if draft else new_id()
        self.is_dirty = False
        """Whether something was typed that is not in a draft yet."""
        self._is_sent = False
        self._form: Form | None = None
        self._trouble = words("", "warn")
        self._keep = QPushButton(_("Record this"))
        self.part.hide()
        self.opening = QPushButton(asking.button)
        if asking.quiet:
            self.opening.setProperty("role", "link")
        self.opening.clicked.connect(self._turn)
        if draft or (asking.entry and any(each.field in asking.names for each in asking.entry.differences)):
            self.open()

    @property
    def is_open(self) -> bool:
        """Whether the form shows."""
        return not self.part.isHidden()

    @property
    def is_asking(self) -> bool:
        """Whether the form shows, and waits for what the reader will record."""
        return self.is_open and not self._is_sent

    def open(self) -> Form:
        """Show the form under its button."""
        form = self._unfolded()
        self.part.show()
        return form

    def editor(self, name: str) -> QWidget | None:
        """The widget of a field, once the form was unfolded."""
        return self._form.editor(name) if self._form else None

    def unrecorded(self) -> dict[str, Any]:
        """What was typed and neither recorded nor emptied again."""
        return self._form.changes() if self._form and not self._is_sent else {}

    def draft(self) -> Draft:
        """The same as a draft, that tells to which case and which form it belongs."""
        entry = self.asking.entry
        fields = {**self.unrecorded(), "case_id": self._case_id, _FORMS: [self.asking.name]}
        return Draft(self.record_id, self.asking.kind.kind, fields, entry.heads if entry else ())

    def joined(self, earlier: Draft | None) -> Draft:
        """The draft together with what was typed in another form of the same record."""
        draft = self.draft()
        if earlier is None:
            return draft
        forms = [*earlier.fields[_FORMS], self.asking.name]
        return replace(draft, fields={**earlier.fields, **draft.fields, _FORMS: forms})

    def _turn(self) -> None:
        if self.is_open:
            self.part.hide()
        else:
            form = self.open()
            follow(self.opening, self.part)
            form.first().setFocus()
            self.in_view.emit([self._keep, form.first()])

    def _unfolded(self) -> Form:
        """The form; a case has dozens, so each is made when it is wanted."""
        if self._form:
            return self._form
        asking = self.asking
        rows = QFormLayout(self.part)
        rows.setContentsMargins(0, 0, 0, 0)
        known = fields_by_name(asking.kind)
        infos = [known[name] for name in asking.names]
        form = Form(infos, self._options, rows, asking.placed, self._spelling, asking.needed)
        if asking.entry:
            form.show(plain_values(asking.entry.record), asking.entry.differences)
        else:
            fresh = plain_values(asking.kind())
            form.show(fresh | {"on": date.today().isoformat()})  # noqa: DTZ011 - the reader's own day
        form.fill(self._draft.fields if self._draft else {})
        self._trouble.hide()
        form.need(self._needed(form))
        self._keep.setProperty("role", "primary")
        self._keep.clicked.connect(self._record)
        line = QHBoxLayout()
        line.addWidget(self._keep)
        line.addStretch()
        rows.addRow(self._trouble)
        rows.addRow("", line)
        form.typed.connect(self._typed)
        self._form = form
        return form

    def _needed(self, form: Form) -> tuple[str, ...]:
        return (*self.asking.needed, *self.asking.also_needed(form.values()))

    def _typed(self) -> None:
        self.is_dirty = True
        if self._form:
            self._form.need(self._needed(self._form))
        self.typed.emit()

    def _record(self) -> None:
        try:
            checked = self.asking.check(self._made())
            beside = self.asking.beside(checked)
        except Problem as problem:
            self._trouble.setText(problem.sentence)
            field = self._unfolded().complain(self._trouble)
            field.setFocus()
            self.in_view.emit([self._trouble, field])
            return
        self._trouble.hide()
        self._is_sent, self.is_dirty = True, False
        self.recorded.emit(Saving(self._work(checked, beside), refused=self._refused))

    def _refused(self) -> None:
        self._is_sent = False

    def _work(self, checked: Record, beside: tuple[Record, ...]) -> Callable[[Database], int]:
        entry = self.asking.entry
        if entry is None:
            changes = [Change(each) for each in (checked, *beside)]
            return partial(save, changes=changes, label=self.asking.label)
        # Only from the fields themselves is it known that one of two texts was chosen as it stood.
        before, after = plain_values(entry.record), plain_values(checked)
        chosen = self._unfolded().changes().keys()
        fields = {name: each for name, each in after.items() if each != before[name] or name in chosen}
        edit = Edit(entry.record.id, entry.record.kind, fields, entry.heads)
        return partial(save_edits, edits=[edit], label=self.asking.label)

    def _made(self) -> Record:
        entry, kind = self.asking.entry, self.asking.kind
        values = {name: each for name, each in self._unfolded().values().items() if each is not None}
        if entry is None:
            return from_plain(kind, self.record_id, {**values, "case_id": self._case_id, **self.asking.fixed})
        kept = {name: each for name, each in plain_values(entry.record).items() if name not in self.asking.names}
        return from_plain(kind, entry.record.id, kept | values)
