"""Looks at all words of the program, or gathers them for the translator."""

import sys
from collections.abc import Iterator

from tests.words.catalogue import DUTCH, ROOT, catalogue, complaints, spoken, updated
from tests.words.escapes import escapes

READ = ("desktop", "casebook", "reflection", "sync")
"""The folders whose strings can end before a reader."""


def escaped() -> Iterator[str]:
    """Every string that a reader would see untranslated, as `file:line: text: why`."""
    for folder in READ:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for each in escapes(file.read_text(encoding="utf-8")):
                yield f"{file.relative_to(ROOT)}:{each.line}: {each.text!r} {each.why}"


def main(arguments: list[str]) -> int:
    """Update the translators' file when asked to, and say what is amiss otherwise."""
    if arguments == ["--update"]:
        DUTCH.write_text(updated(spoken(), catalogue()), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{DUTCH.relative_to(ROOT)}: {len(spoken())} texts\n")
        return 0
    amiss = [*escaped(), *complaints(spoken(), catalogue())]
    for each in amiss:
        sys.stdout.write(each + "\n")
    sys.stdout.write(f"{len(amiss)} words to look at.\n" if amiss else "All words are translated.\n")
    return 1 if amiss else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
