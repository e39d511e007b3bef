"""Two colleagues with real casebooks, a circle, and a shared folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casebook.database import Database, create_casebook, set_setting
from casebook.keys import FileKey
from sync import circles
from sync.syncing import exchange_all
from tests.sync.turns import both, on


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a shared folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return str(folder)


@pytest.fixture
def ank(tmp_path: Path) -> Iterator[Database]:
    yield from opened(tmp_path, "ank")


@pytest.fixture
def bea(tmp_path: Path) -> Iterator[Database]:
    yield from opened(tmp_path, "bea")


def opened(tmp_path: Path, name: str) -> Iterator[Database]:
    folder = tmp_path / name
    db = create_casebook(folder / "casebook.db", FileKey(name.encode().ljust(32, b"."), b"s" * 16))
    with db.write() as connection:
        set_setting(connection, "name", name.title())
        set_setting(connection, "municipality", "Spaarnwijk")
    yield db
    db.close()


@pytest.fixture
def space(ank: Database, store: str) -> str:
    """A circle that Ank began and shared."""
    space = circles.begin(on(ank), "Kring Spaarne")
    circles.connect(ank, space, store)
    exchange_all(ank)
    return space


@pytest.fixture
def shared(ank: Database, bea: Database, space: str) -> str:
    """The same, with Bea in it."""
    invitation = circles.invite_code(ank, space)
    exchange_all(ank)
    circles.join(on(bea), invitation.address, invitation.code)
    both(bea, ank, bea)
    return space
