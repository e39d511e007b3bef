"""How wide the columns of a table are: as asked, but never so narrow that an ordinary word is cut."""

from collections.abc import Iterator, Sequence

from casebook.paper import style
from casebook.paper.content import Bullets, Cell, Flow, Table, Words
from casebook.paper.typesetting import width_of

_WIDEST_WORD = 110
"""A word wider than this, such as an address on the web, may be cut."""


def column_widths(table: Table, whole: float) -> tuple[float, ...]:
    """The widths, white space beside a column included; together *whole*."""
    least = [
        max(_word_widths(cells), default=0) + (style.GUTTER if place < len(table.shares) - 1 else 0)
        for place, cells in enumerate(zip(table.header, *table.rows, strict=True))
    ]
    return fitted(table.shares, least, whole)


def fitted(shares: Sequence[float], least: Sequence[float], whole: float) -> tuple[float, ...]:
    """*whole* divided by *shares*, after each that would get less than its least got that."""
    if sum(least) >= whole:
        return tuple(whole * each / sum(least) for each in least)
    narrow: set[int] = set()
    while True:
        room = whole - sum(least[place] for place in narrow)
        free = sum(share for place, share in enumerate(shares) if place not in narrow)
        widths = tuple(least[place] if place in narrow else share / free * room for place, share in enumerate(shares))
        short = {place for place, width in enumerate(widths) if place not in narrow and width < least[place]}
        if not short:
            return widths
        narrow |= short


def _word_widths(cells: Sequence[Cell]) -> Iterator[float]:
    for cell in cells:
        if isinstance(cell, str):
            yield from _widths(cell)
        else:
            for flow in cell:
                yield from _flow_widths(flow)


def _flow_widths(flow: Flow) -> Iterator[float]:
    if not isinstance(flow, Bullets):
        yield from _widths(flow.words)
        return
    for item in flow.items:
        inside = [*_widths(item.words), *(width for under in item.under for width in _flow_widths(under))]
        yield from (each + style.LIST_INDENT for each in inside)


def _widths(words: Words) -> Iterator[float]:
    text = words if isinstance(words, str) else "".join(each.text for each in words)
    for word in text.split():
        # A word longer than any line need not be measured to the end.
        width = width_of(word[:40], style.CELL.size)
        if width <= _WIDEST_WORD:
            yield width
