"""What people do with circles: begin one, connect it, invite, join, see who is in, and let somebody go."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from nacl.utils import random
from sqlalchemy import delete, func, select

from casebook import tables
from casebook.database import Database, note, set_setting, setting
from casebook.envelope import Refused
from casebook.people import Circle, Machine, Member
from casebook.present import every
from casebook.problem import Problem
from casebook.record import Record, made_by
from casebook.rights import allowed
from casebook.saving import Change, save
from casebook.spaces import SpaceKind, add_key, add_space, addresses, spaces
from resources.language import _
from sync.casebook_shelf import CasebookShelf
from sync.certificates import Action, Cancel, Certificate, Create, Role
from sync.connecting import found as found_place
from sync.entering import SignIn, entered, nobody_there
from sync.inviting import INVITE_LETTERS, RECOVERY_LETTERS, invite, keys_of, new_code
from sync.membership import Membership
from sync.own_space import adopt_personal
from sync.replica import Replica
from sync.stores import ticket_of
from sync.troubles import in_sentences

DAY = 24 * 60 * 60 * 1000
VALID_DAYS = 14
MOST_USES, MOST_DAYS = 500, 365


@dataclass(frozen=True, slots=True)
class CircleLine:
    """A shared space as the list shows it."""

    space: str
    kind: SpaceKind
    name: str
    address: str
    """Where its store is; empty while it is on this device only."""
    role: Role | None
    """What this device may do; None when it does not belong to it (any more, or yet)."""
    members: int
    devices: int
    admins: int

    @property
    def is_in(self) -> bool:
        """Whether one belongs to it: to one's own space always."""
        return self.kind is SpaceKind.PERSONAL or self.role is not None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device of a member."""

    id: str
    label: str
    is_this: bool
    seen: datetime | None
    """When it last wrote something that came here."""


@dataclass(frozen=True, slots=True)
class Person:
    """One member."""

    member: str
    name: str
    organisation: str
    role: Role
    devices: tuple[DeviceLine, ...]
    is_me: bool


@dataclass(frozen=True, slots=True)
class InviteLine:
    """An invite that still works."""

    id: str
    role: Role
    uses_left: int | None
    """None: without limit."""
    until: datetime | None
    member: str
    """Of whom it is for a further device; empty for a colleague."""
    is_mine: bool
    """Whether one of my devices made it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an inviter gives: never both in one message to be safe."""

    code: str
    address: str
    invite: str = ""
    """Its name in the chain, which says nothing of the code."""


def replica_of(db: Database, space: str) -> Replica:
    """This device's side of a space."""
    return Replica(CasebookShelf(db, space))


def circles(db: Database) -> list[CircleLine]:
    """The spaces that are, or can be, shared: the personal one first, then by name."""
    lines = [_line(db, each.id, each.kind) for each in spaces(db)]
    return sorted(lines, key=lambda each: (each.kind is not SpaceKind.PERSONAL, each.name.casefold(), each.space))


def circle(db: Database, space: str) -> CircleLine | None:
    """One of them; None where there is no such space."""
    return next((_line(db, each.id, each.kind) for each in spaces(db) if each.id == space), None)


def _line(db: Database, space: str, kind: SpaceKind) -> CircleLine:
    membership = replica_of(db, space).membership
    return CircleLine(
        space=space,
        kind=kind,
        name=next((each.record.name for each in every(db, Circle) if each.space == space), ""),
        address=addresses(db).get(space, ""),
        role=membership.role_of(db.device.id) if membership else None,
        members=len(membership.members()) if membership else 0,
        devices=len(membership.active()) if membership else 0,
        admins=len(membership.admins()) if membership else 0,
    )


def begin(db: Database, name: str, kind: SpaceKind = SpaceKind.CIRCLE, promise: str = "") -> str:
    """A new circle with this device as its administrator; returns its space. Nobody else sees it yet."""
    if not name.strip():
        raise Problem(_("Give the circle a name, so that its members recognise it."))
    space = db.new_id()
    with db.write() as connection:
        add_space(db, connection, space, kind)
    _found(db, space, kind)
    introduce(db, space, [Circle(id=db.new_id(), name=name.strip(), promise=promise)])
    return space


def _found(db: Database, space: str, kind: SpaceKind) -> None:
    """Sign the first certificate, and name the first key after it."""
    device = db.device
    create = Create(
        member=device.member,
        device=device.id,
        vk=bytes(device.signer.verify_key),
        bk=bytes(device.box.public_key),
        kind=kind.value,
    )
    root = replica_of(db, space).act(create)
    held = db.keys.secrets(space, 1)
    with db.write() as connection:
        add_key(db, connection, space, 1, root.id, held[0] if held else random(32))


