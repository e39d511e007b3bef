"""Waiting until somebody signed in: in the browser, or with a code on another device."""

from collections.abc import Callable
from functools import partial
from threading import Event
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid

from desktop.browsing import open_page
from desktop.casebook.cards import Card, words
from desktop.flow import Flow
from resources.language import _
from sync.certificates import Policy
from sync.signing_in import CodeToType, SigningIn


class SignInPart(Card):
    """`waits` tells that somebody is to sign in, `over` that this is done or called off."""

    waits = Signal()
    over = Signal()
    _began = Signal(object)
    _told = Signal(object)
    _ended = Signal()

    def __init__(self) -> None:
        super().__init__(_("Sign in first"), "")
        self._off = Event()
        self._attempt: SigningIn | None = None
        self.says, self.code = words("", ""), words("", "heading")
        self.elsewhere, self.cancel = QPushButton(_("Sign in on another device")), QPushButton(_("Cancel"))
        row = Flow()
        row.addWidget(self.elsewhere)
        row.addWidget(self.cancel)
        self.column.addWidget(self.says)
        self.column.addWidget(self.code)
        self.column.addLayout(row)
        self.elsewhere.clicked.connect(self._go_elsewhere)
        self.cancel.clicked.connect(self.call_off)
        self._began.connect(self._wait)
        self._told.connect(self._show_code)
        self._ended.connect(self._end)
        self.hide()

    def prepare(self) -> Callable[[Policy, bytes], str]:
        """What signs in when that is asked, until it is called off; not to be called in the screen's thread."""
        self._off = Event()
        return partial(self._sign_in, self._off)

    def call_off(self) -> None:
        """Stop waiting."""
        self._off.set()
        self.says.setText(_("Called off…"))
        self.code.hide()

    def _sign_in(self, off: Event, policy: Policy, key: bytes) -> str:
        attempt = SigningIn(policy, key, cancelled=off)
        self._say(self._began, attempt)
        try:
            return attempt.anywhere(open_page, partial(self._say, self._told))
        finally:
            self._say(self._ended)

    def _say(self, signal: SignalInstance, *what: object) -> None:
        """Heard in the lane of long work: the signal brings it to the screen's thread."""
        if isValid(self):
            signal.emit(*what)

    def _wait(self, attempt: SigningIn) -> None:
        self._attempt = attempt
        host = urlsplit(attempt.policy.issuer).netloc
        self.code.hide()
        self.elsewhere.show()
        self._announce(
            _(
                "This circle asks who joins to sign in first. Your browser opens for it: sign in there, at {place}. "
                "As soon as you have, this goes on by itself."
            ).format(place=host)
        )
        self.show()
        self.waits.emit()
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_elsewhere(self) -> None:
        if self._attempt:
            self._attempt.go_elsewhere()

    def _show_code(self, code: CodeToType) -> None:
        self.elsewhere.hide()
        self.code.setText(code.code)
        self.code.setAccessibleName(_("Code: {code}").format(code=code.code))
        self.code.show()
        self._announce(
            _(
                "This circle asks who joins to sign in first. On any device with a browser, a telephone say, go to "
                "{address} and type the code below. As soon as you have signed in, this goes on by itself."
            ).format(address=code.address)
        )

    def _announce(self, text: str) -> None:
        self.says.setText(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{text} {self.code.text()}"))

    def _end(self) -> None:
        self._attempt = None
        self.hide()
        self.over.emit()
        # The browser lies over it by now.
        self.window().activateWindow()
