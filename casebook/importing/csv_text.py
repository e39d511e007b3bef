"""A csv file of unknown encoding and delimiter as rows of texts."""

import csv
import io

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SNIFFED = 20_000
_DELIMITERS = ";,\t"


def rows_of(content: bytes) -> list[tuple[str, ...]] | None:
    """The rows; None when this is not text."""
    text = _decoded(content)
    if text is None or "\0" in text:
        return None
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):
        # Excel's own way of naming the delimiter.
        text, delimiter = rest, first.strip()[4:5] or ";"
    else:
        delimiter = _delimiter(text)
    try:
        read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [tuple(_plain(each) for each in row) for row in read]
    except csv.Error:
        return None


def _decoded(content: bytes) -> str | None:
    encoding = next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None if b"\0" in content else _guessed(content)


def _guessed(content: bytes) -> str:
    """An old file: of Windows in Western Europe, unless it is clearly of another."""
    from charset_normalizer import from_bytes

    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
        return str(best) if best else content.decode("latin-1")


def _delimiter(text: str) -> str:
    header = next((each for each in text.splitlines() if each.strip()), "")
    counted = {each: header.count(each) for each in _DELIMITERS}
    if any(counted.values()) and '"' not in header:
        return max(counted, key=lambda each: counted[each])
    try:
        return csv.Sniffer().sniff(text[:_SNIFFED], _DELIMITERS).delimiter
    except csv.Error:
        return max(counted, key=lambda each: counted[each])


def _plain(cell: str) -> str:
    """Without the quote that keeps a spreadsheet from calculating, as our own export writes it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
