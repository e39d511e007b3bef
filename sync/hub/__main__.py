"""The hub from a terminal: serve, and what its administrator does beside that."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from casebook.database import now_ms
from casebook.problem import Problem
from resources.language import _
from sync.hub.settings import PORT, Limits, Settings

if TYPE_CHECKING:
    from sync.hub.database import HubDatabase

DONE, PROBLEM, USAGE = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; without one the hub serves."""
    parser = _parser()
    known = {"serve", "ticket", "token", "backup", "restore", "check", "sweep", "-h", "--help"}
    asked = parser.parse_args(arguments if known & set(arguments) else ["serve", *arguments])
    settings = _settings(asked)
    act: Callable[[Settings, argparse.Namespace], None] = asked.act
    try:
        act(settings, asked)
    except Problem as problem:
        sys.stderr.write(problem.sentence + "\n")
        return PROBLEM
    except OperationalError as error:
        sentence = _("The database of the hub cannot be opened or does not answer. Nothing was changed: {why}")
        sys.stderr.write(sentence.format(why=str(error.orig).strip()) + "\n")
        return PROBLEM
    return DONE


def _settings(asked: argparse.Namespace) -> Settings:
    """What was asked for; all else as it is without a word."""
    given = {name: found for name, found in vars(asked).items() if found is not None}
    limits = Limits(**{each.name: given[each.name] for each in fields(Limits) if each.name in given})
    issuers = tuple(given.pop("issuers", ()))
    known = {each.name: given[each.name] for each in fields(Settings) if each.name in given}
    return Settings(**known, issuers=issuers, limits=limits)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev hub", description=_("Serve circles to their members."))
    commands = parser.add_subparsers(required=True)
    for name, act, explained in (
        ("serve", _serve, _("serve until you stop it; this is also what happens without a command")),
        ("ticket", _ticket, _("make a ticket with which somebody may begin one circle")),
        ("token", _token, _("make a token with which you block devices")),
        ("backup", _backup, _("write all that the hub has to one file, while it goes on")),
        ("restore", _restore, _("put a backup back in an empty hub, and erase again what was erased since")),
        ("check", _check, _("check numbers, digests, signatures and erasures")),
        ("sweep", _sweep, _("take the bytes of what was erased out of the files of the database; do it every night")),
    ):
        command = commands.add_parser(name, help=explained, description=explained)
        command.set_defaults(act=act)
        command.add_argument("--data", type=Path, help=_("the folder with the database and the list of erasures"))
        command.add_argument("--database", help=_("another database, for example postgresql+psycopg://user@host/name"))
        command.add_argument("--ledger", type=Path, help=_("the list of erasures, when it stands elsewhere"))
        if name in ("backup", "restore"):
            command.add_argument("file", type=Path)
        if name == "serve":
            _add_serving(command)
    return parser


def _add_serving(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", help=_("the address to listen at; without it only this machine"))
    command.add_argument("--port", type=int, help=_("the port to listen at; without it {port}").format(port=PORT))
    command.add_argument("--workers", type=int, default=1, help=_("how many processes serve"))
    command.add_argument(
        "--founding",
        choices=("nobody", "local", "everybody"),
        help=_("who may begin a circle without a ticket; without it who is on this machine"),
    )
    command.add_argument(
        "--requests-a-minute",
        type=int,
        metavar="N",
        help=_("how often a device may ask; 0 is without limit, without this {number}").format(
            number=Limits().requests_a_minute
        ),
    )
    command.add_argument(
        "--revisions-a-day",
        type=int,
        metavar="N",
        help=_("how much a device may bring in; without this {number}").format(number=Limits().revisions_a_day),
    )
    command.add_argument(
        "--issuer",
        dest="issuers",
        action="append",
        metavar="URL",
        help=_("an issuer of identities that circles may ask who joins to sign in at; may be given more than once"),
    )


def _serve(settings: Settings, asked: argparse.Namespace) -> None:
    from sync.hub.listening import listen

    listen(settings, asked.workers, lambda address: _say(_("The hub listens at {address}.").format(address=address)))


def _ticket(settings: Settings, _asked: argparse.Namespace) -> None:
    from sync.hub.codes import TICKET

    _say(_("With this ticket somebody may begin one circle: {code}").format(code=_code(settings, TICKET)))


def _token(settings: Settings, _asked: argparse.Namespace) -> None:
    from sync.hub.codes import TOKEN

    _say(_("The token of an administrator of this hub; keep it safe: {code}").format(code=_code(settings, TOKEN)))


def _backup(settings: Settings, asked: argparse.Namespace) -> None:
    from sync.hub.backup import backup

    with _database(settings) as db:
        count = backup(db, asked.file, now_ms())
    _say(_("The backup has {count} rows: {name}").format(count=count, name=asked.file))


def _restore(settings: Settings, asked: argparse.Namespace) -> None:
    from sync.hub.backup import restore
    from sync.hub.ledger import Ledger

    with _database(settings) as db:
        count = restore(db, asked.file, Ledger(settings.ledger_file))
    _say(_("The backup is back. Erased again: {count} records.").format(count=count))


def _check(settings: Settings, _asked: argparse.Namespace) -> None:
    from sync.hub.checking import complaints

    with _database(settings) as db, db.read() as connection:
        found = list(complaints(connection))
    if found:
        raise Problem("\n".join(found))
    _say(_("All is well."))


def _sweep(settings: Settings, _asked: argparse.Namespace) -> None:
    with _database(settings) as db:
        is_whole = db.sweep()
    if is_whole:
        _say(_("Nothing that was erased stands in the files of the database any more."))
    else:
        _say(
            _(
                "Nothing that was erased stands in the tables any more. It may still stand in the journal of "
                "PostgreSQL: this user may not empty that. The handbook says how to allow it."
            )
        )


def _code(settings: Settings, kind: str) -> str:
    from sync.hub.codes import new_code

    with _database(settings) as db:
        return db.write(lambda connection: new_code(connection, kind, now_ms()))


@contextmanager
def _database(settings: Settings) -> Iterator["HubDatabase"]:
    from sync.hub.database import open_database

    db = open_database(settings.address)
    try:
        yield db
    finally:
        db.close()


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
