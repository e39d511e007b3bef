"""Memory that is not used goes back to the system."""

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Let go of what was freed: glibc keeps it, and looking through a large casebook frees much."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library has no such function
            ctypes.CDLL(None).malloc_trim(0)
