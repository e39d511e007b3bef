"""The casebooks that all benchmarks share: made once through the program's own saving, kept in `build/bench/`."""

import hashlib
import shutil
from pathlib import Path

from casebook import dutch
from casebook.database import NEWEST, PRESENT, Database, create_casebook, open_casebook
from casebook.keys import from_passphrase, salt_of
from casebook.saving import Change, save
from casebook.search import WORDS_TABLE
from tests.bench import generator

PASSPHRASE = "bench"
_FOLDER = Path(__file__).parents[2] / "build" / "bench"
_AT_ONCE = 1_000


def casebook(n: int) -> Path:
    """The file of a casebook with *n* cases, which opens with `PASSPHRASE`; do not write in it, copy it first."""
    path = _FOLDER / f"cases-{n}-{_version()}.db"
    if not path.exists():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        for old in _FOLDER.glob(f"cases-{n}-*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        _make(path, n)
    return path


def opened(n: int) -> Database:
    """The same, open."""
    path = casebook(n)
    return open_casebook(path, from_passphrase(PASSPHRASE, salt_of(path)))


def _version() -> str:
    """Differs when the same generator would give another file."""
    made_of = (Path(generator.__file__).read_text("utf-8"), WORDS_TABLE, str(dutch.VERSION), PRESENT, NEWEST)
    return hashlib.blake2b("".join(made_of).encode(), digest_size=4).hexdigest()


def _make(path: Path, n: int) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    db = create_casebook(part, from_passphrase(PASSPHRASE, b"casusboek bench."))
    made = [Change(each) for each in generator.cases(n)]
    for start in range(0, n, _AT_ONCE):
        save(db, made[start : start + _AT_ONCE], "Bench")
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    part.replace(path)
