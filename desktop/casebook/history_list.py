"""The history of a case and all that belongs to it: who, when, what changed, and *Zet terug*."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from casebook.fields import Weight, fields_by_name, fields_of
from casebook.history import FieldChange, Version
from casebook.poles import place_in_words
from casebook.present import CaseFile
from casebook.record import KINDS, RecordId, fresh_values, plain_values
from desktop.casebook.cards import Card
from desktop.casebook.choices import Choices
from desktop.casebook.told import told
from desktop.theme import STEP
from resources.language import _, current, mark

KIND_NAMES = {
    "case": mark("Case"),
    "contribution": mark("Contribution"),
    "case_dilemma": mark("Dilemma"),
    "position": mark("Position"),
    "argument": mark("Argument"),
    "direction": mark("Direction"),
    "alignment": mark("Alignment"),
    "condition": mark("Condition"),
    "support": mark("Support"),
    "follow_up": mark("Follow-up"),
}
_LONGEST = 160
_BEFORE = 40
"""Signs that stay of what two long texts begin with alike."""
_AT_ONCE = 20
_SAID_OTHERWISE = frozenset({"archived", "sample"})


class HistoryList(QWidget):
    """Cards, the newest first; `wanted_back` tells which version of which record is to be put back.

    That is offered for the records that one *may change*. *who* says what to call who wrote on a device.
    """

    wanted_back = Signal(object)

    def __init__(
        self,
        file: CaseFile,
        versions: list[Version],
        who: Callable[[str], str],
        choices: Choices,
        may_change: Callable[[RecordId], bool],
    ) -> None:
        super().__init__()
        self._who, self._may_change = who, may_change
        self._names = {each.record.id: _name(each.record, choices) for each in (file.case, *file.entries)}
        self._dilemmas = {each.id: choices.dilemmas.get(each.dilemma) for each in file.positions}
        self._choices = choices
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3 * STEP)
        self._more(versions)

    def _more(self, versions: list[Version]) -> None:
        """The next ones, and a button for those before them."""
        for each in versions[:_AT_ONCE]:
            self._layout.addWidget(self._card(each))
        rest = versions[_AT_ONCE:]
        if rest:
            older = QPushButton(_("Show older changes"))
            older.clicked.connect(partial(self._show_older, older, rest))
            self._layout.addWidget(older, 0, Qt.AlignmentFlag.AlignLeft)

    def _show_older(self, button: QPushButton, rest: list[Version]) -> None:
        at = self._layout.count() - 1
        button.deleteLater()
        self._more(rest)
        item = self._layout.itemAt(at + 1)
        card = item.widget() if item else None
        first = card.findChild(QPushButton) if card else None
        (first or self).setFocus()

    def _card(self, version: Version) -> Card:
        written = f"{_moment(version.at)} · {self._who(version.device)}"
        card = Card(self._names.get(version.record, ""), written, version.record)
        card.say(_what_happened(version), "-", "muted")
        lines = {each.field: each for each in (*version.changes, *version.settled)}
        for each in sorted(lines.values(), key=_declared_at(version.kind)):
            card.say(text := self._told(version, each), text)
        if not version.is_current and self._may_change(version.record):
            button = QPushButton(_("Put back"))
            button.setAccessibleName(
                _("Put back: {what}, as of {moment}").format(
                    what=self._names.get(version.record, ""), moment=_moment(version.at)
                )
            )
            button.clicked.connect(lambda _on=False: self.wanted_back.emit(version))
            card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _told(self, version: Version, change: FieldChange) -> str:
        """A field before and after; nothing for what has no meaning to the reader."""
        kind = KINDS.get(version.kind)
        info = fields_by_name(kind).get(change.field) if kind else None
        if change.field in _SAID_OTHERWISE or (info is not None and info.type is RecordId):
            return ""
        if change.field == "place":
            return self._place(version, change)
        options = self._choices.options()
        before = fresh_values(version.kind).get(change.field) if change.before is None else change.before
        is_new = version.is_first or change.before == change.after
        before, after = _apart(told(info, before, options), told(info, change.after, options))
        label = _(info.label) if info else change.field
        asked = label if label.endswith("?") else f"{label}:"
        return f"{asked} {after}" if is_new else f"{asked} {before} → {after}"

    def _place(self, version: Version, change: FieldChange) -> str:
        """A place between two poles in words: it is no score."""
        dilemma = self._dilemmas.get(version.record)
        return place_in_words(change.after, _(dilemma.left), _(dilemma.right)) if dilemma else ""


def _declared_at(kind: str) -> Callable[[FieldChange], int]:
    """Where a field stands among those of its kind; what this version does not know comes last."""
    order = {name: at for at, name in enumerate(fields_by_name(KINDS[kind]) if kind in KINDS else ())}
    return lambda change: order.get(change.field, len(order))


def _what_happened(version: Version) -> str:
    archived = next((each.after for each in version.changes if each.field == "archived"), None)
    if archived:
        return _("Removed")
    if version.is_first:
        return _("Added")
    if archived is False:
        return _("Put back")
    is_choice = bool(version.settled) and all(each in version.settled for each in version.changes)
    return _("Chosen between versions") if is_choice else _("Changed")


def _name(record: object, choices: Choices) -> str:
    """What kind of record it is, and by which words it is known."""
    kind = type(record)
    infos: Mapping[str, object] = fields_by_name(kind)
    plain = plain_values(record)  # type: ignore[arg-type]  # every entry of a file holds a record
    name = _(KIND_NAMES.get(getattr(kind, "kind", ""), ""))
    for coded in ("dilemma", "policy_field", "support_kind", "follow_up_kind"):
        if coded in infos and plain.get(coded):
            return f"{name}: {told(fields_by_name(kind)[coded], plain[coded], choices.options())}"
    typed = next((plain[each.name] for each in fields_of(kind) if each.weight is not Weight.NONE), "")
    return f"{name}: {_short(str(typed).splitlines()[0])}" if str(typed).strip() else name


def _moment(at: datetime) -> str:
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale(current()).toString(local, "d MMMM yyyy, HH:mm")


def _apart(before: str, after: str) -> tuple[str, str]:
    """Both, from a little before where they begin to differ if they are long."""
    pairs = enumerate(zip(before, after, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(before), len(after))) - _BEFORE
    if at <= 0 or max(len(before), len(after)) <= _LONGEST:
        return _short(before), _short(after)
    at = before.find(" ", at) + 1
    return f"…{_short(before[at:])}", f"…{_short(after[at:])}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
