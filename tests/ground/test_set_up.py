"""What a fresh machine gets: the same libraries everywhere, from whatever server it is told to use."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_the_lock_names_no_server() -> None:
    assert not re.search(r"://|^-|index-url|find-links", LOCK, re.MULTILINE)


def test_every_library_in_the_lock_has_its_hashes() -> None:
    libraries = re.findall(r"^\S+==\S+(?: ; .*)? \\\n    --hash=sha256:", LOCK, re.MULTILINE)
    assert len(libraries) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))


def test_everything_the_project_asks_for_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[\w-]+", each)[0].lower() for each in asked}  # type: ignore[index]  # each has a name
    assert names <= set(re.findall(r"^([\w-]+)==", LOCK, re.MULTILINE))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has dev.cmd")
def test_what_dev_does_not_know_it_answers_with_what_it_knows() -> None:
    done = subprocess.run([ROOT / "dev", "dance"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "./dev test" in done.stderr


def test_windows_has_the_same_commands() -> None:
    usage = re.compile(r"dev (\w+) (?:\[|  )")
    here, there = (usage.findall((ROOT / file).read_text(encoding="utf-8")) for file in ("dev", "dev.cmd"))
    assert here == there
    assert {"run", "test", "check"} <= set(here)
