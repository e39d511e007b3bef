"""Reading a PDF back, the way a screen reader or an archive would."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf

_PAINTS = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "BI"])


def faults(content: bytes) -> list[str]:
    """What PDF/UA-1 and PDF/A-2a have against the document."""
    reports = (page.validate_pdf_bytes(content, profile=profile) for profile in ("ua1", "2a"))
    return [f"{each.rule_id}: {each.message}" for report in reports for each in report.failures]


def opened(content: bytes) -> pikepdf.Pdf:
    """The document, open."""
    return pikepdf.open(BytesIO(content))


def elements(pdf: pikepdf.Pdf, tag: str = "") -> list[Any]:
    """The elements of the structure in reading order; all, or those with a tag."""
    return [each for each in _walk(pdf.Root.StructTreeRoot) if not tag or str(each.S) == f"/{tag}"]


def tags(pdf: pikepdf.Pdf) -> list[str]:
    """The tags of all elements in reading order."""
    return [str(each.S)[1:] for each in elements(pdf)]


def pages_of(element: Any) -> list[Any]:
    """The page of each stretch of content that belongs to the element itself."""
    return [each.Pg.objgen for each in _children(element) if "/MCID" in each]


def unmarked(pdf: pikepdf.Pdf) -> list[str]:
    """Everything that is painted outside an element and outside an artifact."""
    found = []
    for number, each in enumerate(pdf.pages, 1):
        depth = 0
        for instruction in pikepdf.parse_content_stream(each):
            name = str(instruction.operator)
            depth += (name in ("BDC", "BMC")) - (name == "EMC")
            if name in _PAINTS and depth != 1:
                found.append(f"page {number}: {instruction.operands} {name}")
    return found


def save(content: bytes, folder: Path) -> Path:
    """The document as a file, for a program to read."""
    path = folder / "document.pdf"
    path.write_bytes(content)
    return path


def _walk(node: Any) -> Iterator[Any]:
    for each in _children(node):
        if "/S" in each:
            yield each
            yield from _walk(each)


def _children(node: Any) -> list[Any]:
    children = node.get("/K", pikepdf.Array())
    return list(children) if isinstance(children, pikepdf.Array) else [children]
