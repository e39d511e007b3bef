"""A keyring that answers at once with the key of the benchmarks' casebooks, as that of the system does."""

import os

from keyring.backend import KeyringBackend


class Keyring(KeyringBackend):
    """Knows one key, from the environment."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return os.environ.get(f"BENCH_KEY_{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """The benchmarks keep nothing."""
        raise NotImplementedError
