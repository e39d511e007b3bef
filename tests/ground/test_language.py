"""The words: Dutch by default, English on request, also without a compiled file."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from resources import language, path
from resources.language import _, mark, plural


def test_dutch_is_spoken_by_default() -> None:
    assert language.current() == "nl"
    assert _("Fact") == "Feit"


def test_english_is_spoken_on_request() -> None:
    language.use("en")
    assert _("Fact") == "Fact"


def test_a_text_without_translation_stays_itself() -> None:
    assert _("Nobody ever translated this") == "Nobody ever translated this"
    assert _("") == ""


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="tlh"):
        language.use("tlh")


def test_a_plural_form_follows_the_number_and_fills_in_the_rest() -> None:
    language.use("en")
    assert plural("{n} case of {name}", "{n} cases of {name}", 1, name="Zoë") == "1 case of Zoë"
    assert plural("{n} case of {name}", "{n} cases of {name}", 0, name="Zoë") == "0 cases of Zoë"


def test_a_marked_constant_stays_in_its_source_language() -> None:
    assert mark("Fact") == "Fact"


def test_dutch_is_spoken_without_a_compiled_file() -> None:
    assert language._compiled_in_memory("nl").gettext("Fact") == "Feit"


def test_every_thread_speaks_the_chosen_language() -> None:
    language._words.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(_, ["Fact"] * 200)) == {"Feit"}


def test_importing_the_words_imports_nothing_heavy() -> None:
    loaded = "import sys, resources.language; print(*{'gettext', 'babel'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == ""


def test_shipped_files_are_found_beside_the_code() -> None:
    assert path("words", "nl.po").is_file()
