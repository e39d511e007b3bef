"""What a case is called where only its title stands: a sample says that it is one."""

from resources.language import _


def titled(title: str, *, sample: bool, circle: str = "") -> str:
    """The title, with the circle that sees it; before that of a sample, where nothing cuts it off, that it is one."""
    shown = title or _("(no title yet)")
    if circle:
        shown = f"{shown} · {circle}"
    return _("Sample: {title}").format(title=shown) if sample else shown
