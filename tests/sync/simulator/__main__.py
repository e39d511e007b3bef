"""Play many schedules on all cores: `./dev simulate --schedules N --seed S`."""

import argparse
import multiprocessing
import sys
from collections.abc import Iterator
from functools import partial
from time import monotonic

from tests.sync.simulator.run import Played, failures, play, shortest, story
from tests.sync.simulator.world import Plan

_AT_ONCE = 50


def main() -> int:
    """Returns how many schedules broke a promise."""
    asked = _arguments()
    if asked.bugs:
        from tests.sync.simulator.bugs import hunt_all

        return hunt_all(asked.schedules, asked.seed, asked.processes)
    if asked.story is not None:
        print(story(play(Plan(asked.story, store=asked.store))))  # noqa: T201 - what was asked for
        return 0
    start, found = monotonic(), 0
    for played in _played(range(asked.seed, asked.seed + asked.schedules), asked.store, asked.processes):
        found += 1
        print(story(shortest(played)) if found <= asked.stories else f"seed {played.plan.seed}: {played.broken}")  # noqa: T201
    took = monotonic() - start
    told = f"{asked.schedules} schedules from seed {asked.seed} in {took:.0f} s, {asked.schedules / took:.0f}/s"
    print(f"{told}: {found} broken")  # noqa: T201
    return min(found, 1)


def _played(seeds: range, store: str, processes: int) -> Iterator[Played]:
    parts = [seeds[at : at + _AT_ONCE] for at in range(0, len(seeds), _AT_ONCE)]
    with multiprocessing.Pool(processes or None) as pool:
        for found in pool.imap(partial(_failures, store=store), parts):
            yield from found


def _failures(seeds: range, store: str) -> list[Played]:
    return list(failures(seeds, store))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev simulate", description="Play seeded schedules of whole circles.")
    parser.add_argument("--schedules", type=int, default=5_000, help="how many (5,000)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--store", choices=("memory", "folder"), default="", help="where (the seed chooses)")
    parser.add_argument("--real", action="store_const", dest="store", const="real", help="on real files, with a hub")
    parser.add_argument("--processes", type=int, default=0, help="how many at once (one on each core)")
    parser.add_argument("--stories", type=int, default=3, help="how many failures to tell in their shortest form (3)")
    parser.add_argument("--story", type=int, help="tell what happens with this one seed")
    parser.add_argument("--bugs", action="store_true", help="find every bug that is known to have been put in")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
