"""The migrations of the log's tables; the present needs none, it is made again."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def known_versions() -> set[str]:
    """Every version of the log's tables that this program can open."""
    return {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the log's tables up to *to*, in one transaction."""
    config = _config()
    config.attributes["connection"] = connection
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    command.upgrade(config, to)
    connection.commit()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "casebook:migrations")
    return config
