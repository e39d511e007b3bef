"""The lists one can change: policy fields, entry routes, frameworks, areas and dilemmas."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from casebook.areas import Area
from casebook.database import Database
from casebook.lists import Dilemma, EntryRoute, Framework, Listed, PolicyField
from casebook.present import Entry, every, the_list
from casebook.record import new_id
from casebook.saving import Change, save
from desktop.background import Background
from desktop.messages import Messages
from desktop.theme import STEP
from resources.language import _, mark

KINDS: tuple[tuple[type[Listed], str], ...] = (
    (PolicyField, mark("Policy fields")),
    (EntryRoute, mark("Entry routes")),
    (Framework, mark("Policy frameworks")),
    (Area, mark("Areas")),
    (Dilemma, mark("Dilemmas")),
)


class ListsScreen(QWidget):
    """Choose a list, see its entries, change or add one; areas can come from a file."""

    import_asked = Signal()

    def __init__(self, db: Database, background: Background, messages: Messages) -> None:
        super().__init__()
        self._db, self._background, self._messages = db, background, messages
        self.which = QComboBox()
        for kind, title in KINDS:
            self.which.addItem(_(title), kind)
        self.entries = QListWidget()
        self.entries.setAccessibleName(_("Entries of this list"))
        self.name = QLineEdit()
        self.active = QCheckBox(_("In use"))
        self.poles = [QLineEdit(), QLineEdit(), QLineEdit()]
        self.keep = QPushButton(_("Keep"))
        self.keep.setProperty("role", "primary")
        self.add = QPushButton(_("Add an entry"))
        self.bring = QPushButton(_("Bring in from a file…"))
        self._form = QFormLayout()
        self._arrange()
        self.which.currentIndexChanged.connect(self.refresh)
        self.entries.currentItemChanged.connect(self._chosen)
        self.keep.clicked.connect(self._keep)
        self.add.clicked.connect(self._add)
        self.bring.clicked.connect(self.import_asked)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the chosen list again."""
        kind: type[Listed] = self.which.currentData()
        self._background.run(partial(_entries, self._db, kind), self._show, self, key="lists")

    def _arrange(self) -> None:
        heading = QLabel(_("Lists"))
        heading.setProperty("role", "title")
        explained = QLabel(
            _("Change a name and every case shows the new one. What is no longer in use stays where it is."),
            wordWrap=True,
        )
        explained.setProperty("role", "muted")
        choose = QLabel(_("&List"))
        choose.setBuddy(self.which)
        self._form.setVerticalSpacing(3 * STEP)
        self._form.addRow(_("&Name"), self.name)
        for label, line in zip(
            (_("On the &one hand"), _("On the o&ther hand"), _("&Question to think about")), self.poles, strict=True
        ):
            self._form.addRow(label, line)
        self._form.addRow("", self.active)
        buttons = QHBoxLayout()
        buttons.addWidget(self.keep)
        buttons.addStretch()
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(2 * STEP)
        right.setSpacing(3 * STEP)
        left.addWidget(choose)
        left.addWidget(self.which)
        left.addWidget(self.entries, 1)
        below = QHBoxLayout()
        below.setSpacing(2 * STEP)
        below.addWidget(self.add)
        below.addWidget(self.bring)
        below.addStretch()
        left.addLayout(below)
        right.addLayout(self._form)
        right.addLayout(buttons)
        right.addStretch()
        both = QHBoxLayout()
        both.setSpacing(8 * STEP)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10 * STEP, 8 * STEP, 10 * STEP, 8 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(heading)
        layout.addWidget(explained)
        layout.addLayout(both, 1)

    def _show(self, found: list[tuple[Listed, Entry[Listed] | None]]) -> None:
        held = self.entries.currentItem()
        code = held.data(Qt.ItemDataRole.UserRole)[0].code if held else ""
        self.entries.clear()
        for entry, own in found:
            shown = entry.text if entry.active else _("{name} (not in use)").format(name=entry.text)
            item = QListWidgetItem(shown)
            item.setData(Qt.ItemDataRole.UserRole, (entry, own))
            self.entries.addItem(item)
            if entry.code == code:
                self.entries.setCurrentItem(item)
        if not self.entries.currentItem():
            self.entries.setCurrentRow(0)
        for line in self.poles:
            self._form.setRowVisible(line, self.which.currentData() is Dilemma)
        self.bring.setVisible(self.which.currentData() is Area)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            self.name.clear()
            return
        entry, _own = item.data(Qt.ItemDataRole.UserRole)
        self.name.setText(entry.text)
        self.active.setChecked(entry.active)
        if isinstance(entry, Dilemma):
            for line, text in zip(self.poles, (entry.left, entry.right, entry.question), strict=True):
                line.setText(_(text))

    def _keep(self) -> None:
        item = self.entries.currentItem()
        name = self.name.text().strip()
        if item is None or not name:
            self._messages.warn(_("An entry needs a name. Type one and keep it."))
            return
        entry, own = item.data(Qt.ItemDataRole.UserRole)
        wanted = replace(entry, active=self.active.isChecked())
        if name != entry.text:
            wanted = replace(wanted, name=name)
        if isinstance(wanted, Dilemma):
            left, right, question = (
                new.text().strip() if new.text().strip() != _(old) else old
                for new, old in zip(self.poles, (wanted.left, wanted.right, wanted.question), strict=True)
            )
            wanted = replace(wanted, left=left, right=right, question=question)
        if own is None:
            # A starter that is changed becomes a record of its own, with the same code.
            wanted = replace(wanted, id=new_id())
        self._save(Change(wanted, own))

    def _add(self) -> None:
        kind: type[Listed] = self.which.currentData()
        code = new_id()
        self._save(Change(kind(id=code, code=code, name=_("New entry"))))

    def _save(self, change: Change) -> None:
        self._background.run(
            partial(save, self._db, [change], mark("Change a list")),
            lambda _n: self._messages.tell(_("Saved.")),
            self,
        )


def _entries(db: Database, kind: type[Listed]) -> list[tuple[Listed, Entry[Listed] | None]]:
    own = {each.record.code: each for each in every(db, kind)}
    return [(each, own.get(each.code)) for each in the_list(db, kind).all()]
