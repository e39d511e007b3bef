"""The store at a hub keeps the promises: on SQLite and PostgreSQL, in process and over a real connection."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub.serving import Hub
from sync.hub.settings import Settings
from sync.hub_client import HubStore
from tests.sync.hub.served import emptied, hub_with, on_a_port, store, store_at
from tests.sync.people import Story
from tests.sync.store_contract import StoreContract


class TestInProcess(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, story: Story) -> Iterator[HubStore]:
        with hub_with(Settings(data=tmp_path)) as hub:
            found = store_at(hub, story)
            yield found
            found.close()


Served = tuple[Hub, str]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with hub_with(Settings(data=tmp_path_factory.mktemp("hub"))) as hub, on_a_port(hub) as address:
        yield hub, address


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_database: str) -> Iterator[Served]:
    settings = Settings(data=tmp_path_factory.mktemp("hub"), database=postgres_database)
    with hub_with(settings) as hub, on_a_port(hub) as address:
        yield hub, address


class TestOverHttpOnSqlite(StoreContract):
    @pytest.fixture
    def store(self, on_sqlite: Served, story: Story) -> Iterator[HubStore]:
        yield from as_new(on_sqlite, story)


class TestOverHttpOnPostgres(StoreContract):
    @pytest.fixture
    def store(self, on_postgres: Served, story: Story) -> Iterator[HubStore]:
        yield from as_new(on_postgres, story)


def as_new(served: Served, story: Story) -> Iterator[HubStore]:
    """A hub that runs already, with nothing in it."""
    hub, address = served
    emptied(hub)
    found = store(address, story)
    yield found
    found.close()
