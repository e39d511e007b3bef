"""The tab *Verloop*: what happened when, and the history of the case with a way back."""

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from casebook.case import Case
from casebook.database import Database
from casebook.fields import fields_by_name
from casebook.history import Version, put_back, versions
from casebook.present import CaseFile
from desktop.background import Background
from desktop.casebook.records_tab import Card, words
from desktop.messages import Messages
from desktop.theme import STEP
from resources.language import _, current

_LONGEST = 160


class CourseTab(QScrollArea):
    """Every save of the case, newest first."""

    def __init__(self, db: Database, background: Background, messages: Messages) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self._db, self._background, self._messages = db, background, messages

    def show_file(self, file: CaseFile) -> None:
        """Show the history of this case."""
        record_id = file.case.record.id
        self._background.run(
            partial(versions, self._db, record_id), partial(self._show, record_id), self, key="history"
        )

    def _show(self, record_id: Any, found: list[Version]) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 4 * STEP, 4 * STEP, 4 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(words(_("History"), "heading"))
        for version in found:
            card = Card(_moment(version.at), _("You") if version.is_mine else _("A colleague"))
            for each in version.changes:
                info = fields_by_name(Case).get(each.field)
                label = _(info.label) if info else each.field
                card.say(f"{label}: {_short(each.before)} → {_short(each.after)}", "-")
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

    def _put_back(self, record_id: Any, version: Version) -> None:
        self._background.run(
            partial(put_back, self._db, record_id, version.revision),
            lambda _n: self._messages.tell(_("The earlier version is back.")),
            self,
        )


def _moment(at: datetime) -> str:
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale(current()).toString(local, "d MMMM yyyy, HH:mm")


def _short(value: Any) -> str:
    text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value or "–")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
