"""The part of a case's report that weighs: its dilemmas, with poles, positions and arguments."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from casebook.dilemma import Argument, Moment, Pleads, Position, Stance
from casebook.lists import Dilemma
from casebook.names import Names
from casebook.paper.content import Block, Figure, Heading, Paragraph, Quote, Tone
from casebook.paper.markdown import blocks_of
from casebook.paper.style import TEXT_WIDTH
from casebook.paper.told import cell, label, section, table
from casebook.picture import Measure
from casebook.poles import Stand, place_in_words, poles
from casebook.record import created_ms
from casebook.written import whole
from resources.language import _

if TYPE_CHECKING:
    from casebook.present import CaseFile

_FEWEST = 5
"""Of a session with fewer people than this, no spread is shown (`domain/model.md` 6.4)."""


def weighing(file: "CaseFile", names: Names, measure: Measure) -> Iterator[Block]:
    """Each dilemma under its own heading, the main one first; then the arguments outside any."""
    codes = _codes(file)
    for code in codes:
        yield from _dilemma(code, file, names, measure)
    loose = [each for each in file.arguments if each.dilemma not in codes]
    yield from section(_("Other arguments"), [*_arguments(loose, None)], level=3)


def _codes(file: "CaseFile") -> list[str]:
    ordered = sorted(file.dilemmas, key=lambda each: not each.main)
    kept = (*(each.dilemma for each in ordered), *(each.dilemma for each in file.positions))
    return [code for code in dict.fromkeys(kept) if code]


def _dilemma(code: str, file: "CaseFile", names: Names, measure: Measure) -> Iterator[Block]:
    dilemma = names.dilemmas.get(code) or Dilemma(code=code, name=code)
    own = [each for each in file.dilemmas if each.dilemma == code]
    main = any(each.main for each in own)
    yield Heading(3, _("{dilemma} (main dilemma)").format(dilemma=dilemma.text) if main else dilemma.text)
    yield from (block for each in own for block in blocks_of(each.core))
    if dilemma.question:
        yield Quote(_(dilemma.question))
    yield from _positions([each for each in file.positions if each.dilemma == code], dilemma, measure)
    yield from _arguments([each for each in file.arguments if each.dilemma == code], dilemma)


def _positions(positions: Sequence[Position], dilemma: Dilemma, measure: Measure) -> Iterator[Block]:
    """Where people stood when they spoke about the case, unnamed; of a session only how many stood where."""
    spoken = [each for each in positions if not each.session_id]
    voices = list(dict.fromkeys(each.member for each in spoken))
    ordered = sorted(spoken, key=lambda each: (voices.index(each.member), each.on or date.min, created_ms(each.id)))
    if ordered:
        stands = [_stand(each) for each in ordered]
        yield Figure(poles(_(dilemma.left), _(dilemma.right), stands, TEXT_WIDTH, measure=measure), (2, 3, 5))
    shown = [each for each in positions if each.session_id and not each.blind]
    if len({each.member for each in shown}) >= _FEWEST:
        yield from _spread(shown, dilemma)
    elif shown:
        yield Paragraph(_("Too few answers to show: fewer than five people."), Tone.QUIET)


def _spread(positions: Sequence[Position], dilemma: Dilemma) -> Iterator[Block]:
    counted = Counter((each.moment, each.place) for each in positions if each.stance is Stance.PLACED)
    moments = list(Moment)
    rows = [
        (moment.text, place_in_words(place, _(dilemma.left), _(dilemma.right)), whole(number))
        for (moment, place), number in sorted(counted.items(), key=lambda each: (moments.index(each[0][0]), each[0][1]))
    ]
    yield from table((_("Moment"), _("Position"), _("Number of people")), rows, (3, 5, 2))


def _stand(position: Position) -> Stand:
    placed = position.stance is Stance.PLACED
    return Stand(
        position.moment.text,
        position.place if placed else None,
        position.reason,
        "" if placed else position.stance.text,
        position.member,
    )


def _arguments(arguments: Sequence[Argument], dilemma: Dilemma | None) -> Iterator[Block]:
    header = [label(Argument, each) for each in ("text", "pleads", "weight", "nature", "perspective")]
    rows = [
        (
            cell(each, "text"),
            _pole(each.pleads, dilemma),
            cell(each, "weight"),
            cell(each, "nature"),
            cell(each, "perspective"),
        )
        for each in arguments
    ]
    yield from table(header, rows, (5.4, 3.9, 2.9, 2.3, 3.8))


def _pole(pleads: Pleads, dilemma: Dilemma | None) -> str:
    poles_by_side = {Pleads.LEFT: dilemma.left, Pleads.RIGHT: dilemma.right} if dilemma else {}
    return _(poles_by_side.get(pleads, "")) or pleads.text
