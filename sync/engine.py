"""The exchange with a store: fetch, send, fetch again, compare. One round is one generator.

It stops before every word with the store and after every transaction, so that whoever runs it can show how far
it is, call it off, or (in the tests) pull the plug.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from msgspec.structs import replace as changed

from sync.replica import Replica
from sync.shelf import Place
from sync.store import AT_ONCE, Digest, Outcome, Page, Store

PAGE = 1_000
"""Envelopes fetched at once."""

_TRIES = 3
"""How often a certificate is signed again in one round when others are faster."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is; `all` is 0 where that is not known."""

    doing: str
    done: int = 0
    all: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one round did."""

    received: int = 0
    sent: int = 0
    ignored: int = 0
    refused: tuple[Outcome, ...] = ()
    waiting: int = 0
    agrees: bool | None = None
    """Whether the store and this device have the same; None where the store cannot tell."""
    is_outrun: bool = False
    """Whether there is something that only a newer version of the program can read."""
    held: tuple[str, ...] = ()
    """The devices of which more erasures came than are let in within a day; the rest waits."""


Round = Generator[Progress, None, Report]


def exchange(replica: Replica, store: Store, *, compare: bool = False) -> Round:
    """One round with a store; raises what the store raises, after which all that was fetched is kept.

    With *compare* the sets are compared id by id even where the store gives no digest, or is known to have what this
    version cannot read.
    """
    report = Report()
    for _again in range(_TRIES):
        report, page = yield from _fetch(replica, store, report)
        report, is_behind = yield from _send(replica, store, report, page)
        if not is_behind:
            break
    report, page = yield from _fetch(replica, store, report)
    report = yield from _fetch_history(replica, store, report)
    yield Progress("comparing")
    agrees = _agrees(replica, page.digest)
    if agrees is not True and (compare or (agrees is False and not replica.is_outrun)):
        report, page = yield from _heal(replica, store, report, page)
        agrees = _agrees(replica, page.digest)
    waiting = replica.how_many_wait()
    return replace(report, agrees=agrees, waiting=waiting, is_outrun=replica.is_outrun, held=page.held)


def _fetch(replica: Replica, store: Store, report: Report) -> Generator[Progress, None, tuple[Report, Page]]:
    """Fetch until there is nothing more. A first time only the newest of every record: that is what one works with."""
    while True:
        place = replica.place()
        yield Progress("fetching", report.received)
        page = store.pull(place.cursor, PAGE, place.heads)
        yield Progress("fetching", report.received, page.digest.count if page.digest else 0)
        taken = replica.take(page.envelopes, _further(replica.place(), page))
        report = replace(report, received=report.received + taken.new, ignored=report.ignored + taken.ignored)
        if not page.more:
            return report, page


def _further(place: Place, page: Page) -> Place:
    return changed(place, cursor=page.cursor, heads=place.heads and page.more)


def _fetch_history(replica: Replica, store: Store, report: Report) -> Generator[Progress, None, Report]:
    """What lies behind the newest revisions; only once. Before it, what came is made ready to be searched."""
    if replica.place().behind is None:
        yield Progress("history", report.received)
        while replica.bring_out():
            yield Progress("history", report.received)
    while (place := replica.place()).history:
        yield Progress("history", report.received)
        page = store.pull(place.behind, PAGE, False)
        yield Progress("history", report.received, page.digest.count if page.digest else 0)
        further = changed(replica.place(), behind=page.cursor, history=page.more)
        taken = replica.take(page.envelopes, further, put_by=True)
        report = replace(report, received=report.received + taken.new, ignored=report.ignored + taken.ignored)
    while replica.bring_out():
        yield Progress("history", report.received)
    return report


def _send(replica: Replica, store: Store, report: Report, page: Page) -> Generator[Progress, None, tuple[Report, bool]]:
    """Send what waits; says whether a certificate came too late, which stops the rest: it may rely on it."""
    yield Progress("sending")
    yield from _give_back(replica, store)
    replica.tend()
    tried, is_put_right = set[bytes](), False
    while batch := [each for each in replica.outbox() if each[0] not in tried]:
        yield Progress("sending", report.sent, report.sent + replica.how_many_wait())
        outcomes = store.push([raw for _id, raw in batch])
        yield Progress("sending", report.sent)
        settled = list(zip([each for each, _raw in batch], outcomes, strict=True))
        replica.settle(settled)
        tried |= {each for each, outcome in settled if not outcome.is_in}
        report = _counted(report, outcomes)
        if Outcome.BEHIND in outcomes:
            return report, True
        if Outcome.CLOCK in outcomes and page.now is not None and not is_put_right:
            # Once: what is sealed again has another id, and must not be refused and sealed for ever.
            is_put_right = True
            replica.restamp(page.now - replica.shelf.now())
    return report, False


def _give_back(replica: Replica, store: Store) -> Generator[Progress, None, None]:
    """Certificates that the store had, and lost, before any new ones that may stand on them."""
    lost = replica.lost()
    for start in range(0, len(lost), AT_ONCE):
        some = lost[start : start + AT_ONCE]
        yield Progress("sending", start, len(lost))
        outcomes = store.push([raw for _id, raw in some], given_back=True)
        yield Progress("sending", start, len(lost))
        replica.settle(list(zip([each for each, _raw in some], outcomes, strict=True)))


def _counted(report: Report, outcomes: Sequence[Outcome]) -> Report:
    sent = sum(each is Outcome.OK for each in outcomes)
    refused = tuple(each for each in outcomes if not each.is_in and each is not Outcome.BEHIND)
    return replace(report, sent=report.sent + sent, refused=report.refused + refused)


def _agrees(replica: Replica, digest: Digest | None) -> bool | None:
    return None if digest is None else replica.digest() == digest


def _heal(replica: Replica, store: Store, report: Report, page: Page) -> Generator[Progress, None, tuple[Report, Page]]:
    """Exchange ids, and then whatever one side lacks. Nothing is ever taken away because the other lacks it."""
    yield Progress("comparing")
    theirs = set(store.ids())
    yield Progress("comparing")
    ours = replica.ids()
    lacking = replica.lacking(theirs - ours)
    for start in range(0, len(lacking), AT_ONCE):
        yield Progress("fetching", start, len(lacking))
        found = store.get(lacking[start : start + AT_ONCE])
        yield Progress("fetching", start, len(lacking))
        taken = replica.take(found)
        report = replace(report, received=report.received + taken.new, ignored=report.ignored + taken.ignored)
    replica.offer_again(ours - theirs)
    report, _is_behind = yield from _send(replica, store, report, page)
    return (yield from _fetch(replica, store, report))
