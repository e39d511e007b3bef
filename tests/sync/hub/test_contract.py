"""The store at a hub keeps the promises: on SQLite and PostgreSQL, in process and over a real connection."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub.settings import Settings
from sync.hub_client import HubStore
from tests.sync.hub.served import hub_with, on_a_port, store, store_at
from tests.sync.people import Story
from tests.sync.store_contract import StoreContract


class TestInProcess(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, story: Story) -> Iterator[HubStore]:
        with hub_with(Settings(data=tmp_path)) as hub:
            found = store_at(hub, story)
            yield found
            found.close()


class TestOverHttpOnSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, story: Story) -> Iterator[HubStore]:
        with hub_with(Settings(data=tmp_path)) as hub, on_a_port(hub) as address:
            found = store(address, story)
            yield found
            found.close()


class TestOverHttpOnPostgres(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path, story: Story, postgres_address: str) -> Iterator[HubStore]:
        settings = Settings(data=tmp_path, database=postgres_address)
        with hub_with(settings) as hub, on_a_port(hub) as address:
            found = store(address, story)
            yield found
            found.close()
