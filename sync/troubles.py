"""What can be the matter with a store, in sentences for the reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from casebook.problem import Problem
from resources.language import _, mark, plural
from sync.store import Emptied, NotAllowed, TicketNeeded, Unreachable

EMPTIED = mark(
    "What was shared is missing: the folder, or the circle at the hub, is gone or suddenly empty. Nothing here was "
    "removed, and nothing is exchanged until it is back. Check whether it is within reach, or connect again."
)
NOT_ALLOWED = mark(
    "The store does not let this device in: it was removed or blocked. What is here stays here. Ask an administrator "
    "of the circle."
)
TICKET = mark(
    "This hub lets somebody begin a circle only with a ticket. Nothing is shared yet, and nothing is lost. Ask the "
    "administrator of the hub for a ticket, choose “Move elsewhere…” and give it there with the same address."
)
DISAGREES = mark(
    "The store and this device do not have the same, and could not settle it. Nothing here was lost. It is tried "
    "again; if this stays, tell whoever manages the store."
)
OUTRUN = mark(
    "Install the newest version of Casusboek: somebody in this circle uses it, and not all of that can be seen or "
    "changed here. What is here stays, and what you save is still sent."
)


def not_taken(number: int) -> str:
    """That a store did not take so many changes, and where one sees more."""
    return plural(
        "The store did not take {n} change of yours. It is kept here; see Sharing for which, and why.",
        "The store did not take {n} changes of yours. They are kept here; see Sharing for which, and why.",
        number,
    )


@contextmanager
def in_sentences(typed: str = "") -> Iterator[None]:
    """Say as a `Problem` what a store would not do; with the address, where that was *typed* just now."""
    try:
        yield
    except (Unreachable, Emptied, NotAllowed) as error:
        raise problem_of(error, typed) from error


def problem_of(error: Unreachable | Emptied | NotAllowed, typed: str = "") -> Problem:
    """The same, of what was raised already."""
    if isinstance(error, NotAllowed):
        return Problem(refusal(error), details=str(error))
    if isinstance(error, Emptied):
        return Problem(_(EMPTIED))
    said = _("The store cannot be reached now. Nothing is lost; try again later.")
    if typed:
        said = _(
            "{address} cannot be reached now. Nothing was changed. Check the address for a typing mistake, or try "
            "again later."
        ).format(address=typed)
    return Problem(said, details=str(error))


def refusal(error: NotAllowed) -> str:
    """Why a store lets this device do nothing."""
    return _(TICKET) if isinstance(error, TicketNeeded) else _(NOT_ALLOWED)
