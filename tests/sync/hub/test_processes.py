"""Real processes: several on one PostgreSQL, a kill in the middle of a push, and a stop that finishes what runs."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx2 as httpx
import pytest

from casebook.database import now_ms
from casebook.envelope import RevisionId
from sync.hub.__main__ import main
from sync.hub_client import HubStore
from sync.store import Outcome, Unreachable
from tests.sync.hub.racing import race
from tests.sync.hub.served import as_process
from tests.sync.people import Person, Story, record_of
from tests.sync.store_contract import everything


@pytest.fixture
def story() -> Story:
    return Story(Person("ank"), wall=now_ms() - 60_000)


_stores: list[HubStore] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while _stores:
        _stores.pop().close()


def store(address: str, story: Story, person: Person | None = None) -> HubStore:
    """What a member sees of the hub at this address."""
    who = person or story.admin
    _stores.append(HubStore(address, story.space, who.device, who.signer, now_ms))
    return _stores[-1]


def test_two_processes_on_one_postgres_serve_the_same_space(
    tmp_path: Path, postgres_address: str, story: Story
) -> None:
    arguments = ["--data", str(tmp_path), "--database", postgres_address]
    with as_process(arguments) as one, as_process(arguments) as other:
        here, there = store(one.address, story), store(other.address, story)
        here.push([story.chain[0].envelope.raw])
        bea = story.welcome("bea")
        sent = [story.revision(story.admin, f"{n}")[1] for n in range(3)]
        assert there.push([story.chain[1].envelope.raw]) == [Outcome.OK]
        assert here.push(sent) == [Outcome.OK] * 3
        assert store(one.address, story, bea).push([story.revision(bea, "hers")[1]]) == [Outcome.OK]
        assert everything(here) == everything(there)
        assert here.pull(None, 100, False).digest == there.pull(None, 100, False).digest


def test_a_follower_misses_nothing_of_eight_writers_on_two_processes(
    tmp_path: Path, postgres_address: str, story: Story
) -> None:
    arguments = ["--data", str(tmp_path), "--database", postgres_address]
    with as_process(arguments) as one, as_process(arguments) as other:
        raced = race([one.address, other.address], story, seconds=3)
    assert raced.sent > 50
    assert raced.missed == 0


def test_workers_share_one_port(tmp_path: Path, story: Story) -> None:
    with as_process(["--data", str(tmp_path), "--workers", "2"]) as hub:
        here = store(hub.address, story)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                assert here.push([story.chain[0].envelope.raw])[0].is_in
                break
            except Unreachable:
                time.sleep(0.1)
        assert len(everything(store(hub.address, story))) == 1


def test_a_kill_in_the_middle_of_a_push_loses_nothing_that_was_acknowledged(tmp_path: Path, story: Story) -> None:
    seed = time.time_ns()
    chance, acknowledged = Random(seed), [story.chain[0].envelope.raw]
    arguments = ["--data", str(tmp_path)]
    for _time in range(4):
        with as_process(arguments) as hub:
            here = store(hub.address, story)
            here.push([story.chain[0].envelope.raw])
            timer = threading.Timer(chance.uniform(0.01, 0.4), hub.process.kill)
            timer.start()
            record, parents = record_of(story.admin, chance.randrange(1000)), tuple[RevisionId, ...]()
            try:
                while True:
                    revision, raw = story.revision(story.admin, "x", record=record, parents=parents)
                    outcomes = here.push([raw, story.revision(story.admin, "y")[1]])
                    assert set(outcomes) == {Outcome.OK}, f"seed {seed}"
                    acknowledged.append(raw)
                    parents = (revision,)
            except Unreachable:
                timer.join()
                hub.process.wait()
    assert main(["check", *arguments]) == 0, f"seed {seed}"
    with as_process(arguments) as hub:
        assert set(acknowledged) <= set(everything(store(hub.address, story))), f"seed {seed}"


def test_a_hub_that_is_stopped_finishes_what_runs(tmp_path: Path, story: Story) -> None:
    with as_process(["--data", str(tmp_path)]) as hub:
        here = store(hub.address, story)
        here.push([story.chain[0].envelope.raw])
        outcomes: list[Outcome] = []
        many = [story.revision(story.admin, f"{n}")[1] for n in range(500)]

        def push() -> None:
            # A request that had not come in yet when the hub stopped is told so, and is sent again later.
            with contextlib.suppress(Unreachable):
                outcomes.extend(here.push(many))

        pushing = threading.Thread(target=push)
        pushing.start()
        time.sleep(0.05)
        hub.stop()
        pushing.join(30)
        assert outcomes in ([Outcome.OK] * 500, [])
    kept = 501 if outcomes else 1
    with as_process(["--data", str(tmp_path)]) as hub:
        assert len(everything(store(hub.address, story), limit=500)) >= kept


def test_the_log_says_who_and_how_many_and_nothing_of_the_contents(tmp_path: Path, story: Story) -> None:
    with as_process(["--data", str(tmp_path)]) as hub:
        store(hub.address, story).push([story.chain[0].envelope.raw, story.revision(story.admin, "Geheim plan")[1]])
        assert httpx.get(f"{hub.address}/ready").json() == {"ready": True}
        assert httpx.get(f"{hub.address}/health").json() == {"alive": True}
        log = hub.stop()
    line = next(each for each in log.splitlines() if "/push" in each)
    for part in ('"space": "space-1"', '"device": "device-of-ank"', '"outcomes": {"ok": 2}', '"ms": ', '"request": '):
        assert part in line
    assert "Geheim" not in log
    assert "Bearer" not in log


def test_a_database_that_does_not_answer_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"postgresql+psycopg://casusboek@/casusboek?host={tmp_path}"
    assert main(["check", "--data", str(tmp_path), "--database", address]) == 1
    assert "De database van de hub" in capsys.readouterr().err
