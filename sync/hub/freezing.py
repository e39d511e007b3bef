"""Keeping a device, or all devices of a member, out at once; the circle removes them later in its own way."""

from sqlalchemy import Connection, delete, insert, or_, select

from sync.hub.tables import frozen
from sync.membership import Membership


def is_frozen(connection: Connection, membership: Membership, who: str) -> bool:
    """Whether this device, or its member, is kept out; for an invite: whether who made it is."""
    invite = membership.invites.get(who)
    device = membership.devices.get(invite.by if invite else who)
    column = frozen.c
    names = or_(column.device == who, column.device == (device.id if device else who))
    if device:
        names = or_(names, column.member == device.member)
    return connection.execute(select(column.at).where(column.space == membership.space, names)).first() is not None


def freeze(connection: Connection, space: str, *, device: str = "", member: str = "", now: int) -> None:
    """Keep a device or a member out; to do it again is harmless."""
    thaw(connection, space, device=device, member=member)
    connection.execute(insert(frozen), {"space": space, "device": device, "member": member, "at": now})


def thaw(connection: Connection, space: str, *, device: str = "", member: str = "") -> None:
    """Let it in again."""
    column = frozen.c
    connection.execute(delete(frozen).where(column.space == space, column.device == device, column.member == member))
