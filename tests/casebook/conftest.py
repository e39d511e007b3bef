"""A real casebook in a folder of its own, and a clock that is set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from casebook.database import Database, create_casebook
from casebook.keys import FileKey
from casebook.record import made_here


@dataclass
class Clock:
    """Milliseconds since 1970; each look is one later."""

    now: int = 1_795_000_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of this test's casebook."""
    return Clock()


@pytest.fixture
def file_key() -> FileKey:
    """A key that stands in no keyring."""
    return FileKey(b"k" * 32, b"s" * 16)


@pytest.fixture
def db(tmp_path: Path, file_key: FileKey, clock: Clock) -> Iterator[Database]:
    """An empty casebook."""
    database = create_casebook(tmp_path / "casebook.db", file_key, clock=clock)
    made_here(database.device.id)
    yield database
    database.close()
