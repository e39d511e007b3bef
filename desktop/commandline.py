"""The same acts without a window, for a terminal and for scripts."""

import argparse
import json
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from casebook.problem import Problem
from desktop import sharing_commands
from desktop.home import default_casebook
from desktop.named import CASE, add_options, case_named
from resources.language import _, mark, plural

if TYPE_CHECKING:
    from casebook.database import Database

Act = Callable[["Database", argparse.Namespace], object]

OK, PROBLEM, USAGE = 0, 1, 2
STOPPED, CLOSED = 130, 141
"""Called off with Ctrl+C, and nobody read on: as a shell reports these signals (128 and the signal)."""
_PAGE = 50
_NOTHING = {"find": mark("No case has these words."), "restore": mark("There is no copy yet.")}
"""What to say beside an empty answer (msgids)."""


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; 0 is done, 1 a problem that was told, 2 a command that was not understood."""
    try:
        asked = _parser().parse_args(list(arguments))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    try:
        _answer(asked, _carry_out(asked))
    except Problem as problem:
        _complain(problem.sentence, problem.details if asked.details else "")
        return PROBLEM
    except KeyboardInterrupt:
        _complain(_("Stopped. What was not finished is not kept."))
        return STOPPED
    except BrokenPipeError:
        # What is still to be written when the program ends has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
    except Exception as error:  # noqa: BLE001 - our own mistake, owned up to; nothing is hidden
        said = _("Something went wrong in Casusboek itself. What was saved is safe. For more: --details before it.")
        _complain(said, "".join(traceback.format_exception(error)) if asked.details else repr(error))
        return PROBLEM
    return OK


def _answer(asked: argparse.Namespace, answer: object) -> None:
    """Write the answer; raises the `Problem` of what could not be done of it."""
    if isinstance(answer, sharing_commands.Partly):
        _answer(asked, answer.done)
        raise answer.problem
    if asked.json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    else:
        for line in answer if isinstance(answer, list) else [answer]:
            sys.stdout.write(_told(line) + "\n")
        if answer == [] and asked.command in _NOTHING:
            _complain(_(_NOTHING[asked.command]))
    sys.stdout.flush()


def _complain(*said: str) -> None:
    sys.stderr.write("\n".join(filter(None, said)) + "\n")


class _Parser(argparse.ArgumentParser):
    """Says what it did not understand in the reader's language."""

    def error(self, message: str) -> NoReturn:
        """Explain, and stop."""
        said = _("This is not understood: {why}. What can be done is told by: {program} --help")
        self.exit(USAGE, said.format(why=message, program=self.prog) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(prog="casusboek", description=_("Keep and find Bestuur op Maat cases."))
    parser.add_argument("--casebook", type=Path, help=_("the casebook; without it the one of this user"))
    parser.add_argument("--passphrase-file", type=Path, help=_("a file with the passphrase, where there is no keyring"))
    parser.add_argument("--details", action="store_true", help=_("say more when something goes wrong"))
    commands = parser.add_subparsers(dest="command", required=True)
    for name, act, explained in (
        ("import", _import, _("bring in a list of cases or areas, or a whole casebook from JSON")),
        ("export", _export, _("write the whole casebook as JSON, or the list as xlsx or csv")),
        ("find", _find, _("find cases by words")),
        ("report", _report, _("write one case as PDF")),
        ("check", _check, _("check the file and the present")),
        ("rebuild", _rebuild, _("make the present again from the log")),
        ("restore", None, _("list the daily copies, or put one back")),
        ("undo", _undo, _("take the last act back")),
    ):
        command = commands.add_parser(name, help=explained)
        command.set_defaults(act=act)
        command.add_argument("--json", action="store_true", help=_("answer as JSON"))
        if name in ("import", "export"):
            command.add_argument("file", type=Path)
        if name == "import":
            _list_options(command)
        if name == "restore":
            command.add_argument("copy", nargs="?", help=_("the day of the copy, for example 2026-11-23"))
        if name == "export":
            command.add_argument("--with-names", action="store_true", help=_("with the fields that identify people"))
        if name == "find":
            command.add_argument("words", nargs="+")
        if name == "report":
            add_options(command, CASE)
            command.add_argument("--out", type=Path, required=True)
    sharing_commands.add_to(commands)
    return parser


def _list_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--map", action="append", default=[], metavar="FIELD=COLUMN", help=_("which column holds a field; repeatable")
    )
    command.add_argument("--sheet", default="", metavar="NAME", help=_("which sheet of the file; else the first"))
    command.add_argument("--areas", action="store_true", help=_("the list holds areas"))
    command.add_argument("--keep-rest", action="store_true", help=_("add other columns to the summary"))
    command.add_argument("--no-update", action="store_true", help=_("skip cases whose reference is here already"))
    command.add_argument("--plan", action="store_true", help=_("only say what would happen"))


