"""The tab *Verloop*: what happened when, when to look again, and the history of the case with a way back."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import NamedTuple

from PySide6.QtWidgets import QPushButton, QVBoxLayout

from casebook.course import course_of
from casebook.database import Database
from casebook.followup import FollowUp
from casebook.history import Version, put_back, versions_of
from casebook.picture import Measure, Picture
from casebook.present import CaseFile
from casebook.problem import Problem
from casebook.record import RecordId
from casebook.saving import Change, save
from casebook.timeline import TimelineEvent, timeline
from desktop.background import Background
from desktop.casebook.cards import Card, words
from desktop.casebook.choices import Choices
from desktop.casebook.folded_form import Asking, Saving
from desktop.casebook.history_list import HistoryList
from desktop.casebook.records_tab import RecordsTab
from desktop.day import shown_day
from desktop.flow import Flow
from desktop.picture_view import PictureView
from desktop.spelling import Spelling
from desktop.theme import STEP
from desktop.who_sees import who_wrote
from resources.language import _, mark

PLAN_FIELDS = ("follow_up_kind", "planned_on", "note")


class CourseTab(RecordsTab):
    """The timeline, the follow-ups, and every save."""

    shows = (FollowUp,)

    def __init__(
        self,
        save: Callable[[Saving], object],
        choices: Choices,
        spelling: Spelling | None,
        db: Database,
        background: Background,
    ) -> None:
        super().__init__(save, choices, spelling)
        self._db, self._background = db, background

    def _fill(self, layout: QVBoxLayout, file: CaseFile) -> None:
        today = date.today()  # noqa: DTZ011 - the reader's own day
        if events := course_of(file, self._choices, today):
            layout.addWidget(words(_("What happened when"), "heading"))
            layout.addWidget(PictureView(partial(_timeline, events, today)))
            layout.addSpacing(4 * STEP)
        self._follow_ups(layout, file, today)
        layout.addSpacing(4 * STEP)
        layout.addWidget(words(_("History"), "heading"))
        place = QVBoxLayout()
        layout.addLayout(place)
        records = [file.case.record.id, *(each.record.id for each in file.entries)]
        show = partial(self._show_history, place, file)
        look = partial(_written, self._db, file.case.space, records)
        self._background.run(look, show, self, key="history")

    def _follow_ups(self, layout: QVBoxLayout, file: CaseFile, today: date) -> None:
        layout.addWidget(words(_("Follow-ups"), "heading"))
        if not file.follow_ups:
            layout.addWidget(words(_("When do you look again whether it runs, stands, or came back?"), "muted"))
        waiting = [each for each in file.follow_ups if each.is_waiting]
        for each in sorted(waiting, key=lambda one: one.planned_on or date.max):
            self._follow_up(layout, each, file, today)
        adding = mark("Plan a follow-up")
        self._add_form(
            layout,
            Asking(
                button=_(adding),
                kind=FollowUp,
                names=PLAN_FIELDS,
                needed=("planned_on",),
                label=adding,
                check=FollowUp.planned,
            ),
        )
        finished = [each for each in file.follow_ups if not each.is_waiting]
        for each in sorted(finished, key=lambda one: one.done_on or one.planned_on or date.min, reverse=True):
            self._follow_up(layout, each, file, today)

    def _follow_up(self, layout: QVBoxLayout, each: FollowUp, file: CaseFile, today: date) -> None:
        day = shown_day(each.done_on or each.planned_on)
        when = _("⚠ late, {day}").format(day=day) if each.is_late(today) else day
        card = Card(each.follow_up_kind.text, " · ".join(one for one in (each.status.text, when) if one), each.id)
        if each.outcome:
            card.say(each.outcome.text, "-")
        card.say(each.note, each.note, "muted")
        ask = partial(Asking, kind=FollowUp, entry=file.entry(each.id))
        change = ask(button=_("Change"), label=mark("Change a follow-up"), names=("follow_up_kind", "note"))
        if not each.is_waiting:
            self._manage(card, change, remove=each, file=file)
            layout.addWidget(card)
            return
        finish = ask(
            button=_("→ Done"),
            label=mark("Finish a follow-up"),
            names=("outcome", "done_on", "note"),
            needed=("outcome",),
            check=partial(_done, today=today),
        )
        other_day = ask(
            button=_("→ Another day"),
            label=mark("Move a follow-up"),
            names=("planned_on",),
            needed=("planned_on",),
            check=_moved,
        )
        if not self._may_change(each.id):
            self._show_left_over(card.column, change, finish, other_day)
            layout.addWidget(card)
            return
        done, move = self._folded(finish), self._folded(other_day)
        steps = Flow()
        skip = QPushButton(_("→ Skip"))
        skip.clicked.connect(partial(self._skip, each, file))
        for button in (done.opening, move.opening, skip):
            steps.addWidget(button)
        card.column.addLayout(steps)
        for folded in (done, move):
            card.column.addWidget(folded.part)
        self._manage(card, change, remove=each, file=file)
        layout.addWidget(card)

    def _skip(self, each: FollowUp, file: CaseFile) -> None:
        change = Change(each.skipped(), file.entry(each.id))
        work = partial(save, changes=[change], label=mark("Change a follow-up"))
        self._save(Saving(work, _("The follow-up is skipped.")))

    def _show_history(self, place: QVBoxLayout, file: CaseFile, written: "_Written") -> None:
        if file.case.record.id != self._case_id or place.count():
            return
        history = HistoryList(file, written.versions, written.who, self._choices, self._may_change)
        history.wanted_back.connect(self._put_back)
        place.addWidget(history)

    def _put_back(self, version: Version) -> None:
        work = partial(put_back, record_id=version.record, revision=version.revision)
        self._save(Saving(work, _("The earlier version is back.")))


class _Written(NamedTuple):
    """Every save, and what to call who made it."""

    versions: list[Version]
    who: Callable[[str], str]


def _written(db: Database, space: str, records: Iterable[RecordId]) -> _Written:
    return _Written(versions_of(db, records), who_wrote(db, space))


def _timeline(events: list[TimelineEvent], today: date, width: float, *, measure: Measure) -> Picture:
    picture = timeline(events, width, today=today, measure=measure)
    assert picture is not None  # there are events
    return picture


def _done(record: FollowUp, today: date) -> FollowUp:
    if record.outcome is None:
        raise Problem(_("Choose what you found."))
    return record.done(record.done_on or today, record.outcome)


def _moved(record: FollowUp) -> FollowUp:
    if record.planned_on is None:
        raise Problem(_("Choose the day on which you look again."))
    return record.moved(record.planned_on)
