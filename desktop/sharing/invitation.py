"""An invitation as one text, to send and to paste: what it says, where the circle is, and the code."""

import re

from resources.language import _
from sync.circles import Invitation

_CODE = re.compile(r"(?<![\w-])(?:[a-z0-9]{4}-){2,5}[a-z0-9]{4}(?![\w-])", re.IGNORECASE)
_ADDRESS = re.compile(r"^\s*(?:\w{2,}: )?(\S.*#[0-9a-f]{8}-[0-9a-f-]{27})\s*$", re.MULTILINE)
"""On a line of its own, be it after a word such as *Adres*; a path can hold spaces."""


def text_of(circle: str, invitation: Invitation, *, with_code: bool) -> str:
    """What to send to a colleague; without the code when that goes by another way."""
    lines = [
        _("You are invited to {circle} in Casusboek.").format(circle=circle),
        _("In Casusboek choose Sharing, then “Join a circle”, and paste this text there."),
        "",
        _("Address: {address}").format(address=invitation.address),
        _("Code: {code}").format(code=invitation.code) if with_code else _("You get the code in another way."),
    ]
    return "\n".join(lines) + "\n"


def read(text: str) -> tuple[str, str]:
    """The address and the code in a text, each empty where it is not in there."""
    address = _ADDRESS.search(text)
    # Parts of the number of a circle look like a code.
    rest = text.replace(address.group(0), "\n") if address else text
    code = _CODE.search(rest)
    return address.group(1) if address else "", code.group(0) if code else ""
