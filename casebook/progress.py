"""Long work says how far it is, and stops when nobody wants it any more."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Hears how much is done, of how much; what it raises, such as `Cancelled`, stops the work and leaves nothing of it."""


class Cancelled(Exception):
    """The reader called the work off: nothing was changed."""


def unheard(_done: int, _all: int) -> None:
    """Progress that nobody follows."""
