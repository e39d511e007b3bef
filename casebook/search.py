"""Finding cases by words: what people type becomes a question to the index, and the index's answers are ranked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from casebook import dutch

if TYPE_CHECKING:  # the screen marks hits with this file too, and is there before SQLAlchemy is
    from sqlalchemy import Connection, TextClause

WORDS_TABLE = """CREATE VIRTUAL TABLE words USING fts5(
    title, summary, rest, terms, content='', contentless_delete=1, tokenize='ascii', prefix='1 2')"""

WORDS_SETTINGS = {"secure-delete": 1, "hashsize": 32_000_000, "automerge": 8, "pgsz": 3_960}
"""Of the index: no word stays behind; what one save brings is written at once, merged when eight pieces wait; and a
piece fits in one page of an encrypted file, which the usual 4050 bytes do not."""

RANKED = 200
"""Of each way to match (in the title, in the summary, anywhere) so many cases are ranked; then follow the others."""

_MOST_WORDS = 16
_LONGEST_WORD = 64
_SHORTEST_STEMMED = 3
_FEW = 20_000
_NEARLY_ALL = ("archived", frozenset({"no"}))
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, words, row)"
_PATIENCE = 0.15
_ALIKE = 0.75
_QUOTES = '"“”„«»'
_PIECE = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)(?:[{_QUOTES}]|$)|([^\\s{_QUOTES}]+)")


def words_row(title: str, summary: str, rest: str) -> dict[str, str]:
    """The texts of one case as the index holds them: folded words, followed by what else they are found by."""
    words, terms = dutch.indexed(rest)
    return {
        "title": " ".join(dutch.indexed(title)),
        "summary": " ".join(dutch.indexed(summary)),
        "rest": words,
        "terms": terms,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word to find, in any of its forms; or several that have to follow each other."""

    words: tuple[str, ...]
    unfinished: bool = False

    @property
    def is_phrase(self) -> bool:
        return len(self.words) > 1

    @property
    def forms(self) -> tuple[str, ...]:
        """What a text must hold to be found by this word: one of these."""
        word = self.words[0]
        if self.unfinished and len(word) < _SHORTEST_STEMMED:
            return ()
        return tuple(each for each in dutch.stems(word) if not (self.unfinished and each.startswith(word)))

    @property
    def fts(self) -> str:
        """The same in the index's own language (https://sqlite.org/fts5.html#full_text_query_syntax)."""
        typed = f'"{" ".join(self.words)}"' + (" *" if self.unfinished else "")
        if self.is_phrase:
            return typed
        options = [f'"{each}"' for each in self.forms]
        return f"({' OR '.join([typed, *options] if self.unfinished else options)})"


@dataclass(frozen=True, slots=True)
class Match:
    """A question in words: a case answers when it holds everything that is wanted."""

    wanted: tuple[Wanted, ...]

    @property
    def fts(self) -> str:
        """All of it, anywhere in a case."""
        return " AND ".join(each.fts for each in self.wanted)

    @property
    def tiers(self) -> tuple[str, ...]:
        """From the best way to match to the widest."""
        everything = self.fts
        in_title = f"title : ({everything})"
        in_summary = f"{{title summary}} : ({everything})"
        if len(self.wanted) == 1:
            return in_title, in_summary, everything
        partly = " OR ".join(f"title : {each.fts}" for each in self.wanted)
        return in_title, f"({partly}) AND {everything}", in_summary, everything


def match(query_text: str) -> Match | None:
    """What somebody asks for; None without a single letter or digit.

    Words are all wanted, in any order and form; what stands between quotes (or is written with digits and
    signs, as a reference) in exactly that order; the last word may be unfinished. Signs never matter.
    """
    found = list(dict.fromkeys(_wanted(query_text)))[:_MOST_WORDS]
    return Match(tuple(found)) if found else None


def _wanted(query_text: str) -> Iterator[Wanted]:
    for piece in _PIECE.finditer(query_text):
        quoted, plain = piece.group(1), piece.group(2)
        words = tuple(each[:_LONGEST_WORD] for each in dutch.tokens(quoted or plain or ""))
        at_end = piece.end() == len(query_text) and query_text[-1] not in _QUOTES
        if words and (quoted is not None or any(each.isdecimal() for each in words)):
            yield Wanted(words[:_MOST_WORDS], at_end)
        else:
            for word in words:
                yield Wanted((word,), at_end and word is words[-1])


