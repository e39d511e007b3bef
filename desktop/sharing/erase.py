"""Erasing a case for good: what is asked first, and what it does not do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtWidgets import QWidget

from casebook.database import Database
from casebook.erasing import Export, exports_with
from casebook.present import entry
from casebook.record import RecordId
from desktop.sharing.act import Act
from desktop.sharing.roles import day_words
from desktop.sharing.sure import Sure
from desktop.who_sees import who_sees
from resources.language import _, plural
from sync.erasing import Reach, erase, reach

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Doomed:
    """A case that somebody wants to erase."""

    case_id: str
    title: str
    who: str
    reach: Reach
    exports: tuple[Export, ...]


def look(db: Database, case_id: str) -> Doomed | None:
    """What would be erased; None where it is gone already."""
    held = entry(db, case_id)
    if held is None:
        return None
    exports = tuple(exports_with(db, RecordId(case_id)))
    return Doomed(case_id, held.record.title, who_sees(db, held.space), reach(db, case_id), exports)


def ask(parent: QWidget, doomed: Doomed, wanted: Callable[[Act], object]) -> Sure:
    """Ask twice; only then *wanted* hears the act."""
    work = partial(erase, record_id=doomed.case_id)
    act = Act(_("Erasing"), work, _("Erased here. The other devices erase it at their next exchange."))
    title = doomed.title or _("(no title yet)")
    dialog = Sure(
        parent,
        _("Erase “{title}” for good?").format(title=title),
        tuple(_says(doomed)),
        _("Erase for good"),
        partial(wanted, act),
        again=_("I am sure"),
    )
    dialog.open()
    return dialog


def _says(doomed: Doomed) -> list[str]:
    goes = sum(len(each) for each in doomed.reach.goes.values()) + doomed.reach.theirs
    parts = plural("{n} record", "{n} records", goes)
    said = [
        _("The case with all that belongs to it ({parts}) is erased on every device, with its history.").format(
            parts=parts
        )
        + " "
        + _("Nobody can bring it back."),
        _("Who sees it now: {who}.").format(who=doomed.who),
        _("Outside Casusboek it stays: in prints, screenshots, exported files, and on a device that never returns."),
    ]
    if doomed.reach.stays:
        said.append(doomed.reach.line)
    if doomed.exports:
        named = [_("{name} ({day})").format(name=each.name, day=day_words(each.at)) for each in doomed.exports[:_NAMED]]
        more = len(doomed.exports) - _NAMED
        if more > 0:
            named.append(plural("and {n} more", "and {n} more", more))
        said.append(_("It may stand in these files; remove them yourself: {files}.").format(files=", ".join(named)))
    return said
