"""A document's blocks as parts that flow over pages, each bound to its element of the structure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportlab.platypus import CondPageBreak, Flowable

from casebook.paper import style
from casebook.paper.columns import column_widths
from casebook.paper.content import (
    Block,
    Bullets,
    Cell,
    Document,
    Facts,
    Figure,
    Flow,
    Heading,
    Notice,
    Paragraph,
    Quote,
    Run,
    Table,
    Tone,
    Words,
)
from casebook.paper.flowables import Barred, Flowing, HeadingText, LabelledText, SetText, TaggedPicture, TaggedText
from casebook.paper.glyphs import Printable
from casebook.paper.grid import Grid, Header, Look, Row, Stack
from casebook.paper.structure import Element
from casebook.paper.style import Type
from casebook.paper.typesetting import pieces_of, width_of

_TONES = {
    Tone.LEAD: style.LEAD,
    Tone.NORMAL: style.BODY,
    Tone.QUIET: style.QUIET,
    Tone.LABEL: style.LABEL,
    Tone.VERDICT: style.VERDICT,
}
_FEWEST_BESIDE = 4
_MOST_TOGETHER = 360
"""Never more than this is moved to a next page to keep it with its heading."""


class _RoomFor(CondPageBreak):  # type: ignore[misc]  # reportlab has no types
    """A new page unless there is room; the white space before and after it still counts as one."""

    _SPACETRANSFER = True


def laid_out(document: Document, root: Element, printable: Printable) -> list[Flowable]:
    """All parts in order. *root* gets the elements; the parts fill in where they stand when drawn."""
    layout = _Layout(printable)
    parts = [part for block in document.blocks for part in layout.block(block, root)]
    return list(_kept_together(parts))


def _kept_together(parts: Sequence[Flowing]) -> Iterator[Flowable]:
    """Before each run of headings and what follows: a new page, if they do not fit on this one together."""
    for place, part in enumerate(parts):
        if part.leads and not (place and parts[place - 1].leads):
            yield _RoomFor(min(_height_with_next(parts[place:]), _MOST_TOGETHER))
        yield part


def _height_with_next(parts: Sequence[Flowing]) -> float:
    height = 0.0
    for part in parts:
        height += part.getSpaceBefore() + part.least_height(style.TEXT_WIDTH)
        if not part.leads:
            break
        height += part.getSpaceAfter()
    return height


class _Layout:
    """Makes parts of blocks with one set of printable characters."""

    def __init__(self, printable: Printable) -> None:
        self._printable = printable

    def block(self, block: Block, parent: Element) -> Iterator[Flowing]:
        match block:
            case Heading(level, words):
                text = self._set(words, style.HEADINGS[level])
                yield HeadingText(text, parent.add(f"H{level}"), level, words)
            case Notice(words):
                yield self._barred(words, style.NOTICE, parent.add("P"))
            case Facts(pairs):
                yield from self._facts(pairs, parent)
            case Table():
                yield from self._table(block, parent.add("Table"))
            case Figure():
                yield from self._figure(block, parent)
            case _:
                yield from self.flow(block, parent, None)

    def flow(self, flow: Flow, parent: Element, look: Type | None) -> Iterator[Flowing]:
        """Running text; *look* where it stands in a cell."""
        match flow:
            case Paragraph(words, tone):
                yield self._text(words, _toned(look, tone), parent.add("P"))
            case Bullets():
                yield from self._list(flow, parent, look or style.BODY)
            case Quote(words):
                yield self._barred(words, style.QUOTE, parent.add("BlockQuote").add("P"))

    def _set(self, words: Words, look: Type) -> SetText:
        return SetText(tuple(pieces_of(words, look, self._printable)), look)

    def _text(self, words: Words, look: Type, element: Element) -> TaggedText:
        return TaggedText(self._set(words, look), element)

    def _barred(self, words: Words, look: Type, element: Element) -> Barred:
        return Barred(self._text(words, replace(look, indent=style.BAR_INDENT), element), after=12)

    def _list(self, bullets: Bullets, parent: Element, look: Type) -> Iterator[TaggedText]:
        numbering = "Disc" if bullets.first is None else "Decimal"
        element = parent.add("L", numbering=numbering)
        looks = [replace(look, indent=look.indent + style.LIST_INDENT, after=look.after / 2)] * len(bullets.items)
        looks[-1] = replace(looks[-1], after=look.after)
        for number, (item, indented) in enumerate(zip(bullets.items, looks, strict=True)):
            entry = element.add("LI")
            label = "•" if bullets.first is None else f"{bullets.first + number}."
            label_element = entry.add("Lbl")
            body = entry.add("LBody")
            text = self._set(item.words, indented)
            yield LabelledText(text, body.add("P"), label, label_element)
            for under in item.under:
                yield from self._list(under, body, looks[0])

    def _facts(self, pairs: Sequence[tuple[str, Cell]], parent: Element) -> Iterator[Grid]:
        """Short facts two in a row, if there are some; then those that need the whole width."""
        short = [pair for pair in pairs if _is_short(pair[1])]
        short = short[: len(short) // 2 * 2] if len(short) >= _FEWEST_BESIDE else []
        long = [pair for pair in pairs if pair not in short]
        beside = list(zip(short[::2], short[1::2], strict=True))
        if beside:
            yield self._fact_rows(beside, style.FACTS_BESIDE, parent.add("Table"), after=0 if long else 12)
        if long:
            yield self._fact_rows([(pair,) for pair in long], style.FACTS_LONG, parent.add("Table"), after=12)

    def _fact_rows(
        self,
        rows: Sequence[Sequence[tuple[str, Cell]]],
        widths: tuple[float, ...],
        element: Element,
        after: float,
    ) -> Grid:
        look = Look(widths, ruled=False, padding=2)
        made = []
        for pairs in rows:
            row = element.add("TR")
            cells: list[Stack] = []
            for name, cell in pairs:
                cells.append(self._cell(name, row.add("TH", scope="Row"), style.FACT_NAME))
                cells.append(self._cell(cell, row.add("TD"), style.CELL))
            made.append(Row(tuple(cells), look))
        return Grid(made, look, after=after)

    def _table(self, table: Table, element: Element) -> Iterator[Flowing]:
        if table.caption:
            yield self._leading(self._text(table.caption, style.CAPTION, element.add("Caption")))
        look = Look(
            column_widths(table, style.TEXT_WIDTH),
            ruled=not table.compact,
            padding=2 if table.compact else style.CELL_PADDING,
        )
        head = element.add("TR")
        titles = (self._cell(each, head.add("TH", scope="Column"), style.CELL_HEADER) for each in table.header)
        header = Header(Row(tuple(titles), look))
        yield Grid([self._row(row, element.add("TR"), look) for row in table.rows], look, header, after=12)

    def _row(self, cells: Sequence[Cell], element: Element, table: Look) -> Row:
        name, *others = cells
        look = style.CELL_NAME if isinstance(name, str) else style.CELL
        first = self._cell(name, element.add("TH", scope="Row"), look)
        return Row((first, *(self._cell(each, element.add("TD"), style.CELL) for each in others)), table)

    def _cell(self, cell: Cell, element: Element, look: Type) -> Stack:
        flows = (Paragraph(cell),) if isinstance(cell, str) else cell
        full = [each for each in flows if not isinstance(each, Paragraph) or each.words]
        spaced = replace(look, after=style.CELL_PADDING)
        return Stack(tuple(part for flow in full for part in self.flow(flow, element, spaced)))

    def _figure(self, figure: Figure, parent: Element) -> Iterator[Flowing]:
        if figure.caption:
            yield self._leading(self._text(figure.caption, style.CAPTION, parent.add("P")))
        element = parent.add("Figure", alternative_text=figure.picture.alternative_text)
        yield TaggedPicture(figure.picture, element, self._printable, after=8)
        yield from self._table(figure.table, parent.add("Table"))

    def _leading(self, part: TaggedText) -> TaggedText:
        part.leads = True
        return part


def _is_short(cell: Cell) -> bool:
    """Whether the cell is one line in half the width."""
    match cell:
        case str() as words:
            pass
        case (Paragraph(str() as words),) | (Paragraph((Run(words),)),):
            pass
        case _:
            return False
    return "\n" not in words and width_of(words, style.CELL.size) <= style.FACTS_BESIDE[1] - style.GUTTER


def _toned(look: Type | None, tone: Tone) -> Type:
    """How a paragraph is set; within a cell only quiet words differ from the others."""
    if look is None:
        return _TONES[tone]
    return replace(look, colour=style.QUIET.colour) if tone is Tone.QUIET else look
