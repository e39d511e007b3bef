"""Reads a sheet of an xlsx, ods or csv file as plain text, or says why that cannot be done."""

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from casebook.importing.cells import Cells, Row
from casebook.importing.csv_text import rows_of
from casebook.importing.ods import of_ods
from casebook.importing.xlsx import of_xlsx
from casebook.problem import Problem
from casebook.progress import Progress, unheard
from resources.language import _

MOST_ROWS = 200_000
MOST_BYTES = 500_000_000
_BROKEN = (zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, EOFError, SyntaxError, RuntimeError)
"""What the libraries raise over a file that is cut off or was written badly."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts; `top` is the number in the file of the first row under the header.

    `among` names all sheets of the file, this one with them.
    """

    name: str
    header: Row
    rows: tuple[Row, ...]
    top: int = 2
    notes: tuple[str, ...] = ()
    file: str = ""
    among: tuple[str, ...] = ()


def read(path: Path, wanted: str = "", progress: Progress = unheard) -> Sheet:
    """The sheet *wanted* of *path*, else the first that is filled, by what the file holds and not by its name.

    Raises a `Problem` for what is none, `MissingRows` for a sheet without any.
    """
    try:
        cells = _cells(path, wanted, progress)
    except OSError as error:
        raise _unreadable(path, error) from error
    among = cells.among or (cells.name,)
    if wanted and wanted not in among:
        raise Problem(
            _("There is no sheet {wanted} in {name}. Nothing was changed. The sheets are: {sheets}.").format(
                wanted=wanted, name=path.name, sheets=", ".join(among)
            )
        )
    if len(cells.rows) > MOST_ROWS:
        raise _too_large(path)
    return _table(path, cells)


class MissingRows(Problem):
    """There is nothing in a sheet; `among` names the sheets there are."""

    def __init__(self, sentence: str, among: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.among = among


def must_be_there(path: Path) -> None:
    """Raises a `Problem` for a file that cannot be read at all."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise _unreadable(path, error) from error


def _cells(path: Path, wanted: str, progress: Progress) -> Cells:
    if path.stat().st_size > MOST_BYTES:
        raise _too_large(path)
    with path.open("rb") as file:
        start = file.read(8)
    if start == _OLE:
        raise _ole(path)
    if start.startswith(b"PK"):
        return _zipped(path, wanted, progress)
    rows = rows_of(path.read_bytes())
    if rows is None:
        raise _no_sheet(path, "not text")
    return Cells(path.stem, rows)


def _zipped(path: Path, wanted: str, progress: Progress) -> Cells:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if sum(each.file_size for each in archive.infolist()) > MOST_BYTES:
                raise _too_large(path)
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise _locked(path)
        if "xl/workbook.xml" in names:
            return of_xlsx(path, wanted, MOST_ROWS, progress)
        if "content.xml" in names:
            return of_ods(path, wanted, MOST_ROWS, progress)
    except _BROKEN as error:
        raise Problem(
            _(
                "{name} is damaged and cannot be read. Nothing was changed. Open it in a spreadsheet program, "
                "save it again and choose that file."
            ).format(name=path.name),
            details=str(error),
        ) from error
    raise _no_sheet(path, "no workbook in the archive")


def _table(path: Path, cells: Cells) -> Sheet:
    """A title alone on a row above the table is not the header."""
    rows = cells.rows
    widest = max((sum(map(bool, each)) for each in rows), default=0)
    head = next((n for n, each in enumerate(rows) if sum(map(bool, each)) >= min(2, widest) > 0), None)
    if head is None or not any(any(each) for each in rows[head + 1 :]):
        raise MissingRows(
            _("There are no rows in {name}. Nothing was changed. Choose a file with a row of column names.").format(
                name=path.name
            ),
            cells.among,
        )
    width = max(len(each) for each in rows[head:])
    padded = tuple((*each, *[""] * (width - len(each))) for each in rows[head + 1 :])
    return Sheet(cells.name, _header(rows[head], width), padded, head + 2, cells.notes, path.name, cells.among)


def _header(names: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Every column by a name of its own."""
    found: list[str] = []
    for n, name in enumerate((*names, *[""] * (width - len(names))), start=1):
        one = " ".join(name.split()) or _("Column {n}").format(n=n)
        found.append(one if one not in found else f"{one} ({n})")
    return tuple(found)


def column_of(header: Iterable[str], name: str) -> int | None:
    """Where the column with this name stands, whatever its capitals."""
    wanted = name.strip().casefold()
    return next((n for n, each in enumerate(header) if each.casefold() == wanted), None)


def _unreadable(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        said = _("{name} is not there. Nothing was changed. Choose another file.")
    elif isinstance(error, PermissionError):
        said = _(
            "{name} cannot be read: it is not allowed, or the file is open in another program. Nothing was changed. "
            "Close it there and try again."
        )
    elif isinstance(error, IsADirectoryError):
        said = _("{name} is a folder. Nothing was changed. Choose a file in it.")
    else:
        said = _("{name} cannot be read. Nothing was changed. Check the file and try again.")
    return Problem(said.format(name=path.name or path), details=str(error))


def _ole(path: Path) -> Problem:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return _locked(path)
    return Problem(
        _("{name} is of an old kind that cannot be read. Nothing was changed. Save it as xlsx and choose that.").format(
            name=path.name
        )
    )


def _locked(path: Path) -> Problem:
    return Problem(
        _("{name} is locked with a password. Nothing was changed. Save it without a password and try again.").format(
            name=path.name
        )
    )


def _no_sheet(path: Path, details: str) -> Problem:
    return Problem(
        _("{name} is not a spreadsheet. Nothing was changed. Choose an xlsx, ods or csv file.").format(name=path.name),
        details=details,
    )


def _too_large(path: Path) -> Problem:
    return Problem(
        _("{name} is too large to bring in at once. Nothing was changed. Cut it into parts of {n} rows.").format(
            name=path.name, n=MOST_ROWS
        )
    )
