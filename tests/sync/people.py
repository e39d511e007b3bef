"""Made-up members of a space, with real keys, for the tests of sharing."""

from dataclasses import dataclass, field, replace

from nacl.public import PrivateKey
from nacl.signing import SigningKey
from nacl.utils import random

from casebook.envelope import RevisionId, Stamped, State, seal, state_openly
from casebook.record import RecordId, _mark
from sync.certificates import Action, Add, Certificate, Create, Invite, Role, boxes_for, certify
from sync.membership import Membership, founded

START = 1_795_000_000_000
"""The moment at which these stories begin, in milliseconds since 1970."""


@dataclass
class Person:
    """One member with one device."""

    name: str
    signer: SigningKey = field(default_factory=SigningKey.generate)
    box: PrivateKey = field(default_factory=PrivateKey.generate)

    @property
    def device(self) -> str:
        return f"device-of-{self.name}"

    def add(self, role: Role = Role.EDITOR, secrets: list[tuple[int, bytes, bytes]] | None = None) -> Add:
        """The action that adds this device."""
        return Add(
            device=self.device,
            member=self.name,
            vk=bytes(self.signer.verify_key),
            bk=bytes(self.box.public_key),
            role=role,
            boxes=boxes_for(secrets or [], bytes(self.box.public_key)),
        )


@dataclass
class Story:
    """A space with its chain, as an administrator who is always up to date sees it."""

    admin: Person
    space: str = "space-1"
    wall: int = START
    key: bytes = field(default_factory=lambda: random(32))
    chain: list[Certificate] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people[self.admin.name] = self.admin
        create = Create(
            member=self.admin.name,
            device=self.admin.device,
            vk=bytes(self.admin.signer.verify_key),
            bk=bytes(self.admin.box.public_key),
            kind="circle",
        )
        self.chain.append(
            certify(
                create,
                n=1,
                before=None,
                space=self.space,
                device=self.admin.device,
                wall=self.wall,
                signer=self.admin.signer,
            )
        )
        self.membership: Membership = founded(self.chain[0])

    def sign(self, action: Action, by: Person | None = None, on: Membership | None = None) -> Certificate:
        """A certificate on top of the newest one (or of *on*), that is not in the chain yet."""
        author, top = by or self.admin, on or self.membership
        self.wall += 1
        return certify(
            action,
            n=top.n + 1,
            before=top.head,
            space=self.space,
            device=author.device,
            wall=self.wall,
            signer=author.signer,
        )

    def do(self, action: Action, by: Person | None = None) -> Certificate:
        """Sign, and add to the chain; raises `Refused` when that may not be."""
        cert = self.sign(action, by)
        self.membership = self.membership.after(cert)
        self.chain.append(cert)
        return cert

    def welcome(self, name: str, role: Role = Role.EDITOR) -> Person:
        """Somebody new, added by the administrator."""
        person = self.people[name] = Person(name)
        self.do(person.add(role))
        return person

    def revision(
        self,
        by: Person,
        title: str,
        *,
        record: str = "",
        parents: tuple[RevisionId, ...] = (),
        wall: int = 0,
    ) -> tuple[RevisionId, bytes]:
        """A sealed revision of a case with this title."""
        self.wall += 1
        moment = wall or self.wall
        return seal(
            State("case", {"title": Stamped(title, moment, b"")}),
            record=record or record_of(by, self.wall),
            space=self.space,
            parents=parents,
            device=by.device,
            wall=moment,
            key=self.key,
            key_number=1,
            signer=by.signer,
        )

    def erasure(self, by: Person, record: str) -> tuple[RevisionId, bytes]:
        """The statement that a record is erased."""
        self.wall += 1
        return state_openly(
            "erase",
            space=self.space,
            record=record,
            parents=(),
            device=by.device,
            wall=self.wall,
            signer=by.signer,
        )

    def receipt(self, by: Person, record: str, erase: RevisionId) -> tuple[RevisionId, bytes]:
        """The statement that this device erased it."""
        self.wall += 1
        return state_openly(
            "receipt",
            space=self.space,
            record=record,
            parents=(erase,),
            device=by.device,
            wall=self.wall,
            signer=by.signer,
        )


def record_of(person: Person, number: int) -> RecordId:
    """The id of a record that this person's device made."""
    high = (START + number) << 16 | 0x7000
    low = _mark(high, person.device)
    text = f"{high << 64 | 0x2 << 62 | low:032x}"
    return RecordId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")


def invitation(code: Person, *, role: Role = Role.EDITOR, uses: int = 1, until: int = 0, member: str = "") -> Invite:
    """An invite of which *code* stands for whoever has the code."""
    return Invite(
        invite=code.device,
        vk=bytes(code.signer.verify_key),
        bk=bytes(code.box.public_key),
        role=role,
        uses=uses,
        until=until,
        member=member,
        proof=bytes(32),
        boxes=[],
    )


def second_device(person: Person, label: str) -> Person:
    """Another device of the same person."""
    return replace(person, name=f"{person.name}-{label}", signer=SigningKey.generate(), box=PrivateKey.generate())
