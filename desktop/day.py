"""Dates as people type them, and as they are shown."""

import re
from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale

from resources.language import current

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "januari jan january",
            "februari feb february",
            "maart mrt mar march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "augustus aug august",
            "september sep sept",
            "oktober okt oct october",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_RELATIVE = {"vandaag": 0, "today": 0, "gisteren": -1, "yesterday": -1, "morgen": 1, "tomorrow": 1}
_UNITS = {"dag": 1, "dagen": 1, "day": 1, "days": 1, "week": 7, "weken": 7, "weeks": 7}
_NUMBERS = re.compile(r"(\d{1,2})[-/. ](\d{1,2})(?:[-/. ](\d{4}))?")
_NAMED = re.compile(r"(\d{1,2}) ([a-z]+)\.?(?: (\d{4}))?")
_AHEAD = re.compile(r"(?:over|in) (\d{1,3}) ([a-z]+)")


def read_day(typed: str, today: date) -> date | None:
    """The day that was meant; None when it is not clear."""
    text = " ".join(typed.casefold().split())
    if text in _RELATIVE:
        return today + timedelta(days=_RELATIVE[text])
    if (ahead := _AHEAD.fullmatch(text)) and ahead[2] in _UNITS:
        return today + timedelta(days=int(ahead[1]) * _UNITS[ahead[2]])
    try:
        if found := _NUMBERS.fullmatch(text):
            return date(int(found[3] or today.year), int(found[2]), int(found[1]))
        if (found := _NAMED.fullmatch(text)) and found[2] in _MONTHS:
            return date(int(found[3] or today.year), _MONTHS[found[2]], int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None


def shown_day(day: date | None) -> str:
    """A day in words, *23 november 2026*; nothing for no day."""
    if day is None:
        return ""
    return QLocale(current()).toString(QDate(day.year, day.month, day.day), "d MMMM yyyy")
