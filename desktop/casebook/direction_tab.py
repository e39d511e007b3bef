"""The tab *Richting en voorwaarden*: the direction with its reasons, the alignment, the conditions and the support."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QPushButton, QVBoxLayout

from casebook.condition import NEXT, Condition, ConditionStatus
from casebook.direction import (
    Alignment,
    Direction,
    DirectionValue,
    Reason,
    label_of,
    needed_to_give,
    standing,
    status_of,
)
from casebook.present import CaseFile
from casebook.problem import Problem
from casebook.record import RecordId
from casebook.saving import Change, save
from casebook.support import Support
from desktop.casebook.cards import Card, words
from desktop.casebook.folded_form import Asking, Saving
from desktop.casebook.records_tab import RecordsTab
from desktop.day import shown_day
from desktop.flow import Flow
from desktop.theme import STEP
from resources.language import _, mark

CONDITION_FIELDS = ("text", "why", "condition_kind", "owner", "due", "note", "proof")
SUPPORT_FIELDS = ("support_kind", "phase", "amount", "hours", "period", "scheme", "explanation")


class DirectionTab(RecordsTab):
    """First the direction that stands."""

    shows = (Direction, Alignment, Condition, Support)

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        current = standing(file.directions)
        label = label_of(current, file.conditions)
        layout.addWidget(words(_("Direction"), "heading"))
        if current is None or label is None:
            layout.addWidget(words(_("No direction has been given yet."), "muted"))
        for each in sorted(file.directions, key=lambda one: one is not current):
            self._direction(layout, each, file, label.text if each is current and label else "")
        giving = mark("Give a direction")
        self._add_form(
            layout,
            Asking(
                button=_(giving) if current is None else _("Replace by a new direction"),
                kind=Direction,
                names=("direction", "motivation", "main_reason", "would_help", "forum", "on"),
                also_needed=_needed,
                label=giving,
                check=partial(_given, replaces=current.id if current else RecordId("")),
            ),
        )
        if current is not None:
            aligning = mark("Record an alignment")
            self._add_form(
                layout,
                Asking(
                    button=_(aligning),
                    kind=Alignment,
                    names=("aligned_with", "outcome", "remark", "on"),
                    needed=("aligned_with", "outcome"),
                    label=aligning,
                    check=partial(_with_outcome, of=current.id),
                ),
            )
        layout.addSpacing(4 * STEP)
        self._conditions(layout, file)
        layout.addSpacing(4 * STEP)
        self._supports(layout, file)

    def _direction(self, layout: QVBoxLayout, each: Direction, file: CaseFile, label: str) -> None:
        status = status_of(each, file.directions, file.alignments)
        name = label or (each.direction.text if each.direction else "")
        card = Card(name, " · ".join(one for one in (status.text, each.forum, shown_day(each.on)) if one), each.id)
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
            self._condition(layout, each, file)
        adding = mark("Add a condition")
        self._add_form(
            layout,
            Asking(
                button=_(adding),
                kind=Condition,
                names=CONDITION_FIELDS,
                needed=("text",),
                label=adding,
                check=_with_text,
            ),
        )

    def _condition(self, layout: QVBoxLayout, each: Condition, file: CaseFile) -> None:
        late = each.is_late(date.today())  # noqa: DTZ011 - the reader's own day
        due = shown_day(each.due)
        when = _("⚠ late, {day}").format(day=due) if late else due
        card = Card(each.text, " · ".join(one for one in (each.status.text, each.owner.text, when) if one), each.id)
        card.say(each.why, each.why, "muted")
        card.say(each.note, each.note, "muted")
        steps = Flow()
        for to in NEXT[each.status] if self._may_change(each.id) else ():
            button = QPushButton(_("→ {status}").format(status=to.text))
            button.clicked.connect(partial(self._move, card, each, to, file))
            steps.addWidget(button)
        card.column.addLayout(steps)
        change = Asking(
            button=_("Change"),
            kind=Condition,
            names=CONDITION_FIELDS,
            needed=("text",),
            label=mark("Change a case"),
            check=_with_text,
            entry=file.entry(each.id),
        )
        self._manage(card, change, remove=each, file=file)
        layout.addWidget(card)

    def _move(self, card: Card, condition: Condition, to: ConditionStatus, file: CaseFile) -> None:
        try:
            change = Change(condition.moved(to), file.entry(condition.id))
        except Problem as problem:
            card.say(problem.sentence, "-", "warn")
            return
        self._save(Saving(partial(save, changes=[change], label=mark("Change a condition"))))

    def _supports(self, layout: QVBoxLayout, file: CaseFile) -> None:
        layout.addWidget(words(_("Support"), "heading"))
        if not file.supports:
            layout.addWidget(words(_("What is asked of the municipality, offered and delivered?"), "muted"))
        for each in file.supports:
            kind = each.support_kind.text if each.support_kind else ""
            amount = _("€ {amount}").format(amount=each.amount) if each.amount is not None else ""
            card = Card(kind, " · ".join(one for one in (each.phase.text, amount, each.period) if one), each.id)
            card.say(each.explanation, each.explanation)
            change = Asking(
                button=_("Change"),
                kind=Support,
                names=SUPPORT_FIELDS,
                needed=("support_kind",),
                label=mark("Change a case"),
                check=_of_a_kind,
                entry=file.entry(each.id),
            )
            self._manage(card, change, remove=each, file=file)
            layout.addWidget(card)
        adding = mark("Add support")
        self._add_form(
            layout,
            Asking(
                button=_(adding),
                kind=Support,
                names=SUPPORT_FIELDS,
                needed=("support_kind",),
                label=adding,
                check=_of_a_kind,
            ),
        )


def _with_text(record: Condition) -> Condition:
    if not record.text.strip():
        raise Problem(_("Write the condition first."))
    return record


def _of_a_kind(record: Support) -> Support:
    if record.support_kind is None:
        raise Problem(_("Choose what kind of support it is."))
    return record


def _needed(values: Mapping[str, Any]) -> tuple[str, ...]:
    direction, reason = values["direction"], values["main_reason"]
    return needed_to_give(DirectionValue(direction) if direction else None, Reason(reason) if reason else None)


def _given(record: Direction, replaces: RecordId) -> Direction:
    return replace(record, replaces=replaces).given()


def _with_outcome(record: Alignment, of: RecordId) -> Alignment:
    if record.aligned_with is None or record.outcome is None:
        raise Problem(_("Choose with whom it was aligned, and the outcome."))
    return replace(record, direction_id=of)
