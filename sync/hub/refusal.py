"""What the hub answers when it does not do what was asked: a code for programs, and a sentence for people."""

from collections.abc import Mapping
from typing import Any

from resources.language import _
from sync.store import Lack


class Refusal(Exception):
    """An answer that is no success; nothing was changed."""

    def __init__(self, status: int, error: str, sentence: str, *, retry_after: int = 0, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.body: Mapping[str, Any] = {"error": error, "sentence": sentence, **more}
        self.headers = {"Retry-After": str(retry_after)} if retry_after else {}


def bad_request(what: str) -> Refusal:
    """The request cannot be understood."""
    return Refusal(400, "bad_request", _("This request cannot be understood: {what}.").format(what=what))


def unknown_space() -> Refusal:
    """There is no such space at this hub."""
    return Refusal(404, "unknown_space", _("This hub does not know that circle."))


def other_version(newest: int) -> Refusal:
    """The calls of another version of the program; *newest* is the one that is understood here."""
    return Refusal(404, "version", _("This hub speaks another version."), newest=newest)


def unsigned() -> Refusal:
    """The request is not signed by somebody who may ask."""
    return Refusal(401, "unsigned", _("This request is not signed by a device of this circle."))


def wrong_clock(now: int) -> Refusal:
    """The clock of the device differs too much; the hub tells its own."""
    return Refusal(401, "clock", _("The clock of this device differs too much from that of the hub."), now=now)


def not_in() -> Refusal:
    """The device was removed, or the invite is used up."""
    return Refusal(403, "not_in", _("This device or invite does not belong to this circle any more."))


def only_to_join() -> Refusal:
    """An invite asks for more than it is for."""
    return Refusal(403, "only_to_join", _("An invite is only for fetching the certificates and joining."))


def is_frozen() -> Refusal:
    """An administrator of the hub blocked the device."""
    return Refusal(403, "frozen", _("The administrator of the hub has blocked this device."))


def not_administrator() -> Refusal:
    """Only who has a token of the hub may do this."""
    return Refusal(401, "not_administrator", _("This is for the administrator of the hub."))


def no_ticket() -> Refusal:
    """Beginning a space takes a ticket."""
    return Refusal(403, "ticket", _("To begin a circle at this hub you need a ticket of its administrator."))


def no_identity(lack: Lack, why: str) -> Refusal:
    """Joining takes an identity of the issuer that the space names."""
    sentence = _("This circle asks you to sign in before you join.")
    return Refusal(403, "identity", sentence, lack=lack.value, why=why)


def too_much() -> Refusal:
    """The body is larger than any request has to be."""
    return Refusal(413, "too_much", _("This is more than fits in one request."))


def too_slow() -> Refusal:
    """The request did not come in within the time for it."""
    return Refusal(408, "too_slow", _("The request took too long to come in."))


def too_often(seconds: int) -> Refusal:
    """The device asks too often."""
    return Refusal(429, "too_often", _("This device asks too often. Try again later."), retry_after=seconds)


def busy() -> Refusal:
    """Others are writing; the same request will do later."""
    return Refusal(503, "busy", _("The hub is busy. Try again in a moment."), retry_after=2)
