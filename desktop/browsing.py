"""Opening an address in the reader's own browser."""

import os
import sys
import webbrowser

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")


def open_page(address: str) -> bool:
    """Open an address in the browser; False where there is none, as on a server. It may be called in any thread."""
    if sys.platform.startswith("linux") and not any(map(os.environ.get, _SCREENS)):
        # What is found without a screen would take over the terminal.
        return False
    try:
        return webbrowser.open(address)
    except (webbrowser.Error, OSError):
        return False
