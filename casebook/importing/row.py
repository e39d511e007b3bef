"""One row of a list as the fields of a case and its direction; what is not understood is kept as text."""

from dataclasses import dataclass
from typing import Any

from casebook.areas import Area
from casebook.case import Case
from casebook.database import Database
from casebook.direction import DirectionValue
from casebook.dutch import fold
from casebook.fields import Choice, Merge, field_type, fields_by_name
from casebook.importing.mapping import Mapping
from casebook.importing.sheets import Sheet
from casebook.importing.values import as_date, choices, entries, resolved
from casebook.lists import EntryRoute, PolicyField
from casebook.present import the_list

LISTS = {"areas": Area, "policy_fields": PolicyField, "entry_route": EntryRoute}
_CHOICES = ("status", "initiator_kind", "scale", "duration")


@dataclass(frozen=True, slots=True)
class Read:
    """Plain values of what a row says; only what is filled in."""

    case: dict[str, Any]
    direction: str
    motivation: str
    left: tuple[str, ...]

    def says(self) -> dict[str, Any]:
        """Everything that was understood, the direction with it."""
        given = {"direction": self.direction, "motivation": self.motivation}
        return self.case | {name: each for name, each in given.items() if each}

    def over(self, held: dict[str, Any]) -> dict[str, Any]:
        """The fields with what was not understood under the summary, which keeps what people wrote there."""
        summary = str(self.case.get("summary") or held.get("summary") or "")
        missing = [each for each in self.left if each not in summary.split("\n\n")]
        return self.case | ({"summary": "\n\n".join(filter(None, (summary, *missing)))} if missing else {})


class Reader:
    """Reads rows with the lists of one casebook beside it."""

    def __init__(self, db: Database, sheet: Sheet, mapping: Mapping) -> None:
        self._columns = list(zip(sheet.header, mapping.targets, strict=True))
        self._keep_rest = mapping.keep_rest
        self._lists = {name: entries(the_list(db, kind).in_use()) for name, kind in LISTS.items()}
        fields = fields_by_name(Case)
        self._choices: dict[str, dict[str, Choice]] = {name: choices(field_type(fields[name])) for name in _CHOICES}
        self._directions = choices(DirectionValue)

    def read(self, row: tuple[str, ...]) -> Read:
        """What *row* says; values that nobody here knows are left as "Column: value"."""
        case: dict[str, Any] = {}
        left: list[str] = []
        direction = motivation = ""
        for (name, target), cell in zip(self._columns, row, strict=True):
            rest = ""
            if not cell:
                continue
            if target == "direction":
                chosen = self._directions.get(fold(cell))
                direction = chosen.value if chosen else ""
                # "Yes, if" says more than yes: the words themselves stay.
                rest = cell if chosen is None or fold(cell) in _UNDER_CONDITIONS else ""
            elif target == "motivation":
                motivation = cell
            elif target:
                rest = self._value(case, target, cell)
            elif self._keep_rest:
                rest = cell
            if rest:
                left.append(f"{name}: {rest}")
        if motivation and not direction:
            left.append(motivation)
            motivation = ""
        return Read(case, direction, motivation, tuple(left))

    def _value(self, case: dict[str, Any], target: str, cell: str) -> str:
        """Put what *cell* says in *case*; returns what could not be placed."""
        if target == "asked_on":
            day = as_date(cell)
            if day is None:
                return cell
            case[target] = day.isoformat()
        elif target in self._choices:
            chosen = self._choices[target].get(fold(cell))
            if chosen is None:
                return cell
            case[target] = chosen.value
        elif target in self._lists:
            return self._listed(case, target, cell)
        else:
            is_long = fields_by_name(Case)[target].merge is Merge.TEXT
            case[target] = cell if is_long else " ".join(cell.split())
        return ""

    def _listed(self, case: dict[str, Any], target: str, cell: str) -> str:
        codes, unknown = resolved(cell, self._lists[target])
        if target == "entry_route":
            if len(codes) != 1 or unknown:
                return cell
            case[target] = codes[0]
        elif codes:
            case[target] = codes
        return ", ".join(unknown)


_UNDER_CONDITIONS = {"ja, mits", "positief onder voorwaarden"}
