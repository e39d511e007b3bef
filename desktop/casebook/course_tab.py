"""The tab *Verloop*: what happened when, and the history of the case with a way back."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from casebook.case import Case
from casebook.course import course_of
from casebook.database import Database
from casebook.fields import Choice, FieldInfo, field_type, fields_by_name
from casebook.history import Version, put_back, versions
from casebook.names import names_of
from casebook.picture import Picture
from casebook.present import CaseFile
from casebook.record import RecordId
from casebook.timeline import timeline
from desktop.background import Background
from desktop.casebook.choices import Choices
from desktop.casebook.records_tab import Card, words
from desktop.day import shown_day
from desktop.messages import Messages
from desktop.picture_view import PictureView
from desktop.theme import STEP
from resources.language import _, current

_LONGEST = 160
_WIDTH = 135 * STEP
"""Of the timeline: as wide as the narrowest case view that the smallest supported screen has."""


@dataclass(frozen=True, slots=True)
class Course:
    """What stands on the tab."""

    picture: Picture | None
    versions: list[Version]


class CourseTab(QScrollArea):
    """Every save of the case, newest first."""

    def __init__(self, db: Database, background: Background, messages: Messages, choices: Choices) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._db, self._background, self._messages, self._choices = db, background, messages, choices

    def show_file(self, file: CaseFile) -> None:
        """Show the history of this case."""
        record_id = file.case.record.id
        work = partial(_looked_up, self._db, file)
        self._background.run(work, partial(self._show, record_id), self, key="history")

    def _show(self, record_id: RecordId, found: Course) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 4 * STEP, 4 * STEP, 4 * STEP)
        layout.setSpacing(3 * STEP)
        if found.picture:
            layout.addWidget(words(_("What happened when"), "heading"))
            layout.addWidget(PictureView(found.picture))
        layout.addWidget(words(_("History"), "heading"))
        for version in found.versions:
            card = Card(_moment(version.at), _("You") if version.is_mine else _("A colleague"))
            for each in version.changes:
                info = fields_by_name(Case).get(each.field)
                label = _(info.label) if info else each.field
                before, after = (_short(self._told(info, value)) for value in (each.before, each.after))
                card.say(f"{label}: {before} → {after}", "-")
            if not version.is_current:
                row = QHBoxLayout()
                button = QPushButton(_("Put back"))
                button.clicked.connect(partial(self._put_back, record_id, version))
                row.addWidget(button)
                row.addStretch()
                card.column.addLayout(row)
            layout.addWidget(card)
        layout.addStretch()
        self.setWidget(body)

    def _told(self, info: FieldInfo | None, value: Any) -> str:
        """A plain value in the words of the reader."""
        if value in (None, "", []) or info is None:
            return str(value or "–")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        kind = field_type(info)
        try:
            if isinstance(kind, type) and issubclass(kind, Choice):
                return kind(value).text
            if kind is date:
                return shown_day(date.fromisoformat(value))
        except ValueError:
            return str(value)
        names = dict(self._choices.options().get(info.name, ()))
        held = value if isinstance(value, list) else [value]
        return ", ".join(names.get(each, str(each)) for each in held)

    def _put_back(self, record_id: RecordId, version: Version) -> None:
        self._background.run(
            partial(put_back, self._db, record_id, version.revision),
            lambda _n: self._messages.tell(_("The earlier version is back.")),
            self,
        )


def _looked_up(db: Database, file: CaseFile) -> Course:
    today = date.today()  # noqa: DTZ011 - the reader's own day
    return Course(
        timeline(course_of(file, names_of(db), today), _WIDTH, today=today), versions(db, file.case.record.id)
    )


def _moment(at: datetime) -> str:
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale(current()).toString(local, "d MMMM yyyy, HH:mm")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
