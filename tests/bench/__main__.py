"""Runs the benchmarks `bench_*.py`: one line a figure on the terminal, the same as JSON in `build/bench/`."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, cast

from tests.bench.figure import Figure
from tests.bench.size import FULL, TINY, Size

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "build" / "bench"
_TINY = "--tiny"


class Bench(Protocol):
    """A module that measures something."""

    def figures(self, size: Size) -> Iterable[Figure]: ...


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(each.stem.removeprefix("bench_") for each in HERE.glob("bench_*.py"))


def measure(name: str, size: Size, results: Path = RESULTS) -> None:
    """Run one benchmark, print each figure as soon as it is there, and keep them all as JSON."""
    bench = cast(Bench, importlib.import_module(f"tests.bench.bench_{name}"))
    load = [_load()]
    done = []
    for figure in bench.figures(size):
        sys.stdout.write(figure.line + "\n")
        sys.stdout.flush()
        done.append(asdict(figure))
    # How busy the machine was tells how much the figures are worth; the ratios suffer least.
    load.append(_load())
    told = {"size": asdict(size), "processors": os.cpu_count(), "load_before_and_after": load, "figures": done}
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _load() -> list[float]:
    """The processes that wanted to run, on average, over the last one, five and fifteen minutes."""
    import psutil

    return [round(each, 2) for each in psutil.getloadavg()]


def main(asked: list[str]) -> int:
    """Run the named benchmark, or each in a process of its own, so that none runs warm because of another."""
    size = TINY if _TINY in asked else FULL
    asked = [each for each in asked if each != _TINY]
    unknown = set(asked) - set(names())
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}.\n")
        return 2
    if len(asked) == 1:
        measure(asked[0], size, RESULTS if size is FULL else RESULTS / "tiny")
        return 0
    options = [_TINY] if size is TINY else []
    return max(
        (
            subprocess.run([sys.executable, "-m", "tests.bench", name, *options], check=False).returncode
            for name in asked or names()
        ),
        default=0,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
