"""A day: typed as people say it, or chosen in a calendar."""

from datetime import date

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QKeySequence, QShortcut, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.day import read_day, shown_day, shown_with_weekday
from desktop.theme import STEP, tone
from resources import path
from resources.language import _, current

_WIDE, _HIGH = 42, 9
"""Letters and lines of a calendar."""
_WEEKEND = (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)


class DayField(QWidget):
    """A line that says below itself which day it understood, with a calendar beside it (Alt+Down)."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setPlaceholderText(_("for example 23-11-2026, yesterday, in 6 weeks"))
        self._day: date | None = None
        self._read = QLabel(wordWrap=True)
        self._read.setProperty("role", "muted")
        self._read.hide()
        self.calendar = QPushButton(QIcon(path("icons", "calendar.svg").as_posix()), "")
        self.calendar.setAccessibleName(_("Choose in a calendar"))
        self.calendar.setToolTip(_("Choose in a calendar (Alt+Down)"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        large = self.fontMetrics().height()
        self.calendar.setIconSize(QSize(large, large))
        self.setFocusProxy(self.line)
        row = QHBoxLayout()
        row.setSpacing(STEP)
        row.addWidget(self.line, 1)
        row.addWidget(self.calendar)
        self._months: _Calendar | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(STEP)
        self._column.addLayout(row)
        self._column.addWidget(self._read)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._left)
        self.calendar.clicked.connect(self._open)
        opening = QShortcut(QKeySequence("Alt+Down"), self, self._open)
        opening.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def day(self) -> date | None:
        """The day that stands here; of what is not understood, the one before it."""
        return self._day

    def show_day(self, day: date | None) -> None:
        """Show this day."""
        self._day = day
        self.line.setText(shown_day(day))
        self._read.hide()

    def _typed(self, text: str) -> None:
        understood = read_day(text, date.today())  # noqa: DTZ011 - the reader's own day
        if understood or not text.strip():
            self._day = understood
        self._say(shown_with_weekday(understood) if understood else "")
        self.changed.emit()

    def _left(self) -> None:
        """What was understood is written out; what was not is told, and the day before it stays."""
        text = self.line.text().strip()
        if not text or read_day(text, date.today()):  # noqa: DTZ011 - the reader's own day
            self.show_day(self._day)
            return
        kept = shown_day(self._day) or _("the field stays empty")
        self.line.setText(shown_day(self._day))
        self._say(_("“{text}” is not a day I know: {kept}.").format(text=text, kept=kept))

    def _say(self, text: str) -> None:
        self._read.setText(text)
        self._read.setVisible(bool(text))
        self.line.setAccessibleDescription(text)

    def _open(self) -> None:
        """Unfold the calendar below the line, or fold it again."""
        if self._months is not None:
            self._close()
            return
        day = self._day or date.today()  # noqa: DTZ011 - the reader's own day
        self._months = _Calendar(QDate(day.year, day.month, day.day))
        self._months.chosen.connect(self._chosen)
        self._months.left.connect(self._close)
        self._column.addWidget(self._months, 0, Qt.AlignmentFlag.AlignLeft)
        self._months.setFocus()

    def _close(self) -> None:
        if self._months is not None:
            self._months.deleteLater()
            self._months = None
            self.line.setFocus()

    def _chosen(self, day: date) -> None:
        self.show_day(day)
        self._close()
        self.changed.emit()


class _Calendar(QCalendarWidget):
    """The months, beginning on Monday; Enter chooses, Esc leaves."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, day: QDate) -> None:
        super().__init__()
        self.setLocale(QLocale(current()))
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setAccessibleName(_("Calendar"))
        plain = QTextCharFormat()
        plain.setForeground(QColor(tone().ink))
        for each in _WEEKEND:
            self.setWeekdayTextFormat(each, plain)
        self.setSelectedDate(day)
        # Enter tells of a choice, the mouse of a click, a double click of both.
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        letter = self.fontMetrics()
        self.setMinimumSize(_WIDE * letter.averageCharWidth(), _HIGH * (letter.height() + 2 * STEP))
        self._days = self.findChildren(QTableView)[0]
        self._days.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc is for the calendar, before any shortcut of the screen around it."""
        if watched is self._days and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() is QEvent.Type.KeyPress:
                self.left.emit()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _choose(self, day: QDate) -> None:
        self.chosen.emit(date(day.year(), day.month(), day.day()))
