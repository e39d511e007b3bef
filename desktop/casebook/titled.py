"""What a case is called where only its title stands: a sample says that it is one."""

from resources.language import _


def titled(title: str, *, sample: bool) -> str:
    """The title; before that of a sample stands that it is one, where nothing cuts it off."""
    shown = title or _("(no title yet)")
    return _("Sample: {title}").format(title=shown) if sample else shown
