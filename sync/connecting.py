"""An address as people give it: a shared folder, or a hub."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

from casebook.problem import Problem
from resources.language import _
from sync.hub_client import safe_address


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is: one of the two is filled in."""

    hub: str = ""
    folder: str = ""


def place_of(address: str) -> Place:
    """The place that an address names; raises a `Problem` for one that names none. Nothing is looked for yet."""
    text = address.strip().strip('"')
    scheme = urlsplit(text).scheme.lower() if "://" in text or text.lower().startswith("folder:") else ""
    if scheme in ("http", "https"):
        return Place(hub=safe_address(text))
    if scheme == "file":
        text = unquote(urlsplit(text).path)
    elif scheme == "folder":
        text = text[len("folder:") :]
    if PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute():
        return Place(folder=text)
    raise Problem(
        _(
            "This is not an address to share through. Give the whole path of a shared folder, or the address of a hub "
            "that begins with https://."
        )
    )


def found(address: str) -> Place:
    """The same, for somebody who connects now: a folder has to be within reach."""
    place = place_of(address)
    if place.folder and not Path(place.folder).is_dir():
        raise Problem(
            _("The folder {folder} cannot be found. Nothing was changed. Check whether it is within reach.").format(
                folder=place.folder
            )
        )
    return place
