"""Whatever stands in the place of a hub, the client takes no harm: only whole envelopes, within limits, or nothing."""

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from nacl.signing import SigningKey

import sync.hub_client
from casebook.problem import Problem
from sync.frames import framed, unframed
from sync.hub_client import HubStore, issuers_at, safe_address
from sync.store import Emptied, NotAllowed, Outcome, Unreachable
from tests.sync.people import START

JSON = "application/json"
BINARY = "application/octet-stream"


class _Answers(BaseHTTPRequestHandler):
    """Gives the one answer that the test set."""

    server: "Liar"

    def do_GET(self) -> None:
        self.server.asked += 1
        try:
            self.server.tell(self)
        except OSError:
            self.server.broken_off = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass


class Liar(ThreadingHTTPServer):
    """Somebody who stands in the place of a hub."""

    daemon_threads = True
    asked = 0
    broken_off = False
    status = 200
    headers: dict[str, str]
    body: bytes | None = b""
    """None: without end."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.headers = {}

    def tell(self, line: BaseHTTPRequestHandler) -> None:
        line.send_response(self.status)
        for name, value in self.headers.items():
            line.send_header(name, value)
        if self.body is not None:
            line.send_header("Content-Length", str(len(self.body)))
        line.end_headers()
        if self.body is not None:
            line.wfile.write(self.body)
            return
        while True:
            line.wfile.write(bytes(65_536))


@pytest.fixture
def liar() -> Iterator[Liar]:
    with Liar() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def store(liar: Liar) -> Iterator[HubStore]:
    address = f"http://127.0.0.1:{liar.server_address[1]}"
    found = HubStore(address, "space-1", "device", SigningKey.generate(), lambda: START)
    yield found
    found.close()


def says(liar: Liar, status: int, kind: str, body: bytes | None, **headers: str) -> None:
    liar.status, liar.body = status, body
    liar.headers = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}


PAGE = {"Casusboek_Cursor": "1", "Casusboek_More": "0"}


def test_an_answer_without_end_is_broken_off(liar: Liar, store: HubStore) -> None:
    says(liar, 200, BINARY, None, **PAGE)
    with pytest.raises(Unreachable, match="too large"):
        store.pull(None, 10, False)
    deadline = time.monotonic() + 10
    while not liar.broken_off and time.monotonic() < deadline:
        time.sleep(0.01)
    assert liar.broken_off


def test_a_compressed_answer_is_not_unpacked(liar: Liar, store: HubStore) -> None:
    says(liar, 200, BINARY, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip", **PAGE)
    with pytest.raises(Unreachable, match="compressed"):
        store.pull(None, 10, False)


@pytest.mark.parametrize(
    "body", [b"\0", b"\xff\xff\xff\xff", b"\0\0\0\5abcd", b"\0\0\0\0" * 2_001], ids=["short", "huge", "cut", "many"]
)
def test_wrong_frames_are_refused(liar: Liar, store: HubStore, body: bytes) -> None:
    says(liar, 200, BINARY, body, **PAGE)
    with pytest.raises(Unreachable, match="frames"):
        store.pull(None, 10, False)


@pytest.mark.parametrize("cursor", ["", "-1", "one", "9" * 30, "²"])
def test_a_cursor_that_is_none_is_refused(liar: Liar, store: HubStore, cursor: str) -> None:
    says(liar, 200, BINARY, b"", Casusboek_Cursor=cursor.encode().decode("latin-1"), Casusboek_More="1")
    with pytest.raises(Unreachable):
        store.pull(None, 10, False)
    with pytest.raises(Unreachable):
        list(store.ids())


def test_a_hub_that_never_moves_on_is_not_asked_for_ever(liar: Liar, store: HubStore) -> None:
    says(liar, 200, BINARY, bytes(32), Casusboek_Cursor="0", Casusboek_More="1")
    with pytest.raises(Unreachable, match="move on"):
        list(store.ids())
    assert liar.asked == 1
    with pytest.raises(Unreachable):
        store.get([bytes(32)])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"rubbish",
        b"[]",
        b'{"outcomes": [], "now": 1}',
        b'{"outcomes": ["splendid"], "now": 1}',
        b'{"outcomes": ["ok", "ok"], "now": 1}',
        b"[" * 50_000,
        b'{"outcomes": ["ok"], "now": "1"}',
    ],
)
def test_outcomes_that_are_none_are_refused(liar: Liar, store: HubStore, body: bytes) -> None:
    says(liar, 200, JSON, body)
    with pytest.raises(Unreachable):
        store.push([b"x"])


def test_it_does_not_follow_to_elsewhere(liar: Liar, store: HubStore) -> None:
    with Liar() as elsewhere:
        says(liar, 307, BINARY, b"", Location=f"http://127.0.0.1:{elsewhere.server_address[1]}/")
        with pytest.raises(Unreachable):
            store.push([b"x"])
        assert elsewhere.asked == 0


@pytest.mark.parametrize("status", [400, 404, 408, 413, 429, 500, 502, 503])
def test_a_failure_is_for_later(liar: Liar, store: HubStore, status: int) -> None:
    says(liar, status, "text/html", b"<h1>proxy</h1>", Retry_After="17")
    with pytest.raises(Unreachable) as told:
        store.pull(None, 10, False)
    assert told.value.retry_after == 17


@pytest.mark.parametrize("wait", ["soon", "-1", "9999999999999", "nan"])
def test_a_wait_that_is_none_is_ignored(liar: Liar, store: HubStore, wait: str) -> None:
    says(liar, 503, JSON, b"{}", Retry_After=wait)
    with pytest.raises(Unreachable) as told:
        store.pull(None, 10, False)
    assert told.value.retry_after is None


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_hears_it(liar: Liar, store: HubStore, status: int) -> None:
    says(liar, status, JSON, b'{"error": "not_in"}')
    with pytest.raises(NotAllowed):
        store.pull(None, 10, False)


@pytest.mark.parametrize(("newest", "said"), [(0, "ouder dan deze versie"), (2, "nieuwere versie")])
def test_a_hub_of_another_version_is_told_in_a_sentence(liar: Liar, store: HubStore, newest: int, said: str) -> None:
    says(liar, 404, JSON, b'{"error": "version", "newest": %d}' % newest)
    with pytest.raises(Problem, match=said):
        store.push([b"x"])


def test_a_hub_whose_clock_is_never_right_is_asked_twice_and_no_more(liar: Liar, store: HubStore) -> None:
    says(liar, 401, JSON, b'{"error": "clock", "now": 5}')
    with pytest.raises(NotAllowed):
        store.pull(None, 10, False)
    assert liar.asked == 2


def test_a_hub_that_says_that_it_forgot_the_space_is_no_reason_to_fill_it(liar: Liar, store: HubStore) -> None:
    says(liar, 404, JSON, b'{"error": "unknown_space"}')
    with pytest.raises(Emptied):
        store.pull(b"7", 10, False)


def test_a_hub_that_is_away_is_for_later() -> None:
    away = HubStore("http://127.0.0.1:9", "space-1", "device", SigningKey.generate(), lambda: START)
    with pytest.raises(Unreachable):
        away.pull(None, 10, False)
    away.close()


@pytest.mark.parametrize("kind", ["head", "body"])
def test_an_answer_that_trickles_is_broken_off(
    liar: Liar, store: HubStore, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    def trickle(line: BaseHTTPRequestHandler) -> None:
        if kind == "body":
            line.send_response(200)
            line.send_header("Content-Length", "10000")
            line.end_headers()
        for each in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000:
            line.wfile.write(bytes([each]))
            time.sleep(0.02)

    monkeypatch.setattr(sync.hub_client, "_SECONDS", 0.5)
    liar.tell = trickle  # type: ignore[method-assign]  # this one liar is slow
    began = time.monotonic()
    with pytest.raises(Unreachable):
        store.pull(None, 10, False)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "address",
    [
        *("", "hub", "ftp://hub.example", "http://hub.example", "http://10.0.0.1", "http://localhost.example"),
        *("https://", "https://user:secret@hub.example", "https://hub.example/?x=1", "https://[::1", "file:///etc"),
    ],
)
def test_an_address_that_is_none_or_not_secure_is_refused(address: str) -> None:
    with pytest.raises(Problem):
        safe_address(address)


@pytest.mark.parametrize(
    "address", ["https://hub.example", "https://hub.example/casusboek/", "http://127.0.0.1:8470", "http://[::1]:8470"]
)
def test_an_address_that_can_be_used(address: str) -> None:
    assert safe_address(f" {address} ") == address.rstrip("/")


@pytest.mark.parametrize("status", [401, 403])
def test_a_gate_before_the_hub_that_lets_nobody_in_does_not_say_that_this_device_was_removed(
    liar: Liar, store: HubStore, status: int
) -> None:
    says(liar, status, "text/html", b"<h1>log in</h1>")
    with pytest.raises(Unreachable):
        store.pull(None, 10, False)


class _Narrow(_Answers):
    """A gate before a hub that lets only small requests through, and no answers of more than ten envelopes."""

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        count = len(unframed(self.rfile.read(size), 500))
        whole = msgspec.json.encode({"outcomes": ["ok"] * count, "now": START})
        self._answer(*((413, b"<h1>too large</h1>", "text/html") if size > 300 else (200, whole, JSON)))

    def do_GET(self) -> None:
        count = int(parse_qs(urlsplit(self.path).query)["limit"][0])
        self._answer(200, framed([b"x"] * count), BINARY, cut=count > 10)

    def _answer(self, status: int, body: bytes, kind: str, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Casusboek-Cursor", "7")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:20] if cut else body)


@pytest.fixture
def narrow() -> Iterator[HubStore]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Narrow) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        found = HubStore(address, "space-1", "device", SigningKey.generate(), lambda: START)
        yield found
        found.close()
        server.shutdown()
        thread.join()


def test_what_is_too_much_for_a_gate_before_the_hub_goes_in_smaller_parts(narrow: HubStore) -> None:
    assert narrow.push([bytes(90)] * 11) == [Outcome.OK] * 11


def test_one_thing_that_is_too_much_for_a_gate_before_the_hub_is_for_later(narrow: HubStore) -> None:
    with pytest.raises(Unreachable):
        narrow.push([bytes(400)])


def test_an_answer_that_a_slow_line_cuts_short_comes_in_smaller_parts(narrow: HubStore) -> None:
    assert len(narrow.pull(None, 500, False).envelopes) == 7


@pytest.mark.parametrize("is_there", [False, True])
def test_a_list_of_trusted_issuers_that_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    file = tmp_path / "list.pem"
    if is_there:
        file.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(Problem, match=r"list\.pem"):
        HubStore("https://127.0.0.1:9", "space-1", "device", SigningKey.generate(), lambda: START)
    with pytest.raises(Problem, match=r"list\.pem"):
        issuers_at("https://127.0.0.1:9")
