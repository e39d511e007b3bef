"""The words people read: English in the code, Dutch on the screen unless somebody chose otherwise."""

from functools import cache
from typing import TYPE_CHECKING

from resources import path

if TYPE_CHECKING:
    from gettext import NullTranslations

LANGUAGES = {"nl": "Nederlands", "en": "English"}
"""The languages the program speaks, each by its own name."""

_current = "nl"


def use(code: str) -> None:
    """Speak this language from now on, in every thread; what is already on the screen stays as it is."""
    if code not in LANGUAGES:
        raise ValueError(f"no words in {code!r}; there are {', '.join(LANGUAGES)}")
    global _current  # noqa: PLW0603 - one reader, one language
    _current = code


def current() -> str:
    """The code of the language that is spoken now."""
    return _current


def _(text: str) -> str:
    """*text* in the reader's language; itself where there is no translation."""
    return _words(_current).gettext(text) if text else ""


def mark(text: str) -> str:
    """Note *text* for translation and return it as it is; `_` translates it where it is shown."""
    return text


def plural(one: str, many: str, n: int, **values: object) -> str:
    """The form that goes with *n*, translated, with `{n}` and the other *values* filled in."""
    return _words(_current).ngettext(one, many, n).format(n=n, **values)


@cache
def _words(code: str) -> "NullTranslations":
    """The words of a language, read when first asked for.

    Two threads that ask at the same moment read them twice, which does no harm.
    """
    import gettext

    if code == "en":
        return gettext.NullTranslations()
    compiled, source = path("words", f"{code}.mo"), path("words", f"{code}.po")
    if not compiled.exists() or (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
        return _compiled_in_memory(code)
    with compiled.open("rb") as words:
        return gettext.GNUTranslations(words)


def _compiled_in_memory(code: str) -> "NullTranslations":
    """The words straight from the translators' file: nobody sees English because a step was left out."""
    import gettext
    import io

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path("words", f"{code}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
