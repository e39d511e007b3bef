"""The screen of a case as a test uses it: real widgets on a real casebook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from casebook.case import Case
from casebook.database import Database
from casebook.present import CaseFile, case_file, entry
from casebook.record import Record, RecordId, from_plain, plain_values
from casebook.saving import Change, save
from desktop.background import Background
from desktop.casebook.case_view import CaseView
from desktop.casebook.records_tab import RecordsTab
from desktop.messages import Messages

W = TypeVar("W", bound=QWidget)


@dataclass
class Screen:
    """A case on the screen, and what is under it."""

    view: CaseView
    db: Database
    messages: Messages
    background: Background

    def title(self) -> QLineEdit:
        first = self.view.core.first()
        assert isinstance(first, QLineEdit)
        return first

    def saved(self, case_id: str) -> Case:
        found = entry(self.db, case_id)
        assert found is not None
        assert isinstance(found.record, Case)
        return found.record

    @property
    def weighing(self) -> RecordsTab:
        return self._in_front(self.view.weighing)

    @property
    def direction(self) -> RecordsTab:
        return self._in_front(self.view.direction)

    @property
    def course(self) -> RecordsTab:
        return self._in_front(self.view.course)

    def _in_front(self, tab: RecordsTab) -> RecordsTab:
        """A tab is drawn when it is looked at."""
        self.view.tabs.setCurrentWidget(tab)
        return tab

    def file(self) -> CaseFile:
        found = case_file(self.db, self.view.case_id)
        assert found is not None
        return found


def with_case(screen: Screen, qtbot: QtBot, title: str = "Buurttuin", beside: Sequence[Record] = ()) -> RecordId:
    """A case of this title on the screen; the records *beside* it belong to it."""
    case = Case(title=title)
    save(screen.db, [Change(each) for each in (case, *belonging(case.id, beside))], "New case")
    screen.view.show_case(case.id)
    qtbot.waitUntil(lambda: screen.view.case_id == case.id)
    return case.id


def belonging(case_id: RecordId, records: Sequence[Record]) -> list[Record]:
    """The same records, of this case."""
    return [from_plain(type(each), each.id, {**plain_values(each), "case_id": case_id}) for each in records]


def named(tab: QWidget, name: str, kind: type[W]) -> W:
    """The editor of that name."""
    return next(each for each in tab.findChildren(kind) if each.accessibleName() == name)


def prose(tab: QWidget, name: str) -> QPlainTextEdit:
    """The text field of that name."""
    return named(tab, name, QPlainTextEdit)


def press(tab: QWidget, text: str, number: int = 0) -> QPushButton:
    """Click the button that says this; of several, the one of that number among those that show."""
    # What was just put in a layout shows itself in the next turn.
    QApplication.processEvents()
    button = [each for each in tab.findChildren(QPushButton) if each.text() == text and not each.isHidden()][number]
    button.click()
    return button


def texts(widget: QWidget) -> list[str]:
    """What is said in it."""
    return [each.text() for each in widget.findChildren(QLabel)]


def form_of(field: QWidget) -> QWidget:
    """The form in which a field stands."""
    at = field.parentWidget()
    while at and not isinstance(at.layout(), QFormLayout):
        at = at.parentWidget()
    assert at is not None
    return at
