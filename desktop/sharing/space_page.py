"""One space on the screen *Delen*: who sees it, how it stands, where it is, who is in it, and inviting."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from casebook.spaces import SpaceKind
from desktop.casebook.cards import Card, words
from desktop.sharing.code_card import CodeCard
from desktop.sharing.exchange_part import ExchangePart
from desktop.sharing.invite_part import InvitePart
from desktop.sharing.members_part import MembersPart
from desktop.sharing.place_part import PlacePart, is_hub
from desktop.sharing.policy_part import PolicyPart
from desktop.sharing.roles import day_words, role_words
from desktop.sharing.running import Running
from desktop.sharing.seen import SpaceSeen
from desktop.theme import STEP
from desktop.who_sees import name_of, reach
from resources.language import _, plural

_SHOWN = 12


class SpacePage(QWidget):
    """Made anew when something in it changed; *code* is one that was just made, and stays until one goes elsewhere."""

    wanted = Signal(object)
    differences_asked = Signal()
    code_made = Signal(object)

    def __init__(self, seen: SpaceSeen, running: Running, code: CodeCard | None) -> None:
        super().__init__()
        self.seen = seen
        self.invite: InvitePart | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * STEP, 2 * STEP, 4 * STEP, 2 * STEP)
        layout.setSpacing(3 * STEP)
        line, is_own = seen.line, seen.line.kind is SpaceKind.PERSONAL
        layout.addWidget(words(name_of(line), "title"))
        layout.addWidget(words(_("Who sees this? {who}").format(who=reach(line)), "muted"))
        if is_own:
            self._explain_own(layout)
        elif line.role is not None:
            layout.addWidget(words(_("You: {role}").format(role=role_words(line.role)), "muted"))
        else:
            layout.addWidget(words(_("You are not in this circle any more. What is here stays here."), "warn"))
        if seen.promise.strip():
            layout.addWidget(words(seen.promise, ""))
        if line.address:
            exchange = ExchangePart(seen, running)
            exchange.wanted.connect(self.wanted)
            exchange.differences_asked.connect(self.differences_asked)
            layout.addWidget(exchange)
        place = PlacePart(line)
        place.wanted.connect(self.wanted)
        layout.addWidget(place)
        if code is not None:
            layout.addWidget(code)
        if line.address and line.role is not None:
            layout.addWidget(words(_("Inviting") if seen.may_manage and not is_own else _("My devices"), "heading"))
            self.invite = InvitePart(seen)
            self.invite.wanted.connect(self.wanted)
            self.invite.made.connect(self.code_made)
            layout.addWidget(self.invite)
        if seen.may_manage and not is_own and is_hub(line.address):
            policy = PolicyPart(line.space, seen.policy)
            policy.wanted.connect(self.wanted)
            layout.addWidget(policy)
        if seen.people:
            if not is_own:
                layout.addWidget(words(_("Members and devices"), "heading"))
            members = MembersPart(seen)
            members.wanted.connect(self.wanted)
            layout.addWidget(members)
        if seen.erased:
            self._tell_erased(layout)
        layout.addStretch()

    @property
    def is_filled_in(self) -> bool:
        """Whether the reader typed something in it that is not done yet."""
        return any(each.isVisible() and each.text() for each in self.findChildren(QLineEdit))

    def take_over(self, before: "SpacePage", keys: QWidget | None) -> None:
        """What the reader chose in the page of before, and where the keys went, is so in this one too."""
        if self.invite and before.invite:
            for box, old in zip(self.invite.choices, before.invite.choices, strict=False):
                box.setCurrentIndex(old.currentIndex())
        here = [each for each in self.findChildren(type(keys)) if named(each) == named(keys)] if keys else []
        if here:
            here[0].setFocus()

    def _tell_erased(self, layout: QLayout) -> None:
        """How far each erasure has come, and which devices did not hear of it yet."""
        layout.addWidget(words(_("Erased for good"), "heading"))
        devices = {
            each.id: f"{each.label or _('(a device without a name)')} ({person.name})"
            for person in self.seen.people
            for each in person.devices
        }
        for act in self.seen.erased[:_SHOWN]:
            title = plural("{n} record, {day}", "{n} records, {day}", act.records, day=day_words(act.at))
            card = Card(title, act.line)
            if act.missing:
                names = ", ".join(devices.get(each, _("(a device without a name)")) for each in act.missing)
                card.column.addWidget(words(_("Not yet: {devices}").format(devices=names), ""))
            layout.addWidget(card)

    def _explain_own(self, layout: QLayout) -> None:
        layout.addWidget(
            words(
                _(
                    "Everything that you did not bring into a circle. Share it through a folder or a hub to have it on "
                    "your other device too, and to get it back when this computer is lost. What is there is encrypted: "
                    "only your own devices can read it."
                ),
                "",
            )
        )


def named(widget: QWidget) -> str:
    """What tells a field or a button from the others of its kind."""
    label = next((each.text() for each in widget.window().findChildren(QLabel) if each.buddy() is widget), "")
    text = widget.text() if isinstance(widget, QPushButton) else ""
    return widget.accessibleName() or text or label
