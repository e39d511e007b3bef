"""The migrations of a hub's tables."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

NEWEST = "0001"
"""The newest migration that this program knows."""


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, within the transaction that is going on."""
    config = Config()
    config.set_main_option("script_location", "sync.hub:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
