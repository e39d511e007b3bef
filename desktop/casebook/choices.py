"""What the forms of a case let one choose from."""

from dataclasses import dataclass
from typing import Any

from casebook.areas import Area
from casebook.database import Database
from casebook.lists import Dilemma, EntryRoute, Framework, Lists, PolicyField
from casebook.present import the_list


@dataclass(frozen=True, slots=True)
class Choices:
    """The lists of this casebook."""

    dilemmas: Lists[Dilemma]
    policy_fields: Lists[PolicyField]
    entry_routes: Lists[EntryRoute]
    frameworks: Lists[Framework]
    areas: Lists[Area]

    def options(self) -> dict[str, list[tuple[str, str]]]:
        """For each field that holds codes of a list: the codes with their names."""
        named: dict[str, Lists[Any]] = {
            "dilemma": self.dilemmas,
            "policy_field": self.policy_fields,
            "policy_fields": self.policy_fields,
            "entry_route": self.entry_routes,
            "frameworks": self.frameworks,
            "areas": self.areas,
        }
        return {name: [(each.code, each.text) for each in held.in_use()] for name, held in named.items()}


def choices_in(db: Database) -> Choices:
    """The lists as they stand."""
    return Choices(
        the_list(db, Dilemma),
        the_list(db, PolicyField),
        the_list(db, EntryRoute),
        the_list(db, Framework),
        the_list(db, Area),
    )
