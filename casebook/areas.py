"""Areas of the municipality, and how they are brought in from a list."""

from dataclasses import dataclass
from datetime import date

from casebook.fields import Choice, value
from casebook.lists import Listed
from resources.language import mark


class AreaKind(Choice):
    """How large an area is."""

    BOROUGH = "borough", mark("Borough")
    AREA = "area", mark("Area")
    DISTRICT = "district", mark("District")
    NEIGHBOURHOOD = "neighbourhood", mark("Neighbourhood")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Listed, kind="area"):
    """A part of the municipality with its inhabitants in a given year."""

    area_kind: AreaKind | None = value(mark("Kind"))
    parent_code: str = value(mark("Part of"), default="")
    inhabitants: int | None = value(mark("Inhabitants"))
    counted_in: int | None = value(mark("Year of the count"))
    valid_from: date | None = value(mark("Valid from"))
    valid_until: date | None = value(mark("Valid until"))
    cbs_code: str = value(mark("CBS code"), default="")
