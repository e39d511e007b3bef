"""What ships beside the code: words, methods, areas, fonts, icons, sample cases."""

from pathlib import Path

_HERE = Path(__file__).parent


def path(*parts: str) -> Path:
    """Where a shipped file lies: `path("fonts", "Regular.ttf")`."""
    return _HERE.joinpath(*parts)
