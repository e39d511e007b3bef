"""The store in memory: the simplest that keeps every promise, and the reference for the others."""

from collections.abc import Callable, Collection, Iterable, Sequence

from casebook.envelope import Envelope, Refused, opened
from sync.chain import Chain
from sync.membership import Membership
from sync.store import Digest, Outcome, Page, judged, returned, unread


class MemoryStore:
    """One space, kept as long as the process lives."""

    def __init__(self, space: str, clock: Callable[[], int]) -> None:
        self._space = space
        self._clock = clock
        self.log: list[Envelope | None] = []
        """In the order of arrival; None where an erasure took the contents away."""
        self._at: dict[bytes, int] = {}
        self._followed: set[tuple[str, bytes]] = set()
        self.erased: set[str] = set()
        self._erasures: dict[str, list[tuple[bytes, int]]] = {}
        self.chain = Chain([])
        self.digest = Digest()

    @property
    def membership(self) -> Membership | None:
        """Who belongs to the space."""
        return self.chain.membership

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        """See `Store`. The cursor is the number of the last one read."""
        start = min(int(cursor or b"0"), len(self.log))
        found: list[bytes] = []
        at = start
        while at < len(self.log) and len(found) < limit:
            each = self.log[at]
            at += 1
            if each is not None and not (heads and (each.header.rec, each.id) in self._followed):
                found.append(each.raw)
        return Page(tuple(found), str(at).encode(), self.digest, more=at < len(self.log), now=self._clock())

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        """See `Store`. Whoever gives back is taken for an administrator."""
        read = [self._admitted(each) for each in envelopes]
        if given_back:
            return self._take_back(read)
        return [each if isinstance(each, Outcome) else self._push(each) for each in read]

    def ids(self) -> Iterable[bytes]:
        """See `Store`."""
        return [each.id for each in self.log if each is not None]

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        """See `Store`."""
        found = [self.log[self._at[each]] for each in ids if each in self._at]
        return [each.raw for each in found if each is not None]

    def has(self, envelope: bytes) -> bool:
        """See `Holdings`."""
        return envelope in self._at and self.log[self._at[envelope]] is not None

    def is_erased(self, record: str) -> bool:
        """See `Holdings`."""
        return record in self.erased

    def is_followed(self, record: str, envelope: bytes) -> bool:
        """See `Holdings`."""
        return (record, envelope) in self._followed

    def erasures(self, device: str) -> Collection[tuple[bytes, int]]:
        """See `Holdings`."""
        return self._erasures.get(device, ())

    def close(self) -> None:
        """See `Store`. It holds nothing open."""

    def _admitted(self, raw: bytes) -> Envelope | Outcome:
        """An envelope that is whole and of this space, or why it cannot come in."""
        try:
            envelope = opened(raw)
        except Refused as error:
            return unread(error)
        return envelope if envelope.header.space == self._space else Outcome.DENIED

    def _take_back(self, read: Sequence[Envelope | Outcome]) -> list[Outcome]:
        whole = [each for each in read if isinstance(each, Envelope)]
        outcomes, self.chain = returned(whole, self.chain, self)
        for each, outcome in zip(whole, outcomes, strict=True):
            if outcome is Outcome.OK and not self.has(each.id):
                self._keep(each)
        told = iter(outcomes)
        return [each if isinstance(each, Outcome) else next(told) for each in read]

    def _push(self, envelope: Envelope) -> Outcome:
        outcome, self.chain = judged(envelope, self.chain, self, self._clock())
        if outcome is Outcome.OK:
            self._keep(envelope)
        return outcome

    def _keep(self, envelope: Envelope) -> None:
        self._at[envelope.id] = len(self.log)
        self.log.append(envelope)
        self.digest = self.digest.with_([envelope.id])
        if envelope.header.kind == "rev":
            self._followed.update((envelope.header.rec, each) for each in envelope.parents)
        if envelope.header.kind == "erase":
            self._erasures.setdefault(envelope.header.dev, []).append((envelope.id, self._clock()))
            self._erase(envelope.header.rec)

    def _erase(self, record: str) -> None:
        self.erased.add(record)
        for at, each in enumerate(self.log):
            if each is not None and each.header.kind == "rev" and each.header.rec == record:
                self.log[at] = None
                self.digest = self.digest.without([each.id])
