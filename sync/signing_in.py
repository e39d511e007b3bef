"""Signing in at the issuer that a circle names, before joining through a hub: in the browser, or on another device.

What comes out is an identity token that is good for this device alone: it repeats the hash of its key.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import msgspec

from casebook.problem import Problem
from resources.language import _
from sync.certificates import Policy
from sync.issuer import Issuer, IssuerAway, discovered, fetched, line_to_issuer, nonce_for

_SCOPE = "openid email"
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class CodeToType:
    """What to type, and where, on any device with a browser."""

    code: str
    address: str


class NoBrowser(Exception):
    """There is no browser here, or somebody would rather use another device."""


@dataclass
class SigningIn:
    """One attempt for one device; `go_elsewhere` is for another thread."""

    policy: Policy
    key: bytes
    """The Ed25519 key of the device that joins."""
    seconds: float = _PATIENCE
    cancelled: Event = field(default_factory=Event)
    """Once set, there is no more waiting."""
    _elsewhere: Event = field(default_factory=Event, init=False)

    def go_elsewhere(self) -> None:
        """Wait for the browser no more: sign in on another device."""
        self._elsewhere.set()

    def anywhere(self, show: Callable[[str], bool], tell: Callable[[CodeToType], object]) -> str:
        """The token: from the browser here, or else after *tell* told a code to type on another device.

        *show* says whether it could open the address. Raises a `Problem`.
        """
        try:
            return self.in_browser(show)
        except NoBrowser:
            return self.elsewhere(tell)

    def in_browser(self, show: Callable[[str], bool]) -> str:
        """The token, after *show* opened an address in the browser (RFC 8252, PKCE).

        Raises a `Problem`, or `NoBrowser`.
        """
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        with _explained(self.policy), line_to_issuer(10.0) as client, _Listener(("127.0.0.1", 0)) as listener:
            issuer = discovered(client, self.policy.issuer)
            back = f"http://127.0.0.1:{listener.server_port}/"
            asked = {
                "response_type": "code",
                "client_id": self.policy.client,
                "redirect_uri": back,
                "scope": _SCOPE,
                "state": state,
                "nonce": nonce_for(self.key),
                "code_challenge": _hashed(verifier),
                "code_challenge_method": "S256",
            }
            joint = "&" if "?" in issuer.authorization_endpoint else "?"
            if not show(f"{issuer.authorization_endpoint}{joint}{urlencode(asked)}"):
                raise NoBrowser
            code = self._code(listener, state)
            form = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "client_id": self.policy.client,
                "code_verifier": verifier,
            }
            return self._token(fetched(client, "POST", issuer.token_endpoint, form))

    def elsewhere(self, show: Callable[[CodeToType], object]) -> str:
        """The token, after somebody typed a code on any device (RFC 8628); raises a `Problem`."""
        with _explained(self.policy), line_to_issuer(10.0) as client:
            issuer = discovered(client, self.policy.issuer)
            if not issuer.device_authorization_endpoint:
                sentence = _(
                    "At {issuer} one cannot sign in on another device. Nothing was changed. Join on a computer with a "
                    "browser."
                )
                raise Problem(sentence.format(issuer=self.policy.issuer))
            asked = {"client_id": self.policy.client, "scope": _SCOPE, "nonce": nonce_for(self.key)}
            given = fetched(client, "POST", issuer.device_authorization_endpoint, asked)
            code = _text(given, "device_code")
            show(CodeToType(_text(given, "user_code"), _text(given, "verification_uri")))
            return self._poll(client, issuer, code, _pause(given.get("interval")))

    def _poll(self, client: httpx.Client, issuer: Issuer, code: str, pause: float) -> str:
        form = {"grant_type": _DEVICE, "device_code": code, "client_id": self.policy.client}
        until = time.monotonic() + self.seconds
        while time.monotonic() < until and not self.cancelled.wait(pause):
            answer = fetched(client, "POST", issuer.token_endpoint, form)
            match answer.get("error"):
                case None:
                    return self._token(answer)
                case "authorization_pending":
                    continue
                case "slow_down":
                    pause += 5
                case other:
                    raise _refused(str(other))
        raise _given_up()

    def _code(self, listener: "_Listener", state: str) -> str:
        until = time.monotonic() + self.seconds
        while time.monotonic() < until and not self.cancelled.is_set():
            if self._elsewhere.is_set():
                raise NoBrowser
            listener.handle_request()
            if listener.answer and listener.answer.get("state") == state:
                if "code" in listener.answer:
                    return listener.answer["code"]
                raise _refused(listener.answer.get("error", "no code"))
        raise _given_up()

    def _token(self, answer: dict[str, Any]) -> str:
        """The token in an answer, when it repeats what was asked; whether it is genuine, the hub looks at."""
        token = _text(answer, "id_token")
        try:
            middle = token.split(".")[1]
            claims = msgspec.json.decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
            is_ours = claims["nonce"] == nonce_for(self.key)
        except (IndexError, KeyError, TypeError, ValueError, msgspec.DecodeError) as error:
            raise IssuerAway("its token does not repeat what was asked") from error
        if not is_ours:
            raise IssuerAway("its token is for another device")
        return token


class _Listener(HTTPServer):
    """Waits on this machine for the browser to come back."""

    timeout = 0.5
    answer: dict[str, str] | None = None

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Back)


class _Back(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5

    def do_GET(self) -> None:
        """Take what the browser brings, and tell the reader to go back to the program."""
        query = parse_qs(urlsplit(self.path).query)
        if "state" in query:
            self.server.answer = {name: values[0] for name, values in query.items()}
        said = _("You can close this page and go back to Casusboek.").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the address holds a code."""


@contextmanager
def _explained(policy: Policy) -> Iterator[None]:
    try:
        yield
    except IssuerAway as error:
        sentence = _("Signing in at {issuer} did not work. Nothing was changed. Try again, or ask who invited you.")
        raise Problem(sentence.format(issuer=policy.issuer), details=str(error)) from error


def _hashed(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _text(answer: dict[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str):
        raise IssuerAway(str(answer.get("error", f"no {name}")))
    return found


def _pause(asked: object) -> float:
    """Seconds between two questions, as the issuer asks within reason."""
    return min(max(float(asked), 0.0), 60.0) if isinstance(asked, int | float) else 5.0


def _refused(error: str) -> Exception:
    """What the issuer says when there will be no token: that somebody would not, or that something is wrong."""
    return _given_up(error) if error in ("access_denied", "expired_token") else IssuerAway(error)


def _given_up(details: str = "") -> Problem:
    return Problem(_("Nobody signed in. Nothing was changed. Try again when you are ready."), details=details)
