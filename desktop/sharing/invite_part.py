"""Inviting: a code for a colleague, for a further device of one's own, and to get one's own space back."""

from collections.abc import Iterable
from functools import partial
from operator import attrgetter

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from casebook.spaces import SpaceKind
from desktop.casebook.cards import Card, words
from desktop.flow import Flow
from desktop.labelled import labelled
from desktop.sharing import invitation
from desktop.sharing.act import Act
from desktop.sharing.code_card import CodeCard
from desktop.sharing.roles import day_words, role_box, role_words
from desktop.sharing.seen import SpaceSeen
from desktop.steady import SteadyBox
from desktop.theme import STEP
from desktop.who_sees import name_of
from resources.language import _, plural
from sync.certificates import Role
from sync.circles import (
    VALID_DAYS,
    Invitation,
    InviteLine,
    cancel,
    invite_code,
    own_device_code,
    recovery_code,
)

_USES, _DAYS = (1, 2, 3, 5, 10, 20, 50, 100), (1, 3, 7, 14, 30, 90)


class InvitePart(QWidget):
    """`wanted` tells what is to be done; `made` hands over the card of a code."""

    wanted = Signal(object)
    made = Signal(object)

    def __init__(self, seen: SpaceSeen) -> None:
        super().__init__()
        self._seen, self._space = seen, seen.line.space
        self._circle = name_of(seen.line)
        self._is_own = is_own = seen.line.kind is SpaceKind.PERSONAL
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        if seen.may_manage and not is_own:
            layout.addWidget(self._form())
        own = Flow()
        device = QPushButton(_("A further device of mine…"))
        device.clicked.connect(self._invite_device)
        own.addWidget(device)
        if is_own:
            recovery = QPushButton(_("Make a recovery code…"))
            recovery.clicked.connect(self._make_recovery)
            own.addWidget(recovery)
        layout.addLayout(own)
        if is_own:
            layout.addWidget(
                words(
                    _(
                        "With a recovery code your own space comes back on a new computer when this one is lost or "
                        "broken. Print it, and keep it apart from the computer. Who has it can read your own space."
                    ),
                    "muted",
                )
            )
        for each in seen.invites if seen.may_manage else filter(attrgetter("is_mine"), seen.invites):
            layout.addWidget(self._open_invite(each))

    @property
    def choices(self) -> tuple[QComboBox, ...]:
        """What the reader chose for the next invitation, and did not make yet."""
        return (self.role, self.uses, self.days) if self._seen.may_manage and not self._is_own else ()

    def _form(self) -> QWidget:
        part = QWidget()
        form = QVBoxLayout(part)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(2 * STEP)
        self.role = role_box(Role.EDITOR)
        self.role.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.uses, self.days = _numbers(_USES, 1), _numbers(_DAYS, VALID_DAYS)
        for label, field in (
            (_("What may they &do?"), self.role),
            (_("For how many co&lleagues?"), self.uses),
            (_("Valid for how many da&ys?"), self.days),
        ):
            form.addWidget(labelled(label, field))
        make = QPushButton(_("Make an invitation"))
        make.setProperty("role", "primary")
        make.clicked.connect(self._invite)
        row = Flow()
        row.addWidget(make)
        form.addLayout(row)
        return part

    def _open_invite(self, line: InviteLine) -> Card:
        if line.uses_left is None:
            title = _("Recovery code, stays valid")
        elif line.member:
            title = self._further_device(line)
        else:
            title = plural("For {n} more colleague", "For {n} more colleagues", line.uses_left)
        parts = [] if line.member else [role_words(line.role)]
        if line.until:
            parts.append(_("valid until {day}").format(day=day_words(line.until)))
        card = Card(title, " · ".join(parts))
        back = QPushButton(_("Take back"))
        back.setAccessibleName(_("Take back: {invite}").format(invite=title))
        work = partial(cancel, space=self._space, invite=line.id)
        told = _("Taken back: nobody can come in with this code any more.")
        back.clicked.connect(lambda: self.wanted.emit(Act(_("Taking back"), work, told)))
        row = Flow()
        row.addWidget(back)
        card.column.addLayout(row)
        return card

    def _further_device(self, line: InviteLine) -> str:
        names = [each.name for each in self._seen.people if each.member == line.member and not each.is_me]
        if names:
            return _("For a further device of {name}").format(name=names[0] or _("(name still to come)"))
        return _("For a further device of your own")

    def _invite(self) -> None:
        work = partial(
            invite_code,
            space=self._space,
            role=self.role.currentData(),
            uses=self.uses.currentData(),
            days=self.days.currentData(),
        )
        self.wanted.emit(Act(_("Making the invitation"), work, then=self._show_invitation))

    def _show_invitation(self, made: Invitation) -> None:
        says = _(
            "Send the address and the code by different ways: the address by mail, say, and the code by telephone. "
            "Who has both can come in. The code is shown this once."
        )
        card = CodeCard(_("An invitation for {circle}").format(circle=self._circle), says, made)
        card.offer_copy(_("Copy the address"), partial(invitation.text_of, self._circle, with_code=False))
        card.offer_copy(_("Copy the code"), attrgetter("code"))
        card.offer_copy(_("Copy both as one text"), partial(invitation.text_of, self._circle, with_code=True))
        self.made.emit(card)

    def _invite_device(self) -> None:
        self.wanted.emit(Act(_("Making the code"), partial(own_device_code, space=self._space), then=self._show_device))

    def _show_device(self, made: Invitation) -> None:
        says = _(
            "On your other device choose Sharing, then “Join a circle”, and give this address and code. The code works "
            "once, for one day. It is shown this once."
        )
        card = CodeCard(_("For a further device of your own"), says, made)
        card.offer_copy(_("Copy both as one text"), partial(invitation.text_of, self._circle, with_code=True))
        self.made.emit(card)

    def _make_recovery(self) -> None:
        self.wanted.emit(Act(_("Making the code"), recovery_code, then=self._show_recovery))

    def _show_recovery(self, made: Invitation) -> None:
        says = _(
            "On a new computer choose Sharing, then “Join a circle”, and give this address and code: your own space "
            "comes back. Circles do not come back with it; ask there for a new invitation. It is shown this once."
        )
        card = CodeCard(_("Your recovery code"), says, made)
        card.offer_paper(partial(_paper, says), _("casusboek-recovery.txt"))
        self.made.emit(card)


def _paper(says: str, made: Invitation) -> str:
    """What one prints and keeps."""
    return "\n".join(
        [
            _("Recovery code for Casusboek"),
            "",
            says,
            "",
            _("Address: {address}").format(address=made.address),
            _("Code: {code}").format(code=made.code),
            "",
        ]
    )


def _numbers(numbers: Iterable[int], chosen: int) -> QComboBox:
    """A choice of a few numbers."""
    box = SteadyBox()
    for each in numbers:
        box.addItem(str(each), each)
    box.setCurrentIndex(box.findData(chosen))
    return box
