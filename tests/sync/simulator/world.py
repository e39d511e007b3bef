"""The moves of a schedule: people who work, come, leave and are lied to, around one store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from random import Random

from nacl.signing import VerifyKey

from casebook.envelope import Refused
from casebook.problem import Problem
from sync.certificates import Cancel, Role
from sync.engine import Round, exchange
from sync.inviting import Keys, invite, welcome
from sync.store import DAY, Emptied, NotAllowed, Page, Unreachable
from tests.sync.people import START
from tests.sync.simulator import promises
from tests.sync.simulator.adversary import NAME, Adversary
from tests.sync.simulator.chance import some_bytes
from tests.sync.simulator.device import SECRET, Killed, SimulatedDevice
from tests.sync.simulator.real import RealFiles
from tests.sync.simulator.shared import Central, Folder, Shared
from tests.sync.simulator.start import started
from tests.sync.simulator.wire import Wire

FIELDS = ("title", "summary", "goal", "areas", "archived_by_nobody", "future2")
NAMES = ("dirk", "eva", "fee")

FAULTS = frozenset(
    {
        "partial page", "late", "twice", "one by one", "lost on the way", "lost answer", "kill", "kill inside",
        "partition", "clock", "rollback", "promoted", "tampered", "withheld", "replayed", "reordered", "adversary",
        "erase", "invite", "remove", "role", "cancel", "second device", "weather",
    }
)  # fmt: skip
"""All that can happen besides saving and exchanging; a schedule can do without some, to make its story shorter."""


class Broken(Exception):
    """A promise was not kept."""


@dataclass
class Plan:
    """What a schedule is made of; the rest follows from the seed."""

    seed: int
    steps: int = 120
    faults: frozenset[str] = FAULTS
    store: str = ""
    """`memory`, `folder`, or `real`: casebooks and a hub on files. With nothing said the seed chooses, not the last."""

    def __post_init__(self) -> None:
        self.store = self.store or ("folder" if self.seed % 3 == 2 else "memory")


@dataclass
class Save:
    """What somebody was told is safe."""

    text: str
    device: str
    record: str


@dataclass
class Book:
    """What was promised to people in the course of a schedule."""

    saves: list[Save] = field(default_factory=list)
    erasures: list[tuple[str, str]] = field(default_factory=list)
    """A record, and on which device it was erased."""
    removals: list[tuple[str, str]] = field(default_factory=list)
    """Who was removed, and on which device."""
    seen: list[tuple[str, str, frozenset[bytes]]] = field(default_factory=list)
    """Who was removed, on which device, and what of theirs counted there then."""
    lowered: set[str] = field(default_factory=set)
    """Devices of which the member got another role."""
    forged: set[bytes] = field(default_factory=set)
    """Ids of what must never count."""


class World:
    """One store and its devices, at one moment."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.chance = Random(plan.seed)
        self.now = START
        self.book = Book()
        self.trace: list[str] = []
        self.is_calm = False
        self.is_deaf = False
        """Whether the store takes nothing in."""
        self.calls = 0
        self._records: list[str] = []
        self._number = 0
        self._late: list[tuple[int, SimulatedDevice, Sequence[bytes], bool]] = []
        self._codes: list[tuple[Keys, str]] = []
        self.devices: list[SimulatedDevice] = []
        self.real = RealFiles(self) if plan.store == "real" else None
        self.shared: Shared = self.real.hub if self.real else Folder(self) if plan.store == "folder" else Central(self)
        self.devices = started(self, self.chance.randrange(2**16))
        self.adversary = Adversary(self)
        known = [*self.devices, self.adversary.identity]
        self._signers = {each.id: each.shelf.device.signer.verify_key for each in known}

    @property
    def signers(self) -> dict[str, VerifyKey]:
        """With what each device signs."""
        return self._signers

    def new_device(self, name: str, member: str) -> SimulatedDevice:
        """A device that has nothing yet."""
        make = self.real.device if self.real else SimulatedDevice
        return make(name, member, lambda: self.now)

    def close(self) -> None:
        """Let go of every file."""
        for each in self.devices:
            each.close()
        if self.real:
            self.real.close()

    def members(self) -> list[SimulatedDevice]:
        """The devices that belong to the circle, as the store has it."""
        membership = self.shared.membership()
        return [each for each in self.devices if membership and membership.role_of(each.id) is not None]

    def shuffled(self) -> list[SimulatedDevice]:
        """Everybody, in some order."""
        return self.chance.sample(self.devices, len(self.devices))

    def calm_down(self) -> None:
        """No more faults: everybody is online, and what was on its way has arrived or is lost."""
        self.is_calm = True
        self._late = []
        self.shared.calm()
        for each in self.devices:
            each.online = True
            each.start_again()

    # What the wire and the adversary ask.

    def happens(self, fault: str, how_often: float) -> bool:
        """Whether this fault comes now."""
        return not self.is_calm and fault in self.plan.faults and self.chance.random() < how_often

    def fail(self, why: str) -> None:
        raise Broken(why)

    def count_call(self) -> None:
        self.calls += 1

    def send_later(self, device: SimulatedDevice, envelopes: Sequence[bytes], given_back: bool) -> None:
        """These arrive at the store when nobody expects them any more."""
        self._late.append((self.chance.randint(1, 40), device, envelopes, given_back))

    def told(self, page: Page) -> Page:
        """A page as a store that lies, or somebody on the way, makes it."""
        return replace(page, envelopes=tuple(self.told_some(list(page.envelopes))))

    def told_some(self, envelopes: list[bytes]) -> list[bytes]:
        if not self.shared.judges:
            return envelopes  # nobody stands between a device and its own disk
        if envelopes and self.happens("withheld", 0.03):
            envelopes.pop(self.chance.randrange(len(envelopes)))
        if envelopes and self.happens("tampered", 0.03):
            at = self.chance.randrange(len(envelopes))
            broken = bytearray(envelopes[at])
            broken[self.chance.randrange(len(broken))] ^= 1 << self.chance.randrange(8)
            envelopes[at] = bytes(broken)
        if self.adversary.sent and self.happens("adversary", 0.05):
            envelopes.append(self.chance.choice(self.adversary.sent))
        if self.happens("replayed", 0.03):
            envelopes += [each.raw for each in self.shared.envelopes()[:5]] + [b"", b"CB1rubbish", bytes(500)]
        if self.happens("reordered", 0.05):
            self.chance.shuffle(envelopes)
        return envelopes

    def say(self, line: str) -> None:
        """One line of the story."""
        self.trace.append(line)

    def trace_hash(self) -> str:
        return blake2b("\n".join(self.trace).encode(), digest_size=8).hexdigest()

    # One move.

    def move(self) -> None:
        """Something happens somewhere, and all that can be seen at once must hold."""
        self.now += self.chance.randint(0, 30_000)
        self._arrive()
        self.shared.tick()
        device = self.chance.choice(self.devices)
        if device.round is not None and self.chance.random() < 0.7:
            self.step(device)
        else:
            self._some_move()(device)
        promises.at_every_step(self, device)

    def step(self, device: SimulatedDevice) -> None:
        """The round of a device goes one step further."""
        if self.happens("kill inside", 0.03):
            device.shelf.fuse = self.chance.randint(0, 6)
        try:
            progress = device.step()
            self.say(f"{device.name} {progress.doing if progress else 'done'} {device.shelf.kept.place.cursor!r}")
        except (Unreachable, NotAllowed, Emptied) as error:
            device.round = None
            self.say(f"{device.name} {type(error).__name__}")
        except Killed:
            self.say(f"{device.name} killed inside")
            device.start_again()
        device.shelf.fuse = None

    def whole_round(self, device: SimulatedDevice) -> None:
        """A round from beginning to end, looked at after each of its steps.

        What was erased while the statement stood stays away when a later page says that it may not stand.
        """
        device.round = self._exchange(device)
        while device.round is not None:
            self.step(device)
            promises.at_every_step(self, device)

    def _some_move(self) -> Callable[[SimulatedDevice], None]:
        moves: list[tuple[str, Callable[[SimulatedDevice], None], int]] = [
            ("", self._start_round, 30),
            ("", self._save, 22),
            ("erase", self._erase, 2),
            ("kill", self._kill, 3),
            ("partition", self._partition, 3),
            ("clock", self._set_clock, 1),
            *self.shared.moves(),
            ("invite", self._invite, 2),
            ("invite", self._join, 4),
            ("second device", self._second_device, 1),
            ("cancel", self._cancel, 1),
            ("remove", self._remove, 1),
            ("role", self._set_role, 1),
            ("adversary", lambda _device: self.adversary.act(), 5),
        ]
        possible = [(move, weight) for name, move, weight in moves if not name or name in self.plan.faults]
        return self.chance.choices([each for each, _w in possible], [weight for _each, weight in possible])[0]

    def _arrive(self) -> None:
        arrived = [late for late in self._late if late[0] <= 1]
        self._late = [(left - 1, device, each, back) for left, device, each, back in self._late if left > 1]
        for _left, device, each, given_back in arrived:
            self.shared.at(device).push(each, given_back=given_back)
            self.say("late envelopes arrive")

    def _exchange(self, device: SimulatedDevice) -> Round:
        # Where a store gives no digest the sets are compared now and then.
        compare = not self.shared.judges and (self.is_calm or self.chance.random() < 0.3)
        return exchange(device.replica, Wire(self, device), compare=compare)

    def _start_round(self, device: SimulatedDevice) -> None:
        if device.round is None:
            device.round = self._exchange(device)
            self.say(f"{device.name} begins a round")

    # People at work.

    def _save(self, device: SimulatedDevice) -> None:
        membership = device.replica.membership
        if membership is None or not device.shelf.kept.secrets:
            return
        if self._records and self.chance.random() < 0.8:
            record = self.chance.choice(self._records[-4:])
        else:
            record = device.new_record(len(self._records) + 1)
            self._records.append(record)
        if not membership.may_write(device.id, record) or record in device.replica.erased():
            return
        self._number += 1
        text = f"{SECRET}-{self._number}"
        revision = device.save(record, self.chance.choice(FIELDS), text)
        self.book.saves.append(Save(text, device.name, record))
        self.say(f"{device.name} saves {text} in {record[-6:]} as {revision.hex()[:8]}")
        promises.reads_its_own_writing(self, device, record, text)

    def _erase(self, device: SimulatedDevice) -> None:
        if not self._records:
            return
        record = self.chance.choice(self._records)
        try:
            device.replica.erase([record])
        except Refused:
            return
        self.book.erasures.append((record, device.name))
        self.say(f"{device.name} erases {record[-6:]}")

    def _kill(self, device: SimulatedDevice) -> None:
        device.start_again()
        self.say(f"{device.name} killed")

    def _partition(self, device: SimulatedDevice) -> None:
        device.online = not device.online
        self.say(f"{device.name} {'online' if device.online else 'offline'}")

    def _set_clock(self, device: SimulatedDevice) -> None:
        device.skew = self.chance.randint(-3 * DAY, 3 * DAY)
        self.say(f"{device.name} clock {device.skew}")

    # Who belongs to it.

    def _invite(self, device: SimulatedDevice) -> None:
        self._number += 1
        role = self.chance.choice((Role.ADMIN, Role.EDITOR, Role.EDITOR, Role.AUTHOR, Role.READER))
        self._invited(device, Keys(some_bytes(f"code {self._number}")), role, "", self.chance.choice((1, 1, 3)))

    def _second_device(self, device: SimulatedDevice) -> None:
        self._number += 1
        keys = Keys(some_bytes(f"code {self._number}"))
        self._invited(device, keys, Role.READER, device.shelf.device.member, 1)

    def _invited(self, device: SimulatedDevice, keys: Keys, role: Role, member: str, uses: int) -> None:
        membership, shelf = device.replica.membership, device.shelf
        if membership is None or membership.role_of(device.id) is None:
            return
        certificates = device.replica.certificates()
        action = invite(
            keys, membership, certificates[0].id, shelf.kept.secrets, role=role, uses=uses, until=0, member=member
        )
        try:
            device.replica.act(action)
        except Refused:
            return
        self._codes.append((keys, member))
        self.say(f"{device.name} invites {member or role.name}")

    def _join(self, _device: SimulatedDevice) -> None:
        free = [each for each in NAMES if each not in {one.name for one in self.devices}]
        if not free or not self._codes:
            return
        keys, member = self.chance.choice(self._codes)
        guest = self.new_device(free[0], member or free[0])
        try:
            found = welcome(keys, self.shared.welcome(guest.name), guest.shelf.device, self.now)
        except Problem:
            guest.close()
            return
        guest.replica.join(found.certificates, found.add, found.invite, keys)
        self.devices.append(guest)
        self._signers[guest.id] = guest.shelf.device.signer.verify_key
        self.say(f"{guest.name} joins")

    def _cancel(self, device: SimulatedDevice) -> None:
        membership = device.replica.membership
        invites = [name for name, each in membership.invites.items() if each.is_open(self.now)] if membership else []
        if not invites:
            return
        try:
            device.replica.act(Cancel(self.chance.choice(invites)))
        except Refused:
            return
        self.say(f"{device.name} takes an invite back")

    def _remove(self, device: SimulatedDevice) -> None:
        membership = device.replica.membership
        others = [each.id for each in membership.active() if each.id != device.id] if membership else []
        if not others:
            return
        gone = self.chance.choice(others)
        rows = device.shelf.kept.revisions
        theirs = frozenset(each for each, row in rows.items() if row.counts and row.envelope.header.dev == gone)
        try:
            device.replica.act(device.replica.removal([gone]))
        except Refused:
            return
        self.book.removals.append((gone, device.id))
        self.book.seen.append((gone, device.id, theirs))
        self.say(f"{device.name} removes {gone}")

    def _set_role(self, device: SimulatedDevice) -> None:
        membership = device.replica.membership
        members = sorted(membership.members().keys() - {NAME}) if membership else []
        if membership is None or not members:
            return
        member, role = self.chance.choice(members), self.chance.choice(list(Role))
        try:
            device.replica.act(device.replica.role_change(member, role))
        except Refused:
            return
        self.book.lowered |= {each.id for each in membership.devices.values() if each.member == member}
        self.say(f"{device.name} makes {member} {role.name}")
