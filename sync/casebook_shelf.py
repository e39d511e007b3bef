"""The shelf of a space in the casebook's own file."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, delete, func, select, union, update

from casebook import erasing, receiving, restamping, tables
from casebook.case import Case
from casebook.database import Database
from casebook.digest import Digest, digest_of, mark
from casebook.digest import Place as Where
from casebook.envelope import Envelope, RevisionId, header_of, read
from casebook.log import batches
from casebook.projecting import index_words
from casebook.rights import RIGHTS, Rights, keep_rights
from casebook.spaces import add_key
from casebook.statements import keep, let_back
from sync.shelf import AGAIN, IN_STORE, LOST, REFUSED, WAITING, Counts, Kept, Place, Written

_BOTH = (tables.rev, tables.statement)
_HERE = [select(each.c.id).where(tables.among(each.c.id), each.c.space == bindparam("space")) for each in _BOTH]


class CasebookShelf:
    """One space in one casebook. After each transaction every view hears which kinds changed."""

    def __init__(self, db: Database, space: str) -> None:
        self.space = space
        self.device = db.device
        self._db = db
        self._connection: Connection | None = None
        self._changed: set[str] = set()
        self._erased = False

    def now(self) -> int:
        """See `Shelf`."""
        return self._db.clock()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See `Shelf`. What was erased leaves its traces on the disk when it ends."""
        self._changed, self._erased = set(), False
        try:
            with self._db.write(self._changed) as self._connection:
                yield
        finally:
            self._connection = None
        if self._erased:
            erasing.clean_up(self._db)

    def place(self) -> Place:
        """See `Shelf`."""
        held = self._open.exec_driver_sql("SELECT state FROM peer WHERE space = ?", (self.space,)).scalar()
        return msgspec.json.decode(held, type=Place) if held else Place()

    def keep_place(self, place: Place) -> None:
        """See `Shelf`. Nothing is written when it is the same: an idle program leaves the disk alone."""
        if place != self.place():
            state = msgspec.json.encode(place).decode()
            self._open.execute(update(tables.peer).where(tables.peer.c.space == self.space).values(state=state))

    def statements(self) -> list[Kept]:
        """See `Shelf`."""
        c = tables.statement.c
        rows = self._open.execute(select(c.env, c.pushed, c.refused).where(c.space == self.space))
        return [Kept(row.env, row.pushed, row.refused) for row in rows]

    def changes(self) -> object:
        """See `Shelf`."""
        counted = "SELECT count(*), sum(pushed * pushed), sum(length(refused)) FROM statement WHERE space = ?"
        return tuple(self._open.exec_driver_sql(counted, (self.space,)).one())

    def holds(self, ids: Collection[bytes]) -> set[bytes]:
        """See `Shelf`."""
        asked = {"ids": tables.listed(ids), "space": self.space}
        return {each for here in _HERE for each in self._open.scalars(here, asked)}

    def present(self, records: Collection[str]) -> set[str]:
        """See `Shelf`."""
        c = tables.rev.c
        here = select(c.rec).where(c.space == self.space).distinct()
        return {each for some in batches(list(records)) for each in self._open.scalars(here.where(c.rec.in_(some)))}

    def ids(self) -> set[bytes]:
        """See `Shelf`."""
        chosen = [select(table.c.id).where(table.c.space == self.space, table.c.pushed == IN_STORE) for table in _BOTH]
        return set(self._open.scalars(union(*chosen)))

    def digest(self) -> Digest:
        """See `Shelf`."""
        return digest_of(self._open, self.space)

    def waiting(self, most: int) -> list[tuple[RevisionId, bytes]]:
        """See `Shelf`."""
        c = tables.rev.c
        chosen = select(c.id, c.env).where(c.space == self.space, tables.WAITS)
        # What was refused before comes last: it must not stand in the way of the rest.
        rows = self._open.execute(chosen.order_by(c.refused != "", c.wall.desc(), c.id).limit(most))
        return [(RevisionId(row.id), row.env) for row in rows]

    def how_many_wait(self) -> int:
        """See `Shelf`."""
        c = tables.rev.c
        waits = select(func.count()).select_from(tables.rev).where(c.space == self.space, tables.WAITS)
        return int(self._open.scalar(waits) or 0)

    def keep_statement(self, envelope: Envelope, pushed: int) -> None:
        """See `Shelf`."""
        keep(self._open, envelope, Where(pushed))

    def drop_statement(self, statement: RevisionId) -> None:
        """See `Shelf`."""
        c = tables.statement.c
        self._open.execute(delete(tables.statement).where(c.id == statement, c.pushed != IN_STORE))

    def receive(self, envelopes: Sequence[Envelope], counts: Counts) -> None:
        """See `Shelf`. A first time one can work with the records before all of them can be found by their words."""
        is_first = self.place().heads
        self._changed |= receiving.receive(self._db, self._open, envelopes, counts, words_later=is_first)

    def put_by(self, envelopes: Sequence[Envelope]) -> None:
        """See `Shelf`."""
        receiving.put_by(self._open, envelopes)

    def bring_out(self, most: int, counts: Counts) -> bool:
        """See `Shelf`."""
        are_indexed = index_words(self._open) > 0
        changed, is_more = receiving.bring_out(self._db, self._open, self.space, most, counts)
        self._changed |= changed | ({Case.kind} if are_indexed else set())
        return is_more or are_indexed

    def recount(self, devices: Collection[str], counts: Counts) -> None:
        """See `Shelf`."""
        c = tables.rev.c
        touched = set(self._open.scalars(select(c.rec).where(c.space == self.space, tables.CLOSED).distinct()))
        for batch in batches(list(devices)):
            theirs = select(c.rec).where(c.space == self.space, c.dev.in_(batch)).distinct()
            touched |= set(self._open.scalars(theirs))
        self._changed |= receiving.recount(self._db, self._open, self.space, sorted(touched), counts)

    def written(self, devices: Collection[str]) -> list[Written]:
        """See `Shelf`."""
        c = tables.rev.c
        theirs = select(c.rec).where(c.space == self.space, c.dev.in_(list(devices)))
        rows = self._open.execute(select(c.id, c.dev, c.env, c.counts).where(c.space == self.space, c.rec.in_(theirs)))
        return [
            Written(RevisionId(row.id), row.dev, tuple(map(read, header_of(row.env).parents)), row.counts != 0)
            for row in rows
        ]

    def erase(self, record: str) -> None:
        """See `Shelf`."""
        self._changed |= erasing.erase(self._db, self._open, self.space, record)
        self._erased = True

    def let_back(self, records: Collection[str]) -> None:
        """See `Shelf`."""
        let_back(self._open, self.space, records)

    def confirm(self, ids: Collection[bytes]) -> None:
        """See `Shelf`."""
        mark(self._open, self.space, list(ids), Where.IN_STORE)

    def mark(self, ids: Collection[bytes], pushed: int, refused: str = "") -> None:
        """See `Shelf`."""
        mark(self._open, self.space, list(ids), Where(pushed), refused)
        for table in _BOTH:
            for batch in batches(list(ids)):
                said = (table.c.id.in_(batch), table.c.space == self.space, table.c.refused != refused)
                self._open.execute(update(table).where(*said).values(refused=refused))

    def counting(self, ids: Collection[bytes]) -> set[bytes]:
        """See `Shelf`."""
        c = tables.rev.c
        here = select(c.id).where(c.space == self.space, c.counts != 0)
        return {each for batch in batches(list(ids)) for each in self._open.scalars(here.where(c.id.in_(batch)))}

    def refused(self, reason: str) -> list[RevisionId]:
        """See `Shelf`."""
        c = tables.rev.c
        chosen = select(c.id).where(c.space == self.space, c.pushed == REFUSED, c.refused == reason, c.counts != 0)
        return [RevisionId(each) for each in self._open.scalars(chosen)]

    def secrets(self) -> list[tuple[int, bytes, bytes]]:
        """See `Shelf`. The first key of a personal space has no certificate until the space is shared."""
        c = tables.key.c
        rows = self._open.execute(select(c.n, c.cert, c.secret).where(c.space == self.space, c.cert != b""))
        return [(row.n, row.cert, row.secret) for row in rows]

    def add_key(self, n: int, cert: bytes, secret: bytes) -> None:
        """See `Shelf`."""
        add_key(self._db, self._open, self.space, n, cert, secret)

    def keep_rights(self, rights: Rights) -> None:
        """See `Shelf`. One's own space is one's own, also on a device that is not to share in it any more."""
        if self.space != self._db.personal and keep_rights(self._open, self.space, rights):
            self._changed.add(RIGHTS)

    def restamp(self, offset: int) -> None:
        """See `Shelf`."""
        self._changed |= restamping.restamp(self._db, self._open, self.space, offset)

    def start_over(self, connection: Connection, address: str) -> None:
        """Exchange with another store from now on, to which everything is still to be sent."""
        connection.exec_driver_sql(
            "INSERT OR REPLACE INTO peer (space, address, seen, state) VALUES (?, ?, 0, '')", (self.space, address)
        )
        connection.execute(
            update(tables.rev).where(tables.rev.c.space == self.space).values(pushed=WAITING, refused="")
        )
        c = tables.statement.c
        # The chain comes as it is, also where it forks: another store may have let it.
        stood = case((and_(c.kind == "cert", c.pushed.in_((IN_STORE, LOST))), LOST), else_=WAITING)
        remembered = case((c.refused == AGAIN, AGAIN), else_="")
        connection.execute(
            update(tables.statement).where(c.space == self.space).values(pushed=stood, refused=remembered)
        )
        connection.execute(
            update(tables.space).where(tables.space.c.id == self.space).values(count=0, xor=Digest().xor)
        )

    @property
    def _open(self) -> Connection:
        assert self._connection is not None  # everything is done inside a transaction
        return self._connection
