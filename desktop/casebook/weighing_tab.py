"""The tab *Wegen*: what each policy field says, and the dilemmas with their poles, positions and arguments."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from casebook.contribution import Contribution
from casebook.dilemma import Argument, CaseDilemma, Pleads, Position, Stance
from casebook.lists import Dilemma
from casebook.poles import Stand, poles
from casebook.present import CaseFile
from casebook.problem import Problem
from casebook.record import Record
from desktop.casebook.cards import Card, words
from desktop.casebook.editors import Editor
from desktop.casebook.folded_form import Asking
from desktop.casebook.records_tab import RecordsTab
from desktop.day import shown_day
from desktop.picture_view import PictureView
from desktop.pole_slider import PoleSlider
from desktop.theme import STEP
from resources.language import _, mark

CONTRIBUTION_FIELDS = ("policy_field", "possible", "pinches", "by_role", "on")
ARGUMENT_FIELDS = ("text", "pleads", "nature", "weight", "perspective")
DILEMMA_FIELDS = ("name", "left", "right", "question")


class WeighingTab(RecordsTab):
    """Contributions first, then the dilemmas."""

    shows = (Contribution, CaseDilemma, Position, Argument)

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        layout.addWidget(words(_("From the policy fields"), "heading"))
        if not file.contributions:
            layout.addWidget(
                words(_("Here stands, for each policy field, first what is possible and then what pinches."), "muted")
            )
        for each in file.contributions:
            self._contribution(layout, each, file)
        adding = mark("Add a contribution")
        self._add_form(
            layout,
            Asking(
                button=_(adding),
                kind=Contribution,
                names=CONTRIBUTION_FIELDS,
                needed=("policy_field",),
                label=adding,
                check=_with_something,
            ),
        )
        layout.addSpacing(4 * STEP)
        layout.addWidget(words(_("Dilemmas"), "heading"))
        if not file.dilemmas:
            layout.addWidget(words(_("Which tension is in this case? Choose one and write where it pinches."), "muted"))
        for dilemma in file.dilemmas:
            self._dilemma(layout, dilemma, file)
        choosing = mark("Add a dilemma")
        self._add_form(
            layout,
            Asking(
                button=_(choosing),
                kind=CaseDilemma,
                names=("dilemma", "core", "main"),
                needed=("dilemma",),
                label=choosing,
                check=_chosen,
            ),
        )
        self._add_form(layout, self._own_dilemma())

    def _own_dilemma(self) -> Asking:
        """A dilemma that is in no list yet: it joins the list, and this case."""
        adding = mark("Add a dilemma of your own")

        def with_case(dilemma: Dilemma) -> tuple[Record, ...]:
            return (CaseDilemma(case_id=self._case_id, dilemma=dilemma.code),)

        return Asking(
            button=_(adding),
            kind=Dilemma,
            names=DILEMMA_FIELDS,
            needed=("name", "left", "right"),
            label=adding,
            check=_complete,
            beside=with_case,
        )

    def _contribution(self, layout: QVBoxLayout, each: Contribution, file: CaseFile) -> None:
        who = " · ".join(one for one in (each.by_role, shown_day(each.on)) if one)
        card = Card(self._choices.policy_fields.name(each.policy_field), who, each.id)
        card.say(_("Possible: {text}").format(text=each.possible), each.possible)
        card.say(_("Pinches: {text}").format(text=each.pinches), each.pinches)
        change = Asking(
            button=_("Change"),
            kind=Contribution,
            names=CONTRIBUTION_FIELDS,
            needed=("policy_field",),
            label=mark("Change a case"),
            check=_with_something,
            entry=file.entry(each.id),
        )
        self._manage(card, change, remove=each, file=file)
        layout.addWidget(card)

    def _dilemma(self, layout: QVBoxLayout, held: CaseDilemma, file: CaseFile) -> None:
        known = self._choices.dilemmas.get(held.dilemma)
        main = _("main dilemma") if held.main else ""
        card = Card(
            f"{known.symbol if known else ''}  {self._choices.dilemmas.name(held.dilemma)}".strip(), main, held.id
        )
        card.say(held.core, held.core)
        if known:
            card.say(_(known.question), known.question, "muted")
        change = Asking(
            button=_("Change"),
            kind=CaseDilemma,
            names=("core", "main"),
            label=mark("Change a case"),
            entry=file.entry(held.id),
        )
        self._manage(card, change, remove=held, file=file)
        if known:
            self._positions(card, known, file)
            self._arguments(card, known, file)
        layout.addWidget(card)

    def _positions(self, card: Card, known: Dilemma, file: CaseFile) -> None:
        left, right = _(known.left), _(known.right)
        stands = [_stand(each) for each in file.positions if each.dilemma == known.code]
        if stands:
            card.column.addWidget(PictureView(partial(poles, left, right, stands)))
        self._add_form(
            card.column,
            Asking(
                button=_("Record where you stand"),
                kind=Position,
                names=("place", "stance", "reason", "moment", "on"),
                also_needed=lambda values: ("reason",) if values["stance"] == Stance.PLACED.value else (),
                label=mark("Take a position"),
                check=Position.taken,
                fixed={"dilemma": known.code},
                placed=partial(_slider, left, right),
            ),
        )

    def _arguments(self, card: Card, known: Dilemma, file: CaseFile) -> None:
        arguments = [each for each in file.arguments if each.dilemma == known.code]
        left, right = _(known.left), _(known.right)
        columns = QHBoxLayout()
        columns.setSpacing(4 * STEP)
        for pole, side in ((left, Pleads.LEFT), (right, Pleads.RIGHT)):
            column = QVBoxLayout()
            column.setSpacing(2 * STEP)
            column.addWidget(words(_("For: {pole}").format(pole=pole), "muted"))
            for each in arguments:
                if each.pleads is side:
                    self._argument(column, each, file)
            column.addStretch()
            columns.addLayout(column, 1)
        if arguments:
            card.column.addLayout(columns)
        for each in arguments:
            if each.pleads is Pleads.NEITHER:
                self._argument(card.column, each, file)
        adding = mark("Add an argument")
        self._add_form(
            card.column,
            Asking(
                button=_(adding),
                kind=Argument,
                names=ARGUMENT_FIELDS,
                needed=("text",),
                label=adding,
                check=_argued,
                fixed={"dilemma": known.code},
            ),
        )

    def _argument(self, layout: QVBoxLayout, each: Argument, file: CaseFile) -> None:
        beside = [one.text for one in (each.nature, each.weight) if one]
        if each.pleads is Pleads.NEITHER:
            beside.append(each.pleads.text)
        if each.perspective:
            beside.append(_("seen from: {role}").format(role=each.perspective))
        card = Card("", " · ".join(beside), each.id, inner=True)
        card.column.insertWidget(0, words(each.text, ""))
        change = Asking(
            button=_("Change"),
            kind=Argument,
            names=ARGUMENT_FIELDS,
            needed=("text",),
            label=mark("Change a case"),
            check=_argued,
            entry=file.entry(each.id),
        )
        self._manage(card, change, remove=each, file=file)
        layout.addWidget(card)


def _slider(left: str, right: str, changed: Callable[[], None]) -> dict[str, Editor]:
    slider = PoleSlider(left, right)
    slider.moved.connect(changed)
    return {
        "place": Editor(slider, lambda: slider.place, slider.show_place),
        "stance": Editor(slider, lambda: slider.stance.value, lambda code: slider.show_stance(Stance(code))),
    }


def _stand(position: Position) -> Stand:
    placed = position.stance is Stance.PLACED
    return Stand(
        position.moment.text,
        position.place if placed else None,
        position.reason,
        "" if placed else position.stance.text,
        position.member,
    )


def _with_something(record: Contribution) -> Contribution:
    if not record.policy_field:
        raise Problem(_("Choose the policy field that speaks."))
    if not record.possible.strip() and not record.pinches.strip():
        raise Problem(_("Write what is possible, or what pinches."))
    return record


def _chosen(record: CaseDilemma) -> CaseDilemma:
    if not record.dilemma:
        raise Problem(_("Choose a dilemma first."))
    return record


def _argued(record: Argument) -> Argument:
    if not record.text.strip():
        raise Problem(_("Write the argument first."))
    return record


def _complete(record: Dilemma) -> Dilemma:
    """The new dilemma with a code of its own; without a name and two poles it is none."""
    if not (record.name.strip() and record.left.strip() and record.right.strip()):
        raise Problem(_("A dilemma needs a name and two poles: what stands on the one hand, and what on the other?"))
    return replace(record, code=record.id)
