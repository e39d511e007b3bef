"""Words into lines: our type styles and runs as reportlab's fonts, styles and paragraphs."""

from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from casebook.paper.content import Run, Words
from casebook.paper.glyphs import Printable
from casebook.paper.style import BOLD, COLOURS, ITALIC, REGULAR, SEMIBOLD, Type
from resources import path

_FILES = {REGULAR: "Regular", BOLD: "Bold", ITALIC: "Italic", SEMIBOLD: "SemiBold"}


@cache
def printable_characters() -> frozenset[int]:
    """Make the fonts known to reportlab, once; returns what all of them can show."""
    fonts = [TTFont(name, path("fonts", f"SourceSans3-{file}.ttf")) for name, file in _FILES.items()]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


@cache
def paragraph_style(look: Type) -> ParagraphStyle:
    """A look as reportlab's style: no hyphenation, no lonely lines, long words broken."""
    return ParagraphStyle(
        look.font,
        fontName=look.font,
        fontSize=look.size,
        leading=look.leading,
        textColor=HexColor(COLOURS[look.colour]),
        spaceBefore=look.before,
        spaceAfter=look.after,
        leftIndent=look.indent,
        allowWidows=0,
        allowOrphans=0,
        splitLongWords=1,
    )


def paragraph(words: Words, look: Type, printable: Printable) -> Paragraph:
    """Words set in a look; nothing in them is read as markup."""
    return Paragraph(_markup(words, printable), paragraph_style(look))


def width_of(text: str, size: float, font: str = SEMIBOLD) -> float:
    """How wide a line of text is, in points; without a font: in the widest that pictures use."""
    printable_characters()
    return float(pdfmetrics.stringWidth(text, font, size))


def _markup(words: Words, printable: Printable) -> str:
    if isinstance(words, str):
        return _literal(words, printable)
    return "".join(_run(each, printable) for each in words)


def _run(run: Run, printable: Printable) -> str:
    literal = _literal(run.text, printable)
    if run.bold or run.italic:
        return f'<font name="{BOLD if run.bold else ITALIC}">{literal}</font>'
    return literal


def _literal(text: str, printable: Printable) -> str:
    return escape(printable.text(text)).replace("\n", "<br/>")
