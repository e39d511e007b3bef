"""What the forms of a case let one choose from."""

from dataclasses import dataclass
from typing import Any

from casebook.database import Database
from casebook.lists import Lists
from casebook.names import Names, names_of


@dataclass(frozen=True, slots=True)
class Choices(Names):
    """The lists of this casebook, as choices."""

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
    names = names_of(db)
    return Choices(names.areas, names.policy_fields, names.entry_routes, names.frameworks, names.dilemmas)
