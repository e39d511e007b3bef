"""The store at a hub, over HTTPS: whatever the other side answers, only whole envelopes come in, within limits."""

import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2 as httpx
import msgspec
from nacl.signing import SigningKey

from casebook.envelope import LARGEST_CERTIFICATE, Refused
from casebook.problem import Problem
from resources.language import _
from sync.frames import framed, unframed
from sync.signed_request import (
    BYTES_AT_MOST,
    CURSOR,
    DIGEST,
    IDENTITY,
    MORE,
    MOST_IDS,
    NOW,
    PROTOCOL,
    TICKET,
    authorization,
    by_key,
)
from sync.store import (
    AT_ONCE,
    BYTES_AT_ONCE,
    Digest,
    Emptied,
    IdentityNeeded,
    Lack,
    NotAllowed,
    Outcome,
    Page,
    Spent,
    Stranger,
    TicketNeeded,
    Unreachable,
)

PAGE = 2_000
_LARGEST_ANSWER = BYTES_AT_MOST + LARGEST_CERTIFICATE + 8 * PAGE
_LARGEST_LIST = 256 * 1024
_SECONDS = 120.0
"""How long one request may take altogether."""

_TIMES = httpx.Timeout(30.0, connect=10.0)

_NOT_THERE = (301, 302, 303, 307, 308, 404, 405, 410)
"""Another way, or nothing of the kind. A gate on the way (401, 403, 502) says nothing about what lies behind it."""

_NOT_NOW, _OF_ANOTHER = (9, 10), (62, 64)
"""What OpenSSL calls it when a certificate is not valid yet or any more, and when it is of another name or address."""


class CutShort(Unreachable):
    """The answer began to come, and did not come whole in the time for it."""


class _Error(msgspec.Struct):
    error: str = ""
    now: int = 0
    lack: str = ""
    why: str = ""
    newest: int = 0


class _Pushed(msgspec.Struct):
    outcomes: list[Outcome]
    now: int


