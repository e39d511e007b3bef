"""What every test starts with: no screen, a keyring in memory, Dutch words."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from resources import language

if TYPE_CHECKING:
    from tests.sync.hub.provider import Provider

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets everything after the test."""

    priority = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The keyring of this test; the real one is never touched."""
    real = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(real)


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    """Every test starts in Dutch, whatever the one before chose."""
    language.use("nl")
    yield
    language.use("nl")


@pytest.fixture(scope="session")
def running_issuer() -> "Iterator[Provider]":
    """A provider of identities on a real port of this machine."""
    from tests.sync.hub.provider import provider

    with provider() as found:
        yield found


@pytest.fixture
def issuer(running_issuer: "Provider") -> "Provider":
    """The same, telling the truth of whoever asks."""
    running_issuer.claims, running_issuer.repeats_nonce, running_issuer.refuses = {}, True, False
    return running_issuer


@pytest.fixture
def hub_address(tmp_path: Path, issuer: "Provider") -> Iterator[str]:
    """A hub of today on a real port, that trusts this provider."""
    from sync.hub.settings import Settings
    from tests.sync.hub.served import serving

    with serving(Settings(data=tmp_path / "hub", issuers=(issuer.address,))) as address:
        yield address
