"""A tab of a case that shows records of it, each with forms to add or change one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QPushButton, QVBoxLayout, QWidget

from casebook.drafts import Draft
from casebook.present import CaseFile
from casebook.record import Record, RecordId
from casebook.rights import Allowed
from casebook.saving import Change, save
from desktop.casebook.cards import Card
from desktop.casebook.choices import Choices
from desktop.casebook.field_column import FieldColumn
from desktop.casebook.folded_form import Asking, FoldedForm, Saving
from desktop.casebook.reading import LeftOver
from desktop.flow import Flow
from desktop.spelling import Spelling
from desktop.tab_order import follow
from desktop.theme import STEP
from resources.language import _, mark

_SOON = 300
"""Milliseconds after the last key until what was typed is a draft."""


class RecordsTab(FieldColumn):
    """A column of sections that is made again when the case changes.

    `typed_in` hands over drafts to keep, and the ids of records whose draft can go.
    """

    shows: tuple[type[Record], ...] = ()
    """The kinds of record that stand on it."""
    typing = Signal()
    typed_in = Signal(list, list)

    def __init__(self, save: Callable[[Saving], object], choices: Choices, spelling: Spelling | None = None) -> None:
        super().__init__()
        self._save, self._choices, self._spelling = save, choices, spelling
        self._file: CaseFile | None = None
        self._allowed = Allowed({})
        self._case_id = RecordId("")
        self._drafts: list[Draft] = []
        self._forms: list[FoldedForm] = []
        self._open: set[str] = set()
        """The forms that stood open, empty ones too, when the case was shown again."""
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self.keep_drafts)

    @property
    def is_kept(self) -> bool:
        """Whether everything typed in the forms is a draft."""
        return not any(each.is_dirty for each in self._forms)

    def show_file(self, file: CaseFile, drafts: Iterable[Draft], allowed: Allowed) -> None:
        """Show the records of this case; what was typed in a form and not recorded yet stands in it again.

        What is not *allowed* is not offered.
        """
        same = self._file is not None and file.case.record.id == self._case_id
        typed = self._typed() if same else {}
        # What stands on the screen is newer than what was looked up.
        self._drafts = [*typed.values(), *(each for each in drafts if each.record not in typed)]
        held = self._place() if same else None
        at = self.verticalScrollBar().value() if same else 0
        self.keep_drafts()
        if not same:
            self._open = set()
        elif self.widget():
            self._open = {each.asking.name for each in self._forms if each.is_asking}
        self._forms = []
        self._file, self._case_id, self._allowed = file, file.case.record.id, allowed
        if old := self.takeWidget():
            old.deleteLater()
        if self.isVisible():
            self._draw()
            self.verticalScrollBar().setValue(at)
        if held:
            self._go_back(*held)

    def forget(self) -> None:
        """Show nothing, and keep nothing of what stood here."""
        self._soon.stop()
        self._file, self._case_id = None, RecordId("")
        self._forms, self._drafts = [], []
        if old := self.takeWidget():
            old.deleteLater()

    def showEvent(self, event: QShowEvent) -> None:
        """A tab is drawn when it is first looked at: three of them at once keep the reader waiting."""
        super().showEvent(event)
        if self.widget() is None and self._file is not None:
            self._draw()

    def _draw(self) -> None:
        assert self._file is not None  # there is something to draw
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 4 * STEP, 4 * STEP, 4 * STEP)
        layout.setSpacing(3 * STEP)
        self._fill(layout, self._file)
        layout.addStretch()
        self.setWidget(body)
        follow(self, body)

    def keep_drafts(self) -> None:
        """Hand over what was typed in the forms, to be kept."""
        self._soon.stop()
        dirty = {each.record_id for each in self._forms if each.is_dirty}
        for each in self._forms:
            each.is_dirty = False
        if dirty:
            typed = self._typed()
            self.typed_in.emit([typed[each] for each in dirty & typed.keys()], sorted(dirty - typed.keys()))

    def _typed(self) -> dict[RecordId, Draft]:
        """What stands in the forms and is not recorded."""
        found: dict[RecordId, Draft] = {}
        for each in self._forms:
            if each.unrecorded():
                found[each.record_id] = each.joined(found.get(each.record_id))
        return found

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        raise NotImplementedError

    def _may_change(self, record_id: RecordId) -> bool:
        """Whether this device may change the case, or a record of it."""
        if self._file is None:
            return False
        entry = self._file.case if record_id == self._case_id else self._file.entry(record_id)
        return entry is not None and self._allowed.may_change(entry.space, record_id)

    def _may_add(self) -> bool:
        """Whether it may add something to the case."""
        return self._file is not None and self._allowed.in_space(self._file.case.space).may_add

    def _add_form(self, layout: QBoxLayout, asking: Asking) -> None:
        """A button with the form under it, for who may add something."""
        if not self._may_add():
            self._show_left_over(layout, asking)
            return
        folded = self._folded(asking)
        layout.addWidget(folded.opening, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(folded.part)

    def _show_left_over(self, layout: QBoxLayout, *askings: Asking) -> None:
        """What was typed in forms that are not offered any more."""
        for each in askings:
            draft = self._draft_for(each)
            if draft:
                # A place between two poles is no number to read.
                names = [name for name in each.names if name != "place"]
                layout.addWidget(LeftOver(each.kind, names, self._choices.options(), draft.fields))

    def _draft_for(self, asking: Asking) -> Draft | None:
        return next((each for each in self._drafts if asking.meant_by(each)), None)

    def _folded(self, asking: Asking) -> FoldedForm:
        draft = self._draft_for(asking)
        folded = FoldedForm(asking, self._case_id, self._choices.options(), draft, self._spelling)
        folded.typed.connect(self._soon.start)
        folded.typed.connect(self.typing)
        folded.recorded.connect(self._save)
        folded.in_view.connect(self.bring_into_view)
        if asking.name in self._open:
            folded.open()
        self._forms.append(folded)
        return folded

    def _manage(self, card: Card, change: Asking, remove: Record, file: CaseFile) -> None:
        """Under a card: quiet buttons to change its record, and to take it away with a way back, for who may."""
        if not self._may_change(remove.id):
            self._show_left_over(card.column, change)
            return
        line = Flow()
        folded = self._folded(replace(change, quiet=True))
        line.addWidget(folded.opening)
        button = QPushButton(_("Remove"))
        button.setProperty("role", "link")
        button.clicked.connect(partial(self._remove, remove, file))
        line.addWidget(button)
        card.column.addLayout(line)
        card.column.addWidget(folded.part)

    def _remove(self, record: Record, file: CaseFile) -> None:
        change = Change(replace(record, archived=True), file.entry(record.id))
        work = partial(save, changes=[change], label=mark("Remove from a case"))
        self._save(Saving(work, _("Removed.")))

    def _place(self) -> tuple[str, str, str] | None:
        """Where the keys go now: the card, the form and its field; None when they go elsewhere."""
        at = QApplication.focusWidget()
        if at is None or not self.isAncestorOf(at):
            return None
        card: Any = at
        while card is not None and not isinstance(card, Card):
            card = card.parentWidget()
        about = card.about if card else ""
        for each in self._forms:
            if at is each.opening or each.part.isAncestorOf(at):
                names = (
                    one
                    for one in each.asking.names
                    if (editor := each.editor(one)) and (editor is at or editor.isAncestorOf(at))
                )
                return about, each.asking.name, next(names, "")
        return about, "", ""

    def _go_back(self, about: str, form: str, name: str) -> None:
        """Give the keys to where they were, or as near as there still is something."""
        for each in self._forms:
            if each.asking.name == form:
                field = each.editor(name) if each.is_open else None
                (field or each.opening).setFocus()
                return
        cards = (each for each in self.findChildren(Card) if about and each.about == about)
        buttons = (button for card in cards for button in card.findChildren(QPushButton))
        (next(buttons, None) or self).setFocus()
