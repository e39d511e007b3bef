"""The words of the program beside their Dutch: what is missing, left over, or does not fit."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
DUTCH = ROOT / "resources" / "words" / "nl.po"
FOLDERS = ("desktop", "sync", "reflection", "casebook", "resources")

KEYWORDS = {"_": None, "mark": None, "plural": (1, 2)}

NEVER = re.compile(r"\b(afgekeurd|anoniem|scores?|burgers?)\b", re.IGNORECASE)
"""Words that the program does not use to its readers, in Dutch."""

HEADER = """\
# Dutch words of Casusboek. `./dev words` gathers the English texts; the Dutch is written here.
msgid ""
msgstr ""
"Language: nl\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""

Texts = tuple[str, ...]
"""One text, or the two forms of a plural."""


def spoken(root: Path = ROOT) -> set[Texts]:
    """Every text that the code wants translated."""
    found: set[Texts] = set()
    for folder in FOLDERS:
        for _file, _line, texts, _comments, _context in extract_from_dir(
            root / folder, [("**.py", "python")], keywords=KEYWORDS
        ):
            found.add((texts,) if isinstance(texts, str) else tuple(texts))
    return {texts for texts in found if texts[0]}


def catalogue(file: Path = DUTCH) -> Catalog:
    """The translators' file."""
    with file.open("rb") as source:
        return read_po(source, locale="nl")


def translated(words: Catalog) -> dict[Texts, Message]:
    """The entries of a catalogue by the text they translate."""
    return {_texts(message.id): message for message in words if message.id}


def updated(texts: set[Texts], words: Catalog) -> str:
    """The translators' file with exactly these texts, sorted, keeping the Dutch that was there."""
    known = translated(words)
    fresh = Catalog(locale="nl", fuzzy=False)
    for each in texts:
        old = known.get(each)
        identifier = each if len(each) > 1 else each[0]
        fresh.add(identifier, old.string if old else ("" if len(each) == 1 else ("", "")), flags=_fuzzy(old))
    out = BytesIO()
    write_po(out, fresh, width=110, no_location=True, omit_header=True, sort_output=True)
    return HEADER + out.getvalue().decode().strip() + "\n"


def complaints(texts: set[Texts], words: Catalog) -> Iterator[str]:
    """One sentence for every text whose Dutch is missing, left over, or does not fit."""
    known = translated(words)
    for each in sorted(texts - known.keys()):
        yield f"{each[0]!r} has no Dutch"
    for each in sorted(known.keys() - texts):
        yield f"{each[0]!r} is translated, but nothing says it any more"
    for left_over in words.obsolete:
        yield f"{_texts(left_over)[0]!r} is kept as obsolete"
    for each in sorted(texts & known.keys()):
        yield from _misfits(each, known[each])


def _misfits(texts: Texts, message: Message) -> Iterator[str]:
    dutch = _texts(message.string)
    if message.fuzzy:
        yield f"{texts[0]!r} has Dutch that nobody confirmed (fuzzy)"
    if len(dutch) != len(texts) or not all(each.strip() for each in dutch):
        yield f"{texts[0]!r} has no Dutch"
        return
    for english, dutch_form in zip(texts, dutch, strict=True):
        if placeholders(english) != placeholders(dutch_form):
            yield f"{english!r} and {dutch_form!r} do not have the same {{places}} to fill in"
        if english[-1].isspace() != dutch_form[-1].isspace() or english[0].isspace() != dutch_form[0].isspace():
            yield f"{english!r} and {dutch_form!r} do not begin or end with the same white space"
        if "'" in dutch_form:
            yield f"{dutch_form!r} has a straight apostrophe: write ’, as in collega’s"
        if never := NEVER.search(dutch_form):
            yield f"{dutch_form!r} says {never[0]!r}, which we do not say"


def placeholders(text: str) -> set[str]:
    """The names between braces; of a text that cannot be filled in, the text itself."""
    try:
        return {name for _before, name, _form, _conversion in Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}


def _texts(form: str | list[str] | tuple[str, ...] | None) -> Texts:
    return (form or "",) if isinstance(form, str | None) else tuple(form)


def _fuzzy(message: Message | None) -> set[str]:
    return {"fuzzy"} if message and message.fuzzy else set()
