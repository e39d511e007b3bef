"""Whole circles under every fault at once keep their promises; `./dev simulate` plays many more."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from tests.sync.simulator.bugs import BUGS, HEALED, QUICK, Bug, hunt
from tests.sync.simulator.run import failures, play, shortest, story
from tests.sync.simulator.world import Plan

ROOT = Path(__file__).parents[2]
SECONDS = float(os.environ.get("SIMULATE_SECONDS", "25"))
"""Seconds of this processor; with real files a third of it."""


def test_schedules_keep_every_promise() -> None:
    _play("", 10, SECONDS)


def test_schedules_with_real_casebooks_and_a_hub_keep_every_promise() -> None:
    _play("real", 1, SECONDS / 3)


def _play(store: str, at_once: int, seconds: float) -> None:
    start, seed = process_time(), 0
    while process_time() - start < seconds:
        for played in failures(range(seed, seed + at_once), store):
            raise AssertionError(story(shortest(played)))
        seed += at_once


@pytest.mark.parametrize("bug", [each for each in BUGS if each.is_quick], ids=lambda bug: bug.name)
def test_a_bug_that_was_put_in_is_found(bug: Bug) -> None:
    """The others take longer: `./dev simulate --bugs`."""
    assert hunt(bug, QUICK), "no schedule broke a promise"


def test_without_the_digest_nothing_breaks_where_it_has_nothing_to_heal() -> None:
    """So what is found there, with the digest taken out too, is the bug itself."""
    (without,) = [each for each in BUGS if each.name == "the digest is not compared"]
    assert hunt(replace(without, faults=HEALED), QUICK) is None


def test_one_seed_is_one_story_in_every_process() -> None:
    """Whatever the order in which this Python keeps its sets."""
    hashes = {
        subprocess.run(
            [
                sys.executable,
                "-c",
                "from tests.sync.simulator.run import *; print([play(Plan(n)).hash for n in (3, 8)])",
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    }
    assert hashes == {f"{[play(Plan(n)).hash for n in (3, 8)]}\n"}


def test_the_story_of_a_failure_is_short_and_begins_with_its_seed() -> None:
    told = story(play(Plan(5, steps=10, faults=frozenset())))
    assert told.startswith("seed 5, 10 steps, folder, with no faults:")
    assert len(told.splitlines()) < 100
