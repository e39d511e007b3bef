"""Casebooks of any size for measuring: the same seed gives the same cases, of some 150 Dutch words each."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

import marisa_trie

from casebook.case import Case, CaseStatus, InitiatorKind
from casebook.record import RecordId

_PARTS = Path(__file__).parent.parent.parent / "resources" / "dictionary"
_FIRST_DAY = date(2016, 1, 1)
_DAYS = 3600
_VOCABULARY = 30_000
_COMPOUNDS = 6_000

# The words of almost every sentence, and how often they stand there (in thousandths of all words).
_SMALL = """
de 60 van 28 het 27 een 27 en 25 in 20 is 14 dat 13 op 11 te 11 die 9 voor 11 met 10 niet 8 zijn 8 om 6 er 6 aan 6
ook 5 als 4 wij 4 bij 4 maar 4 door 4 nog 3 worden 3 naar 3 of 3 kan 3 uit 3 heeft 3 over 3
"""

# What a network civil servant writes about all day, the most frequent first.
_CIVIC = """
gemeente bewoners initiatief wijk subsidie buurt tuin gesprek vergunning afspraak jongeren vraag ruimte plan kosten
regel beleid vrijwilligers wethouder aanvraag ondersteuning overlast dilemma oplossing veiligheid groen project
samenwerking budget stichting vereniging school gebouw beheer onderhoud speeltuin dorpshuis bestemmingsplan
omgevingsvergunning startsubsidie buurttuin schuldhulpverlening maatwerk gelijkheid wijkraad participatie inspraak
handhaving parkeren verkeer geluid bezwaar raad besluit motivering voorwaarde termijn evaluatie opbrengst buurthuis
moestuin bewonersinitiatief energiecoöperatie zorg ouderen eenzaamheid inkomen schulden gezinnen huisarts café
repair-café straatfeest zwerfafval voedselbank mantelzorg jeugdwerk sportveld kunstwerk fietspad stoep boom plein
brug casuïstiek toezegging verzekering aansprakelijkheid
"""


def cases(n: int, seed: int = 1) -> Iterator[Case]:
    """*n* cases; the first are the same whatever *n* is, ids included."""
    chance = random.Random(seed)
    words = _Words(chance)
    for number in range(n):
        asked_on = _FIRST_DAY + timedelta(days=chance.randrange(_DAYS))
        yield Case(
            id=_id(asked_on, chance),
            reference=f"BOM-{asked_on.year}-{number:06}",
            title=words.title(),
            summary=words.sentences(24),
            request=words.sentences(48),
            goal=words.sentences(24),
            can_now=words.sentences(24),
            needs_deviation=words.sentences(24),
            asked_on=asked_on,
            status=chance.choice(tuple(CaseStatus)),
            initiator_kind=chance.choice(tuple(InitiatorKind)),
            areas=frozenset({f"wijk-{int(chance.triangular(1, 40, 1)):02}"}),
        )


def _id(day: date, chance: random.Random) -> RecordId:
    moment = int(datetime.combine(day, time(12), UTC).timestamp() * 1000)
    return RecordId(
        str(uuid.UUID(int=moment << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 1 << 63 | chance.getrandbits(62)))
    )


@cache
def vocabulary(seed: int = 1) -> tuple[str, ...]:
    """Content words, the most frequent first: those of the trade, then others and fresh compounds."""
    chance = random.Random(seed)
    heads, tails = (sorted(marisa_trie.Trie().load(str(_PARTS / name)).keys()) for name in ("heads.trie", "tails.trie"))
    plain = chance.sample(sorted(each for each in {*heads, *tails} if len(each) <= 13), _VOCABULARY - _COMPOUNDS)
    short = [each for each in heads if len(each) <= 7]
    ends = [each for each in tails if len(each) <= 8]
    fresh = [chance.choice(short) + chance.choice(ends) for _ in range(_COMPOUNDS)]
    rest = plain + fresh
    chance.shuffle(rest)
    return tuple(dict.fromkeys(_CIVIC.split() + rest))


class _Words:
    """Draws words as often as they occur: a fixed share of small words, the others by Zipf's law."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        small = dict(zip(_SMALL.split()[::2], map(int, _SMALL.split()[1::2]), strict=True))
        content = vocabulary()
        law = [1 / (rank + 12) for rank in range(len(content))]
        each = (1000 - sum(small.values())) / sum(law)
        self._words = [*small, *content]
        self._weights = list(accumulate([*small.values(), *(each * share for share in law)]))
        self._content = content
        self._content_weights = list(accumulate(law))

    def title(self) -> str:
        drawn = self._chance.choices(self._content, cum_weights=self._content_weights, k=4)
        return " ".join(drawn).capitalize()

    def sentences(self, count: int) -> str:
        drawn = self._chance.choices(self._words, cum_weights=self._weights, k=count)
        said = (" ".join(drawn[start : start + 12]).capitalize() for start in range(0, count, 12))
        return ". ".join(said) + "."
