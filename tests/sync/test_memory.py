"""The store in memory keeps the promises."""

import pytest

from sync.memory import MemoryStore
from sync.store import Store
from tests.sync.people import START, Story
from tests.sync.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, story: Story) -> Store:
        return MemoryStore(story.space, lambda: START)
