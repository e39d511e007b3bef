"""Who can read a record, in words: it stands above every record and beside every button that shares."""

from resources.language import _


def who_sees(space: str) -> str:
    """Who can read what stands in *space*; until there are circles that is always you alone."""
    return _("Only you")
