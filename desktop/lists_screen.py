"""The lists one can change: policy fields, entry routes, frameworks, areas and dilemmas; kept while one types."""

from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from casebook.areas import Area
from casebook.database import Database
from casebook.drafts import Draft, keep
from casebook.envelope import RevisionId
from casebook.fields import fields_by_name
from casebook.lists import Dilemma, EntryRoute, Framework, Listed, PolicyField
from casebook.present import Entry, every, the_list
from casebook.record import RecordId, new_id, plain_values
from casebook.rights import Allowed, allowed
from casebook.saving import Change, Edit, save, save_edits
from desktop.background import Background
from desktop.casebook.cards import words
from desktop.casebook.forms import Form
from desktop.casebook.reading import Reading
from desktop.flow import Flow
from desktop.messages import Messages
from desktop.steady import SteadyBox
from desktop.theme import STEP
from resources.language import _, mark

KINDS: tuple[tuple[type[Listed], str, tuple[str, ...]], ...] = (
    (PolicyField, mark("Policy fields"), ("name", "active")),
    (EntryRoute, mark("Entry routes"), ("name", "active")),
    (
        Framework,
        mark("Policy frameworks"),
        ("name", "framework_kind", "reference", "valid_from", "valid_until", "room", "active"),
    ),
    (
        Area,
        mark("Areas"),
        ("name", "area_kind", "parent_code", "inhabitants", "counted_in", "valid_from", "valid_until", "cbs_code",
         "active"),
    ),
    (Dilemma, mark("Dilemmas"), ("name", "left", "right", "question", "symbol", "active")),
)  # fmt: skip
_OURS = ("name", "left", "right", "question")
"""Fields that hold words of ours in a list nobody changed: shown in the reader's language, kept as they are."""
_NO_AREAS = mark(
    "No area is here yet. Bring in the areas of your municipality from a spreadsheet (xlsx, ods or csv) with a code "
    "and a name, or add the first one yourself."
)
_SOON = 300


