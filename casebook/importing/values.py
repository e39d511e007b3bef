"""What a text in a spreadsheet means: a date, a choice, one of a list."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from casebook.case import CaseStatus, Duration, InitiatorKind, Scale
from casebook.direction import DirectionValue
from casebook.dutch import fold
from casebook.fields import Choice
from casebook.lists import Listed

C = TypeVar("C", bound=Choice)
L = TypeVar("L", bound=Listed)

_MONTHS = {
    name: n
    for n, names in enumerate(
        ("jan", "feb", "mrt maa mar", "apr", "mei may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"), start=1
    )
    for name in names.split()
}
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]{3,9})\.?[-/. ](\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t].*)?")
_SERIAL = re.compile(r"[34]\d{4}")
_EXCEL_ZERO = date(1899, 12, 30)
_BETWEEN = re.compile(r"\s*[;,/|\n]\s*")

_ALSO: dict[Choice, str] = {
    DirectionValue.POSITIVE: "positief|ja|akkoord|yes|ja, mits|positief onder voorwaarden",
    DirectionValue.NEGATIVE: "negatief|nee|niet akkoord|no",
    DirectionValue.ON_HOLD: "aangehouden|in beraad|hold",
    CaseStatus.DRAFT: "concept|nieuw|new",
    CaseStatus.SUBMITTED: "ingediend|aangemeld",
    CaseStatus.IN_DISCUSSION: "in bespreking|besproken",
    CaseStatus.IN_PROGRESS: "in uitvoering|loopt|lopend",
    CaseStatus.COMPLETED: "afgerond|klaar|gereed|done",
    CaseStatus.STOPPED: "gestopt",
    CaseStatus.CLOSED: "gesloten|afgesloten",
    CaseStatus.WITHDRAWN: "ingetrokken|withdrawn",
    InitiatorKind.RESIDENT: "bewoner|bewoners|inwoner|resident|residents",
    InitiatorKind.RESIDENTS_GROUP: "bewonersgroep|groep bewoners",
    InitiatorKind.NEIGHBOURHOOD_COUNCIL: "wijkraad|buurtraad|dorpsraad",
    InitiatorKind.ASSOCIATION: "vereniging|stichting|association|foundation",
    InitiatorKind.COOPERATIVE: "coöperatie",
    InitiatorKind.ENTREPRENEUR: "ondernemer|bedrijf",
    InitiatorKind.SOCIAL_ENTREPRENEUR: "sociaal ondernemer|sociale onderneming",
    InitiatorKind.INSTITUTION: "instelling|organisatie",
    InitiatorKind.OTHER: "anders|overig",
    Scale.SMALL: "klein",
    Scale.MEDIUM: "middel|middelgroot",
    Scale.LARGE: "groot",
    Duration.ONCE: "eenmalig",
    Duration.TEMPORARY: "tijdelijk",
    Duration.LASTING: "blijvend|structureel|permanent",
}
"""What lists say beside our own labels."""


def as_date(text: str) -> date | None:
    """A date as people and spreadsheets write it, the day before the month; None when it is none."""
    text = fold(text).strip()
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[3], found[2], found[1])
    if _SERIAL.fullmatch(text):
        return _EXCEL_ZERO + timedelta(days=int(text))
    return None


def choices(kind: type[C]) -> dict[str, C]:
    """The members of an enumeration by everything they are called."""
    found: dict[str, C] = {}
    for each in kind:
        for name in (str(each.value), each.label, each.text, *_ALSO.get(each, "").split("|")):
            if name:
                found.setdefault(fold(name).strip(), each)
    return found


def entries(listed: Iterable[L]) -> dict[str, str]:
    """The codes of a list by code and by name."""
    found: dict[str, str] = {}
    for each in listed:
        for name in (each.code, each.name, each.text):
            if name:
                found.setdefault(fold(name).strip(), each.code)
    return found


def resolved(text: str, known: dict[str, str]) -> tuple[list[str], list[str]]:
    """The codes that a cell with one or several values names, and the values that nobody here knows."""
    whole = known.get(fold(text).strip())
    if whole:
        return [whole], []
    parts = [each for each in _BETWEEN.split(text.strip()) if each]
    codes = {known[fold(each)] for each in parts if fold(each) in known}
    return sorted(codes), [each for each in parts if fold(each) not in known]


def _day(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3], 0)
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None
