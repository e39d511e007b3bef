"""Where a casebook stands when nobody says otherwise."""

from pathlib import Path


def default_casebook() -> Path:
    """The casebook of this user."""
    from platformdirs import user_data_path

    return user_data_path("Casusboek", appauthor=False) / "casusboek.db"
