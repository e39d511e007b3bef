"""The structure of a tagged document: a tree of elements, and on which pages their content stands."""

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of marked content: its number on a page, both counted from nought."""

    page: int
    number: int


@dataclass(eq=False, slots=True)
class Element:
    """One element by its standard name (ISO 32000-1, 14.8.4), with what a reader is told of it."""

    tag: str
    children: list["Element | Piece"] = field(default_factory=list)
    alternative_text: str = ""
    scope: str = ""
    numbering: str = ""
    box: Box | None = None

    def add(self, tag: str, *, alternative_text: str = "", scope: str = "", numbering: str = "") -> "Element":
        """A new last child."""
        child = Element(tag, alternative_text=alternative_text, scope=scope, numbering=numbering)
        self.children.append(child)
        return child