def _carry_out(asked: argparse.Namespace) -> object:
    from casebook.database import create_casebook, open_casebook
    from casebook.importing.sheets import must_be_there
    from casebook.keys import file_key, new_file_key, passphrase_in
    from casebook.present import index_rest, is_outdated, rebuild
    from casebook.record import made_here

    path: Path = (asked.casebook or default_casebook()).expanduser()
    if asked.command == "import":
        # Before anything else: a slip of the pen makes no casebook.
        must_be_there(asked.file)
    passphrase = passphrase_in(asked.passphrase_file)
    if asked.command == "restore":
        return _restored(path, asked.copy, passphrase)
    if path.exists():
        db = open_casebook(path, file_key(path, passphrase))
    else:
        db = create_casebook(path, new_file_key(passphrase))
    made_here(db.device.id)
    try:
        if is_outdated(db):
            rebuild(db, _progress)
        index_rest(db)
        return asked.act(db, asked)
    finally:
        db.close()


def _import(db: "Database", asked: argparse.Namespace) -> object:
    from casebook.whole_casebook import import_all

    file: Path = asked.file
    if asked.areas or file.suffix.lower() != ".json":
        return _import_list(db, asked)
    return {"changed": import_all(db, asked.file, _progress)}


def _import_list(db: "Database", asked: argparse.Namespace) -> object:
    from dataclasses import asdict, replace

    from casebook.importing.area_list import AREAS, plan_areas
    from casebook.importing.mapping import CASES, corrected, guess
    from casebook.importing.plan import carry_out, plan
    from casebook.importing.sheets import read

    subject = AREAS if asked.areas else CASES
    sheet = read(asked.file, asked.sheet, _progress)
    mapping = corrected(sheet, guess(sheet, subject), _chosen(asked.map), subject)
    if asked.areas:
        planned = plan_areas(db, sheet, mapping, _progress)
    else:
        mapping = replace(mapping, keep_rest=asked.keep_rest)
        planned = plan(db, sheet, mapping, update=not asked.no_update, progress=_progress)
    outcome = planned.outcome() if asked.plan else carry_out(db, planned, _progress)
    named = {target: name for name, target in zip(sheet.header, mapping.targets, strict=True) if target}
    reasons = [{"row": each.row, "title": each.title, "why": each.why} for each in planned.skipped()]
    return asdict(outcome) | {"columns": named, "reasons": reasons, "notes": list(planned.notes)}


def _chosen(pairs: Sequence[str]) -> dict[str, str]:
    chosen = {}
    for each in pairs:
        target, between, column = each.partition("=")
        if not between:
            raise Problem(_("Write {given} as FIELD=COLUMN, for example title=naam.").format(given=each))
        chosen[target.strip()] = column
    return chosen


def _export(db: "Database", asked: argparse.Namespace) -> object:
    from casebook.exporting.case_list import export_list
    from casebook.whole_casebook import export_all

    kind = asked.file.suffix.lower()
    if kind in (".xlsx", ".csv"):
        return {"cases": export_list(db, asked.file, progress=_progress)}
    if kind != ".json":
        raise Problem(_("Choose a name that ends in .json, .xlsx or .csv. Nothing was written."))
    return {"records": export_all(db, asked.file, _progress, with_identifying=asked.with_names)}


