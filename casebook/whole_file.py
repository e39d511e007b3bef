"""Writing a file for the user: wholly, or not at all."""

import errno
import os
import tempfile
from pathlib import Path

from casebook.problem import Problem
from resources.language import _


def write_whole(path: Path, content: bytes) -> None:
    """Put *content* at *path*, also over a file that is there; on any failure that one stays as it was.

    Raises a `Problem` when the disk or the folder refuses.
    """
    try:
        _replace(path, content)
    except OSError as error:
        raise Problem(_sentence(error, path), details=str(error)) from error


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
    written = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        written.replace(path)
    except OSError:
        written.unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The permissions that new files do not get; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sentence(error: OSError, path: Path) -> str:
    match error.errno:
        case _any if path.is_dir():
            said = _("{name} is a folder. Nothing was changed. Choose another name.")
        case errno.ENOSPC | errno.EDQUOT:
            said = _(
                "There is no room left for {name} in {folder}. Nothing was changed. Make room or choose another place."
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            said = _(
                "{name} could not be written in {folder}: it is not allowed there, or the file is open in another "
                "program. Nothing was changed. Close that program or choose another place."
            )
        case errno.ENOENT | errno.ENOTDIR:
            said = _("The folder {folder} is not there. Nothing was changed. Choose another place for {name}.")
        case _other:
            said = _("{name} could not be written in {folder}. Nothing was changed. Choose another place.")
    return said.format(name=path.name or path, folder=path.parent)
