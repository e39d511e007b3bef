"""What one can filter the casebook on, and the values there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casebook.areas import Area
from casebook.case import CaseStatus
from casebook.case_query import Query, facet_counts
from casebook.database import Database
from casebook.direction import DirectionLabel
from casebook.fields import Choice
from casebook.lists import Dilemma, Lists, PolicyField
from casebook.people import Circle
from casebook.present import every, the_list
from resources.language import _, mark


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: its name in the casebook, its title (a msgid), and its values as code and label."""

    name: str
    title: str
    values: tuple[tuple[str, str], ...]


def facets(db: Database) -> list[Facet]:
    """The filters that can narrow the list now; a filter without values is left out."""
    with db.read() as connection:
        counts = facet_counts(connection, Query(), [name for name, _title in _TITLES])
    lists: dict[str, Lists[Any]] = {
        "dilemma": the_list(db, Dilemma),
        "area": the_list(db, Area),
        "policy_field": the_list(db, PolicyField),
    }
    found = []
    for name, title in _TITLES:
        held = counts.get(name, {})
        names = lists.get(name)
        if name == "space":
            labels = _spaces(db, held) if set(held) - {db.personal} else {}
        else:
            labels = {code: names.name(code) if names else _label(name, code) for code in held}
        named = sorted(labels.items(), key=lambda each: each[1].casefold())
        values = tuple((code, f"{label}  ({held[code]})") for code, label in named)
        if values:
            found.append(Facet(name, title, values))
    return found


_TITLES = (
    ("dilemma", mark("Dilemma")),
    ("direction", mark("Direction")),
    ("area", mark("Area")),
    ("policy_field", mark("Policy field")),
    ("status", mark("Status")),
    ("space", mark("Who sees it")),
    ("differs", mark("Differences")),
)
_CHOICES: dict[str, type[Choice]] = {"direction": DirectionLabel, "status": CaseStatus}


def _spaces(db: Database, held: Iterable[str]) -> dict[str, str]:
    """The names of spaces; what stands in one's own is seen by oneself alone."""
    named = {each.space: each.record.name for each in every(db, Circle)}
    return {each: _("Only you") if each == db.personal else named.get(each) or _("Circle") for each in held}


def _label(name: str, code: str) -> str:
    if name == "differs":
        return _("A choice is needed")
    try:
        return _CHOICES[name](code).text
    except ValueError:
        return code
