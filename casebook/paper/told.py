"""Fields of records as words on paper, by their declaration; what identifies a person is refused here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from casebook.fields import Choice, Class, fields_by_name
from casebook.paper.content import Block, Cell, Facts, Heading, Table
from casebook.paper.markdown import blocks_of
from casebook.record import Record
from casebook.written import day, whole
from resources.language import _

Codes = Mapping[str, Callable[[str], str]]
"""For a field that holds codes: what to call each."""


def label(kind: type[Record], name: str) -> str:
    """What the field is called."""
    return _(fields_by_name(kind)[name].label)


def cell(record: Record, name: str, codes: Codes | None = None) -> Cell:
    """What the field holds, in words; empty where it holds nothing."""
    info = fields_by_name(type(record))[name]
    if info.cls is Class.IDENTIFYING:
        raise ValueError(f"{info.name} identifies a person and never goes to paper")
    held = getattr(record, name)
    if codes and name in codes:
        held = sorted(map(codes[name], {held} if isinstance(held, str) else held))
    return blocks_of(held) if isinstance(held, str) else _in_words(held)


def _in_words(held: object) -> str:
    match held:
        case None | False:
            return ""
        case True:
            return _("Yes")
        case Choice():
            return held.text
        case date():
            return day(held)
        case int():
            return whole(held)
        case list() | frozenset():
            return ", ".join(sorted(filter(None, map(_in_words, held))))
    return str(held)


def facts(record: Record, names: Sequence[str], codes: Codes | None = None) -> Iterator[Facts]:
    """The fields that hold something, each with its name before it."""
    told = ((label(type(record), name), cell(record, name, codes)) for name in names)
    if pairs := tuple((name, words) for name, words in told if words):
        yield Facts(pairs)


def texts(record: Record, names: Sequence[str], level: int) -> Iterator[Block]:
    """The long texts that hold something, each under its name as a heading."""
    for name in names:
        if words := cell(record, name):
            yield Heading(level, label(type(record), name))
            yield from words if not isinstance(words, str) else blocks_of(words)


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]], shares: Sequence[float]) -> Iterator[Table]:
    """The rows under their header, without the columns in which nothing stands; no table without rows."""
    kept = [place for place in range(len(header)) if not place or any(row[place] for row in rows)]
    if rows:
        yield Table(
            tuple(header[place] for place in kept),
            tuple(tuple(row[place] for place in kept) for row in rows),
            tuple(shares[place] for place in kept),
        )


def section(title: str, blocks: Sequence[Block], level: int = 2) -> Iterator[Block]:
    """The blocks under a heading; nothing where there are none."""
    if blocks:
        yield Heading(level, title)
        yield from blocks
