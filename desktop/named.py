"""What a command names: a case, a circle, a member. Never guessed: what could be two is asked again."""

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from casebook.problem import Problem
from resources.language import _, mark, plural

if TYPE_CHECKING:
    from casebook.case_query import Called
    from casebook.database import Database
    from sync.circles import CircleLine, Person

Option = tuple[str, dict[str, Any]]
"""What `add_argument` takes, with its help as a msgid."""

CASE: tuple[Option, ...] = (
    ("reference", {"help": mark("the reference or the id of the case")}),
    (
        "--in",
        {
            "dest": "within",
            "metavar": "CIRCLE",
            "help": mark("where the case stands, when several have the reference; personal for your own space"),
        },
    ),
)

_MOST_TOLD = 5


def add_options(command: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Let a command take these."""
    for flags, settings in options:
        told: Any = {key: _(value) if key == "help" else value for key, value in settings.items()}
        command.add_argument(flags, **told)


def case_named(db: "Database", asked: argparse.Namespace) -> str:
    """The one case that the options `CASE` name; raises a `Problem` where that is none, or more than one."""
    from casebook.case_query import with_reference

    space = space_named(db, asked.within) if asked.within is not None else ""
    with db.read() as connection:
        found = [each for each in with_reference(connection, asked.reference) if space in ("", each.space)]
    if len(found) > 1:
        raise Problem(_several(db, asked.reference, found))
    if not found:
        raise Problem(_("There is no case {reference}. Look it up with: find WORDS.").format(reference=asked.reference))
    return found[0].id


def _several(db: "Database", reference: str, found: "Sequence[Called]") -> str:
    from sync.circles import circles

    places = {each.space: _shown(each) for each in circles(db)}
    told = [_told(each, places.get(each.space, "")) for each in found[:_MOST_TOLD]]
    if len(found) > _MOST_TOLD:
        told.append(plural("and {n} more", "and {n} more", len(found) - _MOST_TOLD))
    sentence = _(
        "Several cases have the reference {reference}: {cases}. Nothing was done. Say which one you mean: add --in "
        "CIRCLE, or give its id instead of the reference."
    )
    return sentence.format(reference=reference, cases="; ".join(told))


def _told(case: "Called", place: str) -> str:
    from casebook.written import short_day

    parts = (
        place,
        _("Archived").lower() if case.archived else "",
        short_day(case.changed.astimezone().date()),
        case.id,
    )
    return f"“{case.title}” ({', '.join(filter(None, parts))})"


def _shown(circle: "CircleLine") -> str:
    return circle.name or circle.kind.text


def _names(circle: "CircleLine") -> set[str]:
    return {circle.space, _shown(circle), *({"personal"} if circle.kind.value == "personal" else ())}


def space_named(db: "Database", name: str) -> str:
    """The space of a circle by its name or number; the personal one for *personal*."""
    from sync.circles import circles

    found = [each for each in circles(db) if name in _names(each)]
    if len(found) > 1:
        raise Problem(_("Several circles are called {name}. Give the number of one: see circles.").format(name=name))
    if not found or not name:
        raise Problem(_("There is no circle {name}. See them with: circles.").format(name=name))
    return found[0].space


def member_named(db: "Database", space: str, who: str) -> "Person":
    """The one member with this name or number."""
    from sync.circles import people

    found = [each for each in people(db, space) if who in (each.member, each.name) and who]
    if len(found) > 1:
        raise Problem(
            _("Several members are called {who}. Nothing was changed. Give the number of one: see members.").format(
                who=who
            )
        )
    if not found:
        raise Problem(_("There is no {who} in this circle. See who is in it with: members.").format(who=who))
    return found[0]
