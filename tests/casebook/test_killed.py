"""Killed at any moment: nothing that was acknowledged is lost."""

import random
import subprocess
import sys
import time
from pathlib import Path

from casebook.case import Case
from casebook.database import create_casebook, open_casebook, quick_check
from casebook.drafts import kept
from casebook.keys import FileKey
from casebook.present import every, fingerprint, rebuild

KEY = FileKey(b"k" * 32, b"s" * 16)
ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from casebook.case import Case
from casebook.database import open_casebook
from casebook.drafts import Draft, keep
from casebook.keys import FileKey
from casebook.saving import Change, save
db = open_casebook(Path(sys.argv[1]), FileKey(b"k" * 32, b"s" * 16))
while True:
    case = Case(title="Buurttuin")
    save(db, [Change(case)], "New case")
    print("saved", case.id, flush=True)
    draft = Case()
    keep(db, Draft(draft.id, "case", {"title": "half"}))
    print("kept", draft.id, flush=True)
"""


def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "casebook.db"
    create_casebook(path, KEY).close()
    seed = time.time_ns()
    print("seed", seed)  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    told: set[tuple[str, str]] = set()
    for _kill in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=None
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        writer.kill()
        rest = writer.communicate()[0]
        # A line that was cut off by the kill was not told.
        lines = [line for line in (first + rest).split("\n")[:-1] if line]
        told |= {(word, record) for word, record in (line.split() for line in lines)}
    db = open_casebook(path, KEY)
    quick_check(db)
    assert {record for word, record in told if word == "saved"} <= {each.record.id for each in every(db, Case)}
    assert {record for word, record in told if word == "kept"} <= {each.record for each in kept(db)}
    with db.read() as connection:
        before = fingerprint(connection)
    rebuild(db)
    with db.read() as connection:
        assert fingerprint(connection) == before
    db.close()
