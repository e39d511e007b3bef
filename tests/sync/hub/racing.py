"""Writers and a follower at one time, on one space: does the follower see all that was acknowledged?"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from casebook.database import now_ms
from casebook.envelope import opened
from sync.hub_client import HubStore
from sync.store import Unreachable
from tests.sync.people import Person, Story

T = TypeVar("T")

WRITERS = 8
_BATCH = 5


@dataclass(frozen=True, slots=True)
class Raced:
    """How many envelopes were acknowledged, and how many of those the follower never got."""

    sent: int
    missed: int


def race(addresses: Sequence[str], story: Story, seconds: float) -> Raced:
    """Let eight members write for a while, each at one of the addresses, while another one follows."""
    founder = _store(addresses[0], story, story.admin)
    founder.push([story.chain[0].envelope.raw])
    people = [story.welcome(f"writer-{n}") for n in range(WRITERS)]
    founder.push([each.envelope.raw for each in story.chain])
    acknowledged: list[set[bytes]] = [set() for _each in people]
    stop, seen = threading.Event(), set[bytes]()
    lock = threading.Lock()

    def write(number: int) -> None:
        store = _store(addresses[number % len(addresses)], story, people[number])
        while not stop.is_set():
            with lock:
                made = [story.revision(people[number], "x") for _each in range(_BATCH)]
            outcomes = _patiently(store.push, [raw for _id, raw in made])
            acknowledged[number].update(each for (each, _raw), done in zip(made, outcomes, strict=True) if done.is_in)
        store.close()

    def follow() -> None:
        cursor = None
        while True:
            was_stopped = stopped.is_set()
            page = _patiently(founder.pull, cursor, 500, False)
            cursor = page.cursor
            seen.update(opened(each).id for each in page.envelopes)
            if was_stopped and not page.envelopes:
                return

    stopped = threading.Event()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    follower = threading.Thread(target=follow)
    for each in (follower, *writers):
        each.start()
    time.sleep(seconds)
    stop.set()
    for each in writers:
        each.join()
    stopped.set()
    follower.join()
    founder.close()
    sent = set().union(*acknowledged)
    return Raced(len(sent), len(sent - seen))


def _patiently(act: Callable[..., T], *arguments: object) -> T:
    """Ask again as long as the hub is busy: what comes too late is not missed."""
    while True:
        try:
            return act(*arguments)
        except Unreachable:
            time.sleep(0.1)


def _store(address: str, story: Story, person: Person) -> HubStore:
    return HubStore(address, story.space, person.device, person.signer, now_ms)