class ListsScreen(QWidget):
    """Choose a list, see its entries, change or add one; areas can come from a file.

    What is typed is a draft at once, and a revision when another entry is chosen or the screen is left.
    """

    import_asked = Signal()

    def __init__(self, db: Database, background: Background, messages: Messages) -> None:
        super().__init__()
        self._db, self._background, self._messages = db, background, messages
        self.which = SteadyBox()
        for kind, title, _names in KINDS:
            self.which.addItem(_(title), kind)
        self.entries = QListWidget()
        self.entries.setAccessibleName(_("Entries of this list"))
        self.add = QPushButton(_("Add an entry"))
        self.bring = QPushButton(_("Bring in from a file…"))
        self.kept = QLabel()
        self._none = QLabel(wordWrap=True)
        self._around = QScrollArea(widgetResizable=True)
        self._around.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.form: Form | None = None
        self._shown: Listed | None = None
        self._record, self._kind = RecordId(""), ""
        self._heads: tuple[RevisionId, ...] = ()
        self._is_starter = False
        self._allowed = Allowed({})
        self._wanted = ""
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._keep_draft)
        self._arrange()
        self.setFocusProxy(self.which)
        self.which.currentIndexChanged.connect(self._other_list)
        self.entries.currentItemChanged.connect(self._chosen)
        self.add.clicked.connect(self._add)
        self.bring.clicked.connect(self.import_asked)
        self.refresh()

    @property
    def is_left(self) -> bool:
        """Whether nothing that was typed waits to become a revision."""
        return not self._changes()

    def refresh(self) -> None:
        """Ask for the chosen list again."""
        kind: type[Listed] = self.which.currentData()
        self._background.run(partial(_entries, self._db, kind), self._show, self, key="lists")

    def leave(self) -> None:
        """Make a revision of what was typed."""
        self._soon.stop()
        changes = self._changes()
        if not changes or self.form is None:
            return
        edit = Edit(self._record, self._kind, self._with_rest(changes), self._heads)
        self.form.accept(changes)
        # What is typed from here on follows this save, whose revision is not known yet.
        self._heads, self._is_starter = (), False
        work = partial(save_edits, self._db, [edit], mark("Change a list"))
        self._background.run(work, lambda _n: self.kept.setText(_("Saved")), self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever goes to another screen has left the entry."""
        self.leave()
        super().hideEvent(event)

    def event(self, event: QEvent) -> bool:
        """Whoever turns to another program has left it too."""
        if event.type() is QEvent.Type.WindowDeactivate:
            self.leave()
        return super().event(event)

    def _arrange(self) -> None:
        heading = QLabel(_("Lists"))
        heading.setProperty("role", "title")
        explained = QLabel(
            _("Change a name and every case shows the new one. What is no longer in use stays where it is."),
            wordWrap=True,
        )
        for each in (explained, self.kept, self._none):
            each.setProperty("role", "muted")
        choose = QLabel(_("&List"))
        choose.setBuddy(self.which)
        below = Flow()
        below.addWidget(self.add)
        below.addWidget(self.bring)
        choose.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.entries.setWordWrap(True)
        self.entries.setSpacing(STEP)
        self.entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        left = QVBoxLayout()
        left.setSpacing(2 * STEP)
        for widget in (choose, self.which, self._none):
            left.addWidget(widget)
        left.addWidget(self.entries, 1)
        left.addLayout(below)
        both = QHBoxLayout()
        both.setSpacing(8 * STEP)
        both.addLayout(left, 2)
        both.addWidget(self._around, 3)
        line = QHBoxLayout()
        line.addWidget(explained, 1)
        line.addWidget(self.kept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10 * STEP, 8 * STEP, 10 * STEP, 8 * STEP)
        layout.setSpacing(3 * STEP)
        layout.addWidget(heading)
        layout.addLayout(line)
        layout.addLayout(both, 1)

    def _other_list(self) -> None:
        self.leave()
        self.refresh()

    def _show(self, looked_up: tuple[list[tuple[Listed, Entry[Listed] | None]], Allowed]) -> None:
        found, allowed = looked_up
        if allowed != self._allowed:
            self._allowed, self._shown = allowed, None
        code = self._wanted or (self._shown.code if self._shown else "")
        self.entries.blockSignals(True)
        self.entries.clear()
        for entry, own in found:
            item = QListWidgetItem(entry.text if entry.active else _("{name} (not in use)").format(name=entry.text))
            item.setData(Qt.ItemDataRole.UserRole, (entry, own))
            self.entries.addItem(item)
            if entry.code == code:
                self.entries.setCurrentItem(item)
        if not self.entries.currentItem():
            self.entries.setCurrentRow(0)
        self.entries.blockSignals(False)
        is_area = self.which.currentData() is Area
        self._none.setVisible(not found)
        self._none.setText(_(_NO_AREAS) if is_area else _("This list is still empty. Add the first entry."))
        self.bring.setVisible(is_area)
        self._chosen(self.entries.currentItem())
        if self._wanted == code and self._wanted and self.form:
            self._wanted = ""
            name = self.form.first()
            name.setFocus()
            if isinstance(name, QLineEdit):
                name.selectAll()

    def _chosen(self, item: QListWidgetItem | None) -> None:
        """Show an entry; one that is being typed in stays as it stands there."""
        entry, own = item.data(Qt.ItemDataRole.UserRole) if item else (None, None)
        if self._shown is not None and entry is not None and entry.code == self._shown.code and self._changes():
            return
        self.leave()
        if entry == self._shown and self.form is not None:
            self._heads = own.heads if own else ()
            return
        self._shown, self._heads, self._is_starter = entry, own.heads if own else (), own is None
        # A starter that is changed becomes a record of its own, with the same code.
        self._record, self._kind = own.record.id if own else new_id(), entry.kind if entry else ""
        self._draw(own)

    def _draw(self, own: Entry[Listed] | None) -> None:
        body, around = QWidget(), QWidget()
        column = QVBoxLayout(around)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(body)
        column.addStretch()
        self.form = None
        if self._shown is not None:
            names = next(names for kind, _title, names in KINDS if kind is type(self._shown))
            known = fields_by_name(type(self._shown))
            fields, values = [known[name] for name in names], _in_words(plain_values(self._shown))
            if own and not self._allowed.may_change(own.space, own.record.id):
                reading = Reading(type(self._shown), names, self._options())
                reading.show_values(values, own.differences)
                column.insertWidget(0, reading)
                column.insertWidget(0, words(self._allowed.in_space(own.space).why, "muted"))
            else:
                rows = QFormLayout(body)
                rows.setContentsMargins(0, 0, 3 * STEP, 0)
                self.form = Form(fields, self._options(), rows, needed=("name",))
                self.form.show(values, own.differences if own else ())
                self.form.typed.connect(self._typed)
        self._around.setWidget(around)

    def _options(self) -> dict[str, list[tuple[str, str]]]:
        entries = (self.entries.item(row).data(Qt.ItemDataRole.UserRole)[0] for row in range(self.entries.count()))
        others = [each for each in entries if self._shown is not None and each.code != self._shown.code]
        return {"parent_code": [(each.code, each.text) for each in others]}

    def _typed(self) -> None:
        self.kept.setText(_("Typing…"))
        self._soon.start()

    def _keep_draft(self) -> None:
        changes = self._changes()
        if changes:
            draft = Draft(self._record, self._kind, self._with_rest(changes), self._heads)
            self._background.run(
                partial(keep, self._db, draft), lambda _none: self.kept.setText(_("Saved")), self, key="list draft"
            )

    def _changes(self) -> dict[str, Any]:
        """What was typed; an entry whose name is emptied keeps the one it had."""
        changes = self.form.changes() if self.form else {}
        if not str(changes.get("name", "-")).strip():
            del changes["name"]
        if changes.get("parent_code", "") is None:
            changes["parent_code"] = ""
        return changes

    def _with_rest(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Of a starter that becomes a record all fields, of a record those that changed."""
        return plain_values(self._shown) | changes if self._shown is not None and self._is_starter else changes

    def _add(self) -> None:
        self.leave()
        kind: type[Listed] = self.which.currentData()
        code = self._wanted = new_id()
        change = Change(kind(id=code, code=code, name=_("New entry")))
        self._background.run(
            partial(save, self._db, [change], mark("Change a list")), lambda _n: self.kept.setText(_("Saved")), self
        )


def _in_words(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: _(each) if name in _OURS and each else each for name, each in plain.items()}


def _entries(db: Database, kind: type[Listed]) -> tuple[list[tuple[Listed, Entry[Listed] | None]], Allowed]:
    own = {each.record.code: each for each in every(db, kind)}
    return [(each, own.get(each.code)) for each in the_list(db, kind).all()], allowed(db)
