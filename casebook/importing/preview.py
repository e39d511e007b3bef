"""What an import would bring in, in the words of the screen."""

from collections.abc import Mapping as Pairs
from dataclasses import dataclass
from datetime import date
from typing import Any

from casebook.areas import Area
from casebook.case import Case
from casebook.database import Database
from casebook.direction import Direction
from casebook.fields import Choice, field_type, fields_by_name
from casebook.importing.mapping import Mapping, Subject
from casebook.importing.plan import Plan, Step
from casebook.importing.row import LISTS
from casebook.lists import Listed, Lists
from casebook.present import the_list
from casebook.written import short_day


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as it will stand in the casebook: a text for each title."""

    row: int
    step: Step
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows that come in, under the titles of what is brought in."""

    titles: tuple[str, ...]
    rows: tuple[Shown, ...]


def preview(db: Database, planned: Plan, mapping: Mapping, subject: Subject) -> Preview:
    """The first ten rows of *planned*, each as it was understood."""
    targets = [each for each in subject.synonyms if each in mapping.targets]
    lists: dict[str, Lists[Any]] = {name: the_list(db, kind) for name, kind in LISTS.items()}
    rows = tuple(
        Shown(each.row, each.step, tuple(_text(target, each.says, lists) for target in targets))
        for each in planned.preview()
    )
    return Preview(tuple(subject.label(each) for each in targets), rows)


def _text(target: str, says: Pairs[str, Any], lists: Pairs[str, Lists[Listed]]) -> str:
    plain = says.get(target)
    if plain is None or plain == "":
        return ""
    if target in lists:
        return ", ".join(lists[target].name(code) for code in (plain if isinstance(plain, list) else [plain]))
    kind = _type_of(target)
    if isinstance(kind, type) and issubclass(kind, Choice):
        return kind(plain).text
    return short_day(date.fromisoformat(plain)) if kind is date else str(plain)


def _type_of(target: str) -> Any:
    for kind in (Case, Direction, Area):
        known = fields_by_name(kind)
        if target in known:
            return field_type(known[target])
    return str