def _find(db: "Database", asked: argparse.Namespace) -> object:
    from casebook.case_query import Query
    from casebook.present import cases

    found = cases(db, Query(words=" ".join(asked.words)), 0, _PAGE)
    return [
        {
            "id": line.id,
            "reference": line.reference,
            "title": line.title,
            "circle": line.circle,
            "status": line.status.value,
            "direction": line.direction.value if line.direction else None,
        }
        for line in found
    ]


def _report(db: "Database", asked: argparse.Namespace) -> object:
    from casebook.paper.case_report import write_case_report

    write_case_report(db, case_named(db, asked), asked.out, date.today())  # noqa: DTZ011 - the reader's own day
    return {"written": str(asked.out)}


def _check(db: "Database", _asked: argparse.Namespace) -> object:
    from casebook.database import quick_check
    from casebook.present import fingerprint, rebuild

    quick_check(db)
    with db.read() as connection:
        before = fingerprint(connection)
    records = rebuild(db, _progress)
    with db.read() as connection:
        same = fingerprint(connection) == before
    if not same:
        sys.stderr.write(_("The present differed from the log and was made again from it. Nothing is lost.") + "\n")
    return {"records": records, "present_was_right": same}


def _rebuild(db: "Database", _asked: argparse.Namespace) -> object:
    from casebook.present import rebuild

    return {"records": rebuild(db, _progress)}


def _restored(path: Path, day: str | None, passphrase: str | None) -> object:
    from casebook.copies import key_by_copies, listed, put_back

    key = key_by_copies(path, passphrase)
    found = {each.path.stem.removeprefix(f"{path.stem}-"): each for each in listed(path, key)}
    if day is None:
        return [{"copy": name, "of": each.cases, "bytes": each.size} for name, each in found.items()]
    if day not in found:
        raise Problem(_("There is no copy of {day}. Nothing was changed. List them with: restore.").format(day=day))
    return {"kept": str(put_back(path, found[day].path, key))}


def _undo(db: "Database", _asked: argparse.Namespace) -> object:
    from casebook.saving import undo

    label = undo(db, _progress)
    return {"undone": _(label) if label else None}


def _told(answer: Any) -> str:
    if not isinstance(answer, dict):
        return str(answer)
    if "title" in answer:
        return f"{answer['reference'] or '–'}\t{answer['title']}"
    told: dict[str, Callable[[Any], str]] = {
        "records": lambda n: plural("{n} record", "{n} records", n),
        "changed": lambda n: plural("{n} record is new or changed", "{n} records are new or changed", n),
        "cases": lambda n: plural("{n} case", "{n} cases", n),
        "new": lambda n: plural("{n} new", "{n} new", n),
        "updated": lambda n: plural("{n} updated", "{n} updated", n),
        "skipped": lambda n: plural("{n} skipped", "{n} skipped", n),
        "unchanged": lambda n: plural("{n} unchanged", "{n} unchanged", n),
        "columns": lambda found: "\n".join(f"  {target} = {name}" for target, name in found.items()),
        "reasons": lambda rows: "\n".join(f"  {each['row']}: {each['title']} {each['why']}" for each in rows),
        "notes": "\n".join,
        "copy": str,
        "of": lambda n: "  " + (_("cannot be opened") if n is None else plural("{n} case", "{n} cases", n)),
        "bytes": lambda n: f"  {n // 1000} kB",
        "kept": lambda kept: _("The copy was put back. What stood there is kept as {path}.").format(path=kept),
        "undone": lambda label: _("Undone: {act}").format(act=label) if label else _("There is nothing to undo."),
        "written": lambda path: _("Written: {path}").format(path=path),
        "present_was_right": lambda right: _("The present agrees with the log.") if right else "",
    }
    return "\n".join(text for name, each in answer.items() if (text := told.get(name, _plainly(name))(each)))


def _plainly(name: str) -> Callable[[Any], str]:
    return lambda value: f"{name}: {json.dumps(value, ensure_ascii=False)}"


def _progress(done: int, everything: int) -> None:
    if sys.stderr.isatty() and everything:
        sys.stderr.write(f"\r{100 * done // everything:3} %" + ("\r     \r" if done >= everything else ""))
        sys.stderr.flush()
