"""A member who wants more than they may: what they send, straight to the store or through a lying network."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nacl.signing import SigningKey

from casebook.envelope import RevisionId, Stamped, State, opened, seal, state_openly
from casebook.keys import Device
from casebook.record import RecordId
from sync.certificates import SHORT, Action, Add, Remove, Role, Rotate, SetRole, certificate, certify
from sync.store import DAY, Outcome
from tests.sync.simulator.chance import some_bytes
from tests.sync.simulator.device import SPACE, SimulatedDevice

if TYPE_CHECKING:
    from tests.sync.simulator.world import World

NAME = "mallory"


class Adversary:
    """An author with a key of the space, who does not run our program."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._chance = world.chance
        self.identity = SimulatedDevice(NAME, NAME, lambda: world.now)
        self._made: list[RecordId] = []
        self.sent: list[bytes] = []
        """What a lying network may bring to a device."""

    def act(self) -> None:
        """One of their tricks."""
        tricks: list[Callable[[], None]] = [
            self._own_record,
            self._strange_parents,
            self._foreign_record,
            self._foreign_erasure,
            self._many_erasures,
            self._far_future,
            self._somebody_elses_name,
            self._unknown_key,
            self._rubbish,
            self._replay,
            self._more_rights,
            self._rights_from_the_past,
            self._false_receipt,
            self._leave_with_a_cut,
        ]
        trick = self._chance.choice(tricks)
        self._world.say(f"mallory: {trick.__name__.strip('_').replace('_', ' ')}")
        trick()

    @property
    def _device(self) -> Device:
        return self.identity.shelf.device

    @property
    def _role(self) -> Role | None:
        membership = self._world.shared.membership()
        return membership.role_of(self._device.id) if membership else None

    def _revision(
        self,
        record: str,
        *,
        parents: tuple[RevisionId, ...] = (),
        wall: int | None = None,
        device: str = "",
        signer: SigningKey | None = None,
        key: bytes | None = None,
        number: int = 1,
    ) -> tuple[RevisionId, bytes]:
        moment = self._world.now if wall is None else wall
        return seal(
            State("case", {"title": Stamped(f"mallory {self._chance.random()}", moment, b"")}),
            record=record,
            space=SPACE,
            parents=parents,
            device=device or self._device.id,
            wall=moment,
            key=key or some_bytes("the first key"),
            key_number=number,
            signer=signer or self._device.signer,
        )

    def _push(self, raw: bytes) -> Outcome | None:
        self.sent.append(raw)
        return self._world.shared.put(raw)

    def _push_forbidden(self, found: tuple[RevisionId, bytes]) -> None:
        self._world.book.forged.add(found[0])
        outcome = self._push(found[1])
        if outcome is Outcome.OK:
            self._world.fail("authenticity: the store took what nobody of this space may write")

    def _record(self) -> RecordId:
        if not self._made or self._chance.random() < 0.3:
            self._made.append(self.identity.new_record(10_000 + len(self._made)))
        return self._chance.choice(self._made)

    def _known(self) -> list[RevisionId]:
        return [each.id for each in self._world.shared.envelopes() if each.header.kind == "rev"]

    def _own_record(self) -> None:
        self._push(self._revision(self._record())[1])

    def _strange_parents(self) -> None:
        known = self._known()
        parents = self._chance.sample(known, min(len(known), self._chance.choice((1, 3, 64))))
        invented = [RevisionId(self._chance.randbytes(32)) for _each in range(self._chance.choice((0, 1, 60)))]
        self._push(self._revision(self._record(), parents=tuple([*parents, *invented][:64]))[1])

    def _foreign_record(self) -> None:
        found = [each for each in self._world.shared.envelopes() if each.header.kind == "rev"]
        found = [each for each in found if each.header.rec not in self._made]
        if found:
            victim = self._chance.choice(found)
            self._push_forbidden(self._revision(victim.header.rec, parents=(victim.id,)))

    def _foreign_erasure(self) -> None:
        records = {each.header.rec for each in self._world.shared.envelopes() if each.header.kind == "rev"}
        if victims := sorted(records - set(self._made)):
            record = self._chance.choice(victims)
            self._push_forbidden(self._statement("erase", record))

    def _many_erasures(self) -> None:
        for _each in range(self._chance.choice((2, 25))):
            self._made.append(self.identity.new_record(20_000 + len(self._made)))
            self._push(self._statement("erase", self._made.pop())[1])

    def _far_future(self) -> None:
        outcome = self._push(self._revision(self._record(), wall=self._world.now + 400 * DAY)[1])
        if outcome is Outcome.OK:
            self._world.fail("bounded: the store took a moment that is a year away")
        self.sent.pop()

    def _somebody_elses_name(self) -> None:
        record = self._world.devices[0].new_record(30_000 + self._chance.randrange(1000))
        self._push_forbidden(self._revision(record, device=self._world.devices[0].id))

    def _unknown_key(self) -> None:
        self._push(
            self._revision(self._record(), key=self._chance.randbytes(32), number=self._chance.choice((1, 99)))[1]
        )

    def _rubbish(self) -> None:
        whole = self._revision(self._record())[1]
        for each in (b"", whole[:-1], whole[: len(whole) // 2], b"CB1\xff\xff\xff\xff" + whole, whole + b"x"):
            if self._push(each) is Outcome.OK:
                self._world.fail("bounded: the store took rubbish")

    def _replay(self) -> None:
        old = [each.raw for each in self._world.shared.envelopes()]
        for each in self._chance.sample(old + self.sent, min(5, len(old))):
            self._push(each)

    def _false_receipt(self) -> None:
        self._push(self._statement("receipt", self._record())[1])

    def _statement(self, kind: str, record: str) -> tuple[RevisionId, bytes]:
        return state_openly(
            "erase" if kind == "erase" else "receipt",
            space=SPACE,
            record=record,
            parents=(),
            device=self._device.id,
            wall=self._world.now,
            signer=self._device.signer,
        )

    def _certify(self, action: Action) -> Outcome | None:
        membership = self._world.shared.membership()
        if membership is None:
            return None
        device = self._device
        cert = certify(
            action,
            n=membership.n + 1,
            before=membership.head,
            space=SPACE,
            device=device.id,
            wall=self._world.now,
            signer=device.signer,
        )
        return self._push(cert.envelope.raw)

    def _more_rights(self) -> None:
        own = self._device
        evil = SigningKey(self._chance.randbytes(32))
        add = Add("evil", NAME, bytes(evil.verify_key), bytes(own.box.public_key), Role.ADMIN)
        actions: list[Action] = [
            SetRole(NAME, Role.ADMIN),
            SetRole("ank", Role.READER),
            Remove([self._world.devices[0].id], []),
            Rotate(2, {}),
            add,
            Add("evil", "ank", bytes(evil.verify_key), bytes(own.box.public_key), Role.ADMIN),
        ]
        if self._certify(self._chance.choice(actions)) is Outcome.OK:
            self._world.fail("authenticity: the store took a certificate that its author may not sign")

    def _rights_from_the_past(self) -> None:
        """Say that the store had it, and lost it: on a place that others have built on since."""
        shared = self._world.shared
        below = [each for each in shared.envelopes() if each.header.kind == "cert"]
        membership = shared.membership()
        if membership is None or not below:
            return
        at = certificate(self._chance.choice(below))
        actions: list[Action] = [SetRole(NAME, Role.ADMIN), Remove([self._world.devices[0].id], [])]
        action = self._chance.choice(actions)
        cert = certify(
            action,
            n=at.n + 1,
            before=at.id,
            space=SPACE,
            device=self._device.id,
            wall=self._world.now,
            signer=self._device.signer,
        )
        self.sent.append(cert.envelope.raw)
        shared.put(cert.envelope.raw, given_back=True)
        after = shared.membership()
        if after is None or (after.devices, after.roles) != (membership.devices, membership.roles):
            self._world.fail("authenticity: a certificate from the past gave its author more rights")

    def _leave_with_a_cut(self) -> None:
        """Leave by their own hand, naming what they forged as what still counts."""
        if self._role is None or self._chance.random() < 0.7:
            return
        forged = [each[:SHORT] for each in sorted(self._world.book.forged)]
        self._certify(Remove([self._device.id], forged))
        for each in list(self.sent):
            envelope_is_forged = each[:3] == b"CB1" and self._is_forged(each)
            if envelope_is_forged and self._world.shared.put(each) is Outcome.OK:
                self._world.fail("authenticity: a cut of one's own made a forgery count")

    def _is_forged(self, raw: bytes) -> bool:
        try:
            return opened(raw).id in self._world.book.forged
        except Exception:  # noqa: BLE001 - rubbish of our own making
            return False