class _Issuers(msgspec.Struct):
    issuers: list[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class HubStore:
    """One space at a hub, for one device.

    *ticket* lets it begin a space. A device that joins gives the key of its *invite*, and the *identity* token
    where the circle asks for one; until it is in, the invite signs what is asked.
    """

    def __init__(
        self,
        address: str,
        space: str,
        device: str,
        signer: SigningKey,
        clock: Callable[[], int],
        *,
        ticket: str = "",
        invite: SigningKey | None = None,
        identity: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._address = safe_address(address)
        self._space = space
        self._own = device, signer
        self._invite = (by_key(invite.verify_key), invite) if invite else None
        self._clock = clock
        self.offset = 0
        """Milliseconds that the hub's clock is ahead of ours, as far as it mattered."""
        self._ticket = ticket
        self._identity = identity
        self._served = False
        self._page = PAGE
        """Envelopes in one answer at most, as far as the line allows."""
        self._line = _Line()
        self._client = _client(self._address, transport)

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        """See `Store`."""
        after = _whole(cursor.decode("latin-1")) if cursor else 0
        most = min(max(limit, 1), self._page)
        try:
            answer = self._ask("GET", f"/pull?after={after}&limit={most}&heads={int(heads)}", was_here=after > 0)
        except CutShort:
            # On a slow line a whole page may never come through: a part of it does.
            if most == 1:
                raise
            self._page = max(1, most // 4)
            return self.pull(cursor, limit, heads)
        if answer is None:
            return Page((), b"0", Digest())
        now = _whole(answer.headers[NOW]) if NOW in answer.headers else None
        until = str(_whole(answer.headers.get(CURSOR, ""))).encode()
        return Page(tuple(_envelopes(answer.body, PAGE)), until, _digest(answer.headers), _is_more(answer.headers), now)

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        """See `Store`."""
        call = "/push?back=1" if given_back else "/push"
        outcomes: list[Outcome] = []
        for part in _parts(envelopes):
            outcomes += [Outcome.TOO_BIG] if len(part[0]) > LARGEST_CERTIFICATE else self._push(call, part)
        return outcomes

    def ids(self) -> Iterable[bytes]:
        """See `Store`."""
        at, more = 0, True
        while more:
            answer = self._ask("GET", f"/ids?after={at}&limit={MOST_IDS}")
            if answer is None:
                return
            if len(answer.body) % 32:
                raise Unreachable("ids that are cut short")
            yield from (answer.body[start : start + 32] for start in range(0, len(answer.body), 32))
            more, at = _moved(answer.headers, at)

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        """See `Store`."""
        found: list[bytes] = []
        at = 0
        while at < len(ids):
            asked = ids[at : at + AT_ONCE]
            answer = self._ask("POST", "/get", b"".join(asked))
            if answer is None:
                break
            found += _envelopes(answer.body, len(asked))
            more, done = _moved(answer.headers, 0)
            at += done if more else len(asked)
        return found

    def close(self) -> None:
        """See `Store`."""
        self._client.close()

    def _push(self, call: str, envelopes: Sequence[bytes]) -> list[Outcome]:
        headers = {TICKET: self._ticket, IDENTITY: self._identity}
        answer = self._ask(
            "POST",
            call,
            framed(envelopes),
            headers={k: v for k, v in headers.items() if v},
            may_divide=len(envelopes) > 1,
        )
        if answer is None:
            # Only the first certificate begins a space; all else comes too early.
            return [Outcome.DENIED] * len(envelopes)
        if answer.status == 413:
            # What lies between takes less at once than a hub does.
            half = len(envelopes) // 2
            return self._push(call, envelopes[:half]) + self._push(call, envelopes[half:])
        pushed = _read(answer, _Pushed)
        if len(pushed.outcomes) != len(envelopes):
            raise Unreachable("another number of outcomes than of envelopes")
        if any(each.is_in for each in pushed.outcomes):
            self._invite = None
        if Outcome.CLOCK in pushed.outcomes:
            self.offset = pushed.now - self._clock()
        return list(pushed.outcomes)

    def _ask(
        self,
        method: str,
        call: str,
        body: bytes = b"",
        *,
        was_here: bool = False,
        headers: dict[str, str] | None = None,
        may_divide: bool = False,
    ) -> _Answer | None:
        """The answer of the hub; None when it never knew this space.

        With *may_divide* also the answer that this is more than fits in one request.
        """
        answer = self._signed(method, call, body, headers or {}, *(self._invite or self._own))
        if answer.status in (401, 403) and self._invite:
            as_device = self._signed(method, call, body, headers or {}, *self._own)
            if as_device.status == 200:
                answer, self._invite = as_device, None
        if answer.status == 200:
            self._served = True
            return answer
        if answer.status == 413 and may_divide:
            return answer
        error = _read(answer, _Error)
        if answer.status == 404 and error.error == "unknown_space":
            if self._served or was_here:
                raise Emptied
            return None
        raise _failure(answer, error)

    def _signed(
        self, method: str, call: str, body: bytes, headers: dict[str, str], who: str, signer: SigningKey
    ) -> _Answer:
        """The answer to a request, signed again when the hub says that our clock is wrong."""
        target = f"/v{PROTOCOL}/{quote(self._space, safe='')}{call}"
        for again in (True, False):
            at = self._clock() + self.offset
            headers["Authorization"] = authorization(who, signer, at, method, target, body)
            answer = self._send(method, target, body, headers)
            if not again or answer.status != 401 or (error := _read(answer, _Error)).error != "clock":
                break
            self.offset = error.now - self._clock()
        return answer

    def _send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> _Answer:
        request = self._client.build_request(method, self._address + target, content=body or None, headers=headers)
        request.extensions["trace"] = self._line.notice
        with _explained(self._address), self._line.within(_SECONDS):
            answer = self._client.send(request, stream=True)
            try:
                return _Answer(answer.status_code, answer.headers, _body(answer, _LARGEST_ANSWER))
            except httpx.TransportError as error:
                raise CutShort(f"{type(error).__name__}: {error}") from error
            finally:
                answer.close()


def safe_address(address: str) -> str:
    """The address of a hub as it can be used; raises a `Problem` for one that is none, or that is not secure."""
    address = address.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        # Neither a port that is no number nor a name that is no name is noticed before it is asked for.
        is_whole = bool(parts.hostname) and parts.port != 0 and bool(httpx.URL(address).host)
        is_whole = is_whole and not any(map(str.isspace, address))
    except (ValueError, httpx.InvalidURL):
        is_whole = False
    if not is_whole or parts.scheme not in ("https", "http"):
        raise Problem(_("This is no address of a hub. It begins with https://."))
    if parts.username is not None or any(each in address for each in "?#"):
        raise Problem(
            _(
                "Give the address of the hub alone, like https://hub.gemeente.nl: without a name or a password in it, "
                "and without a question mark or a # and what comes after that. Nothing was sent."
            )
        )
    if parts.scheme == "http" and not is_local(address):
        raise Problem(
            _(
                "This address is not secure: on the way, others could see who shares with whom. Nothing was sent. The "
                "address of a hub begins with https://."
            )
        )
    return address


def is_local(address: str) -> bool:
    """Whether this address is on this very machine."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_elsewhere(address: str) -> bool:
    """Whether something answers at an address that is no hub. Where nothing answers, a hub may come back."""
    try:
        answer = _asked(address, "/health")
    except Unreachable:
        return False
    return answer.status in _NOT_THERE or (answer.status == 200 and b"alive" not in answer.body)


def issuers_at(address: str) -> tuple[str, ...]:
    """The issuers of identities that the hub at an address trusts; raises `Unreachable`."""
    found = _asked(address, "/issuers")
    if found.status == 404:
        return ()  # a hub of before there were any
    if found.status != 200:
        raise Unreachable(f"{found.status}")
    return tuple(_read(found, _Issuers).issuers)


def _asked(address: str, call: str) -> _Answer:
    """The answer to what anybody may ask."""
    address = safe_address(address)
    with _explained(address), _client(address) as client, client.stream("GET", address + call) as answer:
        return _Answer(answer.status_code, answer.headers, _body(answer, _LARGEST_LIST))


def _client(address: str, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    return httpx.Client(
        transport=transport,
        timeout=_TIMES,
        follow_redirects=False,
        # What this computer trusts, or SSL_CERT_FILE; there is no way to do without.
        verify=trusted(),
        # A proxy of the office is for what lies outside this machine.
        trust_env=not is_local(address),
        headers={"Accept-Encoding": "identity", "User-Agent": "casusboek"},
    )


def trusted() -> ssl.SSLContext:
    """The issuers of certificates that this computer trusts; raises a `Problem` where their list cannot be read."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        sentence = _(
            "The list of issuers of certificates that SSL_CERT_FILE names cannot be read, so nothing was sent: {name}. "
            "Put that right, or leave it out."
        )
        raise Problem(sentence.format(name=os.environ.get("SSL_CERT_FILE", "")), details=str(error)) from error


class _Line:
    """The connection, which is broken off when a request takes too long altogether, however it trickles."""

    def __init__(self) -> None:
        self._stream: Any = None

    def notice(self, _event: str, facts: Mapping[str, Any]) -> None:
        """Remember the connection, when there is a new one."""
        made = facts.get("return_value")
        if hasattr(made, "get_extra_info"):
            self._stream = made

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is done in it ends in time."""
        timer = threading.Timer(seconds, self._break)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _break(self) -> None:
        found = self._stream.get_extra_info("socket") if self._stream else None
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)


@contextmanager
def _explained(address: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
        if untrusted := _untrusted(error):
            raise _not_trusted(address, untrusted) from error
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _untrusted(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """The complaint about the certificate of the other side that lies behind an error, if one does."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error


def _not_trusted(address: str, error: ssl.SSLCertVerificationError) -> Problem:
    if error.verify_code in _OF_ANOTHER:
        sentence = _(
            "What answers at {host} shows the certificate of another server, so nothing was sent. Check the "
            "address; if it is right, tell the administrator of the hub."
        )
    elif error.verify_code in _NOT_NOW:
        sentence = _(
            "The certificate of the hub at {host} is not valid at this moment, so nothing was sent. Check the "
            "clock of this computer; if it is right, tell the administrator of the hub."
        )
    else:
        sentence = _(
            "This computer does not trust the certificate of the hub at {host}, so nothing was sent. Ask the "
            "administrator of the hub which issuer of certificates this computer has to trust."
        )
    return Problem(sentence.format(host=urlsplit(address).hostname), details=str(error))


def _body(answer: httpx.Response, most: int) -> bytes:
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable("a compressed answer, which was not asked for")
    until = time.monotonic() + _SECONDS
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > most:
            raise Unreachable("an answer that is too large")
        if time.monotonic() > until:
            raise CutShort("an answer that takes too long")
    return bytes(body)


def _failure(answer: _Answer, error: _Error) -> Exception:
    details = f"{answer.status} {error.error[:200]}"
    if answer.status == 403 and error.error == "ticket":
        return TicketNeeded(details)
    if answer.status == 403 and error.error == "identity":
        known = error.lack in {each.value for each in Lack}
        return IdentityNeeded(Lack(error.lack) if known else Lack.TOKEN, f"{details} {error.why[:200]}")
    if answer.status == 403 and error.error == "not_in":
        return Spent(details)
    if answer.status in (401, 403) and error.error:
        return (Stranger if error.error == "unsigned" else NotAllowed)(details)
    if answer.status == 404 and error.error == "version":
        return _of_other_versions(error.newest)
    wait = answer.headers.get("retry-after", "")
    return Unreachable(details, float(wait) if wait.isascii() and wait.isdigit() and len(wait) < 6 else None)


def _of_other_versions(newest: int) -> Problem:
    if newest < PROTOCOL:
        return Problem(
            _(
                "This hub is older than this version of Casusboek, so nothing can be exchanged with it. Nothing is "
                "lost; what you save waits here. Ask the administrator of the hub to bring it up to date."
            )
        )
    return Problem(
        _(
            "This hub asks for a newer version of Casusboek, so nothing can be exchanged with it. Nothing is lost; "
            "what you save waits here. Install the newest version."
        )
    )


def _read(answer: _Answer, kind: type[Any]) -> Any:
    if answer.status != 200 and answer.headers.get("content-type", "") != "application/json":
        return kind()
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise Unreachable(f"{answer.status}, and an answer that is not a hub's") from error


def _envelopes(body: bytes, most: int) -> list[bytes]:
    try:
        return unframed(body, most)
    except Refused as error:
        raise Unreachable(f"frames that are wrong: {error}") from error


def _digest(headers: httpx.Headers) -> Digest | None:
    count, _blank, xor = headers.get(DIGEST, "").partition(" ")
    try:
        return Digest(_whole(count), bytes.fromhex(xor)) if count and len(xor) == 64 else None
    except ValueError as error:
        raise Unreachable("a digest that is none") from error


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Unreachable("a number that is none")
    return int(text)


def _is_more(headers: httpx.Headers) -> bool:
    return headers.get(MORE) == "1"


def _moved(headers: httpx.Headers, at: int) -> tuple[bool, int]:
    """Whether there is more, and from where; a hub that does not move on is not asked for ever."""
    more, until = _is_more(headers), _whole(headers.get(CURSOR, ""))
    if more and until <= at:
        raise Unreachable("an answer that does not move on")
    return more, until


def _parts(envelopes: Sequence[bytes]) -> Iterator[list[bytes]]:
    """As many at once as one request may hold, in their order; what no request may hold stands by itself."""
    part: list[bytes] = []
    size = 0
    for each in envelopes:
        if part and (len(part) == AT_ONCE or size + len(each) > BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(each)
        size += len(each)
    if part:
        yield part
