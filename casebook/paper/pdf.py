"""A document as PDF: accessible (PDF/UA-1), fit to be kept (PDF/A-2a), in the house style, on A4."""

from dataclasses import replace
from io import BytesIO
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from casebook.paper import style
from casebook.paper.conformance import CREATOR, conforming
from casebook.paper.content import Document, Paragraph, Tone
from casebook.paper.glyphs import STAND_IN, Printable
from casebook.paper.layout import laid_out
from casebook.paper.structure import Element
from casebook.paper.tagging import Artifact, TaggedCanvas
from casebook.paper.typesetting import printable_characters, width_of
from resources.language import _


def pdf_of(document: Document) -> bytes:
    """The document as a file; the same document gives the same bytes."""
    printable = Printable(printable_characters())
    pages = _Pages(document, printable, count=0)
    if printable.replaced:
        document = _with_note(document)
        pages = _Pages(document, printable, pages.count)
    # Once more, because only now is it known how many pages there are.
    pages = _Pages(document, printable, pages.count)
    return conforming(pages.raw, document, pages.root, pages.canvas.marked)


class _Pages:
    """A document laid out on pages, each of which says that there are *count*."""

    def __init__(self, document: Document, printable: Printable, count: int) -> None:
        self.root = Element("Document")
        self.canvas: TaggedCanvas
        self._footer = printable.line(document.footer)
        self._said = count
        written = BytesIO()
        parts = laid_out(document, self.root, printable)
        self._template(written, document).build(parts, canvasmaker=self._new_canvas)
        self.raw = written.getvalue()
        self.count = len(self.canvas.marked) - 1

    def _template(self, written: BytesIO, document: Document) -> BaseDocTemplate:
        height = style.PAGE_HEIGHT - style.TOP - style.BOTTOM
        frame = Frame(
            style.MARGIN, style.BOTTOM, style.TEXT_WIDTH, height, *(0, 0, 0, 0)
        )  # left, bottom, right and top padding
        return BaseDocTemplate(
            written,
            pagesize=(style.PAGE_WIDTH, style.PAGE_HEIGHT),
            pageTemplates=[PageTemplate(frames=[frame], onPageEnd=self._draw_footer)],
            initialFontName=style.REGULAR,
            pdfVersion=(1, 7),
            lang=document.language,
            creator=CREATOR,
            producer=CREATOR,
            invariant=1,
        )

    def _new_canvas(self, *args: Any, **options: Any) -> TaggedCanvas:
        self.canvas = TaggedCanvas(*args, **options)
        return self.canvas

    def _draw_footer(self, canvas: TaggedCanvas, _template: BaseDocTemplate) -> None:
        look = style.PAGE_FOOT
        number = _("page {n} of {m}").format(n=canvas.getPageNumber(), m=self._said)
        right = style.PAGE_WIDTH - style.MARGIN
        with canvas.artifact(Artifact.FOOTER):
            canvas.setFont(look.font, look.size)
            canvas.setFillColor(HexColor(style.COLOURS[look.colour]))
            canvas.drawString(style.MARGIN, style.FOOTER, self._footer)
            canvas.drawString(right - width_of(number, look.size, look.font), style.FOOTER, number)


def _with_note(document: Document) -> Document:
    note = _("{mark} stands for characters that cannot be printed here; the casebook holds them as they were typed.")
    return replace(document, blocks=(*document.blocks, Paragraph(note.format(mark=STAND_IN), Tone.QUIET)))
