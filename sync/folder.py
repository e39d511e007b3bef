"""A space in a shared folder: one immutable file for each envelope, and no trust in what a folder does to files.

Files arrive late, in part, twice, under other names, and come back after they were taken away. So whatever is not
exactly right is "not yet": left alone, and looked at again later. That something is not there never means that it
was deleted. No file is ever changed; only the files of an erased record are taken away, by everybody who sees one.
"""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from time import monotonic
from typing import NamedTuple, TypeVar

import msgspec

from casebook.envelope import (
    LARGEST,
    LARGEST_CERTIFICATE,
    Envelope,
    Newer,
    Refused,
    RevisionId,
    form_of,
    header_of,
    id_of,
    opened,
    shown,
)
from casebook.problem import Problem
from resources.language import _
from sync.certificates import number_of
from sync.files import IS_FULL, Files
from sync.folder_names import (
    CERTIFICATES,
    ERASURES,
    FORMAT,
    REVISIONS,
    SPACE,
    Named,
    is_month,
    months_around,
    named,
    path_of,
)
from sync.mass_erasing import Valve
from sync.store import BYTES_AT_ONCE, Emptied, Outcome, Page, Unreachable, unread

HOUR = 60 * 60 * 1000

_TRIES = 10
"""How often a file that is not right is read again at every look; afterwards only once an hour."""

_CHECKED = 500
_CHECKED_SECONDS = 2.0
"""How many files, and for how long, are read again each time somebody asks what there is."""

_LARGEST_SPACE = 4096

_ERRORS = 3
"""After so many errors, and nothing written, the folder itself is taken to be away."""


class _Space(msgspec.Struct, frozen=True):
    """What `space.json` says: which form this is, of which space, and which certificate begins it."""

    format: int
    space: str
    certificate: str


class _Read(NamedTuple):
    """A file that was read: of which record it is, also when only half of it is there, and what is in it when whole.

    What only a newer version can read is whole, and no envelope for this one.
    """

    path: str
    id: bytes
    record: str | None
    whole: bytes = b""
    envelope: Envelope | None = None

    @property
    def erasure(self) -> Envelope | None:
        """The envelope when it is an erasure."""
        return self.envelope if self.envelope and self.envelope.header.kind == "erase" else None


