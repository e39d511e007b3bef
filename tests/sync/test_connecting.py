"""What people type or paste as an address is a folder, a hub, or is said to be neither."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.problem import Problem
from sync.connecting import Place, found, place_of
from sync.hub.settings import Settings
from tests.sync.hub.served import hub_with, on_a_port


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("/home/ank/Casus kring", "/home/ank/Casus kring"),
        ("  '/home/ank/casus/' \n", "/home/ank/casus"),
        ("folder:/home/ank/casus", "/home/ank/casus"),
        ("FOLDER: /home/ank", "/home/ank"),
        ("file:///home/ank/Casus%20kring", "/home/ank/Casus kring"),
        ("file://localhost/home/ank", "/home/ank"),
        ("/home/ank/casus/casebook-1", "/home/ank/casus"),
        ("/home/ank/casus/casebook-1/01990000-0000-7000-8000-000000000000/r", "/home/ank/casus"),
        ("/media/a:b", "/media/a:b"),
    ],
)
def test_a_folder_is_taken_as_people_give_it(text: str, folder: str) -> None:
    assert place_of(text, windows=False) == Place(folder=folder)


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ('"C:\\Users\\ank\\OneDrive - Gemeente\\Casus"', "C:\\Users\\ank\\OneDrive - Gemeente\\Casus"),
        ("c:/Users/ank/", "c:\\Users\\ank"),
        ("folder:D:\\casus", "D:\\casus"),
        ("\\\\server\\share\\casus", "\\\\server\\share\\casus"),
        ("//server/share/casus", "\\\\server\\share\\casus"),
        ("\\\\server\\share", "\\\\server\\share\\"),
        ("\\\\fs01.gemeente.nl\\team$\\casus\\casebook-1", "\\\\fs01.gemeente.nl\\team$\\casus"),
        ("file:///C:/Users/ank/Casus%20kring", "C:\\Users\\ank\\Casus kring"),
        ("file://server/share/casus", "\\\\server\\share\\casus"),
        ("Z:\\", "Z:\\"),
    ],
)
def test_windows_paths_and_shares_are_taken(text: str, folder: str) -> None:
    assert place_of(text, windows=True) == Place(folder=folder)


@pytest.mark.parametrize("windows", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        '""',
        "casus",
        "./casus",
        "..\\casus",
        "C:casus",
        "hub.gemeente.nl",
        "hub.gemeente.nl:8443",
        "ftp://hub.gemeente.nl/",
        "smb://server/share",
        "memory:one",
        "folder:",
        "folder:casus",
        "file:casus",
        "file://[",
        "/home/ank\n/casus",
        "C:\\Users\0",
        "\\\\.\\pipe\\casus",
        "\\\\?\\C:\\casus",
        "\\\\server",
        "javascript:alert(1)",
    ],
)
def test_what_is_neither_folder_nor_hub_is_said(text: str, windows: bool) -> None:
    with pytest.raises(Problem, match="geen adres"):
        place_of(text, windows=windows)


@pytest.mark.parametrize(
    ("text", "hub"),
    [
        ("https://hub.gemeente.nl", "https://hub.gemeente.nl"),
        (" https://hub.gemeente.nl:8443/kring/ ", "https://hub.gemeente.nl:8443/kring"),
        ("HTTPS://hub.gemeente.nl", "HTTPS://hub.gemeente.nl"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_hub_is_taken(text: str, hub: str) -> None:
    assert place_of(text) == Place(hub=hub)


@pytest.mark.parametrize(
    "text",
    ["http://hub.gemeente.nl", "http://10.0.0.1", "http://localhost.evil.example", "http://127.0.0.1.nip.example"],
)
def test_an_address_without_security_is_refused_and_says_why(text: str) -> None:
    with pytest.raises(Problem, match=r"niet veilig.*wie met wie deelt"):
        place_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "https:",
        "https:///pad",
        "https://hub.gemeente.nl:99999",
        "https://hub.gemeente.nl:poort",
        "https://hub.gemeente.nl:0",
        "https://[::1",
        "https://a b",
    ],
)
def test_half_an_address_of_a_hub_is_said(text: str) -> None:
    with pytest.raises(Problem, match="geen adres van een hub"):
        place_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://ank:geheim@hub.gemeente.nl",
        "https://hub.gemeente.nl/kring?x=1",
        "https://hub.gemeente.nl?",
        "https://hub.gemeente.nl#x",
    ],
)
def test_what_stands_in_the_way_in_the_address_of_a_hub_is_named(text: str) -> None:
    with pytest.raises(Problem, match=r"alleen het adres van de hub.*zonder naam of wachtwoord.*zonder vraagteken"):
        place_of(text)


@given(st.text(max_size=60) | st.text(alphabet="htps:/\\.[]@#?C~fileodr 0\n", max_size=40), st.booleans())
def test_any_text_is_a_place_or_a_problem(text: str, windows: bool) -> None:
    try:
        place = place_of(text, windows=windows)
    except Problem:
        return
    assert bool(place.hub) != bool(place.folder)


def test_a_folder_within_reach_is_found(tmp_path: Path) -> None:
    assert found(str(tmp_path)) == Place(folder=str(tmp_path))
    (tmp_path / "casebook-1").mkdir()
    assert found(str(tmp_path / "casebook-1")) == Place(folder=str(tmp_path))


def test_a_folder_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="niet te vinden"):
        found(str(tmp_path / "away"))
    assert not (tmp_path / "away").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").touch()
    with pytest.raises(Problem, match="is een bestand"):
        found(str(tmp_path / "list.xlsx"))


def test_a_folder_that_may_not_be_looked_into_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(_self: Path) -> Iterator[Path]:
        raise PermissionError(errno.EACCES, "not for you")

    monkeypatch.setattr(Path, "iterdir", refusing)
    with pytest.raises(Problem, match="mag niet in de map"):
        found(str(tmp_path))


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """The address of a server that is no hub: it gives the same answer to everything."""

    class Same(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Same)
    Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "body"), [(200, b"<h1>Intranet</h1>"), (302, b""), (404, b"niets")])
def test_what_answers_and_is_no_hub_is_said_before_anything_is_sent(status: int, body: bytes) -> None:
    with answering(status, body) as address, pytest.raises(Problem, match="geen hub"):
        found(address)


def test_a_hub_that_is_away_for_a_moment_is_connected_to() -> None:
    with answering(502, b"") as address:
        assert found(address) == Place(hub=address)
    assert found(address) == Place(hub=address)


def test_a_hub_is_a_hub(tmp_path: Path) -> None:
    with hub_with(Settings(data=tmp_path)) as hub, on_a_port(hub) as address:
        assert found(address) == Place(hub=address)
