"""A plain value in the words of the reader."""

from datetime import date
from typing import Any

from casebook.fields import Choice, FieldInfo, field_type
from desktop.casebook.editors import Options
from desktop.day import shown_day
from resources.language import _


def told(info: FieldInfo | None, value: Any, options: Options) -> str:
    """What to say for *value*; a dash where nothing was filled in."""
    if value in (None, "", []):
        return "–"
    if info is None:
        return str(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    kind = field_type(info)
    try:
        if isinstance(kind, type) and issubclass(kind, Choice):
            return kind(value).text
        if kind is date:
            return shown_day(date.fromisoformat(value))
    except ValueError:
        return str(value)
    names = dict(options.get(info.name, ()))
    held = value if isinstance(value, list) else [value]
    return ", ".join(names.get(each, str(each)) for each in held)
