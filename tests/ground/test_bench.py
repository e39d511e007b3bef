"""The runner of the benchmarks itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as runner
from tests.bench.figure import Figure, at_least, at_most
from tests.bench.size import FULL


def test_a_figure_is_one_line_that_says_whether_its_goal_is_met() -> None:
    assert at_most("search-p95", 41.26, "ms", 50).line == "search-p95 41.26 ms <=50 met"
    assert at_least("import", 900, "cases/s", 1000).line == "import 900 cases/s >=1000 short"
    assert Figure("floor", 3.0, "ms").line == "floor 3 ms - met"


def test_the_figures_of_a_benchmark_are_kept_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bench_small.py").write_text(
        "from tests.bench.figure import at_most\ndef figures(size):\n    yield at_most('one', size.few / 10, 's', 2)\n"
    )
    package = sys.modules["tests.bench"]
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    runner.measure("small", FULL, tmp_path / "results")
    assert capsys.readouterr().out == "one 1 s <=2 met\n"
    told = json.loads((tmp_path / "results" / "small.json").read_text())
    assert told["figures"] == [{"name": "one", "value": 1.0, "unit": "s", "goal": "<=2", "met": True}]
    assert len(told["load_before_and_after"]) == 2


def test_an_unknown_benchmark_is_named() -> None:
    asked = [sys.executable, "-m", "tests.bench", "nothing"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nothing" in done.stderr


@pytest.mark.parametrize("name", [each for each in runner.names() if each != "sync"])  # its goals name their sizes
def test_each_benchmark_runs_on_a_few_cases(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", name, "--tiny"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines
    assert all(len(line) == 5 and line[4] in ("met", "short") for line in lines)
