"""Two versions of one text made from a third, merged by sentence."""

import re

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
