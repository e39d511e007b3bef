"""What can be the matter with a store, in sentences for the reader."""

from collections.abc import Iterator
from contextlib import contextmanager

from casebook.problem import Problem
from resources.language import _, mark
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
REFUSED = mark("The store did not take some of your changes. They are kept here; see Sharing for which, and why.")


@contextmanager
def in_sentences() -> Iterator[None]:
    """Say as a `Problem` what a store would not do."""
    try:
        yield
    except Unreachable as error:
        raise Problem(
            _("The store cannot be reached now. Nothing is lost; try again later."), details=str(error)
        ) from error
    except Emptied as error:
        raise Problem(_(EMPTIED)) from error
    except NotAllowed as error:
        raise Problem(refusal(error), details=str(error)) from error


def refusal(error: NotAllowed) -> str:
    """Why a store lets this device do nothing."""
    return _(TICKET) if isinstance(error, TicketNeeded) else _(NOT_ALLOWED)
