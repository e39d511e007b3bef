"""Two versions of one text made from a third, merged by sentence."""

import re
from difflib import SequenceMatcher

from merge3 import Merge3

_SENTENCE = re.compile(r".*?(?:[.!?…]+[\"”’)\]]*\s+|\n+|$)", re.DOTALL)


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text with the space behind them; joined they are the text again."""
    return [each for each in _SENTENCE.findall(text) if each]


def merge_texts(base: str, older: str, newer: str) -> tuple[str, bool]:
    """Both changes to *base*, and whether they overlapped: where they do, *newer* is taken."""
    if newer in (older, base):
        return older, False
    if older == base:
        return newer, False
    merged: list[str] = []
    overlaps = False
    for group in Merge3(sentences(base), sentences(older), sentences(newer)).merge_groups():
        if group[0] == "conflict":
            overlaps = True
            merged += group[3]
        else:
            merged += group[1]
    return "".join(merged), overlaps


def both_texts(one: str, other: str) -> str:
    """All sentences of *one*, and those that only *other* has at the place where they stand there.

    Two texts that have no sentence in common stand below each other.
    """
    ours, theirs = sentences(one.strip()), sentences(other.strip())
    mine, yours = [each.strip() for each in ours], [each.strip() for each in theirs]
    if not set(mine) & set(yours) - {""}:
        return f"{one}\n\n{other}"
    kept: list[str] = []
    for _how, start, end, first, last in SequenceMatcher(None, mine, yours, autojunk=False).get_opcodes():
        kept += ours[start:end]
        kept += [theirs[at] for at in range(first, last) if yours[at] not in mine]
    gap = "\n" if "\n" in one.strip() + other.strip() else " "
    return "".join(each if each[-1].isspace() else each + gap for each in kept).strip()
