"""A shelf in memory, for tests that need many devices; `casebook_shelf.py` is the real one."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from nacl.public import PrivateKey
from nacl.signing import SigningKey

from casebook.envelope import Envelope, Refused, Revision, RevisionId, State, opened, seal
from casebook.fold import Folded, fold, heads_of
from casebook.keys import Device
from casebook.restamping import restamp_each
from casebook.rights import Rights
from sync.shelf import IN_STORE, REFUSED, WAITING, Counts, Kept, Place, Written
from sync.store import Digest


@dataclass(frozen=True, slots=True)
class Row:
    """One revision on the shelf."""

    envelope: Envelope
    pushed: int
    refused: str = ""
    counts: bool = True
    is_put_by: bool = False


@dataclass
class Contents:
    """Everything that is kept; a transaction that fails puts it back."""

    revisions: dict[RevisionId, Row] = field(default_factory=dict)
    statements: dict[RevisionId, Kept] = field(default_factory=dict)
    secrets: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    changes: int = 0

    def copied(self) -> "Contents":
        """The same, with containers of its own."""
        return Contents(dict(self.revisions), dict(self.statements), list(self.secrets), self.place, self.changes)


class Looked:
    """What a casebook shows of what is kept, worked out from the log alone."""

    kept: Contents

    def records(self) -> set[str]:
        """The records that have a revision here."""
        return {each.envelope.header.rec for each in self.kept.revisions.values()}

    def revisions(self, record: str) -> list[Revision]:
        """Those revisions of a record that count and can be read."""
        found = (self._opened(each) for each in self._of(record) if each.counts)
        return [each for each in found if each]

    def state(self, record: str) -> Folded | None:
        """A record as it is now; None when nothing of it counts."""
        revisions = self.revisions(record)
        return fold(revisions) if revisions else None

    def heads(self, record: str) -> tuple[RevisionId, ...]:
        """What the next save follows."""
        return tuple(each.id for each in heads_of(self.revisions(record)))

    def _of(self, record: str) -> list[Row]:
        return [each for each in self.kept.revisions.values() if each.envelope.header.rec == record]

    def _opened(self, row: Row) -> Revision | None:
        for number, _cert, secret in self.kept.secrets:
            if number == row.envelope.header.key:
                try:
                    return row.envelope.unseal(secret)
                except Refused:
                    continue
        return None


class MemoryShelf(Looked):
    """One space on one device."""

    def __init__(self, space: str, device: Device, clock: Callable[[], int]) -> None:
        self.space = space
        self.device = device
        self.now = clock
        self.kept = Contents()
        self.rights = Rights()
        self.offset = 0
        self._depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before = self.kept.copied()
        try:
            yield
        except BaseException:
            self.kept = before
            raise

    def place(self) -> Place:
        return self.kept.place

    def keep_place(self, place: Place) -> None:
        self.kept.place = place

    def statements(self) -> list[Kept]:
        return list(self.kept.statements.values())

    def changes(self) -> object:
        return self.kept.changes

    def holds(self, ids: Collection[bytes]) -> set[bytes]:
        return {each for each in ids if each in self.kept.revisions or each in self.kept.statements}

    def present(self, records: Collection[str]) -> set[str]:
        return self.records() & set(records)

    def ids(self) -> set[bytes]:
        return {i for i, each in self._all() if each.pushed == IN_STORE}

    def digest(self) -> Digest:
        return Digest().with_(self.ids())

    def waiting(self, most: int) -> list[tuple[RevisionId, bytes]]:
        rows = [each for each in self.kept.revisions.values() if each.pushed == WAITING]
        rows.sort(key=lambda each: (each.refused != "", -each.envelope.header.wall))
        return [(each.envelope.id, each.envelope.raw) for each in rows[:most]]

    def how_many_wait(self) -> int:
        return sum(each.pushed == WAITING for each in self.kept.revisions.values())

    def keep_statement(self, envelope: Envelope, pushed: int) -> None:
        self.kept.statements[envelope.id] = Kept(envelope.raw, pushed, "")
        self.kept.changes += 1

    def drop_statement(self, statement: RevisionId) -> None:
        del self.kept.statements[statement]
        self.kept.changes += 1

    def receive(self, envelopes: Sequence[Envelope], counts: Counts) -> None:
        for each in envelopes:
            self.kept.revisions.setdefault(each.id, Row(each, IN_STORE))
        self._recount({each.header.rec for each in envelopes}, counts)

    def put_by(self, envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            self.kept.revisions.setdefault(each.id, Row(each, IN_STORE, counts=False, is_put_by=True))

    def bring_out(self, most: int, counts: Counts) -> bool:
        waits = {each.envelope.header.rec for each in self.kept.revisions.values() if each.is_put_by}
        some = sorted(waits)[:most]
        for i, each in list(self.kept.revisions.items()):
            if each.envelope.header.rec in some:
                self.kept.revisions[i] = replace(each, is_put_by=False)
        self._recount(some, counts)
        return len(waits) > most

    def recount(self, devices: Collection[str], counts: Counts) -> None:
        heads = [each.envelope.header for each in self.kept.revisions.values()]
        self._recount({each.rec for each in heads if each.dev in devices}, counts)

    def _recount(self, records: Collection[str], counts: Counts) -> None:
        for record in records:
            rows = [each for each in self._of(record) if not each.is_put_by]
            written = [(each.envelope.id, each.envelope.header.dev, each.envelope.parents) for each in rows]
            counted = counts(written, record)
            for each in rows:
                i = each.envelope.id
                if each.counts != (i in counted):
                    self.kept.revisions[i] = replace(each, counts=i in counted)

    def written(self, devices: Collection[str]) -> list[Written]:
        touched = {
            each.envelope.header.rec for each in self.kept.revisions.values() if each.envelope.header.dev in devices
        }
        rows = [row for record in touched for row in self._of(record)]
        return [
            Written(each.envelope.id, each.envelope.header.dev, each.envelope.parents, each.counts) for each in rows
        ]

    def erase(self, record: str) -> None:
        for each in self._of(record):
            del self.kept.revisions[each.envelope.id]

    def let_back(self, records: Collection[str]) -> None:
        """Nothing is remembered of what was erased."""

    def confirm(self, ids: Collection[bytes]) -> None:
        self._mark([each for each in ids if not self._is_in_store(each)], IN_STORE, "")

    def mark(self, ids: Collection[bytes], pushed: int, refused: str = "") -> None:
        self._mark(ids, pushed, refused)

    def counting(self, ids: Collection[bytes]) -> set[bytes]:
        held = self.kept.revisions
        return {each for each in map(RevisionId, ids) if each in held and held[each].counts}

    def refused(self, reason: str) -> list[RevisionId]:
        rows = [each for each in self.kept.revisions.values() if each.pushed == REFUSED and each.counts]
        return [each.envelope.id for each in rows if each.refused == reason]

    def secrets(self) -> list[tuple[int, bytes, bytes]]:
        return list(self.kept.secrets)

    def add_key(self, n: int, cert: bytes, secret: bytes) -> None:
        self.kept.secrets.append((n, cert, secret))

    def keep_rights(self, rights: Rights) -> None:
        self.rights = rights

    def restamp(self, offset: int) -> None:
        self.offset = offset
        now = self.now() + offset
        waits = [each.envelope for each in self._own() if each.pushed == WAITING]
        late = {each.id for each in waits if each.header.wall > now}
        while more := {each.id for each in waits if late & set(each.parents)} - late:
            late |= more
        rows = [self.kept.revisions[each.id] for each in waits if each.id in late]
        waiting = [revision for each in rows if (revision := self._opened(each))]
        for each in waiting:
            del self.kept.revisions[each.id]
        back = min([offset, *(now - each.header.wall for each in waits if each.id in late)])
        restamp_each(waiting, back, lambda each, state, parents, wall: self.seal(each.record, state, parents, wall))

    def seal(self, record: str, state: State, parents: tuple[RevisionId, ...], wall: int) -> RevisionId:
        """Save a revision of this device."""
        number, _cert, secret = min(self.kept.secrets, key=lambda each: (-each[0], each[1]))
        revision, raw = seal(
            state,
            record=record,
            space=self.space,
            parents=parents,
            device=self.device.id,
            wall=wall,
            key=secret,
            key_number=number,
            signer=self.device.signer,
        )
        self.kept.revisions[revision] = Row(opened(raw), WAITING)
        return revision

    def _all(self) -> list[tuple[RevisionId, Row | Kept]]:
        return [*self.kept.revisions.items(), *self.kept.statements.items()]

    def _own(self) -> list[Row]:
        return [each for each in self.kept.revisions.values() if each.envelope.header.dev == self.device.id]

    def _is_in_store(self, envelope: bytes) -> bool:
        known: Row | Kept | None = self.kept.revisions.get(RevisionId(envelope)) or self.kept.statements.get(
            RevisionId(envelope)
        )
        return known is not None and known.pushed == IN_STORE

    def _mark(self, ids: Collection[bytes], pushed: int, refused: str) -> None:
        for each in map(RevisionId, ids):
            if each in self.kept.revisions:
                row = self.kept.revisions[each]
                self.kept.revisions[each] = Row(row.envelope, pushed, refused, row.counts, row.is_put_by)
            elif each in self.kept.statements:
                self.kept.statements[each] = Kept(self.kept.statements[each].raw, pushed, refused)
                self.kept.changes += 1


def new_device(name: str) -> Device:
    """A device with keys of its own."""
    return Device(f"device-{name}", f"member-{name}", SigningKey.generate(), PrivateKey.generate())
