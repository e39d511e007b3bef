"""A second start brings the first window to the front."""

import os
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.single_instance import SingleInstance

ROOT = Path(__file__).parents[2]
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from desktop.single_instance import SingleInstance
app = QCoreApplication([])
claim = SingleInstance(Path(sys.argv[1]))
print(claim.is_first, not claim.is_first and claim.show_first())
"""


def second_start(casebook: Path) -> "subprocess.Popen[str]":
    """Another process that opens the same casebook."""
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(casebook)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_second_start_asks_the_first_to_be_seen(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path / "casebook.db")
    assert first.is_first
    first.listen()
    with qtbot.waitSignal(first.asked, timeout=20_000):
        other = second_start(tmp_path / "casebook.db")
    assert other.communicate()[0].split() == ["False", "True"]
    first.release()


def test_a_first_that_is_still_opening_is_waited_for(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path / "casebook.db")
    other = second_start(tmp_path / "casebook.db")
    qtbot.wait(700)
    with qtbot.waitSignal(first.asked, timeout=20_000):
        first.listen()
    assert other.communicate()[0].split() == ["False", "True"]
    first.release()


def test_another_casebook_has_a_window_of_its_own(tmp_path: Path) -> None:
    one, other = SingleInstance(tmp_path / "one.db"), SingleInstance(tmp_path / "other.db")
    assert one.is_first
    assert other.is_first
    one.release()
    other.release()


def test_when_the_first_has_gone_the_next_is_first(tmp_path: Path) -> None:
    first = SingleInstance(tmp_path / "casebook.db")
    first.release()
    again = SingleInstance(tmp_path / "casebook.db")
    assert again.is_first
    again.release()


def test_a_first_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    killed = (
        "import os, sys; from pathlib import Path; from desktop.single_instance import SingleInstance;"
        "claim = SingleInstance(Path(sys.argv[1])); print(claim.is_first, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", killed, str(tmp_path / "casebook.db")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True"]
    again = SingleInstance(tmp_path / "casebook.db")
    assert again.is_first
    again.release()


def test_the_program_started_twice_shows_one_window(tmp_path: Path, qtbot: QtBot) -> None:
    first = SingleInstance(tmp_path / "casebook.db")
    first.listen()
    with qtbot.waitSignal(first.asked, timeout=20_000):
        program = subprocess.Popen(
            [sys.executable, "-m", "desktop", "--casebook", str(tmp_path / "casebook.db")],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert program.wait(20) == 0
    first.release()