class FolderStore:
    """One space in a shared folder.

    *knows* says which ids are on this device already, *erased* which of these records are erased for it, and
    *signed* is false for an envelope of an author known here who did not sign it. *valve* holds erasures back.
    *connected*: this device was in this folder before, so a folder with nothing in it raises `Emptied` and is not
    filled anew.
    """

    def __init__(
        self,
        files: Files,
        space: str,
        knows: Callable[[Collection[bytes]], set[bytes]],
        erased: Callable[[Collection[str]], set[str]],
        clock: Callable[[], int],
        *,
        signed: Callable[[Envelope], bool],
        valve: Valve,
        connected: bool = False,
    ) -> None:
        self._files = files
        self._space = space
        self._knows = knows
        self._erased = erased
        self._clock = clock
        self._signed = signed
        self._valve = valve
        self._connected = connected
        self._root = ""
        """The certificate that begins the space, as `space.json` says; empty while that cannot be read."""
        self._run = f"{clock():x}"
        self._page = 0
        self._given: dict[bytes, int] = {}
        """On which page an envelope was given, until the next full look: what is refused is not given at once again.

        An erasure that does not come in has number 0: it is looked at again then, or after the next statement.
        """
        self._statements: set[bytes] = set()
        self._waiting: deque[Named] = deque()
        self._tries: dict[str, int] = {}
        self._unsound: set[bytes] = set()
        self._doubled: set[bytes] = set()
        """What stands there more than once: one that somebody else signed, or that broke, must not hide the other."""
        self._looked: int | None = None
        self._looks_again = False
        self._seen: set[bytes] = set()
        """All that was ever listed, but for what was erased."""
        self._absent: dict[bytes, int] = {}
        """Since when something of it was gone or broken."""
        self._checked_to = blake2b(self._run.encode(), digest_size=32).digest()
        self._odd_to = ""

    def pull(self, cursor: bytes | None, limit: int, heads: bool) -> Page:
        """See `Store`. What this device knows is not given; the cursor says what was given since the start, and how
        many erasures came in lately.

        Who asks for *heads* only is in this folder for the first time.
        """
        with _reached():
            if not self._is_begun():
                return Page((), b"", None)
            self._go_on_from(cursor)
            if not self._waiting:
                self._look(cursor is None)
            found = self._next(limit, is_first=heads)
            more = bool(self._waiting) or self._looks_again
            return Page(tuple(found), self._cursor, None, more=more, held=self._valve.holding)

    def push(self, envelopes: Sequence[bytes], *, given_back: bool = False) -> list[Outcome]:
        """See `Store`. What does not fit, or cannot be written now, is `FULL`; the others go on.

        So is everything until the folder has the certificate that begins the space, and says so. Every certificate
        stands on its own place in a folder, whether or not it was there before.
        """
        with _reached():
            self._is_begun()
            outcomes: list[Outcome] = []
            errors: list[OSError] = []
            erased = self._erased({each for raw in envelopes if (each := _record_in(raw, self._space)) is not None})
            chain_broke_off = False
            for raw in envelopes:
                try:
                    # Nobody can use a certificate without the one that it stands on.
                    left_out = chain_broke_off and _is_certificate(raw)
                    outcomes.append(Outcome.FULL if left_out else self._push(raw, erased))
                except OSError as error:
                    chain_broke_off = chain_broke_off or _is_certificate(raw)
                    if error.errno not in IS_FULL:
                        errors.append(error)
                    outcomes.append(Outcome.FULL)
                if len(errors) == _ERRORS or (errors and len(outcomes) == len(envelopes)):
                    _demand_any_in(outcomes, errors[0])
            return outcomes

    def ids(self) -> Iterable[bytes]:
        """See `Store`. What was there and is gone, or broke, is left out once that has lasted an hour.

        So are erasures that are held: they come by `pull` alone, where they are counted.

        Whole files are read for it, a few hundred each time. To write again what was only on its way is harmless,
        so that the patience need not outlive the process.
        """
        with _reached():
            there = self._all() if self._is_begun() else {}
            self._check(there)
            self._seen |= there.keys()
            now = self._clock()
            absent = self._seen - there.keys() | self._broken(there)
            self._absent = {each: min(self._absent.get(each, now), now) for each in absent}
            gone = {each for each, since in self._absent.items() if now - since >= HOUR}
            return self._seen - gone - self._valve.held

    def get(self, ids: Sequence[bytes]) -> list[bytes]:
        """See `Store`; but no erasures: see `ids`."""
        with _reached():
            there = self._all() if self._is_begun() else {}
            found = [read for each in ids if (read := self._first_whole(there.get(each, ())))]
            return [each.whole for each in self._without_erased(found) if not each.erasure]

    def close(self) -> None:
        """See `Store`. It holds nothing open."""

    def _is_begun(self) -> bool:
        """Whether this is the folder of a space; when that cannot be read now, it is only read from."""
        self._root = ""
        content = self._files.read(SPACE, _LARGEST_SPACE)
        if content is None:
            found_under = next((each for each in self._files.names("") if each.lower() == SPACE), None)
            if found_under is None:
                if self._connected:
                    raise Emptied
                return False
            content = self._files.read(found_under, _LARGEST_SPACE)
        try:
            found = msgspec.json.decode(content or b"", type=_Space)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return True
        if found.format > FORMAT:
            raise Problem(
                _(
                    "This shared folder was made by a newer version of Casusboek. Nothing was changed. "
                    "Install the newest version to share with it."
                )
            )
        if found.space != self._space:
            return True  # it broke: this space alone has its files here, below its own name
        self._connected = True
        self._root = found.certificate
        return True

    @property
    def _cursor(self) -> bytes:
        return b" ".join(each for each in (f"{self._run}-{self._page}".encode(), self._valve.counted) if each)

    def _go_on_from(self, cursor: bytes | None) -> None:
        """Forget what was given after *cursor*: it did not arrive, or is asked for again."""
        given, _space, counted = (cursor or b"").partition(b" ")
        if cursor is not None:
            self._valve.go_on_from(counted)
        run, _dash, page = given.decode(errors="replace").partition("-")
        at = int(page) if run == self._run and page.isdecimal() else 0
        if at != self._page:
            self._given = {each: number for each, number in self._given.items() if number <= at}
            self._statements &= self._given.keys()
            self._waiting.clear()

    def _look(self, everywhere: bool) -> None:
        now = self._clock()
        hour_past = self._looked is None or not 0 <= now - self._looked < HOUR
        everywhere = everywhere or hour_past or self._looks_again
        if hour_past:
            self._looked = now
            self._given.clear()
            self._statements.clear()
        self._looks_again = False
        found, odd = self._listed(everywhere)
        ids = {each.id for each in found}
        lacking = ids - self._knows(ids)
        wanted = lacking - self._given.keys() - self._valve.still_held(lacking)
        self._waiting.extend(
            sorted(
                (
                    each
                    for each in found
                    if each.id in wanted and (everywhere or self._tries.get(each.path, 0) < _TRIES)
                ),
                key=lambda each: each.order,
            )
        )
        if everywhere:
            here = {each.path for each in found}
            self._tries = {path: tries for path, tries in self._tries.items() if path in here}
            self._unsound &= {each.id for each in found}
            self._clear(odd)

    def _next(self, limit: int, *, is_first: bool) -> list[bytes]:
        """The next page; of a file that was half, erased or held there is nothing in it."""
        read: dict[bytes, _Read] = {}
        size = 0
        while self._waiting and len(read) < limit and size < BYTES_AT_ONCE:
            each = self._waiting.popleft()
            if each.id not in self._given and (each.id not in read or not read[each.id].whole):
                read[each.id] = self._read(each)
                size += len(read[each.id].whole)
        found = self._let_in(self._without_erased(read.values()), is_first)
        page = self._page = self._page + bool(found)
        self._given.update((each.id, page) for each in found)
        news = {each.id for each in found if each.envelope and each.envelope.header.kind in ("cert", "erase")}
        news -= self._statements
        if news:
            # What was refused before may be allowed by these, or be of a record that is erased by now.
            self._statements |= news
            self._looks_again = True
            self._given = {each: number for each, number in self._given.items() if number == page}
        return [each.whole for each in found]

    def _let_in(self, read: list[_Read], is_first: bool) -> list[_Read]:
        erasures = [erasure for each in read if (erasure := each.erasure)]
        stays_out = {each.id for each in erasures} - self._valve.let_in(erasures, is_first=is_first)
        self._given.update(dict.fromkeys(stays_out, 0))
        return [each for each in read if each.id not in stays_out]

    def _push(self, raw: bytes, erased: set[str]) -> Outcome:
        if len(raw) > LARGEST_CERTIFICATE:
            return Outcome.TOO_BIG
        try:
            envelope = opened(raw)
            path = path_of(envelope)
        except Refused as error:
            return unread(error)
        header = envelope.header
        if header.space != self._space:
            return Outcome.DENIED
        if not self._signed(envelope):
            return Outcome.GARBLED
        begins = header.kind == "cert" and number_of(envelope) == 1
        if not begins and not self._root:
            return Outcome.FULL
        if begins and self._begins_otherwise(envelope):
            return Outcome.DENIED
        if header.kind == "rev" and header.rec in erased:
            return Outcome.ERASED
        outcome = self._written(path, raw)
        if begins and self._root != shown(envelope.id):
            self._begin(envelope)
        if header.kind == "erase" and self._erased({header.rec}):
            self._reap()
        return outcome

    def _begins_otherwise(self, root: Envelope) -> bool:
        """Whether another certificate stands there, of which `space.json` says that it begins the space."""
        other = named(CERTIFICATES, f"{1:08}-{self._root}.cert")
        return other is not None and other.id != root.id and self._read(other).envelope is not None

    def _written(self, path: str, raw: bytes) -> Outcome:
        if self._files.read(path, len(raw)) == raw:
            return Outcome.KNOWN
        # Only what is no whole file of this envelope can stand there.
        self._files.write(path, raw)
        return Outcome.OK

    def _begin(self, root: Envelope) -> None:
        space = _Space(FORMAT, self._space, shown(root.id))
        self._files.write(SPACE, msgspec.json.encode(space))
        self._connected = True
        self._root = space.certificate

    def _reap(self) -> None:
        """Take away, of what is unknown here, all that is of an erased record."""
        found, odd = self._listed(everywhere=True)
        known = self._knows({each.id for each in found})
        for each in found:
            if each.kind == "rev" and each.id not in known:
                self._without_erased([self._read(each)])
        self._clear(odd)

    def _clear(self, odd: list[str]) -> None:
        """Take away copies under other names, and half files, of erased records; a part of them each time."""
        some = _after(self._odd_to, odd)[:_CHECKED]
        self._odd_to = some[-1] if some else ""
        self._without_erased(
            [_Read(path, b"", _record_in(self._files.read(path, LARGEST_CERTIFICATE), self._space)) for path in some]
        )

    def _all(self) -> dict[bytes, list[Named]]:
        found: dict[bytes, list[Named]] = {}
        for each in self._listed(everywhere=True)[0]:
            found.setdefault(each.id, []).append(each)
        return found

    def _listed(self, everywhere: bool) -> tuple[list[Named], list[str]]:
        """The files, and among the revisions the paths that are no name of one; of recent months, or of all."""
        found: list[Named] = []
        odd: list[str] = []
        for folder in (CERTIFICATES, ERASURES, *self._months(everywhere)):
            for name in self._files.names(folder):
                each = named(folder, name)
                if each:
                    found.append(each)
                elif folder not in (CERTIFICATES, ERASURES):
                    odd.append(f"{folder}/{name}")
        self._doubled = {each for each, times in Counter(one.id for one in found).items() if times > 1}
        return found, odd

    def _months(self, everywhere: bool) -> list[str]:
        around = months_around(self._clock())
        months = [each for each in self._files.names(REVISIONS) if is_month(each) and (everywhere or each in around)]
        return [f"{REVISIONS}/{each}" for each in sorted(months)]

    def _first_whole(self, files: Iterable[Named]) -> _Read | None:
        return next((read for each in files if (read := self._read(each)).whole), None)

    def _read(self, file: Named) -> _Read:
        """What is in a file when it is what its name says."""
        raw = self._files.read(file.path, LARGEST_CERTIFICATE if file.kind == "cert" else LARGEST + 1024) or b""
        record = _record_in(raw, self._space)
        try:
            envelope = opened(raw)
            is_whole = file.fits(envelope, self._space) and self._may_stand(envelope)
        except Newer:
            # One bit that fell over makes another version too: only the id shows that it was made so.
            envelope, is_whole = None, id_of(raw) == file.id and form_of(raw).space == self._space
        except Refused:
            envelope, is_whole = None, False
        if not is_whole:
            self._tries[file.path] = self._tries.get(file.path, 0) + 1
            self._unsound.add(file.id)
            return _Read(file.path, file.id, record)
        self._tries.pop(file.path, None)
        self._unsound.discard(file.id)
        return _Read(file.path, file.id, record, raw, envelope)

    def _may_stand(self, envelope: Envelope) -> bool:
        """Who reads verifies everything; here only where another file may be the one to read."""
        return envelope.id not in self._doubled or self._signed(envelope)

    def _without_erased(self, read: Collection[_Read]) -> list[_Read]:
        """The whole ones among these; the files of erased records, whole or half, are taken away."""
        records = {each.record for each in read if each.record is not None}
        erased = self._erased(records) if records else set()
        for each in read:
            if each.record in erased:
                with suppress(OSError):
                    self._files.remove(each.path)
                self._seen -= {each.id}
        return [each for each in read if each.whole and each.record not in erased]

    def _broken(self, files: dict[bytes, list[Named]]) -> set[bytes]:
        """What is to be sent again; the first certificate too when `space.json` is to be written with it."""
        first = {each for each, found in files.items() if found[0].n == 1 and shown(RevisionId(each)) != self._root}
        return self._unsound | first

    def _check(self, files: dict[bytes, list[Named]]) -> None:
        """Read a part of the files again, going on where it stopped the time before, to find those that broke."""
        end = monotonic() + _CHECKED_SECONDS
        for each in _after(self._checked_to, files)[:_CHECKED]:
            self._checked_to = each
            read = self._first_whole(files[each])
            if read and read.envelope and not (self._signed(read.envelope) and self._is_whole_at_home(read.envelope)):
                self._unsound.add(each)
            if monotonic() > end:
                return

    def _is_whole_at_home(self, envelope: Envelope) -> bool:
        """Whether nothing else stands under its own name: elsewhere others may not see it."""
        found = self._files.read(path_of(envelope), LARGEST_CERTIFICATE)
        return found is None or found == envelope.raw


def _record_in(raw: bytes | None, space: str) -> str | None:
    """Of which record this is a revision, of any version; half a file says so with its header."""
    try:
        form = form_of((raw or b"")[:LARGEST] + bytes(64))
    except Refused:
        return None
    return form.rec if form.kind == "rev" and form.space == space else None


def _is_certificate(raw: bytes) -> bool:
    try:
        return header_of(raw).kind == "cert"
    except Refused:
        return False


_Place = TypeVar("_Place", str, bytes)


def _after(place: _Place, things: Iterable[_Place]) -> list[_Place]:
    """Things in their order, beginning with the first after *place*, and round."""
    inorder = sorted(things)
    at = bisect_right(inorder, place)
    return inorder[at:] + inorder[:at]


def _demand_any_in(outcomes: Iterable[Outcome], error: OSError) -> None:
    if not any(each.is_in for each in outcomes):
        raise error


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unreachable(str(error)) from error