def introduce(db: Database, space: str, more: Iterable[Record] = ()) -> None:
    """Say in a space who we are: the name to show, the municipality, and what this device is called.

    Who only reads along says nothing there, until that changes: see `introduce_late`.
    """
    if not allowed(db).in_space(space).may_add:
        return
    with db.read() as connection:
        name, organisation = setting(connection, "name"), setting(connection, "municipality")
    known = {each.record.member for each in every(db, Member) if each.space == space}
    records: list[Record] = [*more, Machine(id=db.new_id(), device=db.device.id, label=platform.node()[:60])]
    member = own_member(db, space)
    # A further device of somebody who is in already has the name that stands there.
    if member == db.device.member and member not in known:
        records.append(Member(id=db.new_id(), member=member, name=name, organisation=organisation))
    save(db, [Change(each, space=space) for each in records], None)


def introduce_late(db: Database, space: str) -> None:
    """Say who we are where that was not said yet: when we came in we might only read."""
    if allowed(db).in_space(space).may_add and not any(
        each.space == space and each.record.device == db.device.id for each in every(db, Machine)
    ):
        introduce(db, space)


def own_member(db: Database, space: str) -> str:
    """Under which member this device stands in a space."""
    membership = replica_of(db, space).membership
    known = membership.devices.get(db.device.id) if membership else None
    return known.member if known else db.device.member


def connect(db: Database, space: str, address: str, ticket: str = "") -> None:
    """Share a space through the store at *address* (a folder or a hub) from now on; nothing is sent yet.

    A *ticket* lets one begin a space at a hub that asks for it.

    Moving to another store sends everything there; what stands in the old one stays.
    """
    found_place(address)
    kind = next(each.kind for each in spaces(db) if each.id == space)
    if replica_of(db, space).membership is None:
        _found(db, space, kind)
        introduce(db, space)
    with db.write() as connection:
        if ticket.strip():
            set_setting(connection, ticket_of(space), ticket.strip())
        held = connection.scalar(select(tables.peer.c.address).where(tables.peer.c.space == space))
        if held != address:
            CasebookShelf(db, space).start_over(connection, address)
            note(connection, db.clock(), "connect", address)


def disconnect(db: Database, space: str) -> None:
    """Exchange nothing any more; what is here stays here, and what is in the store stays there."""
    with db.write() as connection:
        connection.execute(delete(tables.peer).where(tables.peer.c.space == space))
        note(connection, db.clock(), "disconnect", space)


def invite_code(
    db: Database, space: str, *, role: Role = Role.EDITOR, uses: int = 1, days: int = VALID_DAYS
) -> Invitation:
    """A code with which *uses* colleagues can join without anybody being online."""
    if not (1 <= uses <= MOST_USES and 1 <= days <= MOST_DAYS):
        raise Problem(
            _("An invitation is for 1 to {uses} colleagues and valid for 1 to {days} days. Nothing was made.").format(
                uses=MOST_USES, days=MOST_DAYS
            )
        )
    return _invite(db, space, role, uses, db.clock() + days * DAY, "", INVITE_LETTERS)


def own_device_code(db: Database, space: str, days: int = 1) -> Invitation:
    """A code with which a further device of mine joins."""
    return _invite(db, space, Role.EDITOR, 1, db.clock() + days * DAY, own_member(db, space), INVITE_LETTERS)


def recovery_code(db: Database) -> Invitation:
    """A code to print and keep: with it the personal space comes back on a new computer. It stays valid."""
    return _invite(db, db.personal, Role.ADMIN, 0, 0, own_member(db, db.personal), RECOVERY_LETTERS)


def _invite(db: Database, space: str, role: Role, uses: int, until: int, member: str, letters: int) -> Invitation:
    address = addresses(db).get(space, "")
    replica = replica_of(db, space)
    membership = replica.membership
    if membership is None or not address:
        raise Problem(_("Connect it to a folder or a hub first: that is where somebody who joins finds it."))
    code = new_code(letters)
    keys = keys_of(code, space)
    action = invite(
        keys,
        membership,
        replica.certificates()[0].id,
        replica.secrets(),
        role=role,
        uses=uses,
        until=until,
        member=member,
    )
    act(replica, action)
    return Invitation(code, shown_address(address, space), keys.name)


def shown_address(address: str, space: str) -> str:
    """The address as a joiner needs it: with the space, for one store can hold several."""
    return f"{address}#{space}"


def act(replica: Replica, action: Action) -> Certificate:
    """Sign an action; a `Problem` where this device may not do that."""
    try:
        return replica.act(action)
    except Refused as error:
        raise Problem(
            _("Only an administrator of the circle can do this. Nothing was changed."), details=str(error)
        ) from error


