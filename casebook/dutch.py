"""Dutch words as the search index knows them: folded, stemmed, and cut into the parts of their compounds."""

import re
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from unicodedata import normalize

import marisa_trie
import Stemmer

VERSION = 2
"""Goes up when the same text gives other terms: an index made by an older one has to be rebuilt."""

_PARTS = Path(__file__).parent.parent / "resources" / "dictionary"
_SHORTEST_PART = 3
_LONGEST_COMPOUND = 48  # beyond it stands a web address or a slip of the keyboard, not a word
_REMEMBERED = 32_768

_LETTER = r"[^\W_]"
_WORD = re.compile(f"{_LETTER}+")
_MARK = "[\u0300-\u036f]"
_APOSTROPHES = "'’‘ʼ`´"
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}](?={_LETTER})(?<={_LETTER}.)")
_AS_TYPED = re.compile(f"{_LETTER}(?:(?:{_MARK}|[{_APOSTROPHES}](?={_MARK}*{_LETTER}))*{_LETTER})*{_MARK}*")
_HYPHENS = "-‐‑"
_HYPHENED = re.compile(f"{_LETTER}+(?:[{_HYPHENS}]{_LETTER}+)+")
_PLURAL = ("as", "is", "os", "us", "ys")
_NOT_DECOMPOSED = {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"}
_SIGNS_APART = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)
"""Every ASCII sign that is no letter or digit becomes a space: cutting at those is four times as fast as `_WORD`."""


def fold(text: str) -> str:
    """*text* in lower case, without diacritics and without apostrophes inside words (*foto's* is *fotos*)."""
    text = text.casefold()
    if not text.isascii():
        text = re.sub(_MARK, "", normalize("NFKD", normalize("NFKD", text).casefold()))
        for letter, plain in _NOT_DECOMPOSED.items():
            text = text.replace(letter, plain)
    return _APOSTROPHE.sub("", text) if any(each in text for each in _APOSTROPHES) else text


def tokens(text: str) -> list[str]:
    """The folded words of *text*, in order; punctuation only separates."""
    return _words(fold(text))


def _words(folded: str) -> list[str]:
    if folded.isascii():
        return folded.encode().translate(_SIGNS_APART).decode().split()
    return _WORD.findall(folded)


def words_in_place(text: str) -> list[tuple[int, int]]:
    """Where each word of *text* begins and ends, in the text as it was typed."""
    return [each.span() for each in _AS_TYPED.finditer(text)]


def indexed(text: str) -> tuple[str, str]:
    """The folded words of a text in order, and what else it is found by, each once: stems, parts and their stems.

    A word with hyphens is also found when it is written as one word: *repair-café* by *repaircafe*.
    """
    folded = fold(text)
    words = _words(folded)
    extra = set(chain.from_iterable(map(forms, set(words))))
    for hyphen in _HYPHENS:
        if hyphen in folded:
            pieces = (piece for piece in folded.split() if hyphen in piece)
            extra.update("".join(_words(each)) for piece in pieces for each in _HYPHENED.findall(piece))
    return " ".join(words), " ".join(sorted(extra.difference(words)))


@lru_cache(_REMEMBERED)
def forms(word: str) -> tuple[str, ...]:
    """Everything that a folded word is found by besides itself: its stems, its parts and their stems."""
    found = dict.fromkeys(stems(word))
    for part in parts(word):
        found[part] = None
        found |= dict.fromkeys(stems(part))
    found.pop(word, None)
    return tuple(found)


def stems(word: str) -> tuple[str, ...]:
    """The stems of a folded word by both Dutch stemmers; of a compound only the last part is stemmed.

    Each alone misses pairs: one of them schuld and schulden, the other gezin and gezinnen.
    """
    last = (_split(word) or (word,))[-1]
    before = word.removesuffix(last)
    if last.endswith(_PLURAL) and _is_part(last[:-1]):
        last = last[:-1]  # foto's, which neither stemmer knows without its apostrophe
    porter, kraaij_pohlmann = _stemmers()
    first, second = porter.stemWord(last), kraaij_pohlmann.stemWord(last)
    if last.startswith("ge") and not second.startswith("ge") and _is_part(last):
        # It takes ge- for the mark of a participle, which would make gezin the same as zin.
        second = "ge" + second
    return (before + first,) if first == second else (before + first, before + second)


def parts(word: str) -> tuple[str, ...]:
    """The parts of a compound, and theirs: schuldhulpverlening gives schuld, hulpverlening, hulp, verlening.

    Parts that follow each other are one part too: buurtmoestuin gives moestuin beside moes and tuin. Without the *s*
    that links (*omgevingsvergunning*: *omgeving*); nothing for a word that is no compound.
    """
    found: dict[str, None] = {}
    pieces = _split(word)
    for length in range(1, len(pieces)):
        for at in range(len(pieces) - length + 1):
            joined = pieces[at : at + length]
            found["".join(joined[:-1]) + _unlinked(joined[-1])] = None
    for part in pieces:
        found |= dict.fromkeys(parts(_unlinked(part)))
    return tuple(found)


@lru_cache(64)  # asked of a word for its stems, and then for its parts
def _split(word: str) -> tuple[str, ...]:
    """The fewest parts of which *word* consists, among those the most even ones."""
    heads, tails = _tries()
    best: tuple[str, ...] = ()
    if not 2 * _SHORTEST_PART <= len(word) <= _LONGEST_COMPOUND:
        return best
    for head in heads.prefixes(word):
        rest = word[len(head) :]
        if len(rest) < _SHORTEST_PART:
            continue
        found = (head, rest) if rest in tails else (head, *deeper) if (deeper := _split(rest)) else ()
        if found and (not best or _rank(found) < _rank(best)):
            best = found
    return best


def _rank(found: tuple[str, ...]) -> tuple[int, int]:
    return len(found), -min(map(len, found))


def _unlinked(part: str) -> str:
    bare = part.removesuffix("s")
    return bare if part not in _tries()[1] and _is_part(bare) else part


def _is_part(word: str) -> bool:
    heads, tails = _tries()
    return word in heads or word in tails


@cache
def _tries() -> tuple[marisa_trie.Trie, marisa_trie.Trie]:
    heads, tails = marisa_trie.Trie(), marisa_trie.Trie()
    return heads.mmap(str(_PARTS / "heads.trie")), tails.mmap(str(_PARTS / "tails.trie"))


@cache
def _stemmers() -> tuple[Stemmer.Stemmer, Stemmer.Stemmer]:
    # Their own caches are off: forms() remembers the outcome of both.
    return Stemmer.Stemmer("dutch_porter", 0), Stemmer.Stemmer("dutch", 0)
