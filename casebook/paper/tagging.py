"""A reportlab canvas on which all that is drawn belongs to an element of the structure or is an artifact."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from casebook.paper.structure import Element, Piece


class Artifact(Enum):
    """Why something is on the page that is no part of the text (ISO 32000-1, 14.8.2.2)."""

    LAYOUT = "<</Type /Layout>>"
    FOOTER = "<</Type /Pagination /Subtype /Footer>>"
    REPEATED_HEADER = "<</Type /Pagination /Subtype /Header>>"


class TaggedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Marks content while it is drawn; `marked` holds per page the element of each marked stretch."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.marked: list[list[Element]] = [[]]
        self._inside = False

    @contextmanager
    def element(self, element: Element) -> Iterator[None]:
        """What is drawn now is content of *element*; within an artifact it stays an artifact."""
        if self._inside:
            yield
            return
        page = self.marked[-1]
        element.children.append(Piece(len(self.marked) - 1, len(page)))
        with self._sequence(f"/{element.tag} <</MCID {len(page)}>> BDC"):
            page.append(element)
            yield

    @contextmanager
    def artifact(self, artifact: Artifact = Artifact.LAYOUT) -> Iterator[None]:
        """What is drawn now is not part of the text."""
        if self._inside:
            yield
            return
        with self._sequence(f"/Artifact {artifact.value} BDC"):
            yield

    @contextmanager
    def _sequence(self, begin: str) -> Iterator[None]:
        self._code.append(begin)
        self._inside = True
        yield
        self._inside = False
        self._code.append("EMC")

    def showPage(self) -> None:
        """End the page and begin to count anew."""
        super().showPage()
        self.marked.append([])