def join(db: Database, address: str, code: str, sign_in: SignIn = nobody_there) -> str:
    """Come into a circle with an address and a code; returns its space. Raises a `Problem` when that cannot be.

    *sign_in* is asked for an identity where the hub of the circle wants to see one.
    """
    place, _hash, space = address.strip().partition("#")
    if not space:
        raise Problem(
            _("Something is missing from the address: it ends in # and the number of the circle. Copy it whole.")
        )
    keys = keys_of(code, space)
    found_place(place)
    replica = replica_of(db, space)
    if replica.membership and replica.membership.role_of(db.device.id):
        raise Problem(_("You are in this circle already with this device. Nothing was changed."))
    with in_sentences(place):
        found = entered(db, place, space, keys, sign_in)
    kind = found.membership.kind
    is_own = kind == SpaceKind.PERSONAL.value
    with db.write() as writing:
        # There is always exactly one space of one's own: it changes places with the fresh one, in one step.
        add_space(db, writing, space, SpaceKind.CIRCLE if is_own else SpaceKind(kind))
        CasebookShelf(db, space).start_over(writing, place)
        note(writing, db.clock(), "join", place)
    replica.join(found.certificates, found.add, found.invite, keys)
    if is_own:
        adopt_personal(db, space)
    introduce(db, space)
    return space


def people(db: Database, space: str) -> list[Person]:
    """The members of a space by name, with their devices; oneself first."""
    membership = replica_of(db, space).membership
    if membership is None:
        return []
    labels = {each.record.device: each.record.label for each in every(db, Machine) if each.space == space}
    told = [each.record for each in every(db, Member) if each.space == space]
    seen = _last_seen(db, space)
    mine = own_member(db, space)
    found = []
    for member, role in membership.members().items():
        own = _own_words(membership, member, told)
        devices = tuple(
            DeviceLine(each.id, labels.get(each.id, ""), each.id == db.device.id, seen.get(each.id))
            for each in membership.active()
            if each.member == member
        )
        found.append(Person(member, own.name, own.organisation, role, devices, member == mine))
    return sorted(found, key=lambda each: (not each.is_me, each.name.casefold(), each.member))


def writers(db: Database, space: str) -> dict[str, Member]:
    """Who works, or once worked, on each device of a space, as they say it themselves."""
    membership = replica_of(db, space).membership
    if membership is None:
        return {}
    told = [each.record for each in every(db, Member) if each.space == space]
    return {each.id: _own_words(membership, each.member, told) for each in membership.devices.values()}


def _last_seen(db: Database, space: str) -> dict[str, datetime]:
    """When each device last wrote something, by its own clock."""
    found: dict[str, int] = {}
    with db.read() as connection:
        for table in (tables.rev, tables.statement):
            c = table.c
            for device, wall in connection.execute(
                select(c.dev, func.max(c.wall)).where(c.space == space).group_by(c.dev)
            ):
                found[device] = max(wall, found.get(device, 0))
    return {device: datetime.fromtimestamp(wall / 1000, UTC) for device, wall in found.items()}


def _own_words(membership: Membership, member: str, told: Iterable[Member]) -> Member:
    """What a member says of itself: nobody can give another one a name."""
    own = [
        each
        for each in told
        if each.member == member
        and any(one.member == member and made_by(each.id, one.id) for one in membership.devices.values())
    ]
    return own[-1] if own else Member(member=member)


def invites(db: Database, space: str) -> list[InviteLine]:
    """The invites that still work."""
    membership = replica_of(db, space).membership
    if membership is None:
        return []
    now, mine = db.clock(), own_member(db, space)
    return [
        InviteLine(
            id=name,
            role=each.invite.role,
            uses_left=each.invite.uses - each.used if each.invite.uses else None,
            until=datetime.fromtimestamp(each.invite.until / 1000, UTC) if each.invite.until else None,
            member=each.invite.member,
            is_mine=membership.devices[each.by].member == mine,
        )
        for name, each in membership.invites.items()
        if each.is_open(now)
    ]


def cancel(db: Database, space: str, invite: str) -> None:
    """Take an invite back."""
    act(replica_of(db, space), Cancel(invite))


def remove(db: Database, space: str, devices: Iterable[str]) -> None:
    """Let devices go: they get nothing new. What they had, they may still have."""
    gone = list(devices)
    if db.device.id in gone:
        raise Problem(
            _(
                "This is the device you are working on: it cannot take itself out. Nothing was changed. Disconnect "
                "the circle, or let another administrator do it."
            )
        )
    replica = replica_of(db, space)
    act(replica, replica.removal(gone))


def set_role(db: Database, space: str, member: str, role: Role) -> None:
    """Let a member do more, or less."""
    replica = replica_of(db, space)
    act(replica, replica.role_change(member, role))
