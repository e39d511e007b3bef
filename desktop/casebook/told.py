"""A plain value in the words of the reader."""

from datetime import date
from typing import Any

from casebook.fields import Choice, FieldInfo, element_type
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
    kind = element_type(info)
    if kind is date:
        try:
            return shown_day(date.fromisoformat(value))
        except ValueError:
            return str(value)
    is_choice = isinstance(kind, type) and issubclass(kind, Choice)
    names = {each.value: each.text for each in kind} if is_choice else dict(options.get(info.name, ()))
    held = value if isinstance(value, list) else [value]
    return ", ".join(names.get(each, str(each)) for each in held)
