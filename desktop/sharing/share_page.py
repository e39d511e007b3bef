"""Bringing a case into a circle: who will see it, what goes and what stays behind, side by side; then a copy goes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from casebook.database import Database
from casebook.fields import Class, fields_of
from casebook.present import case_file
from casebook.record import Record, plain_values
from casebook.rights import allowed
from casebook.spaces import SpaceKind
from desktop.casebook.cards import Card, words
from desktop.casebook.choices import choices_in
from desktop.casebook.editors import Options
from desktop.casebook.told import told
from desktop.flow import Flow
from desktop.sharing.act import Act
from desktop.steady import SteadyBox
from desktop.theme import STEP
from desktop.who_sees import name_of, reach
from resources.language import _
from sync.circles import CircleLine, circles
from sync.copying import copy_case

_HIDDEN = frozenset({"case_id", "archived", "sample"})


@dataclass(frozen=True, slots=True)
class Told:
    """One field with its words."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """What would be shared."""

    case_id: str
    title: str
    circles: tuple[CircleLine, ...]
    goes: tuple[Told, ...]
    stays: tuple[Told, ...]
    stands_in: str
    """The circle in which it is already; empty where it is one's own."""


class SharePage(QWidget):
    """`wanted` tells what is to be done, `shared` gives the copy, `left` tells that the reader goes back."""

    wanted = Signal(object)
    shared = Signal(str)
    left = Signal()
    begin_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sharing: Sharing | None = None
        self.title = words("", "title")
        self.which = SteadyBox()
        self.which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._label = QLabel(_("&Into which circle?"))
        self._label.setBuddy(self.which)
        self.who = words("", "strong")
        self.go, back, self.begin = QPushButton(_("Copy into the circle")), QPushButton(_("Cancel")), QPushButton()
        self.go.setProperty("role", "primary")
        self.begin.setText(_("Begin a circle…"))
        self.goes, self.stays = QVBoxLayout(), QVBoxLayout()
        sides = QHBoxLayout()
        sides.setSpacing(6 * STEP)
        for title, column in ((_("This goes along"), self.goes), (_("This stays behind"), self.stays)):
            column.setSpacing(2 * STEP)
            part = QWidget()
            around = QVBoxLayout(part)
            around.setContentsMargins(0, 0, 2 * STEP, 0)
            around.addWidget(words(title, "heading"))
            around.addLayout(column)
            around.addStretch()
            area = QScrollArea()
            area.setWidgetResizable(True)
            area.setWidget(part)
            sides.addWidget(area, 1)
        row = Flow()
        for each in (self.go, self.begin, back):
            row.addWidget(each)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10 * STEP, 6 * STEP, 10 * STEP, 4 * STEP)
        layout.setSpacing(2 * STEP)
        for widget in (self.title, self._label, self.which, self.who):
            layout.addWidget(widget)
        layout.addLayout(row)
        layout.addLayout(sides, 1)
        self.which.currentIndexChanged.connect(self._chosen)
        self.go.clicked.connect(self._share)
        self.begin.clicked.connect(self.begin_asked)
        back.clicked.connect(self.left)
        leaving = QAction(self, shortcut=QKeySequence("Esc"))
        leaving.triggered.connect(self.left)
        self.addAction(leaving)

    def show_case(self, sharing: Sharing) -> None:
        """What would go, and to whom."""
        self._sharing = sharing
        self.title.setText(_("Copy “{title}” into a circle").format(title=sharing.title or _("(no title yet)")))
        self.which.clear()
        for line in sharing.circles:
            self.which.addItem(name_of(line), line)
        has_circles = bool(sharing.circles)
        for each in (self.which, self._label, self.go):
            each.setVisible(has_circles)
        self.begin.setVisible(not has_circles)
        _fill(self.goes, sharing.goes)
        _fill(self.stays, sharing.stays)
        if not sharing.stays:
            self.stays.addWidget(words(_("No field that points at a person is filled in."), "muted"))
        self.stays.addWidget(
            words(
                _(
                    "Names inside other texts are not recognised. Read what goes along, and take out what points at "
                    "a person. Your own case stays as it is."
                ),
                "warn",
            )
        )
        if has_circles:
            self._chosen()
            self.which.setFocus()
        elif sharing.stands_in:
            stands = _("This case is in {circle} already. You are in no other circle into which you may bring a case.")
            self.who.setText(stands.format(circle=sharing.stands_in))
        else:
            self.who.setText(_("You are in no circle yet into which you may bring a case. Begin one, or join one."))

    def _chosen(self) -> None:
        line = self.which.currentData()
        if isinstance(line, CircleLine):
            self.who.setText(_("This will be seen by: {who}").format(who=reach(line)))

    def _share(self) -> None:
        line = self.which.currentData()
        if self._sharing and isinstance(line, CircleLine):
            work = partial(copy_case, case_id=self._sharing.case_id, space=line.space)
            told_then = _("A copy is in {circle}. Your own case stays as it is.").format(circle=name_of(line))
            self.wanted.emit(Act(_("Copying the case"), work, told_then, self.shared.emit))


def look(db: Database, case_id: str) -> Sharing | None:
    """What would be shared of a case, and with which circles; None where the case is gone."""
    file = case_file(db, case_id)
    if file is None:
        return None
    options = choices_in(db).options()
    records = [file.case.record, *(each.record for each in file.entries if not each.record.archived)]
    found = [pair for each in records for pair in _told(each, options)]
    shared = [each for each in circles(db) if each.kind is not SpaceKind.PERSONAL]
    rights = allowed(db)
    may = [each for each in shared if each.space != file.case.space and rights.in_space(each.space).may_add]
    return Sharing(
        case_id,
        file.case.record.title,
        tuple(may),
        tuple(each for each, is_identifying in found if not is_identifying),
        tuple(each for each, is_identifying in found if is_identifying),
        next((name_of(each) for each in shared if each.space == file.case.space), ""),
    )


def _told(record: Record, options: Options) -> Iterator[tuple[Told, bool]]:
    """The fields of a record that are filled in, each with whether it points at a person."""
    values, fresh = plain_values(record), plain_values(type(record)())
    for info in fields_of(type(record)):
        value = values.get(info.name)
        is_code = isinstance(value, str) and info.name.endswith("_id")
        if info.name not in _HIDDEN and not is_code and value not in (None, "", []) and value != fresh.get(info.name):
            yield Told(_(info.label), told(info, value, options)), info.cls is Class.IDENTIFYING


def _fill(column: QVBoxLayout, lines: tuple[Told, ...]) -> None:
    while item := column.takeAt(0):
        if widget := item.widget():
            widget.deleteLater()
    for each in lines:
        card = Card("", each.label)
        card.column.addWidget(words(each.text, ""))
        column.addWidget(card)
