"""Which characters can be printed: what the font lacks is replaced by something one can see."""

import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import groupby

STAND_IN = "[?]"
"""Stands for one or more characters that the font does not have."""

_LINE_ENDS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n"})
_INVISIBLE = frozenset("\u00ad\u200b\u200d\ufe0e\ufe0f\ufeff")


@dataclass(slots=True)
class Printable:
    """Turns texts into characters that are in *glyphs*, and remembers whether some were not."""

    glyphs: Container[int]
    replaced: bool = field(default=False)

    def text(self, text: str) -> str:
        """*text* composed, without control characters, and with a stand-in for each stretch that cannot be shown.

        Newlines stay; a tab becomes a space.
        """
        composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_LINE_ENDS))
        return "".join(self._shown(composed))

    def line(self, text: str) -> str:
        """The same on one line."""
        return " ".join(self.text(text).split())

    def _shown(self, text: str) -> Iterator[str]:
        for missing, group in groupby(filter(None, map(self._one, text)), lambda each: each == STAND_IN):
            yield STAND_IN if missing else "".join(group)
            self.replaced |= missing

    def _one(self, character: str) -> str:
        """What stands for one character; nothing where it has no form of its own."""
        if character == "\n" or ord(character) in self.glyphs:
            return character if character not in _INVISIBLE else ""
        if character.isspace():
            return " "
        if character in _INVISIBLE or unicodedata.category(character) in ("Cc", "Cf"):
            return ""
        plain = unicodedata.normalize("NFKC", character)
        if plain != character and all(ord(each) in self.glyphs for each in plain):
            return plain
        return STAND_IN


def clean_xml(text: str) -> str:
    """*text* on one line, without what XML forbids: control characters and halves of characters."""
    kept = (each if unicodedata.category(each) not in ("Cc", "Cs", "Cn", "Co") else " " for each in text)
    return " ".join("".join(kept).split())