def hits(
    connection: Connection, wanted: Match, limit: int, offset: int, facets: Mapping[str, frozenset[str]]
) -> list[int]:
    """The numbers of the best cases that also have one of the values of each facet, best first.

    All words in the title come before some of them, those before all in title and summary, those before the
    rest; within each the newest first. A next page continues where the one before it ended.
    """
    where, values = _filter(connection, facets)
    best: dict[int, None] = {}
    for tier in wanted.tiers[:-1]:
        best |= dict.fromkeys(_rows(connection, where, values | {"fts": tier, "most": RANKED}))
        if len(best) >= offset + limit:
            return list(best)[offset : offset + limit]
    page = list(best)[offset : offset + limit]
    others = {
        "fts": wanted.fts,
        "most": limit - len(page),
        "skip": max(offset - len(best), 0),
        "best": json.dumps(list(best)),
    }
    where += " AND +rowid NOT IN (SELECT value FROM json_each(:best))" if best else ""
    return page + _rows(connection, where, values | others)


def count(connection: Connection, wanted: Match, facets: Mapping[str, frozenset[str]], most: int = 10_000) -> int:
    """How many cases answer; counting stops at *most* + 1, which stands for "more than *most*"."""
    where, values = _filter(connection, facets)
    inner = f"SELECT 1 FROM words WHERE words MATCH :fts{where} LIMIT :most"
    asked = values | {"fts": wanted.fts, "most": most + 1}
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM ({inner})", asked).scalar() or 0)


def all_hits(wanted: Match) -> TextClause:
    """A subquery of the numbers of all cases that answer."""
    from sqlalchemy import text

    return text("SELECT rowid FROM words WHERE words MATCH :fts").bindparams(fts=wanted.fts)


def _rows(connection: Connection, where: str, values: Mapping[str, object]) -> list[int]:
    sql = f"SELECT rowid FROM words WHERE words MATCH :fts{where} ORDER BY rowid DESC LIMIT :most OFFSET :skip"
    return list(connection.exec_driver_sql(sql, {"skip": 0, **values}).scalars())


def _filter(connection: Connection, facets: Mapping[str, frozenset[str]]) -> tuple[str, dict[str, object]]:
    """A condition for each facet, in the form that is cheapest for the number of cases it lets through.

    Without the plus sign the index would be asked once for every case that the facet lets through.
    """
    where = ""
    values: dict[str, object] = {}
    for number, (facet, held) in enumerate(sorted(facets.items())):
        name, codes = f"facet{number}", f"codes{number}"
        chosen = f"facet = :{name} AND value IN (SELECT value FROM json_each(:{codes}))"
        nearly_all = (facet, held) == _NEARLY_ALL
        if nearly_all:
            where = f"{where} AND +rowid NOT IN (SELECT n FROM facet WHERE {chosen})"
        elif _are_few(connection, facet, held):
            where = f"{where} AND +rowid IN (SELECT n FROM facet WHERE {chosen})"
        else:
            where = f"{where} AND EXISTS (SELECT 1 FROM facet WHERE {chosen} AND n = words.rowid)"
        values |= {name: facet, codes: json.dumps(["yes"] if nearly_all else sorted(held))}
    return where, values


def _are_few(connection: Connection, facet: str, held: frozenset[str]) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM facet WHERE facet = ? AND value = ? LIMIT ?)"
    sizes = (connection.exec_driver_sql(sql, (facet, each, _FEW)).scalar() for each in held)
    return sum(int(each or 0) for each in sizes) < _FEW


