"""Makes the two lists of compound parts from a Hunspell dictionary of Dutch; run it as its README says."""

import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import marisa_trie

from casebook.dutch import fold

HERE = Path(__file__).parent
SHORTEST = 3
BEGINS, ENDS, FORBIDDEN, ONLY_IN_COMPOUNDS = frozenset({"Ca", "Cb"}), "Cc", "Fw", "Cx"


@dataclass(frozen=True, slots=True)
class Suffix:
    """One way to make a form of a word, and the flags that the form has (hunspell(5), SFX)."""

    strip: str
    add: str
    flags: frozenset[str]
    condition: re.Pattern[str]


def parts(folder: Path) -> tuple[set[str], set[str]]:
    """The words that begin and those that end a compound, by a dictionary's own flags."""
    suffixes = _suffixes(folder / "index.aff")
    heads: set[str] = set()
    tails: set[str] = set()
    for word, flags in _forms(folder / "index.dic", suffixes):
        if (plain := fold(word)).isalpha() and len(plain) >= SHORTEST:
            if flags & BEGINS:
                heads.add(plain)
            if ENDS in flags:
                tails.add(plain)
    return heads, tails


def _suffixes(path: Path) -> dict[str, list[Suffix]]:
    found: dict[str, list[Suffix]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        match line.split():
            case ["SFX", flag, strip, added, condition, *_]:
                add, _slash, flags = added.partition("/")
                ending = re.compile(f"{condition}$")
                found[flag].append(Suffix(_text(strip), _text(add), _flags(flags), ending))
    return found


def _forms(path: Path, suffixes: dict[str, list[Suffix]]) -> Iterator[tuple[str, frozenset[str]]]:
    for line in path.read_text("utf-8").splitlines()[1:]:
        word, _slash, rest = line.partition("/")
        flags = _flags(rest.split()[0]) if rest else frozenset()
        if FORBIDDEN in flags:
            continue
        yield word, flags
        for suffix in (each for flag in flags for each in suffixes.get(flag, ())):
            if word.endswith(suffix.strip) and suffix.condition.search(word):
                ends = {ENDS} & flags if ONLY_IN_COMPOUNDS not in suffix.flags else set()
                yield word.removesuffix(suffix.strip) + suffix.add, suffix.flags | ends


def _text(field: str) -> str:
    return "" if field == "0" else field


def _flags(field: str) -> frozenset[str]:
    return frozenset(re.findall("..", field))


def main(folder: Path) -> None:
    """Write `heads.trie` and `tails.trie` beside this file."""
    written = tomllib.loads((HERE / "extra.toml").read_text("utf-8"))
    extra = {name: set(words.split()) for name, words in written.items()}
    heads, tails = parts(folder)
    heads = heads - extra["never_heads"] | extra["heads"]
    tails = tails - extra["never_tails"] | extra["tails"]
    marisa_trie.Trie(sorted(heads)).save(str(HERE / "heads.trie"))
    marisa_trie.Trie(sorted(tails)).save(str(HERE / "tails.trie"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
