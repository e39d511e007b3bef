"""Who is in a space: people by name with what they may do, and their devices."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from casebook.spaces import SpaceKind
from desktop.casebook.cards import Card, words
from desktop.flow import Flow
from desktop.sharing.act import Act
from desktop.sharing.roles import day_words, role_box, role_words
from desktop.sharing.seen import SpaceSeen
from desktop.sharing.sure import Sure
from desktop.theme import STEP
from resources.language import _, mark
from sync.certificates import Role
from sync.circles import DeviceLine, Person, remove, set_role

ONE_ADMINISTRATOR = mark(
    "This circle has one administrator. Make somebody else administrator too: then the circle can go on when one of "
    "the two is away, or loses a computer."
)


class MembersPart(QWidget):
    """`wanted` tells what is to be done."""

    wanted = Signal(object)

    def __init__(self, seen: SpaceSeen) -> None:
        super().__init__()
        self._seen, self._space = seen, seen.line.space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        for each in self._advice():
            layout.addWidget(each)
        for person in seen.people:
            layout.addWidget(self._card(person))

    def _advice(self) -> Iterator[QWidget]:
        line = self._seen.line
        if line.kind is SpaceKind.PERSONAL or line.role is None:
            return
        if not line.admins:
            yield words(
                _("Nobody administers this circle any more. Whoever may do most here can take it over."), "warn"
            )
            if line.role is max(each.role for each in self._seen.people):
                claim = QPushButton(_("Become administrator"))
                claim.clicked.connect(partial(self._give_role, self._me().member, Role.ADMIN))
                yield _left(claim)
        elif line.admins == 1 and line.members > 1 and self._seen.may_manage:
            yield words(
                _(ONE_ADMINISTRATOR),
                "warn",
            )

    def _me(self) -> Person:
        return next(each for each in self._seen.people if each.is_me)

    def _card(self, person: Person) -> Card:
        # Who only reads along cannot write a name here either.
        nameless = _("(reader without a name)") if person.role is Role.READER else _("(name still to come)")
        name = person.name or nameless
        card = Card(_("{name} (you)").format(name=name) if person.is_me else name, person.organisation)
        if self._seen.line.kind is not SpaceKind.PERSONAL:
            card.column.addWidget(self._role(person, name))
        for device in person.devices:
            self._add_device(card, person, device, name)
        if self._seen.may_manage and not person.is_me:
            leave = QPushButton(_("Take out of the circle…"))
            leave.setAccessibleName(_("Take {name} out of the circle").format(name=name))
            leave.clicked.connect(partial(self._ask_remove_person, person, name))
            card.column.addWidget(leave, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _role(self, person: Person, name: str) -> QWidget:
        is_last = person.role is Role.ADMIN and self._seen.line.admins == 1
        if not self._seen.may_manage or is_last:
            return words(role_words(person.role), "muted")
        box = role_box(person.role)
        box.setAccessibleName(_("What {name} may do").format(name=name))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(lambda _at: self._give_role(person.member, box.currentData()))
        return box

    def _add_device(self, card: Card, person: Person, device: DeviceLine, name: str) -> None:
        label = device.label or _("(a device without a name)")
        parts = [_("{device} (this device)").format(device=label) if device.is_this else label]
        if device.seen and not device.is_this:
            parts.append(_("last heard of on {day}").format(day=day_words(device.seen)))
        card.column.addWidget(words(" · ".join(parts), ""))
        may = self._seen.may_manage or person.is_me
        if may and not device.is_this and len(person.devices) > 1:
            gone = QPushButton(_("Remove this device…"))
            gone.setAccessibleName(_("Remove {device} of {name}").format(device=label, name=name))
            gone.clicked.connect(partial(self._ask_remove_device, device, label))
            card.column.addWidget(gone, 0, Qt.AlignmentFlag.AlignLeft)

    def _give_role(self, member: str, role: Role) -> None:
        work = partial(set_role, space=self._space, member=member, role=role)
        self.wanted.emit(Act(_("Changing the role"), work, _("Changed. The others see it at the next exchange.")))

    def _ask_remove_person(self, person: Person, name: str) -> None:
        says = (
            _("{name} gets nothing new from this circle any more, on no device.").format(name=name),
            _("What {name} had, {name} may still have: this takes nothing from anybody's computer.").format(name=name),
            _("What {name} wrote in the circle stays.").format(name=name),
            _("It cannot be taken back: {name} can come in again only with another device or a new casebook.").format(
                name=name
            ),
        )
        self._ask(
            _("Take {name} out of the circle?").format(name=name),
            says,
            _("Take {name} out").format(name=name),
            [each.id for each in person.devices],
        )

    def _ask_remove_device(self, device: DeviceLine, label: str) -> None:
        says = (
            _("{device} gets nothing new any more.").format(device=label),
            _("What stands on it stays there: this wipes nothing. Is it lost or stolen, then tell your helpdesk too."),
        )
        self._ask(_("Remove {device}?").format(device=label), says, _("Remove the device"), [device.id])

    def _ask(self, title: str, says: tuple[str, ...], act: str, devices: list[str]) -> None:
        work = partial(remove, space=self._space, devices=devices)
        done = Act(_("Removing"), work, _("Removed. The others hear it at the next exchange."))
        Sure(self, title, says, act, partial(self.wanted.emit, done)).open()


def _left(button: QPushButton) -> QWidget:
    """A button that is no wider than its words."""
    row = QWidget()
    flow = Flow(row)
    flow.addWidget(button)
    return row