def highlights(typed: str, wanted: Match) -> list[tuple[int, int]]:
    """Which stretches of *typed*, from and up to, are hits; in order and never overlapping."""
    places = [(*place, dutch.fold(typed[slice(*place)])) for place in dutch.words_in_place(typed)]
    return _joined(span for each in wanted.wanted for span in _spans(places, each))


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a longer text around its hits."""

    text: str
    highlights: list[tuple[int, int]]


def snippet(texts: Iterable[str], wanted: Match, width: int = 160) -> Snippet | None:
    """The stretch of at most some *width* characters with the most hits, from the first text that has it."""
    best: tuple[int, str, int] = (0, "", 0)
    for typed in texts:
        spans = highlights(typed, wanted)
        for start, _end in spans:
            inside = sum(start <= one and end <= start + width * 3 // 4 for one, end in spans)
            best = max(best, (inside, typed, start), key=lambda each: each[0])
    return _cut(best[1], best[2], wanted, width) if best[0] else None


def _cut(typed: str, hit: int, wanted: Match, width: int) -> Snippet:
    start = max(hit - width // 4, 0)
    start = typed.find(" ", start, hit) + 1 if start else 0
    end = start + width
    end = max(typed.rfind(" ", hit, end), hit + 1) if end < len(typed) else len(typed)
    shown = " ".join(typed[start:end].split())
    shown = f"{'… ' if start else ''}{shown}{' …' if end < len(typed) else ''}"
    return Snippet(shown, highlights(shown, wanted))


def _spans(places: Sequence[tuple[int, int, str]], each: Wanted) -> Iterator[tuple[int, int]]:
    if each.is_phrase:
        length = len(each.words)
        for at in range(len(places) - length + 1):
            run = places[at : at + length]
            if _is_run(tuple(word for _start, _end, word in run), each):
                yield run[0][0], run[-1][1]
        return
    forms = set(each.forms)
    for start, end, word in places:
        if _agree((word, *dutch.forms(word)), each, forms):
            found = _hit_within(word, each, forms)
            # Letters that fold into two (ĳ, æ) leave no way to count: then the whole word is marked.
            yield (start + found.start, start + found.stop) if end - start == len(word) else (start, end)


def _is_run(words: tuple[str, ...], each: Wanted) -> bool:
    last = words[-1].startswith(each.words[-1]) if each.unfinished else words[-1] == each.words[-1]
    return last and words[:-1] == each.words[:-1]


def _agree(found: Iterable[str], each: Wanted, forms: set[str]) -> bool:
    begin = each.words[0] if each.unfinished else None
    return any(one in forms or (begin is not None and one.startswith(begin)) for one in found)


def _hit_within(word: str, each: Wanted, forms: set[str]) -> slice:
    """The stretch of a folded word that is wanted: its beginning, all of it, or one part of a compound."""
    if each.unfinished and word.startswith(each.words[0]):
        return slice(0, len(each.words[0]))
    if not _agree((word, *dutch.stems(word)), each, forms):
        for part in sorted(dutch.parts(word), key=len):
            at = word.find(part)
            if at >= 0 and _agree((part, *dutch.stems(part)), each, forms):
                return slice(at, at + len(part))
    return slice(0, len(word))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def nearest(connection: Connection, query_text: str) -> str | None:
    """The same question with its mistyped words replaced by words of the casebook, when that does find cases.

    For each word first what is one slip of the finger away, the one in most cases; then, within a fraction of a
    second, the most alike of the words that begin the same.
    """
    better = dutch.fold(query_text)
    for word in dict.fromkeys(dutch.tokens(query_text)):
        if not _finds(connection, word):
            near = _near_word(connection, word)
            better = re.sub(rf"(?<!\w){word}(?!\w)", near, better) if near else better
    return better if better != dutch.fold(query_text) and _finds(connection, better) else None


def _near_word(connection: Connection, word: str) -> str | None:
    if not _SHORTEST_STEMMED <= len(word) <= _LONGEST_WORD:
        return None
    slips = [each for each in _one_slip_away(word) if _cases_with(connection, f'"{each}"', 1)]
    near = [each for each in slips if _was_typed(connection, each)]
    if near:
        return max(near, key=lambda each: (_cases_with(connection, f'"{each}"', _FEW), each))
    return next((each for each in _alike(connection, word) if _was_typed(connection, each)), None)


def _finds(connection: Connection, query_text: str) -> bool:
    wanted = match(f"{query_text} ")
    return wanted is not None and _cases_with(connection, wanted.fts, 1) > 0


def _cases_with(connection: Connection, fts: str, most: int) -> int:
    sql = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    return int(connection.exec_driver_sql(sql, (fts, most)).scalar() or 0)


def _was_typed(connection: Connection, word: str) -> bool:
    """Whether this is a word, and not only the stem of one."""
    if _cases_with(connection, f'rest : "{word}"', 1):
        return True
    sql = (
        "SELECT title || ' ' || summary FROM record WHERE n IN "
        "(SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT 5)"
    )
    rows = connection.exec_driver_sql(sql, (f'"{word}"',))
    return any(word in dutch.tokens(typed) for typed in rows.scalars())


def _alike(connection: Connection, word: str) -> list[str]:
    """The words of the index that begin as *word* does and resemble it, the most alike first."""
    from rapidfuzz.distance import DamerauLevenshtein

    connection.exec_driver_sql(_VOCABULARY)
    until = time.monotonic() + _PATIENCE
    found: dict[str, float] = {}
    for begin in (word[:3], word[:2]):
        sql = "SELECT term FROM temp.vocabulary WHERE term >= ? AND term < ?"
        for term in connection.exec_driver_sql(sql, (begin, begin + "\uffff")).yield_per(50).scalars():
            found[term] = DamerauLevenshtein.normalized_similarity(word, term, score_cutoff=_ALIKE)
            if time.monotonic() > until:
                break
    return sorted((each for each in found if found[each]), key=lambda each: (-found[each], each))[:20]


def _one_slip_away(word: str) -> set[str]:
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    dropped = {before + after[1:] for before, after in cuts if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    other = {before + letter + after[1:] for before, after in cuts if after for letter in ascii_lowercase}
    more = {before + letter + after for before, after in cuts for letter in ascii_lowercase}
    return (dropped | swapped | other | more) - {word}
