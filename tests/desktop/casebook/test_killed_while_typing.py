"""The program is killed while somebody types: every form holds what was typed when it starts again."""

import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSlider
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from casebook.case import Case
from casebook.condition import Condition
from casebook.database import create_casebook, open_casebook
from casebook.dilemma import CaseDilemma
from casebook.drafts import settle
from casebook.keys import FileKey
from casebook.saving import Change, save
from desktop.background import Background
from desktop.casebook.case_view import CaseView
from desktop.messages import Messages
from resources.language import _
from tests.desktop.casebook.screen import Screen, named, prose

KEY = FileKey(b"k" * 32, b"s" * 16)
ROOT = Path(__file__).parents[3]
TYPIST = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPlainTextEdit, QSlider
from casebook.database import open_casebook
from casebook.keys import FileKey
from desktop.background import Background
from desktop.casebook.case_view import CaseView
from desktop.messages import Messages
from resources import language
from resources.language import _
from tests.desktop.casebook.screen import named, press, prose

app = QApplication([])
language.use("nl")
view = CaseView(open_casebook(Path(sys.argv[1]), FileKey(b"k" * 32, b"s" * 16)), Background(), Messages())
view.show()
view.show_case(sys.argv[2])
while view.case_id != sys.argv[2]:
    QTest.qWait(20)
QTest.keyClicks(view.core.first(), " van de straat")
view.tabs.setCurrentWidget(view.direction)
for text in (_("Give a direction"), _("Change"), _("Add a condition")):
    press(view.direction, text)
QTest.keyClicks(prose(view.direction, _("Reasons given")), "Het plein wordt er beter van.")
choice = named(view.direction, _("Direction"), QComboBox)
choice.setCurrentIndex(1)
change, new = (each for each in view.direction.findChildren(QPlainTextEdit) if each.accessibleName() == _("Condition"))
QTest.keyClicks(change, "Ten eerste: ")
QTest.keyClicks(new, "Er is geld.")
view.tabs.setCurrentWidget(view.weighing)
for text in (_("Record where you stand"), _("Add an argument")):
    press(view.weighing, text)
view.weighing.findChildren(QSlider)[0].setValue(-3)
QTest.keyClicks(prose(view.weighing, _("Argument")), "Niemand anders vraagt dit.")
view.tabs.setCurrentWidget(view.course)
press(view.course, _("Plan a follow-up"))
QTest.keyClicks(named(view.course, _("Planned on"), QLineEdit), "1-2-2027")
print("typed", flush=True)
QTimer.singleShot(60_000, app.quit)
app.exec()
"""


def test_a_second_after_the_last_key_nothing_is_lost_by_a_kill(tmp_path: Path, qtbot: QtBot) -> None:
    path, case, condition = tmp_path / "casebook.db", Case(title="Speelplek"), Condition(text="Er is een trekker.")
    db = create_casebook(path, KEY)
    held = Condition(id=condition.id, case_id=case.id, text=condition.text)
    save(db, [Change(each) for each in (case, held, CaseDilemma(case_id=case.id, dilemma="RM"))], "New case")
    db.close()
    typist = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(path), case.id], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert typist.stdout is not None
    assert typist.stdout.readline() == "typed\n"
    time.sleep(1)
    typist.kill()
    typist.communicate()

    db = open_casebook(path, KEY)
    settle(db)
    background, messages = Background(), Messages()
    qtbot.addWidget(messages)
    view = CaseView(db, background, messages)
    screen = Screen(view, db, messages, background)
    view.show()
    view.show_case(case.id)
    qtbot.waitUntil(lambda: view.case_id == case.id)
    assert screen.saved(case.id).title == "Speelplek van de straat"
    assert prose(screen.direction, _("Reasons given")).toPlainText() == "Het plein wordt er beter van."
    assert named(screen.direction, _("Direction"), QComboBox).currentIndex() == 1
    texts = [each for each in screen.direction.findChildren(QPlainTextEdit) if each.accessibleName() == _("Condition")]
    assert sorted(each.toPlainText() for each in texts) == ["Er is geld.", "Ten eerste: Er is een trekker."]
    assert all(each.isVisibleTo(screen.direction) for each in texts)
    assert screen.weighing.findChildren(QSlider)[0].value() == -3
    assert prose(screen.weighing, _("Argument")).toPlainText() == "Niemand anders vraagt dit."
    assert named(screen.course, _("Planned on"), QLineEdit).text() == "1 februari 2027"
    assert screen.file().conditions[0].text == "Er is een trekker."
    delete(view)
    background.close()
    db.close()
