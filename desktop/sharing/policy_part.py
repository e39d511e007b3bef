"""Whether who joins through the hub signs in first: what an administrator of the circle asks."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.casebook.cards import words
from desktop.flow import Flow
from desktop.labelled import labelled
from desktop.sharing.act import Act, say_in, see
from desktop.steady import SteadyBox
from desktop.theme import STEP
from resources.language import _
from sync.certificates import Policy
from sync.policy import CLIENT, ask_nobody, ask_to_sign_in, issuers_for


class PolicyPart(QWidget):
    """`wanted` tells what is to be done."""

    wanted = Signal(object)

    def __init__(self, space: str, policy: Policy) -> None:
        super().__init__()
        self._space, self._policy = space, policy
        self.change = QPushButton(_("Change…") if policy.issuer else _("Ask to sign in…"))
        self.change.setAccessibleName(_("Change where who joins signs in") if policy.issuer else "")
        self.form = self._make_form()
        self.form.hide()
        self.trouble = words("", "warn")
        self.trouble.hide()
        row = Flow()
        row.addWidget(self.change)
        if policy.issuer:
            self.stop = QPushButton(_("Ask it no more"))
            self.stop.clicked.connect(self._ask_nobody)
            row.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * STEP)
        layout.addWidget(words(_("Signing in"), "heading"))
        layout.addWidget(words(policy_words(policy), ""))
        layout.addLayout(row)
        layout.addWidget(self.trouble)
        layout.addWidget(self.form)
        self.change.clicked.connect(self._ask_hub)

    def _make_form(self) -> QWidget:
        part = QWidget()
        form = QVBoxLayout(part)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(2 * STEP)
        self.issuer = SteadyBox()
        self.issuer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.client = QLineEdit(self._policy.client or CLIENT)
        self.domains = QLineEdit(", ".join(self._policy.domains))
        self.domains.setPlaceholderText(_("for example gemeente.nl; empty: every address"))
        for label, field in (
            (_("&Where do they sign in?"), self.issuer),
            (_("Casusboek is &known there as"), self.client),
            (_("Only with a mail &address that ends in"), self.domains),
        ):
            form.addWidget(labelled(label, field))
        self.go, back = QPushButton(_("Ask this of who joins")), QPushButton(_("Cancel"))
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._ask)
        for line in (self.client, self.domains):
            line.returnPressed.connect(self._ask)
        back.clicked.connect(part.hide)
        row = Flow()
        row.addWidget(self.go)
        row.addWidget(back)
        form.addLayout(row)
        return part

    def _ask_hub(self) -> None:
        self.trouble.hide()
        work = partial(issuers_for, space=self._space)
        self.wanted.emit(Act(_("Asking the hub"), work, then=self._choose, refused=self._refused))

    def _choose(self, issuers: tuple[str, ...]) -> None:
        if not issuers:
            self.trouble.setText(
                _(
                    "This hub knows no place to sign in at. Whoever manages the hub can add one, with --issuer; the "
                    "handbook of the hub says how."
                )
            )
            self.trouble.show()
            see(self.trouble)
            return
        self.issuer.clear()
        self.issuer.addItems(list(issuers))
        self.issuer.setCurrentIndex(max(self.issuer.findText(self._policy.issuer), 0))
        self.form.show()
        self.domains.setFocus()
        see(self.form)

    def _ask(self) -> None:
        self.trouble.hide()
        domains = [each for each in self.domains.text().replace(";", ",").split(",") if each.strip()]
        work = partial(
            ask_to_sign_in,
            space=self._space,
            issuer=self.issuer.currentText(),
            client=self.client.text(),
            domains=domains,
        )
        told = _("From now on who joins signs in first. Who is in stays in.")
        self.wanted.emit(Act(_("Noting this"), work, told, refused=self._refused))

    def _ask_nobody(self) -> None:
        told = _("From now on an invitation is enough to join.")
        work = partial(ask_nobody, space=self._space)
        self.wanted.emit(Act(_("Noting this"), work, told, refused=self._refused))

    def _refused(self, error: BaseException) -> bool:
        return say_in(self.trouble, error)


def policy_words(policy: Policy) -> str:
    """What is asked of who joins, in a sentence."""
    if not policy.issuer:
        return _("Who has an invitation can join; nobody is asked to sign in.")
    if not policy.domains:
        return _("Who joins with an invitation signs in first, at {issuer}.").format(issuer=policy.issuer)
    return _(
        "Who joins with an invitation signs in first, at {issuer}, with a mail address that ends in {domains}."
    ).format(issuer=policy.issuer, domains=_(" or ").join(policy.domains))
