"""An address as people give it: a shared folder, or a hub."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote, urlsplit

from casebook.problem import Problem
from resources.language import _
from sync.files import Patient
from sync.folder_names import OURS

_SECONDS = 20.0
"""How long a folder may take to answer somebody who connects."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is: one of the two is filled in."""

    hub: str = ""
    folder: str = ""


def place_of(address: str, *, windows: bool = os.name == "nt") -> Place:
    """The place that an address names; raises a `Problem` for one that names none. Nothing is looked for yet.

    A folder is given with its whole path, bare, behind `folder:` or as `file:///…`.
    """
    text = address.strip().strip("\"'").strip()
    scheme = text.partition(":")[0].lower()
    if scheme in ("http", "https"):
        from sync.hub_client import safe_address

        return Place(hub=safe_address(text))
    if scheme == "folder":
        text = text[len("folder:") :].strip()
    if scheme == "file":
        text = _path_in(text, windows)
    folder = _folder(text, windows)
    if folder is None:
        raise Problem(
            _(
                "This is not an address to share through. Give the whole path of a shared folder, or the address of "
                "a hub that begins with https://."
            )
        )
    return Place(folder=str(folder))


def found(address: str) -> Place:
    """The same, for somebody who connects now: a folder has to be within reach, and what answers has to be a hub."""
    place = place_of(address)
    if place.folder:
        _look_into(Path(place.folder))
    if place.hub:
        _look_at(place.hub)
    return place


def _look_at(hub: str) -> None:
    from sync.hub_client import is_elsewhere

    if is_elsewhere(hub):
        raise Problem(
            _(
                "What answers at {address} is no hub. Nothing was changed. Check the address with whoever gave it."
            ).format(address=hub)
        )


def _folder(text: str, windows: bool) -> PurePosixPath | PureWindowsPath | None:
    path = PureWindowsPath(text) if windows else PurePosixPath(text)
    if not text.isprintable() or not path.is_absolute() or (windows and not _is_drive(path.drive)):
        return None
    # Who points at what stands in the shared folder means the folder.
    ours = next((each for each in (path, *path.parents) if each.name == OURS), None)
    return ours.parent if ours else path


def _is_drive(drive: str) -> bool:
    r"""Whether it is `C:` or `\\server\share`, and not a device such as `\\.\pipe`."""
    if not drive.startswith("\\\\"):
        return True
    server, _slash, share = drive[2:].partition("\\")
    return bool(server and share) and server not in (".", "?")


def _path_in(url: str, windows: bool) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = unquote(parts.path)
    if windows:
        return f"//{parts.netloc}{path}" if parts.netloc else path.lstrip("/")
    return path if parts.netloc in ("", "localhost") else ""


def _look_into(folder: Path) -> None:
    try:
        Patient().do(lambda: next(folder.iterdir(), None), _SECONDS)
    except NotADirectoryError as error:
        sentence = _("{folder} is a file. Nothing was changed. Choose the folder that it stands in.")
        raise Problem(sentence.format(folder=folder)) from error
    except PermissionError as error:
        sentence = _(
            "You may not look into the folder {folder}. Nothing was changed. Ask whoever manages it for access."
        )
        raise Problem(sentence.format(folder=folder)) from error
    except OSError as error:
        sentence = _(
            "The folder {folder} cannot be found. Nothing was changed. Check it for a typing mistake, and whether it "
            "is within reach."
        )
        raise Problem(sentence.format(folder=folder)) from error
