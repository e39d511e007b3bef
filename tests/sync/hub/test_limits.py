"""No device, however wild or slow, takes more of a hub than its share."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from casebook.envelope import LARGEST, state_openly
from sync.certificates import Role
from sync.frames import framed
from sync.hub.app import LARGEST_BODY, create_app
from sync.hub.listening import Impatient
from sync.hub.serving import Hub
from sync.hub.settings import Limits, Settings
from sync.hub_client import HubStore
from sync.signed_request import authorization
from sync.store import AT_ONCE, DAY, Outcome, Unreachable
from tests.sync.hub.served import hub_with, on_a_port, store, store_at
from tests.sync.in_process import InProcess
from tests.sync.people import START, Person, Story, record_of

OK, FULL, HELD = Outcome.OK, Outcome.FULL, Outcome.HELD


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"))


def test_a_device_that_brings_in_too_much_is_full_until_tomorrow(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path, limits=Limits(revisions_a_day=3))) as hub:
        guest = story.welcome("bea")
        store_at(hub, story).push([each.envelope.raw for each in story.chain])
        hers = store_at(hub, story, guest)
        sent = [story.revision(guest, f"{n}")[1] for n in range(5)]
        assert hers.push(sent) == [OK] * 3 + [FULL] * 2
        # Another device is not bothered, erasing always goes on, and what came in before is known.
        assert store_at(hub, story).push([story.revision(story.admin, "mine")[1]]) == [OK]
        assert hers.push([sent[0], story.erasure(guest, "")[1]])[0] is Outcome.KNOWN
        hub.clock = lambda: START + 86_400_000
        assert later_at(hub, story, guest).push(sent[3:]) == [OK] * 2


def later_at(hub: Hub, story: Story, person: Person) -> HubStore:
    """What somebody sees of a hub of which the clock went on."""
    transport = InProcess(create_app(hub))
    return HubStore("http://127.0.0.1", story.space, person.device, person.signer, hub.clock, transport=transport)


def test_what_is_erased_beyond_a_day_s_worth_goes_tomorrow_or_with_a_second_administrator(
    tmp_path: Path, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.store.MOST_ERASURES", 2)
    with hub_with(Settings(data=tmp_path)) as hub:
        bea, cas = story.welcome("bea", Role.ADMIN), story.welcome("cas")
        ank, hers, his = store_at(hub, story), store_at(hub, story, bea), store_at(hub, story, cas)
        assert ank.push([each.envelope.raw for each in story.chain]) == [OK] * 3
        erasures = [story.erasure(story.admin, record_of(cas, n))[1] for n in range(5)]
        assert ank.push(erasures[:3]) == [OK, OK, HELD]
        assert his.push([erasures[2]]) == [HELD]
        assert hers.push([erasures[2]]) == [OK]
        assert ank.push(erasures[3:]) == [HELD] * 2
        hub.clock = lambda: START + DAY
        transport = InProcess(create_app(hub))
        tomorrow = HubStore(
            "http://127.0.0.1", story.space, story.admin.device, story.admin.signer, hub.clock, transport=transport
        )
        assert tomorrow.push(erasures[3:]) == [OK] * 2


def test_the_bytes_of_a_day_are_counted_too(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path, limits=Limits(bytes_a_day=1_000))) as hub:
        guest = story.welcome("bea")
        store_at(hub, story).push([each.envelope.raw for each in story.chain])
        outcomes = store_at(hub, story, guest).push([story.revision(guest, f"{n}")[1] for n in range(5)])
        assert outcomes[0] is OK
        assert outcomes[-1] is FULL


def test_who_asks_too_often_is_told_how_long_to_wait(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path, limits=Limits(requests_a_minute=5))) as hub:
        ank = store_at(hub, story)
        ank.push([story.chain[0].envelope.raw])
        with pytest.raises(Unreachable) as told:
            [ank.pull(None, 10, False) for _request in range(7)]
        assert told.value.retry_after in range(1, 13)


def signed(story: Story, method: str, target: str, body: bytes) -> dict[str, str]:
    return {"Authorization": authorization(story.admin.device, story.admin.signer, START, method, target, body)}


def test_a_body_that_is_too_large_is_refused_while_it_comes_in(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path)) as hub, on_a_port(hub) as address, httpx.Client() as client:
        target = f"{address}/v1/{story.space}/push"
        assert client.post(target, content=bytes(LARGEST_BODY + 1)).status_code == 413
        sent = 0

        def endless() -> Iterator[bytes]:
            nonlocal sent
            while sent < 50 * LARGEST_BODY:
                sent += 65_536
                yield bytes(65_536)

        # The connection may be closed while we are still sending: refused as well.
        with contextlib.suppress(httpx.TransportError):
            assert client.post(target, content=endless()).status_code == 413
        assert sent < 10 * LARGEST_BODY
        assert client.get(f"{address}/health").status_code == 200


def test_frames_that_are_wrong_or_too_many_are_refused(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path)) as hub:
        ank = store_at(hub, story)
        ank.push([story.chain[0].envelope.raw])
        target = f"/v1/{story.space}/push"
        with httpx.Client(transport=InProcess(create_app(hub)), base_url="http://127.0.0.1") as client:
            for body in (b"\0", b"\xff\xff\xff\xff", framed([b"x"])[:-1], framed([b""] * (AT_ONCE + 1))):
                answer = client.post(target, content=body, headers=signed(story, "POST", target, body))
                assert answer.status_code == 400


def test_an_envelope_may_not_be_larger_than_a_revision_can_be(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path)) as hub:
        ank = store_at(hub, story)
        ank.push([story.chain[0].envelope.raw])
        large = state_openly(
            "rev",
            space=story.space,
            record="",
            parents=(),
            device=story.admin.device,
            wall=START,
            signer=story.admin.signer,
            body=bytes(LARGEST + 2_000),
        )[1]
        assert ank.push([large]) == [Outcome.TOO_BIG]


def test_a_name_that_no_database_can_keep_is_garbled(tmp_path: Path, story: Story, postgres_address: str) -> None:
    with hub_with(Settings(data=tmp_path, database=postgres_address)) as hub:
        ank = store_at(hub, story)
        ank.push([story.chain[0].envelope.raw])
        strange = story.revision(story.admin, "x", record="a\0b")[1]
        assert ank.push([strange, story.revision(story.admin, "y")[1]]) == [Outcome.GARBLED, OK]


def test_a_body_that_trickles_is_given_up(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path, limits=Limits(body_seconds=0.3))) as hub, on_a_port(hub) as address:
        with _line(address) as line:
            line.sendall(b"POST /v1/space-1/push HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nab")
            assert b" 408 " in line.recv(4_096)
        assert httpx.get(f"{address}/health").status_code == 200


def test_a_head_that_trickles_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "seconds", 0.4)
    with hub_with(Settings(data=tmp_path)) as hub, on_a_port(hub) as address, _line(address) as line:
        began = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT012 - the line may break at any of these
            for each in b"GET /health HTTP/1.1\r\nHost: a-hub-that-waits\r\n":
                line.sendall(bytes([each]))
                time.sleep(0.05)
                if time.monotonic() - began > 1.5:
                    assert line.recv(1) == b""
                    raise OSError
        assert time.monotonic() - began < 5


def test_while_one_client_is_slow_others_are_served(tmp_path: Path, story: Story) -> None:
    with hub_with(Settings(data=tmp_path)) as hub, on_a_port(hub) as address:
        lines = [_line(address) for _each in range(50)]
        for line in lines:
            line.sendall(b"POST /v1/space-1/push HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000\r\n\r\nab")
        ank = store(address, story)
        assert ank.push([story.chain[0].envelope.raw]) == [OK]
        ank.close()
        for line in lines:
            line.close()


def _line(address: str) -> socket.socket:
    host, _colon, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=10)
