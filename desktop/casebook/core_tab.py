"""The tab *Kern*: the few things first, what is possible before what pinches, the rest when wanted."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from casebook.case import Case
from casebook.fields import fields_by_name
from casebook.fold import Difference
from desktop.casebook.choices import Choices
from desktop.casebook.field_column import FieldColumn
from desktop.casebook.forms import Form
from desktop.casebook.reading import Reading
from desktop.spelling import Spelling
from desktop.theme import STEP
from resources.language import _, mark

GROUPS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    (
        mark("The question"),
        ("title", "request", "summary", "entry_route", "areas", "citywide", "asked_on", "initiator_kind",
         "contact_person", "policy_fields"),
        True,
    ),
    (
        mark("What is possible?"),
        ("can_now", "can_with_condition", "needs_deviation", "competent_body", "deviation"),
        True,
    ),
    (
        mark("More about the initiative"),
        ("reference", "goal", "scale", "duration", "parties", "initiator_name", "frameworks", "organisation",
         "file_number", "file_url", "origin"),
        False,
    ),
    (
        mark("Looking back"),
        ("role_wanted", "role_actual", "expectation", "tipping_point", "outcome", "learned", "paradigm",
         "paradigm_why"),
        False,
    ),
    (mark("Keeping"), ("nomination", "archive_on", "archive_status"), False),
)  # fmt: skip


class CoreTab(FieldColumn):
    """The fields of the case itself."""

    typed = Signal()

    def __init__(self, choices: Choices, spelling: Spelling | None = None) -> None:
        super().__init__()
        self._forms: list[Form] = []
        self._readings: list[Reading] = []
        self._headings: list[QLabel | QPushButton] = []
        self._differences: tuple[Difference, ...] = ()
        self._is_locked = False
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 4 * STEP, 4 * STEP, 4 * STEP)
        layout.setSpacing(3 * STEP)
        known = fields_by_name(Case)
        for title, names, is_open in GROUPS:
            part = QWidget()
            both = QVBoxLayout(part)
            both.setContentsMargins(0, 0, 0, 0)
            filled = QWidget()
            rows = QFormLayout(filled)
            rows.setContentsMargins(0, 0, 0, 0)
            form = Form([known[name] for name in names], choices.options(), rows, spelling=spelling)
            form.typed.connect(self.typed)
            reading = Reading(Case, names, choices.options())
            reading.hide()
            both.addWidget(filled)
            both.addWidget(reading)
            self._forms.append(form)
            self._readings.append(reading)
            heading = _heading(_(title), part, is_open=is_open)
            self._headings.append(heading)
            layout.addWidget(heading, 0, Qt.AlignmentFlag.AlignLeft)
            layout.addWidget(part)
        layout.addStretch()
        self.setWidget(body)
        self.show_values({})

    def show_values(
        self, values: Mapping[str, Any], differences: Iterable[Difference] = (), *, is_same: bool = False
    ) -> None:
        """Show a case, which may be the same as before, and the fields that people changed at the same time."""
        self._differences = tuple(differences)
        if not is_same:
            self.verticalScrollBar().setValue(0)
        for form, heading in zip(self._forms, self._headings, strict=True):
            form.show(values, self._differences, is_same=is_same)
            if isinstance(heading, QPushButton) and any(form.editor(each.field) for each in self._differences):
                heading.setChecked(True)
        self._show_text()

    def lock(self, locked: bool) -> None:
        """Show the case as text to read, with what was typed in it; or let it be changed again."""
        self._is_locked = locked
        for form in self._forms:
            form.part.setHidden(locked)
        self._show_text()

    def _show_text(self) -> None:
        for form, reading, heading in zip(self._forms, self._readings, self._headings, strict=True):
            if self._is_locked:
                reading.show_values(form.values(), self._differences)
            reading.setVisible(self._is_locked)
            heading.setHidden(self._is_locked and reading.is_empty)

    def show_identifying(self, shown: bool) -> None:
        """Show, or leave out, what points at a person: in a circle that is not kept."""
        for form in self._forms:
            form.show_identifying(shown)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put these plain values in as if they were typed."""
        for form in self._forms:
            form.fill(values)
        self._show_text()

    def accept(self, saved: Mapping[str, Any]) -> None:
        """These values are saved; what was typed after them still counts as typed."""
        for form in self._forms:
            form.accept(saved)

    def changes(self) -> dict[str, Any]:
        """What was typed since the case was shown."""
        return {name: each for form in self._forms for name, each in form.changes().items()}

    def title_now(self) -> str:
        """The title as it stands in the form."""
        return str(self._forms[0].values()["title"])

    def first(self) -> QWidget:
        """Where typing begins."""
        return self._forms[0].first()


def _heading(title: str, part: QWidget, *, is_open: bool) -> QLabel | QPushButton:
    if is_open:
        label = QLabel(title)
        label.setProperty("role", "heading")
        return label
    part.hide()
    button = QPushButton(f"▸ {title}")
    button.setCheckable(True)
    button.setProperty("role", "link")

    def turn(shown: bool) -> None:
        part.setVisible(shown)
        button.setText(f"▾ {title}" if shown else f"▸ {title}")

    button.toggled.connect(turn)
    return button
