"""What to call the codes that a case holds: the lists of one casebook together."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from casebook.areas import Area
from casebook.lists import Dilemma, EntryRoute, Framework, Lists, PolicyField

if TYPE_CHECKING:
    from casebook.database import Database


@dataclass(frozen=True, slots=True)
class Names:
    """The lists that give codes their names; without a casebook those we start with."""

    areas: Lists[Area]
    policy_fields: Lists[PolicyField]
    entry_routes: Lists[EntryRoute]
    frameworks: Lists[Framework]
    dilemmas: Lists[Dilemma]


def starting_names() -> Names:
    """The names of a casebook in which nobody changed a list."""
    return Names(
        Lists(Area, ()), Lists(PolicyField, ()), Lists(EntryRoute, ()), Lists(Framework, ()), Lists(Dilemma, ())
    )


def names_of(db: "Database") -> Names:
    """The names as they stand in this casebook."""
    from casebook.present import the_list

    return Names(
        the_list(db, Area),
        the_list(db, PolicyField),
        the_list(db, EntryRoute),
        the_list(db, Framework),
        the_list(db, Dilemma),
    )
