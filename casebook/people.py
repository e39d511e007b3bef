"""Who somebody is in a space, in words: records like any other, for names never stand in a certificate."""

from dataclasses import dataclass

from casebook.fields import Class, Weight, line, prose, title, value
from casebook.record import Record
from resources.language import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle(Record, kind="circle"):
    """A learning group, or a region: what its members see of it."""

    name: str = title(mark("Name"))
    ground_rules: str = prose(Class.FACT, mark("Ground rules"))
    promise: str = prose(Class.FACT, mark("Who sees what, and what for"))
    smallest_spread: int = value(mark("Show spread from how many people"), default=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Record, kind="member"):
    """One member, by the name that this person chose to show. No function title, no photo, no statistics."""

    member: str = line(Class.FACT, mark("Member"), weight=Weight.NONE)
    name: str = line(Class.FACT, mark("Name to show"), weight=Weight.NONE)
    organisation: str = line(Class.FACT, mark("Municipality"), weight=Weight.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine(Record, kind="machine"):
    """One device of a member, by the name its owner knows it by."""

    device: str = line(Class.FACT, mark("Device"), weight=Weight.NONE)
    label: str = line(Class.FACT, mark("Name of the device"), weight=Weight.NONE)
