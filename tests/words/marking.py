"""A language that marks every word it translates, and records in which every typed word is marked: the rest escaped."""

import dataclasses
import re
from collections.abc import Iterable
from gettext import NullTranslations
from typing import TypeVar

import pytest

from casebook.case import Case
from casebook.fields import Weight, fields_of
from casebook.record import KINDS, Record, from_plain, new_id
from resources import language
from tests.words.escapes import has_letters

R = TypeVar("R", bound=Record)

MARKED = re.compile(r"⟦[^⟦⟧]*⟧|«[^«»]*»")
"""Translated words, and words that somebody typed."""

SAME_EVERYWHERE = re.compile(r"Casusboek|casusboek|PDF|\d [kMG]?B|\d+ [a-z]+\.? \d{4}|qt_\w+|\*\.\w+")


class _Marking(NullTranslations):
    """Every translated text stands between brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def speak_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak the marking language until the test ends."""
    marking = _Marking()
    monkeypatch.setattr(language, "_words", lambda _code: marking)


def case_with_everything() -> tuple[Case, list[Record]]:
    """A case in which everything is typed, and one of each thing that can belong to it."""
    case = _filled_in(Case)
    with_case = (kind for kind in KINDS.values() if any(each.name == "case_id" for each in dataclasses.fields(kind)))
    return case, [_filled_in(kind, case_id=case.id) for kind in with_case]


def escaped_among(texts: Iterable[str]) -> set[str]:
    """Those texts in which words stand that were neither translated nor typed."""
    return {text for text in texts if has_letters(_without_marked(text))}


def _filled_in(kind: type[R], **others: str) -> R:
    typed = {each.name: f"«{each.name}»" for each in fields_of(kind) if each.weight is not Weight.NONE}
    return from_plain(kind, new_id(), typed | others)


def _without_marked(text: str) -> str:
    text = SAME_EVERYWHERE.sub("", text)
    while MARKED.search(text):
        text = MARKED.sub("", text)
    return text
