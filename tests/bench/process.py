"""A window in a process of its own, which answers one line of JSON."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from casebook.keys import from_passphrase, salt_of
from tests.bench.casebook_of import PASSPHRASE

_ROOT = Path(__file__).parents[2]


def answer_of(module: str, casebook: Path | None, settings: dict[str, str]) -> dict[str, Any]:
    """What `tests.bench.MODULE` tells; it knows from `ASKED` when it was started, and opens *casebook* unasked."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "XDG_CONFIG_HOME": home, "TMPDIR": home, **settings}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if casebook:
            salt = salt_of(casebook)
            environment[f"BENCH_KEY_{salt.hex()}"] = from_passphrase(PASSPHRASE, salt).key.hex()
            environment["PYTHON_KEYRING_BACKEND"] = "tests.bench.keyring_of.Keyring"
        command = [sys.executable, "-m", f"tests.bench.{module}", *([str(casebook)] if casebook else [])]
        environment["ASKED"] = str(time.time())
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
