"""Runs the benchmarks `bench_*.py`: one line a figure on the terminal, the same as JSON in `build/bench/`."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Protocol, cast

from tests.bench.figure import Figure

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "build" / "bench"


class Bench(Protocol):
    """A module that measures something."""

    def figures(self) -> Iterable[Figure]: ...


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(each.stem.removeprefix("bench_") for each in HERE.glob("bench_*.py"))


def measure(name: str, results: Path = RESULTS) -> None:
    """Run one benchmark, print each figure as soon as it is there, and keep them all as JSON."""
    bench = cast(Bench, importlib.import_module(f"tests.bench.bench_{name}"))
    done = []
    for figure in bench.figures():
        sys.stdout.write(figure.line + "\n")
        sys.stdout.flush()
        done.append(asdict(figure))
    results.mkdir(parents=True, exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(done, indent=2) + "\n", encoding="utf-8")


def main(asked: list[str]) -> int:
    """Run the named benchmark, or each in a process of its own, so that none runs warm because of another."""
    unknown = set(asked) - set(names())
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}.\n")
        return 2
    if len(asked) == 1:
        measure(asked[0])
        return 0
    return max(
        (
            subprocess.run([sys.executable, "-m", "tests.bench", name], check=False).returncode
            for name in asked or names()
        ),
        default=0,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
