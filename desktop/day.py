"""Days as people type them, in Dutch or English, and as they are shown."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from resources.language import current


def read_day(typed: str, today: date) -> date | None:
    """The day that was meant; None when it is not clear.

    A day without a year is the one nearest to *today*; a weekday alone is the first one from tomorrow on.
    """
    text = _plain(typed)
    try:
        return next((day for read in _READERS if (day := read(text, today))), None)
    except (ValueError, OverflowError):
        return None


def shown_day(day: date | None) -> str:
    """A day in words, *23 november 2026*; nothing for no day."""
    return f"{day.day} {_MONTHS[current()].split()[day.month - 1]} {day.year}" if day else ""


def shown_with_weekday(day: date) -> str:
    """A day with the day of the week, *maandag 23 november 2026*."""
    return f"{_WEEKDAYS[current()].split()[day.weekday()]} {shown_day(day)}"


_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTH = {
    short: number
    for names in _MONTHS.values()
    for number, name in enumerate(names.split(), 1)
    for short in (name.casefold(), name.casefold()[:3])
} | {"mrt": 3, "sept": 9}
_WEEKDAY = {
    short: number
    for language, names in _WEEKDAYS.items()
    for number, name in enumerate(names.split())
    for short in (name.casefold(), name.casefold()[: 2 if language == "nl" else 3])
} | {"tues": 1, "thurs": 3}
_NAMED_DAYS = {
    **dict.fromkeys(("vandaag", "nu", "today", "now"), 0),
    **dict.fromkeys(("gisteren", "gister", "yesterday"), -1),
    **dict.fromkeys(("eergisteren", "the day before yesterday"), -2),
    **dict.fromkeys(("morgen", "tomorrow"), 1),
    **dict.fromkeys(("overmorgen", "the day after tomorrow"), 2),
}
_WHICH = {
    **dict.fromkeys(("volgende", "komende", "aanstaande", "next", "coming"), 1),
    **dict.fromkeys(("deze", "this"), 0),
    **dict.fromkeys(("vorige", "afgelopen", "laatste", "last", "previous"), -1),
}
_COUNTS = {
    word: number
    for words in (
        "een twee drie vier vijf zes zeven acht negen tien",
        "one two three four five six seven eight nine ten",
    )
    for number, word in enumerate(words.split(), 1)
} | {"a": 1, "an": 1}
_UNITS = {
    **dict.fromkeys(("dag", "dagen", "day", "days"), "day"),
    **dict.fromkeys(("week", "weken", "weeks"), "week"),
    **dict.fromkeys(("maand", "maanden", "month", "months"), "month"),
    **dict.fromkeys(("jaar", "jaren", "year", "years"), "year"),
}
_COUNT = r"(\d{1,4}|[a-z]+)"


def _plain(typed: str) -> str:
    """Small letters without accents, commas, points after a word, or the day of the week before a date."""
    text = typed.casefold().replace("é", "e").replace(",", " ")
    text = " ".join(re.sub(r"(?<=[a-z])\.", " ", text).split())
    return re.sub(r"^([a-z]+) (?=\d)", lambda found: "" if found[1] in _WEEKDAY else found[0], text)


def _iso(text: str, _today: date) -> date | None:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def _in_numbers(text: str, today: date) -> date | None:
    found = re.fullmatch(r"(\d{1,2}) ?[-/. ] ?(\d{1,2})(?: ?[-/. ] ?(\d{4}|\d{2}))?[.]?", text)
    return _of(int(found[1]), int(found[2]), found[3], today) if found else None


def _in_words(text: str, today: date) -> date | None:
    if found := re.fullmatch(r"(\d{1,2})(?:e|ste|de|st|nd|rd|th)?[- ]?(?:of )?([a-z]+)[- ]?(\d{4})?", text):
        day, month, year = found[1], found[2], found[3]
    elif found := re.fullmatch(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", text):
        day, month, year = found[2], found[1], found[3]
    else:
        return None
    return _of(int(day), _MONTH[month], year, today) if month in _MONTH else None


def _named(text: str, today: date) -> date | None:
    return today + timedelta(days=_NAMED_DAYS[text]) if text in _NAMED_DAYS else None


def _away(text: str, today: date) -> date | None:
    """*Over 6 weken*, *in two months*, *3 dagen geleden*, *a week ago*."""
    if found := re.fullmatch(rf"(?:over|in) {_COUNT} ([a-z]+)", text):
        sign = 1
    elif found := re.fullmatch(rf"{_COUNT} ([a-z]+) (?:geleden|terug|ago)", text):
        sign = -1
    else:
        return None
    count = int(found[1]) if found[1].isdecimal() else _COUNTS.get(found[1])
    unit = _UNITS.get(found[2])
    return _moved(today, sign * count, unit) if count is not None and unit else None


def _which(text: str, today: date) -> date | None:
    """*Volgende week maandag*, *monday next week*, *vorige vrijdag*, *volgende maand*, *maandag*."""
    words = text.split()
    if len(words) == 3 and words[0] in _WEEKDAY:
        words = [*words[1:], words[0]]
    match words:
        case [weekday] if weekday in _WEEKDAY:
            return _weekday_after(today, _WEEKDAY[weekday])
        case [which, weekday] if which in _WHICH and weekday in _WEEKDAY:
            return _which_weekday(today, _WHICH[which], _WEEKDAY[weekday])
        case [which, unit] if which in _WHICH and unit in _UNITS:
            return _moved(today, _WHICH[which], _UNITS[unit])
        case [which, unit, weekday] if which in _WHICH and _UNITS.get(unit) == "week" and weekday in _WEEKDAY:
            monday = today - timedelta(days=today.weekday())
            return monday + timedelta(weeks=_WHICH[which], days=_WEEKDAY[weekday])
    return None


def _weekday_after(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _which_weekday(today: date, which: int, weekday: int) -> date:
    if which == 0:
        return today + timedelta(days=weekday - today.weekday())
    following = _weekday_after(today, weekday)
    if which > 0:
        return following
    return following - timedelta(weeks=1 if following - timedelta(weeks=1) < today else 2)


def _moved(day: date, count: int, unit: str) -> date:
    """*count* days, weeks, months or years on; in a month that is too short, its last day."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _of(day: int, month: int, year: str | None, today: date) -> date:
    """The date; a year of two digits is one of this century, and without one the nearest counts."""
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    possible = []
    for each in range(today.year - 4, today.year + 5):
        # 29 February is not in every year.
        if 1 <= day <= monthrange(each, month)[1]:
            possible.append(date(each, month, day))
    return min(possible, key=lambda on: abs(on - today))


_READERS: tuple[Callable[[str, date], date | None], ...] = (_iso, _in_numbers, _in_words, _named, _away, _which)
