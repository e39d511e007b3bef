"""The tabs *Wegen* and *Richting en voorwaarden*: records of the case, each with a form to add one."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from casebook.condition import NEXT, Condition
from casebook.contribution import Contribution
from casebook.dilemma import Argument, CaseDilemma, Pleads, Position, Stance
from casebook.direction import Alignment, Direction, label_of, standing, status_of
from casebook.fields import fields_by_name
from casebook.present import CaseFile, Entry
from casebook.problem import Problem
from casebook.record import Record, RecordId, from_plain, plain_values
from casebook.saving import Change
from casebook.support import Support
from desktop.casebook.choices import Choices
from desktop.casebook.forms import Form
from desktop.day import shown_day
from desktop.flow import Flow
from desktop.pole_slider import PoleSlider
from desktop.theme import STEP
from resources.language import _, mark

Save = Callable[[Change, str], None]

CONTRIBUTION_FIELDS = ("policy_field", "possible", "pinches", "by_role", "on")
CONDITION_FIELDS = ("text", "why", "condition_kind", "owner", "due", "note", "proof")
SUPPORT_FIELDS = ("support_kind", "phase", "amount", "hours", "period", "scheme", "explanation")


class RecordsTab(QScrollArea):
    """A column of sections that is made again when the case changes."""

    def __init__(self, save: Save, choices: Choices) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._save, self._choices = save, choices
        self._case_id = RecordId("")
        self._unsent: dict[tuple[str, ...], dict[str, Any]] = {}
        self._forms: dict[tuple[str, ...], Form] = {}

    def show_file(self, file: CaseFile) -> None:
        """Show the records of this case; what was typed in a form and not recorded yet stays in it."""
        self._unsent |= {key: form.values() for key, form in self._forms.items() if form.changes()}
        self._forms = {}
        self._case_id = file.case.record.id
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 4 * STEP, 4 * STEP, 4 * STEP)
        layout.setSpacing(3 * STEP)
        self._fill(layout, file)
        layout.addStretch()
        at = self.verticalScrollBar().value()
        self.setWidget(body)
        self.verticalScrollBar().setValue(at)

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        raise NotImplementedError

    def _add_form(
        self,
        layout: QVBoxLayout,
        button_text: str,
        kind: type[Record],
        names: Collection[str],
        label: str,
        check: Callable[[Any], Record] = lambda record: record,
        fixed: dict[str, Any] | None = None,
        entry: Entry[Any] | None = None,
    ) -> None:
        """A folded form that adds one record, or changes that of *entry*; a guard's sentence stands under it."""
        part = QWidget()
        rows = QFormLayout(part)
        known = fields_by_name(kind)
        form = Form([known[name] for name in names], self._choices.options(), rows)
        today = {"on": date.today().isoformat()}  # noqa: DTZ011 - the reader's own day
        form.show(plain_values(entry.record) if entry else today)
        about = [entry.record.id] if entry else [str(each) for each in (fixed or {}).values()]
        key = (self._case_id, kind.kind, *about)
        unsent = self._unsent.pop(key, None)
        form.fill(unsent or {})
        self._forms[key] = form
        trouble = words("", "warn")
        trouble.hide()
        keep = QPushButton(_("Record this"))
        keep.setProperty("role", "primary")
        rows.addRow("", trouble)
        rows.addRow("", keep)
        part.setVisible(bool(unsent))

        def add() -> None:
            values = {name: each for name, each in form.values().items() if each is not None}
            if entry:
                kept = {name: each for name, each in plain_values(entry.record).items() if name not in names}
                made = from_plain(kind, entry.record.id, kept | values)
            else:
                made = from_plain(kind, kind().id, values | {"case_id": self._case_id} | (fixed or {}))
            try:
                checked = check(made)
            except Problem as problem:
                trouble.setText(problem.sentence)
                trouble.show()
                return
            form.accept(form.values())
            self._save(Change(checked, entry), label)

        keep.clicked.connect(add)
        opening = QPushButton(button_text)

        def turn() -> None:
            part.setVisible(not part.isVisible())
            form.first().setFocus()

        opening.clicked.connect(turn)
        layout.addWidget(opening, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(part)

    def _change(
        self,
        card: "Card",
        record: Record,
        names: Collection[str],
        file: CaseFile,
        check: Callable[[Any], Record] = lambda record: record,
    ) -> None:
        """A folded form in the card of a record, to change it."""
        entry = file.entry(record.id)
        self._add_form(card.column, _("Change"), type(record), names, mark("Change a case"), check, entry=entry)


class WeighingTab(RecordsTab):
    """What each policy field says, and the dilemmas with their poles, positions and arguments."""

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        layout.addWidget(words(_("From the policy fields"), "heading"))
        if not file.contributions:
            layout.addWidget(
                words(_("Here stands, for each policy field, first what is possible and then what pinches."), "muted")
            )
        for each in file.contributions:
            card = Card(self._choices.policy_fields.name(each.policy_field), shown_day(each.on))
            card.say(_("Possible: {text}").format(text=each.possible), each.possible)
            card.say(_("Pinches: {text}").format(text=each.pinches), each.pinches)
            self._change(card, each, CONTRIBUTION_FIELDS, file)
            layout.addWidget(card)
        self._add_form(
            layout,
            _("Add a contribution"),
            Contribution,
            CONTRIBUTION_FIELDS,
            mark("Add a contribution"),
        )
        layout.addWidget(words(_("Dilemmas"), "heading"))
        if not file.dilemmas:
            layout.addWidget(words(_("Which tension is in this case? Choose one and write where it pinches."), "muted"))
        for dilemma in file.dilemmas:
            self._dilemma(layout, dilemma, file)
        self._add_form(
            layout, _("Add a dilemma"), CaseDilemma, ("dilemma", "core", "main"), mark("Add a dilemma"), _chosen
        )

    def _dilemma(self, layout: QVBoxLayout, held: CaseDilemma, file: CaseFile) -> None:
        known = self._choices.dilemmas.get(held.dilemma)
        main = _("main dilemma") if held.main else ""
        card = Card(f"{known.symbol if known else ''}  {self._choices.dilemmas.name(held.dilemma)}".strip(), main)
        card.say(held.core, held.core)
        self._change(card, held, ("core", "main"), file)
        if known:
            card.say(_(known.question), known.question, "muted")
            for position in [each for each in file.positions if each.dilemma == held.dilemma]:
                card.say(_position_text(position, _(known.left), _(known.right)), "-")
            slider = PoleSlider(_(known.left), _(known.right))
            card.column.addWidget(slider)
            self._position_form(card.column, held.dilemma, slider)
            arguments = [each for each in file.arguments if each.dilemma == held.dilemma]
            card.column.addLayout(self._arguments(arguments, _(known.left), _(known.right)))
            self._others(card, arguments)
            self._add_form(
                card.column,
                _("Add an argument"),
                Argument,
                ("text", "pleads", "nature", "weight", "perspective"),
                mark("Add an argument"),
                fixed={"dilemma": held.dilemma},
            )
        layout.addWidget(card)

    def _position_form(self, layout: QVBoxLayout, dilemma: str, slider: PoleSlider) -> None:
        def take(record: Position) -> Position:
            stance = Stance.DO_NOT_KNOW if slider.is_unknown else Stance.PLACED
            return replace(record, place=slider.place, stance=stance).taken()

        self._add_form(
            layout,
            _("Record where you stand"),
            Position,
            ("reason", "moment", "on"),
            mark("Take a position"),
            take,
            {"dilemma": dilemma},
        )

    def _arguments(self, arguments: list[Argument], left: str, right: str) -> QHBoxLayout:
        columns = QHBoxLayout()
        columns.setSpacing(4 * STEP)
        for pole, side in ((left, Pleads.LEFT), (right, Pleads.RIGHT)):
            column = QVBoxLayout()
            column.addWidget(words(pole, "muted"))
            for each in arguments:
                if each.pleads is side:
                    weight = f" ({each.weight.text.lower()})" if each.weight else ""
                    column.addWidget(words(f"• {each.text}{weight}", ""))
            column.addStretch()
            columns.addLayout(column, 1)
        return columns

    def _others(self, card: "Card", arguments: list[Argument]) -> None:
        """Arguments that speak for neither pole still weigh."""
        for each in arguments:
            if each.pleads is Pleads.NEITHER:
                card.say(f"• {each.text} ({each.pleads.text.lower()})", each.text)


class DirectionTab(RecordsTab):
    """The direction with its reasons, the alignment, the conditions and the support."""

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        current = standing(file.directions)
        label = label_of(current, file.conditions)
        layout.addWidget(words(_("Direction"), "heading"))
        if current is None or label is None:
            layout.addWidget(words(_("No direction has been given yet."), "muted"))
        for each in sorted(file.directions, key=lambda one: one is not current):
            self._direction(layout, each, file, label.text if each is current and label else "")
        self._add_form(
            layout,
            _("Give a direction") if current is None else _("Replace by a new direction"),
            Direction,
            ("direction", "motivation", "main_reason", "would_help", "forum", "on"),
            mark("Give a direction"),
            Direction.given,
            {"replaces": current.id} if current else {},
        )
        if current is not None:
            self._add_form(
                layout,
                _("Record an alignment"),
                Alignment,
                ("aligned_with", "outcome", "remark", "on"),
                mark("Record an alignment"),
                _with_outcome,
                {"direction_id": current.id},
            )
        self._conditions(layout, file)
        self._supports(layout, file)

    def _direction(self, layout: QVBoxLayout, each: Direction, file: CaseFile, label: str) -> None:
        status = status_of(each, file.directions, file.alignments)
        name = label or (each.direction.text if each.direction else "")
        card = Card(name, f"{status.text} · {shown_day(each.on)}")
        if each.main_reason:
            card.say(each.main_reason.text, "-")
        card.say(each.motivation, each.motivation)
        card.say(_("This can help: {text}").format(text=each.would_help), each.would_help)
        for alignment in file.alignments:
            if alignment.direction_id == each.id and alignment.aligned_with and alignment.outcome:
                told = f"{alignment.aligned_with.text}: {alignment.outcome.text}"
                card.say(f"{told}. {alignment.remark}".strip(), "-", "muted")
        layout.addWidget(card)

    def _conditions(self, layout: QVBoxLayout, file: CaseFile) -> None:
        layout.addWidget(words(_("Conditions"), "heading"))
        if not file.conditions:
            layout.addWidget(words(_("What must be true before, or while, the initiative goes ahead?"), "muted"))
        for each in file.conditions:
            late = each.is_late(date.today())  # noqa: DTZ011 - the reader's own day
            due = shown_day(each.due)
            when = _("⚠ late, {day}").format(day=due) if late else due
            card = Card(each.text, " · ".join(one for one in (each.status.text, each.owner.text, when) if one))
            card.say(each.why, each.why, "muted")
            card.say(each.note, each.note, "muted")
            steps = Flow()
            for to in NEXT[each.status]:
                button = QPushButton(_("→ {status}").format(status=to.text))
                button.clicked.connect(partial(self._move, card, each, to, file))
                steps.addWidget(button)
            card.column.addLayout(steps)
            self._change(card, each, CONDITION_FIELDS, file, _with_text)
            layout.addWidget(card)
        self._add_form(
            layout,
            _("Add a condition"),
            Condition,
            CONDITION_FIELDS,
            mark("Add a condition"),
            _with_text,
        )

    def _move(self, card: "Card", condition: Condition, to: Any, file: CaseFile) -> None:
        try:
            self._save(Change(condition.moved(to), file.entry(condition.id)), mark("Change a condition"))
        except Problem as problem:
            card.say(problem.sentence, "-", "warn")

    def _supports(self, layout: QVBoxLayout, file: CaseFile) -> None:
        layout.addWidget(words(_("Support"), "heading"))
        if not file.supports:
            layout.addWidget(words(_("What is asked of the municipality, offered and delivered?"), "muted"))
        for each in file.supports:
            kind = each.support_kind.text if each.support_kind else ""
            amount = _("€ {amount}").format(amount=each.amount) if each.amount is not None else ""
            card = Card(kind, " · ".join(one for one in (each.phase.text, amount, each.period) if one))
            card.say(each.explanation, each.explanation)
            self._change(card, each, SUPPORT_FIELDS, file)
            layout.addWidget(card)
        self._add_form(
            layout,
            _("Add support"),
            Support,
            SUPPORT_FIELDS,
            mark("Add support"),
        )


class Card(QFrame):
    """One record: what it is, and a quiet line beside it."""

    def __init__(self, title: str, beside: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(4 * STEP, 3 * STEP, 4 * STEP, 3 * STEP)
        self.column.setSpacing(2 * STEP)
        self.column.addWidget(words(title, "strong"))
        if beside:
            self.column.addWidget(words(beside, "muted"))

    def say(self, text: str, only_with: str, role: str = "") -> None:
        """Add a line, if there is something to say."""
        if only_with:
            self.column.addWidget(words(text, role))


def words(text: str, role: str) -> QLabel:
    """A label that wraps, in one of the roles of the look."""
    label = QLabel(text, wordWrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label


def _position_text(position: Position, left: str, right: str) -> str:
    if position.stance is not Stance.PLACED:
        where = position.stance.text
    elif position.place == 0:
        where = _("in the middle")
    else:
        where = _("{steps} of 3 towards “{pole}”").format(
            steps=abs(position.place), pole=left if position.place < 0 else right
        )
    return f"{position.moment.text}: {where}. {position.reason}".strip()


def _chosen(record: CaseDilemma) -> CaseDilemma:
    if not record.dilemma:
        raise Problem(_("Choose a dilemma first."))
    return record


def _with_text(record: Condition) -> Condition:
    if not record.text.strip():
        raise Problem(_("Write the condition first."))
    return record


def _with_outcome(record: Alignment) -> Alignment:
    if record.aligned_with is None or record.outcome is None:
        raise Problem(_("Choose with whom it was aligned, and the outcome."))
    return record
