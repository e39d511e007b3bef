"""Dutch spelling: which words are wrong, what was meant, and the words a reader adds.

Run as a program it answers questions, one JSON line each, until its input ends. It is a process of its own
because hunspell keeps the interpreter's lock: one long compound would hold up the screen for 170 ms, and
suggestions for 340 ms, also from another thread.
"""

import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from resources import path

if TYPE_CHECKING:
    from casebook.database import Database

_WORD = re.compile(r"[^\W\d_]+(?:['’‑-][^\W\d_]+)*")
_ADDRESS = re.compile(r"\S*(?:://|@|www\.)\S*")
_OWN = "own_words"
_MOST_SUGGESTIONS = 6


def words_in(text: str) -> list[tuple[int, str]]:
    """The words of a text worth looking up, each with where it begins; addresses and abbreviations are not."""
    shown = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    found = ((each.start(), each[0]) for each in _WORD.finditer(shown))
    return [(at, word) for at, word in found if len(word) > 1 and not word.isupper()]


def own_words(db: "Database") -> frozenset[str]:
    """The words that the reader added."""
    from casebook.database import setting

    with db.read() as connection:
        return frozenset(json.loads(setting(connection, _OWN, "[]")))


def add_own_word(db: "Database", word: str) -> None:
    """From now on *word* is right."""
    from casebook.database import set_setting

    words = own_words(db) | {word}
    with db.write() as connection:
        set_setting(connection, _OWN, json.dumps(sorted(words)))


def wrong_among(words: Iterable[str]) -> list[str]:
    """Those words that are in no dictionary, as a whole or in their parts."""
    return [each for each in words if not _is_right(each)]


def suggestions(word: str) -> list[str]:
    """What may have been meant, the likeliest first."""
    return list(_dictionary().suggest(_plain(word)))[:_MOST_SUGGESTIONS]


def _is_right(word: str) -> bool:
    plain = _plain(word)
    if _dictionary().spell(plain):
        return True
    parts = plain.split("-")
    return len(parts) > 1 and all(_dictionary().spell(each) for each in parts)


def _plain(word: str) -> str:
    return word.replace("’", "'").replace("‑", "-")


@cache
def _dictionary() -> Any:
    from hunspell import Hunspell

    return Hunspell("nl", hunspell_data_dir=str(path("dictionary")))


def _answer() -> None:
    """Answer `["wrong", words]` and `["suggest", word]` with the question and what came out of it."""
    for line in sys.stdin:
        asked, about = json.loads(line)
        found = wrong_among(about) if asked == "wrong" else suggestions(about)
        sys.stdout.write(json.dumps([asked, about, found]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _answer()
