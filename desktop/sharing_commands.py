"""Sharing without a window: begin and join circles, invite, let go, exchange, erase."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from casebook.problem import Problem
from desktop.named import CASE, Option, add_options, case_named, member_named, space_named
from resources.language import _, mark

if TYPE_CHECKING:
    from casebook.database import Database
    from sync.certificates import Policy
    from sync.engine import Report

ROLES = ("reader", "author", "editor", "admin")

Told = dict[str, Any]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of sharing to those of the program."""
    for name, act, explained, options in COMMANDS:
        command = commands.add_parser(name, help=_(explained))
        command.set_defaults(act=act)
        command.add_argument("--json", action="store_true", help=_("answer as JSON"))
        add_options(command, options)


def _begin(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.circles import begin, connect

    space = begin(db, asked.name)
    if asked.at:
        connect(db, space, asked.at, asked.ticket)
    return {"space": space}


def _connect(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.circles import connect

    space = space_named(db, asked.circle)
    connect(db, space, asked.at, asked.ticket)
    return {"space": space}


def _circles(db: "Database", _asked: argparse.Namespace) -> list[Told]:
    from sync.circles import circles

    return [
        {
            "space": each.space,
            "circle": each.name or each.kind.text,
            "address": each.address,
            "role": each.role.name.lower() if each.role else None,
            "members": each.members,
            "devices": each.devices,
        }
        for each in circles(db)
    ]


def _invite(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.certificates import Role
    from sync.circles import invite_code, own_device_code

    space = space_named(db, asked.circle)
    if asked.own_device:
        made = own_device_code(db, space)
    else:
        made = invite_code(db, space, role=Role[asked.role.upper()], uses=asked.uses, days=asked.days)
    _send(db)
    return {"code": made.code, "at": made.address}


def _join(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.circles import join

    space = join(db, asked.at, asked.code, partial(_sign_in, not asked.no_browser))
    _send(db)
    return {"space": space}


def _sign_in(has_browser: bool, policy: "Policy", key: bytes) -> str:
    """The token of who signs in, in the browser or with a code that is printed; Ctrl+C calls it off."""
    from desktop.browsing import open_page
    from sync.signing_in import CodeToType, SigningIn

    def show(address: str) -> bool:
        is_open = has_browser and open_page(address)
        if is_open:
            said = _("Sign in at {place} in the browser that opens now. Ctrl+C stops.")
            sys.stderr.write(said.format(place=policy.issuer) + "\n")
        return is_open

    def tell(code: CodeToType) -> None:
        said = _("Sign in on any device with a browser: go to {address} and type the code {code} there. Ctrl+C stops.")
        sys.stderr.write(said.format(address=code.address, code=code.code) + "\n")

    return SigningIn(policy, key).anywhere(show, tell)


def _policy(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.policy import CLIENT, ask_nobody, ask_to_sign_in, policy_of

    space = space_named(db, asked.circle)
    asks = asked.sign_in or asked.issuer or asked.client or asked.domain
    if asks and asked.no_sign_in:
        raise Problem(_("Ask who joins to sign in, or not: these do not go together. Nothing was changed."))
    if asks:
        ask_to_sign_in(db, space, issuer=asked.issuer, client=asked.client or CLIENT, domains=asked.domain)
    elif asked.no_sign_in:
        ask_nobody(db, space)
    if asks or asked.no_sign_in:
        _send(db)
    policy = policy_of(db, space)
    return {"issuer": policy.issuer, "client": policy.client, "domains": policy.domains}


def _members(db: "Database", asked: argparse.Namespace) -> list[Told]:
    from sync.circles import people

    return [
        {
            "member": each.member,
            "name": each.name,
            "municipality": each.organisation,
            "role": each.role.name.lower(),
            "devices": [{"id": one.id, "label": one.label, "this": one.is_this} for one in each.devices],
        }
        for each in people(db, space_named(db, asked.circle))
    ]


def _remove(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.circles import people, remove

    space = space_named(db, asked.circle)
    mine = [one.id for each in people(db, space) for one in each.devices if one.id == asked.who]
    devices = mine or [one.id for one in member_named(db, space, asked.who).devices]
    remove(db, space, devices)
    _send(db)
    return {"removed": len(devices)}


def _role(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.certificates import Role
    from sync.circles import set_role

    space = space_named(db, asked.circle)
    set_role(db, space, member_named(db, space, asked.who).member, Role[asked.role.upper()])
    _send(db)
    return {"role": asked.role}


def _share(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.copying import copy_case

    return {"id": copy_case(db, case_named(db, asked), space_named(db, asked.circle))}


def _erase(db: "Database", asked: argparse.Namespace) -> Told:
    from sync.erasing import erase, reach

    if not asked.for_ever:
        raise Problem(_("Erasing cannot be taken back. Add --for-ever when you are sure. Nothing was erased."))
    case_id = case_named(db, asked)
    found = reach(db, case_id)
    records = erase(db, case_id)
    if found.stays:
        sys.stderr.write(found.line + "\n")
    _send(db)
    return {"erased": len(records)}


def _recovery(db: "Database", _asked: argparse.Namespace) -> Told:
    from sync.circles import recovery_code

    made = recovery_code(db)
    _send(db)
    return {"code": made.code, "at": made.address}


@dataclass(frozen=True, slots=True)
class Partly:
    """The answer of a command of which not all could be done: what was, and what to say of the rest."""

    done: list[Told]
    problem: Problem


def _sync(db: "Database", _asked: argparse.Namespace) -> list[Told] | Partly:
    done, problem = _exchange(db)
    return Partly(done, problem) if problem else done


def _send(db: "Database") -> None:
    """Let the others know. When that cannot be now it goes with the next exchange: what was done here is done."""
    _done, problem = _exchange(db)
    if problem:
        sys.stderr.write(_("This is done here, and goes to the others later.") + " " + problem.sentence + "\n")


def _exchange(db: "Database") -> tuple[list[Told], Problem | None]:
    """What came of each circle, and which ones could not be exchanged, if any, and why."""
    from sync.circles import circles
    from sync.engine import Report
    from sync.syncing import exchange_each
    from sync.troubles import problem_of

    found = list(exchange_each(db))
    # Afterwards: the name of a circle may have come in just now.
    names = {each.space: each.name or each.kind.text for each in circles(db)}
    done, troubles = list[Told](), list[tuple[str, Problem]]()
    for space, each in found:
        if isinstance(each, Report):
            done.append({"space": space, "circle": names[space], **_figures(db, space, each)})
        else:
            troubles.append((names[space], each if isinstance(each, Problem) else problem_of(each)))
    return done, _together(troubles) if troubles else None


def _figures(db: "Database", space: str, report: "Report") -> Told:
    return {
        "received": report.received,
        "sent": report.sent,
        "waiting": report.waiting,
        "refused": [each.value for each in report.refused],
        "agrees": report.agrees,
        **({"notes": notes} if (notes := _notes(db, space, report)) else {}),
    }


def _together(troubles: list[tuple[str, Problem]]) -> Problem:
    """All of it as one, each with the name of its circle."""
    return Problem(
        "\n".join(f"{name}: {each.sentence}" for name, each in troubles),
        details="\n".join(f"{name}: {each.details}" for name, each in troubles if each.details),
    )


def _notes(db: "Database", space: str, report: "Report") -> list[str]:
    from sync.erasing import held_line
    from sync.troubles import OUTRUN

    held = held_line(db, space, report.held)
    return [each for each in (held, _(OUTRUN) if report.is_outrun else "") if each]


_AT = ("--at", {"default": "", "metavar": "ADDRESS", "help": mark("a shared folder, or the https address of a hub")})
_TICKET = ("--ticket", {"default": "", "metavar": "CODE", "help": mark("of the administrator of the hub, if it asks")})
_CIRCLE = ("circle", {"help": mark("the name or number of the circle; personal for your own space")})
_ROLE = ("--role", {"choices": ROLES, "default": "editor", "help": mark("what they may do")})

COMMANDS: tuple[tuple[str, Callable[["Database", argparse.Namespace], object], str, tuple[Option, ...]], ...] = (
    ("sync", _sync, mark("exchange with every connected store now"), ()),
    ("circles", _circles, mark("list the circles"), ()),
    ("circle", _begin, mark("begin a circle"), (("name", {}), _AT, _TICKET)),
    (
        "connect",
        _connect,
        mark("share a circle through a folder or a hub"),
        (_CIRCLE, ("at", {"metavar": "ADDRESS"}), _TICKET),
    ),
    (
        "invite",
        _invite,
        mark("make a code with which somebody joins"),
        (
            _CIRCLE,
            _ROLE,
            ("--uses", {"type": int, "default": 1, "help": mark("how many devices may use it")}),
            ("--days", {"type": int, "default": 14, "help": mark("how long it is valid")}),
            ("--own-device", {"action": "store_true", "help": mark("for another device of yourself")}),
        ),
    ),
    (
        "join",
        _join,
        mark("join a circle with an address and a code"),
        (
            ("at", {"metavar": "ADDRESS"}),
            ("code", {}),
            ("--no-browser", {"action": "store_true", "help": mark("sign in on another device, if it is asked")}),
        ),
    ),
    (
        "policy",
        _policy,
        mark("say whether who joins a circle at a hub signs in first, and where"),
        (
            _CIRCLE,
            ("--sign-in", {"action": "store_true", "help": mark("ask who joins to sign in, at the place of the hub")}),
            ("--issuer", {"default": "", "metavar": "URL", "help": mark("the place, where the hub knows several")}),
            ("--client", {"default": "", "metavar": "NAME", "help": mark("how Casusboek is known there")}),
            (
                "--domain",
                {
                    "action": "append",
                    "default": [],
                    "metavar": "NAME",
                    "help": mark("only mail addresses that end in this; may be given more than once"),
                },
            ),
            ("--no-sign-in", {"action": "store_true", "help": mark("ask it no more")}),
        ),
    ),
    ("members", _members, mark("list who is in a circle"), (_CIRCLE,)),
    ("role", _role, mark("let a member do more, or less"), (_CIRCLE, ("who", {}), ("role", {"choices": ROLES}))),
    ("remove", _remove, mark("let a member or a device go"), (_CIRCLE, ("who", {}))),
    ("share", _share, mark("copy a case into a circle"), (*CASE, _CIRCLE)),
    (
        "erase",
        _erase,
        mark("erase a case for good, everywhere"),
        (*CASE, ("--for-ever", {"action": "store_true", "help": mark("it cannot be taken back")})),
    ),
    ("recovery-code", _recovery, mark("make the code that brings your personal space back"), ()),
)
