"""A device at a shared folder, with the plainest replica there can be, for the tests of the folder."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebook.envelope import Envelope, Refused, RevisionId, opened, shown
from sync.files import Disk, Files
from sync.folder import HOUR, FolderStore
from sync.folder_names import inside
from sync.mass_erasing import Valve
from sync.membership import authentic
from sync.store import Outcome
from tests.sync.people import START, Story


@dataclass
class Machine:
    """A device with a replica of its own: it keeps what it pulls, and believes every erasure by the administrator."""

    story: Story
    root: Path
    name: str = "one"
    now: int = START
    kept: dict[bytes, bytes] = field(default_factory=dict)
    files: Files | None = None
    connected: bool = False

    def __post_init__(self) -> None:
        self.store = self.started()
        self.cursor: bytes | None = None

    @property
    def folder(self) -> Path:
        return self.root / inside(self.story.space)

    def started(self) -> FolderStore:
        """A store as after a start of the program."""
        return FolderStore(
            self.files or Disk(self.root, inside(self.story.space), self.name, seconds=0.2),
            self.story.space,
            lambda ids: set(ids) & self.kept.keys(),
            lambda records: self.erased() & set(records),
            lambda: self.now,
            signed=self.is_signed,
            valve=Valve(self.name, lambda: self.now, self.authentic, self.present),
            connected=self.connected,
        )

    def is_signed(self, envelope: Envelope) -> bool:
        return is_signed(self.story, envelope)

    def authentic(self, envelopes: Sequence[Envelope]) -> set[bytes]:
        known = self.story.membership.devices
        return {each.id for each in envelopes if each.header.dev in known and self.is_signed(each)}

    def present(self, records: Collection[str]) -> set[str]:
        headers = (opened(each).header for each in self.kept.values())
        return {each.rec for each in headers if each.kind == "rev"} & set(records)

    def erased(self) -> set[str]:
        headers = (opened(each).header for each in self.kept.values())
        return {each.rec for each in headers if each.kind == "erase"}

    def keep(self, envelopes: Iterable[bytes]) -> None:
        """Take in what belongs here: what is signed, and not of an erased record."""
        for raw in envelopes:
            envelope = opened(raw)
            if self.is_signed(envelope):
                self.kept[envelope.id] = raw
        erased = self.erased()
        for each in [opened(raw) for raw in self.kept.values()]:
            if each.header.kind == "rev" and each.header.rec in erased:
                del self.kept[each.id]

    def pull(self) -> list[bytes]:
        """Pull until there is no more."""
        found: list[bytes] = []
        while True:
            page = self.store.pull(self.cursor, 100, False)
            self.cursor = page.cursor
            found += page.envelopes
            self.keep(page.envelopes)
            if not page.more:
                return found

    def push(self, *envelopes: bytes) -> list[Outcome]:
        """Keep and push."""
        self.keep(envelopes)
        return self.store.push(envelopes)

    def missing(self) -> list[bytes]:
        """What is here and has not been in the folder for an hour."""
        self.store.ids()
        self.now += HOUR
        return sorted(self.kept.keys() - set(self.store.ids()))

    def file_of(self, revision: bytes) -> Path:
        """The file of an envelope; it must be there once."""
        (found,) = self.folder.rglob(f"*{shown(RevisionId(revision))}.*")
        return found


def is_signed(story: Story, envelope: Envelope) -> bool:
    """Whether its author, as far as known, signed it."""
    try:
        authentic(envelope, story.membership)
    except Refused:
        return envelope.header.dev not in story.membership.devices
    return True
