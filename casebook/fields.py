"""How a field of a record is declared: one declaration that storing, merging, searching, forms and sharing read."""

import dataclasses
import typing
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, Self

from casebook.problem import Problem
from resources.language import _, mark


class Choice(Enum):
    """An enumeration whose codes are stable for ever and whose labels are shown to the reader."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member.label = label
        return member

    @property
    def text(self) -> str:
        """The label in the reader's language."""
        return _(self.label)


class Merge(Enum):
    """What becomes of a field that two people changed at the same time (`SYNC.md` 2.3)."""

    SCALAR = "scalar"
    SET = "set"
    TEXT = "text"


class Class(Choice):
    """What kind of statement a text is: the Open Government Act treats each differently (Woo, art. 5.2)."""

    FACT = "fact", mark("Fact")
    WEIGHING = "weighing", mark("Weighing")
    OPINION = "opinion", mark("Opinion")
    REFLECTION = "reflection", mark("Reflection")
    IDENTIFYING = "identifying", mark("Identifies a person")


class Weight(Enum):
    """Where a text stands in the search index."""

    TITLE = "title"
    SUMMARY = "summary"
    REST = "rest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What is known of one field of one kind of record."""

    name: str
    merge: Merge
    cls: Class
    label: str
    help: str
    weight: Weight
    facet: str
    type: Any
    most_sentences: int = 0
    """How many sentences it holds at most; 0 where that is no matter. It is told and never enforced."""

    @property
    def is_text(self) -> bool:
        """Whether the field holds words that a person typed."""
        return self.weight is not Weight.NONE


def _field(default: object, **info: object) -> Any:
    return dataclasses.field(default=default, metadata={"field": info})


def title(label: str, *, help: str = "") -> Any:  # noqa: A002 - the word the form uses
    """The one line by which people know the record."""
    return _field("", merge=Merge.SCALAR, cls=Class.FACT, label=label, help=help, weight=Weight.TITLE)


def line(cls: Class, label: str, *, help: str = "", weight: Weight = Weight.REST) -> Any:  # noqa: A002
    """One line of words: of two simultaneous changes the newest is shown."""
    return _field("", merge=Merge.SCALAR, cls=cls, label=label, help=help, weight=weight)


def prose(
    cls: Class,
    label: str,
    *,
    help: str = "",  # noqa: A002
    weight: Weight = Weight.REST,
    most_sentences: int = 0,
) -> Any:
    """Longer text in Markdown: two simultaneous changes are merged by sentence."""
    return _field("", merge=Merge.TEXT, cls=cls, label=label, help=help, weight=weight, most_sentences=most_sentences)


def value(label: str, default: object = None, *, facet: str = "", help: str = "") -> Any:  # noqa: A002
    """A date, number, yes or no, or a choice."""
    return _field(default, merge=Merge.SCALAR, cls=Class.FACT, label=label, help=help, weight=Weight.NONE, facet=facet)


def several(label: str, *, facet: str = "", help: str = "") -> Any:  # noqa: A002
    """A set of codes or ids, merged per element."""
    return _field(
        frozenset(),
        merge=Merge.SET,
        cls=Class.FACT,
        label=label,
        help=help,
        weight=Weight.NONE,
        facet=facet,
    )


def identifying(label: str, *, help: str = "") -> Any:  # noqa: A002
    """One line that points at a person: kept on this machine, never shared, printed or indexed."""
    return _field("", merge=Merge.SCALAR, cls=Class.IDENTIFYING, label=label, help=help, weight=Weight.NONE)


def fields_of(record_type: type) -> tuple[FieldInfo, ...]:
    """The declared fields of a kind of record, in the order of declaration, without its id."""
    return _declared(record_type)


@cache
def _declared(record_type: type) -> tuple[FieldInfo, ...]:
    types = typing.get_type_hints(record_type)
    return tuple(
        FieldInfo(
            name=each.name,
            type=types[each.name],
            **({"facet": ""} | each.metadata["field"]),
        )
        for each in dataclasses.fields(record_type)
        if "field" in each.metadata
    )


def text_fields(record_type: type) -> tuple[FieldInfo, ...]:
    """Those that hold words that a person typed."""
    return _of_text(record_type)


@cache
def _of_text(record_type: type) -> tuple[FieldInfo, ...]:
    return tuple(each for each in _declared(record_type) if each.is_text)


def facet_fields(record_type: type) -> tuple[FieldInfo, ...]:
    """Those that cases are filtered on."""
    return _to_filter(record_type)


@cache
def _to_filter(record_type: type) -> tuple[FieldInfo, ...]:
    return tuple(each for each in _declared(record_type) if each.facet)


def fields_by_name(record_type: type) -> dict[str, FieldInfo]:
    """The same, to look one up."""
    return _by_name(record_type)


@cache
def _by_name(record_type: type) -> dict[str, FieldInfo]:
    return {each.name: each for each in fields_of(record_type)}


def field_type(info: FieldInfo) -> Any:
    """The Python type of a field without its "or nothing": `date | None` gives `date`."""
    options = [each for each in typing.get_args(info.type) if each is not type(None)]
    if options and typing.get_origin(info.type) is not frozenset:
        return options[0]
    return info.type


def element_type(info: FieldInfo) -> Any:
    """The same, and of a set the type of what is in it."""
    of = typing.get_args(info.type)
    return of[0] if typing.get_origin(info.type) is frozenset and of else field_type(info)


def required(text: str, sentence: str) -> None:
    """Refuse a step that needs *text* to be filled in, saying which one in *sentence*."""
    if not text.strip():
        raise Problem(sentence)


def in_period(day: date, since: date | None, until: date | None) -> bool:
    """Whether *day* lies between two dates, either of which may be open."""
    return (since is None or since <= day) and (until is None or day <= until)
