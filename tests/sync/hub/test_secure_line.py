"""Between a device and a hub there is HTTPS with a certificate that is checked, or nothing is sent at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casebook.problem import Problem
from sync.hub.serving import Hub
from sync.hub.settings import Settings
from sync.hub_client import HubStore
from sync.store import Outcome, Unreachable
from tests.sync.hub.certified import Authority
from tests.sync.hub.served import hub_with, on_a_port, store
from tests.sync.people import Person, Story

HERE = "127.0.0.1"
"""Not by name: on a bare machine nothing says what `localhost` is."""


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_with(Settings(data=tmp_path / "hub")) as found:
        yield found


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An issuer of certificates that this computer trusts."""
    found = Authority(tmp_path / "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


def begin(address: str, story: Story) -> list[Outcome]:
    """Begin the space at this hub, as the program does."""
    there: HubStore = store(address, story)
    try:
        return there.push([story.chain[0].envelope.raw])
    finally:
        there.close()


def is_empty(hub: Hub, story: Story) -> bool:
    with hub.db.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM space").scalar() == 0


def test_a_hub_whose_certificate_this_computer_trusts_is_spoken_to(
    hub: Hub, story: Story, authority: Authority
) -> None:
    with on_a_port(hub, authority.vouch_for(HERE)) as address:
        assert address.startswith("https://")
        assert begin(address, story) == [Outcome.OK]
        there = store(address, story)
        assert there.pull(None, 10, False).envelopes == (story.chain[0].envelope.raw,)
        there.close()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("of an issuer that nobody knows", "vertrouwt het certificaat"),
        ("of another name", "van een andere server"),
        ("expired", "nu niet geldig"),
    ],
)
def test_a_certificate_that_is_not_right_is_said_and_nothing_is_sent(
    hub: Hub, story: Story, authority: Authority, tmp_path: Path, what: str, said: str
) -> None:
    pem = {
        "of an issuer that nobody knows": lambda: Authority(tmp_path / "stranger").vouch_for(HERE),
        "of another name": lambda: authority.vouch_for("hub.gemeente.example"),
        "expired": lambda: authority.vouch_for(HERE, valid_days=-1),
    }[what]()
    with on_a_port(hub, pem) as address, pytest.raises(Problem, match=said):
        begin(address, story)
    assert is_empty(hub, story)


def test_a_hub_without_a_secure_line_is_not_spoken_to_in_the_open(hub: Hub, story: Story, authority: Authority) -> None:
    with on_a_port(hub) as address, pytest.raises(Unreachable):
        begin(address.replace("http:", "https:"), story)
    assert is_empty(hub, story)


@pytest.mark.parametrize("host", ["hub.gemeente.example", "192.168.1.7", "[2001:db8::1]", "localhost.example"])
def test_to_another_machine_nothing_goes_in_the_open(story: Story, host: str) -> None:
    with pytest.raises(Problem, match="niet veilig"):
        store(f"http://{host}:8470", story)
