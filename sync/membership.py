"""Who belongs to a space: a pure function of its certificates, the same on every device and every hub."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from nacl.signing import VerifyKey

from casebook.envelope import Envelope, Header, Refused, RevisionId
from casebook.record import made_by
from casebook.rights import Rights, Writes
from sync.certificates import (
    SHORT,
    Action,
    Add,
    Cancel,
    Certificate,
    Create,
    Invite,
    Policy,
    Remove,
    Role,
    Rotate,
    SetRole,
    label,
)


@dataclass(frozen=True, slots=True)
class MemberDevice:
    """A device that is, or was, in the chain."""

    id: str
    member: str
    vk: bytes
    bk: bytes
    came_by: str = ""
    """The device or invite that added it."""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """An invite as it stands: how often it was used, and whether somebody took it back."""

    invite: Invite
    by: str
    used: int = 0
    is_cancelled: bool = False

    def is_open(self, now: int) -> bool:
        """Whether a device may still come in with it."""
        return (
            not self.is_cancelled
            and (self.invite.uses == 0 or self.used < self.invite.uses)
            and (self.invite.until == 0 or now <= self.invite.until)
        )


@dataclass(frozen=True, slots=True)
class Membership:
    """The members, devices, invites and the number of the newest key, after certificate *n*."""

    space: str
    kind: str
    n: int
    head: RevisionId
    devices: Mapping[str, MemberDevice]
    roles: Mapping[str, Role]
    invites: Mapping[str, OpenInvite] = field(default_factory=dict)
    cuts: Mapping[str, Mapping[bytes, Role]] = field(default_factory=dict)
    """What still counts of a device that may do less than it could, with what it could do then."""
    key: int = 1
    key_cert: bytes = b""
    readers: frozenset[str] = frozenset()
    """The devices and invites that have the newest key."""
    policy: Policy = field(default_factory=Policy)

    def active(self) -> list[MemberDevice]:
        """The devices that are in now."""
        return [each for each in self.devices.values() if each.is_active]

    def members(self) -> dict[str, Role]:
        """Those who have a device in it, with what they may do."""
        return {each.member: self.roles[each.member] for each in self.active()}

    def admins(self) -> set[str]:
        """The members who administer it."""
        return {member for member, role in self.members().items() if role is Role.ADMIN}

    def role_of(self, device: str) -> Role | None:
        """What a device may do; None when it is not (or no longer) in."""
        known = self.devices.get(device)
        return self.roles[known.member] if known and known.is_active else None

    def brought_in(self, author: str) -> frozenset[str]:
        """A device or an invite, with those by whom it came in, one after another."""
        found: set[str] = set()
        while author and author not in found:
            found.add(author)
            device, invite = self.devices.get(author), self.invites.get(author)
            author = device.came_by if device else invite.by if invite else ""
        return frozenset(found)

    def may_do_less(self, author: str) -> bool:
        """Whether a device or an invite that came in may do less than it once could."""
        if author in self.invites:
            return self.invites[author].is_cancelled
        return author in self.cuts and self.role_of(author) is not Role.ADMIN

    def may_have_administered(self, author: str) -> bool:
        """Whether a device administers this, or did so once, or came in where that cannot be seen from here."""
        return author not in self.devices or author in self.cuts or self.role_of(author) is Role.ADMIN

    def signer(self, author: str) -> VerifyKey:
        """The key with which a device or an invite signs; raises `Refused` for one that never was in the chain."""
        if author in self.devices:
            return VerifyKey(self.devices[author].vk)
        if author in self.invites:
            return VerifyKey(self.invites[author].invite.vk)
        raise Refused("nobody of this space signed it")

    def is_author(self, device: str, record: str) -> bool:
        """Whether a record was made on a device of the same member."""
        known = self.devices.get(device)
        return known is not None and (
            made_by(record, device)
            or any(made_by(record, each.id) for each in self.devices.values() if each.member == known.member)
        )

    def rights(self, device: str) -> Rights:
        """What a device may write now."""
        return self._rights(self.role_of(device), device)

    def may_write(self, device: str, record: str) -> bool:
        """Whether a device may revise a record now."""
        return self._writes(self.role_of(device), device, record)

    def may_erase(self, device: str, record: str) -> bool:
        """Whether a device may erase a record now."""
        return self._erases(self.role_of(device), device, record)

    def stands(self, statement: RevisionId, header: Header) -> bool:
        """Whether an erasure or a receipt counts."""
        if header.kind == "receipt":
            return header.dev in self.devices
        return self.may_erase(header.dev, header.rec) or self._erases(
            self._once(header.dev, statement), header.dev, header.rec
        )

    def counted(
        self, revisions: Iterable[tuple[RevisionId, str, tuple[RevisionId, ...]]], record: str
    ) -> set[RevisionId]:
        """Those revisions (id, device, parents) of a record that count."""
        known = {each: (device, parents) for each, device, parents in revisions}
        may = {device: self.may_write(device, record) for device, _parents in known.values()}
        found = {
            each
            for each, (device, _parents) in known.items()
            if may[device] or self._writes(self._once(device, each), device, record)
        }
        waiting = [parent for each in found for parent in known[each][1]]
        while waiting:
            each = waiting.pop()
            if each in known and each not in found and known[each][0] in self.cuts:
                found.add(each)
                waiting.extend(known[each][1])
        return found

    def _once(self, device: str, statement: bytes) -> Role | None:
        """What a device could do when it made something that is in its cut."""
        return self.cuts.get(device, {}).get(statement[:SHORT])

    def _rights(self, role: Role | None, device: str) -> Rights:
        match role:
            case None:
                return Rights(Writes.LEFT)
            case Role.READER:
                return Rights(Writes.NOTHING)
            case Role.AUTHOR:
                member = self.devices[device].member
                return Rights(Writes.OWN, frozenset(each.id for each in self.devices.values() if each.member == member))
            case _:
                return Rights(Writes.ALL)

    def _writes(self, role: Role | None, device: str, record: str) -> bool:
        return self._rights(role, device).may_change(record)

    def _erases(self, role: Role | None, device: str, record: str) -> bool:
        return role is not None and (role is Role.ADMIN or (role >= Role.AUTHOR and self.is_author(device, record)))

    @property
    def needs_new_key(self) -> bool:
        """Whether the newest key is with somebody who left or an invite that was taken back, or a device lacks it."""
        return any(not self._may_read(each) for each in self.readers) or any(
            each.id not in self.readers for each in self.active()
        )

    def key_readers(self, now: int = 0) -> dict[str, bytes]:
        """The X25519 keys of all who are to have the next key: the devices, and the invites that are open."""
        invites = {name: each.invite.bk for name, each in self.invites.items() if each.is_open(now)}
        return {each.id: each.bk for each in self.active()} | invites

    def _may_read(self, reader: str) -> bool:
        if reader in self.invites:
            return not self.invites[reader].is_cancelled
        return reader in self.devices and self.devices[reader].is_active

    def after(self, cert: Certificate) -> "Membership":
        """The membership once *cert* is added to it; raises `Refused` when its author may not do that."""
        self.admits(cert)
        return self.changed(cert)

    def admits(self, cert: Certificate) -> None:
        """Raises `Refused` unless *cert* stands on the newest one and somebody who is in signed it."""
        if cert.before != self.head or cert.n != self.n + 1 or cert.envelope.header.space != self.space:
            raise Refused("it does not follow the newest certificate")
        invite = self.invites.get(cert.author)
        _demand(self.role_of(cert.author) is not None or (invite is not None and not invite.is_cancelled))
        cert.envelope.verify(self.signer(cert.author))

    def changed(self, cert: Certificate) -> "Membership":
        """The membership with what a certificate that was admitted does; raises `Refused` as `after` does."""
        return self._changed(cert).passed(cert)

    def passed(self, cert: Certificate) -> "Membership":
        """The membership with *cert* on its place, doing nothing."""
        return replace(self, n=cert.n, head=cert.id)

    def _changed(self, cert: Certificate) -> "Membership":
        match cert.action:
            case Invite() as action:
                return self._invite(cert, action)
            case Cancel() as action:
                return self._cancel(cert, action)
            case Add() as action:
                return self._add(cert, action)
            case SetRole() as action:
                return self._set_role(cert, action)
            case Remove() as action:
                return self._remove(cert, action)
            case Rotate() as action:
                return self._rotate(cert, action)
            case Policy() as action:
                return self._policy(cert, action)
            case Create():
                raise Refused("a space begins once")

    def _invite(self, cert: Certificate, action: Invite) -> "Membership":
        role = self._acting(cert)
        own = action.member != "" and action.member == self.devices[cert.author].member and action.role <= role
        _demand(role is Role.ADMIN or own)
        _demand(action.member == "" or action.member in self.roles)
        _demand(action.member == "" or action.role is self.roles[action.member])
        _demand(action.invite not in self.invites and action.invite not in self.devices)
        newest = any(each.n == self.key and each.cert == self.key_cert for each in action.boxes)
        return replace(
            self,
            invites={**self.invites, action.invite: OpenInvite(action, cert.author)},
            readers=self.readers | ({action.invite} if newest else set()),
        )

    def _cancel(self, cert: Certificate, action: Cancel) -> "Membership":
        known = self.invites.get(action.invite)
        if known is None:
            raise Refused("there is no such invite")
        role = self._acting(cert)
        _demand(role is Role.ADMIN or self.devices[cert.author].member == self.devices[known.by].member)
        return replace(self, invites={**self.invites, action.invite: replace(known, is_cancelled=True)})

    def _add(self, cert: Certificate, action: Add) -> "Membership":
        _demand(action.device not in self.devices and action.device not in self.invites)
        _demand(all(each.vk != action.vk for each in self.devices.values()))
        invites = self.invites
        if cert.author in self.invites:
            used = self.invites[cert.author]
            _demand(used.is_open(cert.wall) and action.role is used.invite.role and not action.boxes)
            _demand(action.member == used.invite.member if used.invite.member else action.member not in self.roles)
            invites = {**invites, cert.author: replace(used, used=used.used + 1)}
        else:
            _demand(self._acting(cert) is Role.ADMIN)
            _demand(self.roles.get(action.member, action.role) is action.role)
        joins = cert.author in self.invites and cert.author in self.readers
        newest = joins or any(each.n == self.key and each.cert == self.key_cert for each in action.boxes)
        return replace(
            self,
            devices={
                **self.devices,
                action.device: MemberDevice(action.device, action.member, action.vk, action.bk, cert.author),
            },
            # A further device never changes what its member may do: an old invite could raise it.
            roles={action.member: action.role, **self.roles},
            invites=invites,
            readers=self.readers | ({action.device} if newest else set()),
        )

    def _set_role(self, cert: Certificate, action: SetRole) -> "Membership":
        _demand(action.member in self.members())
        if self._acting(cert) is not Role.ADMIN:
            # Nobody administers it any more: the highest of those who are left may claim it, for all to see.
            highest = max(self.members().values())
            own = self.devices[cert.author].member
            _demand(not self.admins() and action.member == own and self.roles[own] is highest)
            _demand(action.role is Role.ADMIN)
        _demand(action.role is Role.ADMIN or self.admins() != {action.member})
        if action.role < self.roles[action.member]:
            return self._lowered(action)
        return replace(self, roles={**self.roles, action.member: action.role})

    def _lowered(self, action: SetRole) -> "Membership":
        if action.role >= self.roles.get(action.member, Role.READER):
            return self
        devices = {each.id for each in self.devices.values() if each.member == action.member}
        return replace(
            self._cut(devices, action.cut)._taken_back(devices, besides=action.member),
            roles={**self.roles, action.member: action.role},
        )

    def _cut(self, devices: Iterable[str], cut: Iterable[bytes]) -> "Membership":
        cuts = dict(self.cuts)
        for device in devices:
            now, once = self.roles[self.devices[device].member], cuts.get(device, {})
            cuts[device] = {**once, **{each: max(now, once.get(each, now)) for each in cut}}
        return replace(self, cuts=cuts)

    def _taken_back(self, devices: set[str], *, besides: str | None = None) -> "Membership":
        """Without the invites of which somebody on one of these devices knows the code: no way back, or up."""
        known = {self.devices[each].came_by for each in devices}
        return replace(
            self,
            invites={
                name: replace(each, is_cancelled=True)
                if (each.by in devices or name in known) and each.invite.member != besides
                else each
                for name, each in self.invites.items()
            },
        )

    def _remove(self, cert: Certificate, action: Remove) -> "Membership":
        role = self._acting(cert)
        _demand(bool(action.devices) and all(each in self.devices for each in action.devices))
        own = self.devices[cert.author].member
        _demand(role is Role.ADMIN or all(self.devices[each].member == own for each in action.devices))
        return self._without(action)

    def _without(self, action: Remove) -> "Membership":
        gone = {each for each in action.devices if each in self.devices}
        left = {each: replace(self.devices[each], is_active=False) for each in gone}
        return replace(self._cut(gone, action.cut)._taken_back(gone), devices={**self.devices, **left})

    def taken_by(self, action: Action) -> frozenset[str]:
        """The devices and invites that may do less after an action."""
        match action:
            case Remove(devices=devices):
                return frozenset(devices)
            case SetRole(member=member, role=role) if role < self.roles[member]:
                return frozenset(each.id for each in self.devices.values() if each.member == member)
            case Cancel(invite=invite):
                return frozenset({invite})
        return frozenset()

    def limited(self, action: Action) -> "Membership":
        """Without what an action on a branch that does not go on takes away."""
        match action:
            case Remove():
                return self._without(action)
            case SetRole():
                return self._lowered(action)
            case Cancel(invite=invite) if invite in self.invites:
                taken = replace(self.invites[invite], is_cancelled=True)
                return replace(self, invites={**self.invites, invite: taken})
        return self

    def _rotate(self, cert: Certificate, action: Rotate) -> "Membership":
        _demand(self._acting(cert) is Role.ADMIN and action.n == self.key + 1)
        # A box too many is that of somebody who was removed on another branch: then a next key is due at once.
        readers = {label(each): each for each in [*self.devices, *self.invites]}
        _demand({label(each) for each in self.key_readers(cert.wall)} <= set(action.boxes) <= set(readers))
        return replace(self, key=action.n, key_cert=cert.id, readers=frozenset(readers[each] for each in action.boxes))

    def _policy(self, cert: Certificate, action: Policy) -> "Membership":
        _demand(self._acting(cert) is Role.ADMIN)
        return replace(self, policy=action)

    def _acting(self, cert: Certificate) -> Role:
        role = self.role_of(cert.author)
        if role is None:
            raise Refused("its author is not in this space")
        return role


def founded(cert: Certificate) -> Membership:
    """The membership that a first certificate makes; raises `Refused` when it did not sign itself."""
    action = cert.action
    if not isinstance(action, Create) or action.device != cert.author:
        raise Refused("not a beginning")
    cert.envelope.verify(VerifyKey(action.vk))
    return Membership(
        space=cert.envelope.header.space,
        kind=action.kind,
        n=1,
        head=cert.id,
        devices={action.device: MemberDevice(action.device, action.member, action.vk, action.bk)},
        roles={action.member: Role.ADMIN},
        key_cert=cert.id,
        readers=frozenset({action.device}),
    )


def _demand(allowed: bool) -> None:
    if not allowed:
        raise Refused("its author may not do that")


def authentic(envelope: Envelope, membership: Membership) -> None:
    """Raises `Refused` unless somebody who is, or was, in the space signed this envelope for it."""
    if envelope.header.space != membership.space:
        raise Refused("of another space")
    envelope.verify(membership.signer(envelope.header.dev))
