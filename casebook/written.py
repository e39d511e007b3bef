"""Days and amounts as people write them, in the language that is spoken now."""

from datetime import date

from resources.language import current


def day(on: date) -> str:
    """*23 november 2026*."""
    return _formatted(on, "d MMMM y")


def short_day(on: date) -> str:
    """*23 nov 2026*, where there is little room."""
    return _formatted(on, "d MMM y").replace(".", "")


def month(on: date) -> str:
    """*nov 2026*."""
    return _formatted(on, "MMM y").replace(".", "")


def whole(number: int) -> str:
    """*1.500* in Dutch, *1,500* in English."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=current())


def euros(amount: int) -> str:
    """*€ 1.500*, with a space that never breaks."""
    return f"€\u00a0{whole(amount)}"


def _formatted(on: date, pattern: str) -> str:
    from babel.dates import format_date

    return format_date(on, pattern, locale=current())
