"""Looking for bytes in the files of a casebook: as they lie on the disk, and behind the encryption, page by page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from casebook.keys import SALT_BYTES, FileKey

_PAGE = 4096
_RESERVED = 80
_IV = 16
_WAL_HEADER, _FRAME_HEADER = 32, 24


def files_with(folder: Path, file_key: FileKey, marker: bytes) -> set[str]:
    """The files in and below *folder* that hold *marker*, in whatever capitals, anywhere: also in pages not in use."""
    return {file for file, _marker in places_of(folder, file_key, [marker])}


def places_of(folder: Path, file_key: FileKey, markers: Sequence[bytes]) -> set[tuple[str, bytes]]:
    """The same for several markers at once: each file with each of them that it holds."""
    wanted = {marker.lower(): marker for marker in markers}
    found = set()
    for file in (each for each in folder.rglob("*") if each.is_file()):
        for reading in _readings(file, file_key):
            lower = reading.lower()
            found |= {(str(file.relative_to(folder)), marker) for plain, marker in wanted.items() if plain in lower}
    return found


def _readings(file: Path, file_key: FileKey) -> Iterator[bytes]:
    raw = file.read_bytes()
    yield raw
    if file.name.endswith("-wal"):
        step = _FRAME_HEADER + _PAGE
        starts = range(_WAL_HEADER + _FRAME_HEADER, len(raw) - _PAGE + 1, step)
    else:
        starts = range(0, len(raw) - _PAGE + 1, _PAGE)
    pages = [raw[start : start + _PAGE] for start in starts]
    yield from (_plain(page, file_key) for page in pages)
    # A text can run over the edge of a page only where SQLite cuts it: the rest of it lies on a page of its own.


def _plain(page: bytes, file_key: FileKey) -> bytes:
    start = SALT_BYTES if page.startswith(file_key.salt) else 0
    end = _PAGE - _RESERVED
    decryptor = Cipher(algorithms.AES(file_key.key), modes.CBC(page[end : end + _IV])).decryptor()
    return decryptor.update(page[start:end]) + decryptor.finalize()
