"""PySide6 6.12.0 aborts under Python 3.11 after thousands of calls: the pin that keeps it out is guarded."""

import os
import subprocess
import sys
from importlib.metadata import version

MANY_CALLS = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel()
for n in range(20_000):
    label.setText("x")
print("survived", n + 1)
"""


def test_twenty_thousand_calls_in_one_process_do_not_abort_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MANY_CALLS],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "survived 20000"), done.stderr


def test_the_release_that_aborts_is_not_installed() -> None:
    release = tuple(int(part) for part in version("PySide6-Essentials").split(".")[:2])
    assert release < (6, 12)
