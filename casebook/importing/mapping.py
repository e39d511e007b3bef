"""Which column of a list holds what: guessed from names and contents, corrected by the reader."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Pairs
from dataclasses import dataclass

from casebook.case import Case
from casebook.direction import Direction, DirectionValue
from casebook.dutch import fold
from casebook.fields import fields_by_name
from casebook.importing.sheets import Sheet, column_of
from casebook.importing.values import as_date, choices
from casebook.problem import Problem
from resources.language import _

_OF_CASES = {
    "title": "titel|naam|initiatief|naam initiatief|onderwerp|project|casus|name|subject",
    "reference": "nr|nummer|referentie|kenmerk|id|casusnummer|volgnummer|ref|number",
    "summary": "samenvatting|omschrijving|beschrijving|toelichting|korte omschrijving|description",
    "request": "vraag|verzoek|wat is de vraag|vraag aan de gemeente|hulpvraag|question",
    "goal": "doel|doelstelling",
    "entry_route": "route|ingang|instroom|binnengekomen via|loket",
    "areas": "gebied|gebieden|wijk|buurt|stadsdeel|dorp|area|neighbourhood|district",
    "asked_on": "datum|datum aanvraag|aangevraagd op|ingediend op|datum binnenkomst|ontvangen|ontvangen op|date|asked",
    "initiator_kind": "initiatiefnemer|soort initiatiefnemer|type initiatiefnemer|initiator",
    "initiator_name": "naam initiatiefnemer|aanvrager|indiener|naam aanvrager|applicant",
    "policy_fields": "beleidsveld|beleidsvelden|beleidsterrein|beleidsdomein|thema|domein|theme",
    "status": "stand|fase|voortgang|phase",
    "contact_person": "contactpersoon|contact gemeente|behandelaar|trekker|accounthouder",
    "scale": "schaal|omvang|size",
    "duration": "duur|looptijd",
    "file_number": "zaaknummer|dossiernummer|zaaknr|zaak",
    "outcome": "resultaat|uitkomst|afloop|result",
    "learned": "geleerd|lessen|lessons",
    "direction": "richting|besluit|advies|oordeel|decision",
    "motivation": "motivering|motivatie|reden|onderbouwing|waarom|reasons",
}
_LOOKED_AT = 200
_ENOUGH = 0.8


@dataclass(frozen=True, slots=True)
class Subject:
    """What a list can be of: its targets in the order in which they are offered, with what lists call them."""

    synonyms: Pairs[str, str]
    needed: tuple[str, ...]
    label: Callable[[str], str]
    by_contents: Callable[[list[str]], str] = lambda _filled: ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """For each column its target, "" where it is not used; `keep_rest` adds unused columns to the summary."""

    targets: tuple[str, ...]
    keep_rest: bool = False

    def require(self, subject: Subject) -> None:
        """Raises a `Problem` when a column is missing that no list of this subject can do without."""
        missing = [subject.label(each) for each in subject.needed if each not in self.targets]
        if missing:
            raise Problem(
                _("Choose the column that holds {field} first. Nothing was changed.").format(field=", ".join(missing))
            )


def guess(sheet: Sheet, subject: Subject) -> Mapping:
    """The likely mapping: by the name of a column first, else by what stands in it; each target once."""
    known = _names(subject)
    found = [known.get(fold(name).strip(" :*?"), "") for name in sheet.header]
    taken: set[str] = set()
    for n, target in enumerate(found):
        found[n] = "" if target in taken else target
        taken.add(target)
    for n, target in enumerate(found):
        likely = "" if target else _likely(subject, (row[n] for row in sheet.rows[:_LOOKED_AT]))
        if likely and likely not in taken:
            found[n] = likely
            taken.add(likely)
    return Mapping(tuple(found))


def corrected(sheet: Sheet, mapping: Mapping, chosen: Pairs[str, str], subject: Subject) -> Mapping:
    """*mapping* with target -> name of a column laid over it; raises a `Problem` for one that is not there."""
    for target, name in chosen.items():
        column = column_of(sheet.header, name)
        if target not in subject.synonyms:
            raise Problem(
                _("{target} cannot be brought in. Choose from: {targets}.").format(
                    target=target, targets=", ".join(subject.synonyms)
                )
            )
        if column is None:
            raise Problem(
                _("There is no column {name}. Nothing was changed. The columns are: {columns}.").format(
                    name=name, columns=", ".join(sheet.header)
                )
            )
        mapping = moved(mapping, column, target)
    return mapping


def moved(mapping: Mapping, column: int, target: str) -> Mapping:
    """*mapping* with *target* in this column, and in no other."""
    targets = ["" if each == target else each for each in mapping.targets]
    targets[column] = target
    return Mapping(tuple(targets), mapping.keep_rest)


def _names(subject: Subject) -> dict[str, str]:
    found: dict[str, str] = {}
    for target, synonyms in subject.synonyms.items():
        for name in (target, target.replace("_", " "), subject.label(target), *synonyms.split("|")):
            found.setdefault(fold(name), target)
    return found


def _likely(subject: Subject, cells: Iterable[str]) -> str:
    filled = [each for each in cells if each]
    return subject.by_contents(filled) if filled else ""


def _label_of_case(target: str) -> str:
    kind = Direction if target in ("direction", "motivation") else Case
    return _(fields_by_name(kind)[target].label)


def _case_by_contents(filled: list[str]) -> str:
    if sum(as_date(each) is not None and not each.isdecimal() for each in filled) >= _ENOUGH * len(filled):
        return "asked_on"
    directions = choices(DirectionValue)
    # A column of only yes and no can be about anything.
    plain = {fold(each) for each in filled} - {"ja", "nee", "yes", "no"}
    if plain and sum(fold(each) in directions for each in filled) >= _ENOUGH * len(filled):
        return "direction"
    return ""


CASES = Subject(_OF_CASES, ("title",), _label_of_case, _case_by_contents)
"""A list of cases, with the direction of each."""
