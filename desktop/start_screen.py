"""Start: what asks for attention today, and what was worked on last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QDate, QLocale, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from casebook.case_line import CaseLine
from casebook.case_query import Query, Sort
from casebook.condition import Condition
from casebook.database import Database
from casebook.followup import FollowUp
from casebook.present import cases, count, entry, every
from casebook.samples import has_samples
from desktop.background import Background
from desktop.casebook.titled import titled
from desktop.flow import Flow
from desktop.theme import STEP
from resources.language import _, current, plural

_LATEST = 6
_MOST = 8
_AHEAD = 15


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do for a case."""

    case_id: str
    case_title: str
    text: str
    on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Today:
    """What stands on the start screen."""

    total: int
    due: tuple[Due, ...]
    latest: tuple[CaseLine, ...]
    has_samples: bool


def today_in(db: Database, today: date) -> Today:
    """Conditions and follow-ups that are due, the late ones first, and the cases changed last."""
    wanted = sorted(_due(db, today), key=lambda each: (each.on, each.case_id))
    latest = cases(db, Query(sort=Sort.CHANGED, descending=True), 0, _LATEST)
    return Today(count(db, Query()), tuple(wanted[:_MOST]), tuple(latest), has_samples(db))


def _due(db: Database, today: date) -> list[Due]:
    waiting: list[tuple[str, str, date, bool]] = []
    for condition in every(db, Condition):
        held = condition.record
        if held.due and held.is_waiting and (held.due - today).days < _AHEAD:
            waiting.append((held.case_id, held.text, held.due, held.is_late(today)))
    for follow_up in every(db, FollowUp):
        look = follow_up.record
        if look.planned_on and look.is_waiting and (look.planned_on - today).days < _AHEAD:
            waiting.append((look.case_id, look.follow_up_kind.text, look.planned_on, look.is_late(today)))
    found = []
    for case_id, text, on, late in waiting:
        case = entry(db, case_id)
        if case and not case.record.archived:
            found.append(
                Due(
                    case_id,
                    titled(case.record.title, sample=case.record.sample),
                    text.strip().splitlines()[0] if text.strip() else "",
                    on,
                    late,
                )
            )
    return found


class StartScreen(QScrollArea):
    """The first thing one sees."""

    case_asked = Signal(str)
    new_asked = Signal()
    import_asked = Signal()
    samples_asked = Signal()
    samples_unwanted = Signal()

    def __init__(self, db: Database, background: Background, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._db, self._background, self._name = db, background, name
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.refresh()

    def refresh(self) -> None:
        """Look again at what is due."""
        self._background.run(partial(today_in, self._db, date.today()), self._show, self, key="start")  # noqa: DTZ011 - the reader's own day

    def _show(self, found: Today) -> None:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(10 * STEP, 8 * STEP, 10 * STEP, 8 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(_label(self._greeting(), "title"))
        layout.addLayout(self._first_steps(found))
        if not found.total:
            layout.addWidget(
                _label(_("Your casebook is still empty. Log the question that is on your desk today."), "muted")
            )
        else:
            self._list_due(layout, found)
            self._list_latest(layout, found)
        layout.addStretch()
        at = self._with_keys()
        self.setWidget(body)
        if at is not None:
            buttons = body.findChildren(QPushButton)
            buttons[min(at, len(buttons) - 1)].setFocus()

    def _with_keys(self) -> int | None:
        """Which of the buttons has the keys, the first where the page itself has them; None when they are elsewhere."""
        if self.hasFocus():
            return 0
        body = self.widget()
        buttons = body.findChildren(QPushButton) if body else []
        return next((at for at, each in enumerate(buttons) if each.hasFocus()), None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes here by the keys stands on the first thing to do."""
        super().focusInEvent(event)
        first = self.findChild(QPushButton)
        if isinstance(first, QPushButton) and event.reason() is not Qt.FocusReason.MouseFocusReason:
            first.setFocus()

    def _greeting(self) -> str:
        day = QLocale(current()).toString(QDate.currentDate(), "dddd d MMMM yyyy")
        if self._name:
            return _("Hello {name}, today is {day}").format(name=self._name, day=day)
        return _("Today is {day}").format(day=day)

    def _first_steps(self, found: Today) -> Flow:
        row = Flow()
        new = _button(_("New case"), self.new_asked.emit)
        new.setProperty("role", "primary")
        new.setToolTip("Ctrl+N")
        row.addWidget(new)
        if not found.total:
            row.addWidget(_button(_("Bring in a list…"), self.import_asked.emit))
            row.addWidget(_button(_("Look at sample cases first"), self.samples_asked.emit))
        elif found.has_samples:
            row.addWidget(_button(_("Remove sample cases"), self.samples_unwanted.emit))
        return row

    def _list_due(self, layout: QVBoxLayout, found: Today) -> None:
        layout.addSpacing(4 * STEP)
        layout.addWidget(_label(_("To do"), "heading"))
        if not found.due:
            layout.addWidget(_label(_("Nothing is due in the next two weeks."), "muted"))
        for each in found.due:
            day = QLocale(current()).toString(QDate(each.on.year, each.on.month, each.on.day), "d MMMM yyyy")
            when = _("⚠ late, {day}").format(day=day) if each.is_late else day
            layout.addWidget(self._line(each.case_id, each.text, f"{each.case_title} · {when}", late=each.is_late))

    def _list_latest(self, layout: QVBoxLayout, found: Today) -> None:
        layout.addSpacing(4 * STEP)
        heading = plural("Worked on last (of {n} case)", "Worked on last (of {n} cases)", found.total)
        layout.addWidget(_label(heading, "heading"))
        for line in found.latest:
            parts = [line.status.text, line.direction.text if line.direction else "", ", ".join(line.areas)]
            words = " · ".join(each for each in parts if each)
            layout.addWidget(self._line(line.id, titled(line.title, sample=line.sample, circle=line.circle), words))

    def _line(self, case_id: str, title: str, below: str, *, late: bool = False) -> QWidget:
        card = QFrame()
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * STEP, STEP, 4 * STEP, 2 * STEP)
        column.setSpacing(0)
        button = _Title(title)
        button.clicked.connect(lambda _on=False: self.case_asked.emit(case_id))
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        small = _label(below, "warn" if late else "muted")
        small.setContentsMargins(STEP, 0, 0, 0)
        column.addWidget(small)
        return card


class _Title(QPushButton):
    """What one opens: as much of its title as there is room for; all of it is told, and stands under the mouse."""

    def __init__(self, title: str) -> None:
        super().__init__(title.replace("&", "&&"))
        self._title = title
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setProperty("role", "link")
        self.setAccessibleName(title)
        self.setToolTip(title)

    def sizeHint(self) -> QSize:
        """Wide enough for all of the title, with a pixel for what letters are wider than whole ones."""
        return QSize(
            self.fontMetrics().horizontalAdvance(self._title) + self._beside() + 1, super().sizeHint().height()
        )

    def minimumSizeHint(self) -> QSize:
        """It gives way where room is short."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what does not fit."""
        super().resizeEvent(event)
        room = self.width() - self._beside()
        shown = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        if shown != self._shown():
            self.setText(shown.replace("&", "&&"))

    def _beside(self) -> int:
        """What the button needs besides its words."""
        self.ensurePolished()
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self._shown())

    def _shown(self) -> str:
        return self.text().replace("&&", "&")


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setProperty("role", role)
    return label


def _button(text: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text.replace("&", "&&"))
    button.clicked.connect(lambda _checked=False: act())
    return button
