"""How a hub is set up: everything has a default, so that it starts with nothing said."""

from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

PORT = 8470


@dataclass(frozen=True, slots=True)
class Limits:
    """What one device may ask; an administrator of a space brings in what was elsewhere, and may do more."""

    revisions_a_day: int = 2_000
    bytes_a_day: int = 50 * 1024 * 1024
    requests_a_minute: int = 120
    times_for_administrators: int = 50
    body_seconds: float = 30
    """How long a request may take to come in."""
    answer_seconds: float = 120
    """How long a request may take altogether."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a hub keeps what it has, where it listens, and whom it lets begin a space."""

    data: Path = field(default_factory=lambda: user_data_path("casusboek-hub", appauthor=False))
    database: str = ""
    """The address of the database; nothing: SQLite, among the data."""
    ledger: Path | None = None
    """The list of erasures, outside the backups; nothing: among the data."""
    host: str = "127.0.0.1"
    port: int = PORT
    founding: str = "local"
    """Who may begin a space without a ticket: `nobody`, `local` (who is on this machine) or `everybody`."""
    issuers: tuple[str, ...] = ()
    """The issuers of identities that a circle may ask who joins to sign in at."""
    limits: Limits = field(default_factory=Limits)

    @property
    def address(self) -> str:
        """The address of the database for SQLAlchemy."""
        return self.database or f"sqlite:///{self.data / 'hub.db'}"

    @property
    def ledger_file(self) -> Path:
        """Where the list of erasures stands."""
        return self.ledger or self.data / "erasures.jsonl"
