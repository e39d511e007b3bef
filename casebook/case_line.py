"""What the casebook's list, its filters and its index take from a case and its records; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from casebook.areas import Area
from casebook.case import CaseStatus
from casebook.direction import DirectionLabel, label_of, standing
from casebook.fields import Choice, Weight, facet_fields, text_fields
from casebook.lists import Lists
from casebook.record import Record, RecordId

if TYPE_CHECKING:
    from casebook.present import CaseFile


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as it stands in the list."""

    id: RecordId
    reference: str
    title: str
    summary: str
    status: CaseStatus
    direction: DirectionLabel | None
    areas: tuple[str, ...]
    asked_on: date | None
    changed: datetime
    sample: bool
    archived: bool
    circle: str = ""
    """The name of the circle that sees it; empty for one that stands in one's own space."""


def sort_key(text: str) -> str:
    """A text as it is sorted: without capitals and accents."""
    from casebook.dutch import fold

    return fold(text).strip()


def columns_of(file: "CaseFile", areas: Lists[Area]) -> dict[str, str]:
    """The columns that the list shows and sorts by."""
    case = file.case.record
    direction = label_of(standing(file.directions), file.conditions)
    names = sorted(areas.name(code) for code in case.areas)
    return {
        "title": case.title,
        "sort_title": sort_key(case.title),
        "reference": case.reference,
        "summary": case.summary,
        "status": case.status.value,
        "direction": direction.value if direction else "",
        "area": ", ".join(names),
        "asked_on": case.asked_on.isoformat() if case.asked_on else "",
    }


def facets_of(file: "CaseFile") -> set[tuple[str, str]]:
    """All one can filter a case on: declared facets of its records, its direction, its space, whether people differ."""
    found = {
        pair
        for each in (file.case, *file.entries)
        if each is file.case or not each.record.archived
        for pair in _declared(each.record)
    }
    direction = label_of(standing(file.directions), file.conditions)
    if direction:
        found.add(("direction", direction.value))
    found.add(("space", file.case.space))
    if any(each.differences for each in (file.case, *file.entries)):
        found.add(("differs", "yes"))
    found.add(("archived", "yes" if file.case.record.archived else "no"))
    return found


def texts_of(file: "CaseFile") -> tuple[str, str, str]:
    """The title, the summary, and all other words that were typed about a case."""
    texts: dict[Weight, list[str]] = {Weight.TITLE: [], Weight.SUMMARY: [], Weight.REST: []}
    for each in (file.case, *file.entries):
        if each is not file.case and each.record.archived:
            continue
        for info in text_fields(type(each.record)):
            text = getattr(each.record, info.name)
            if text:
                # Only the case's own title is the title of the case.
                weight = info.weight if each is file.case else Weight.REST
                texts[weight].append(text)
    return tuple("\n".join(part) for part in texts.values())  # type: ignore[return-value]  # three weights, three texts


def _declared(record: Record) -> Iterator[tuple[str, str]]:
    for info in facet_fields(type(record)):
        held = getattr(record, info.name)
        for each in held if isinstance(held, frozenset) else (held,):
            code = each.value if isinstance(each, Choice) else each
            if code:
                yield info.facet, str(code)
