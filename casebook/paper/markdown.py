"""The little Markdown that people type, lists, bold and italic, as blocks; everything else stays as it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casebook.paper.content import Bullets, Flow, Item, Paragraph, Run, Tone

_ITEM = re.compile(r"(?P<indent>[ \t]*)(?:(?P<bullet>[-*+•])|(?P<number>\d{1,3})[.)])[ \t]+(?=\S)")
_STRONG = re.compile(
    r"\*\*(?=[^\s*])(?P<bold>[^\n]*?[^\s*])\*\*"
    r"|(?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]*[^\s*])\*(?![\w*])"
)
_TAB = 4
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class _Line:
    """One element of a list as it was typed: how far it is indented, and its words."""

    indent: int
    number: int | None
    words: str


def blocks_of(text: str, tone: Tone = Tone.NORMAL) -> tuple[Flow, ...]:
    """A typed text as paragraphs and lists; empty where only white space was typed."""
    return tuple(block for part in re.split(r"\n[ \t]*\n", text.strip()) for block in _blocks(part, tone))


def runs_of(text: str) -> tuple[Run, ...]:
    """One paragraph as stretches of plain, bold and italic words."""
    return tuple(each for each in _runs(text) if each.text)


def _runs(text: str) -> Iterator[Run]:
    end = 0
    for found in _STRONG.finditer(text):
        yield Run(text[end : found.start()])
        bold = found["bold"] is not None
        yield Run(found["bold"] if bold else found["italic"], bold=bold, italic=not bold)
        end = found.end()
    yield Run(text[end:])


def _blocks(part: str, tone: Tone) -> Iterator[Flow]:
    plain: list[str] = []
    listed: list[_Line] = []
    for line in part.splitlines():
        item = _ITEM.match(line)
        if item:
            yield from _paragraph(plain, tone)
            plain = []
            listed.append(_line(item, line))
        elif listed and line[:1].isspace():
            listed[-1] = _joined(listed[-1], line.strip())
        else:
            yield from _lists(listed)
            listed = []
            plain.append(line.strip())
    yield from _paragraph(plain, tone)
    yield from _lists(listed)


def _paragraph(lines: Sequence[str], tone: Tone) -> Iterator[Paragraph]:
    if words := "\n".join(lines).strip():
        yield Paragraph(runs_of(words), tone)


def _line(item: re.Match[str], line: str) -> _Line:
    number = int(item["number"]) if item["number"] else None
    return _Line(len(item["indent"].expandtabs(_TAB)), number, line[item.end() :].strip())


def _joined(line: _Line, words: str) -> _Line:
    return _Line(line.indent, line.number, f"{line.words}\n{words}")


def _lists(lines: Sequence[_Line], depth: int = 1) -> Iterator[Bullets]:
    """The lists at the indentation of the first line; what lies deeper goes under the element above it."""
    items: list[Item] = []
    first: int | None = None
    place = 0
    while place < len(lines):
        line = lines[place]
        if items and (line.number is None) != (first is None):
            yield Bullets(tuple(items), first)
            items = []
        first = first if items else line.number
        after = _end_of_deeper(lines, place) if depth < _DEEPEST else place + 1
        items.append(Item(runs_of(line.words), tuple(_lists(lines[place + 1 : after], depth + 1))))
        place = after
    if items:
        yield Bullets(tuple(items), first)


def _end_of_deeper(lines: Sequence[_Line], place: int) -> int:
    end = place + 1
    while end < len(lines) and lines[end].indent >= lines[place].indent + 2:
        end += 1
    return end
