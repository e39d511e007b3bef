"""The folders keep to their layers, and each outside library to its room."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]


def test_every_contract_about_imports_is_kept() -> None:
    done = subprocess.run(LINT, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("casebook/stray.py", "import desktop", "Each folder uses those below it"),
        ("casebook/stray.py", "import sync", "Each folder uses those below it"),
        ("resources/stray.py", "import casebook", "Each folder uses those below it"),
        ("casebook/stray.py", "from PySide6.QtCore import QObject", "Only desktop/ knows Qt"),
        ("desktop/commandline.py", "import PySide6", "without a window do not load Qt"),
        ("desktop/stray.py", "from sqlalchemy import select", "never the database"),
        ("casebook/stray.py", "import keyring", "keyring"),
        ("reflection/stray.py", "import httpx", "Only sync/ speaks to the network"),
        ("sync/stray.py", "import starlette", "Only the hub is a server"),
        ("desktop/stray.py", "from sync.hub import app", "does not load the hub"),
        ("desktop/stray.py", "from reportlab.pdfgen import canvas", "only where reports are made"),
    ],
)
def test_a_stray_import_is_seen(tmp_path: Path, file: str, line: str, contract: str) -> None:
    for folder in ("desktop", "sync", "reflection", "casebook", "resources"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / "desktop" / "commandline.py").touch()
    (tmp_path / "sync" / "hub").mkdir()
    for each in ("hub/__init__.py", "hub/app.py", "hub_client.py", "engine.py", "signing_in.py"):
        (tmp_path / "sync" / each).touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / file).write_text(line + "\n")
    done = subprocess.run(LINT, cwd=tmp_path, capture_output=True, text=True, check=False)
    broken = [each for each in done.stdout.splitlines() if each.endswith("BROKEN")]
    assert done.returncode == 1, done.stdout
    assert any(contract in each for each in broken), broken


@pytest.mark.parametrize("module", ["urllib.request", "http.client"])
def test_the_network_is_out_of_reach_outside_sync(module: str) -> None:
    assert "Only sync/ speaks to the network" in lint(f"import {module}\n", "casebook/stray.py")
    assert "Only sync/" not in lint(f"import {module}\n", "sync/hub_client.py")


def lint(source: str, file: str) -> str:
    """What ruff says of *source* if it stood in *file*."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "check", "--select=TID251", "--no-cache", "-", "--stdin-filename", file]
    return subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False).stdout
