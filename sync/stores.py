"""From an address to a store: a shared folder, or a hub."""

from collections.abc import Callable, Collection
from pathlib import Path

from casebook.database import Database, setting
from casebook.envelope import Envelope, opened
from sync.connecting import Place, place_of
from sync.files import Disk, Files
from sync.folder import FolderStore
from sync.folder_names import inside
from sync.inviting import Keys
from sync.mass_erasing import Valve
from sync.replica import Replica
from sync.shelf import IN_STORE
from sync.store import Store


def ticket_of(space: str) -> str:
    """The name of the setting with the ticket for a space."""
    return f"ticket {space}"


def stored_in(db: Database, replica: Replica, address: str, *, connected: bool) -> Store:
    """The store of a space that this device takes part in, or is coming into.

    *connected*: it was there before, so a store that is suddenly empty is not filled anew. Raises a `Problem` for
    an address that is none.
    """
    place = place_of(address)
    if place.hub:
        # Who shares through a folder does not wait for what speaks to a hub.
        from sync.hub_client import HubStore

        joining = replica.place().joining
        with db.read() as connection:
            ticket = setting(connection, ticket_of(replica.space))
        device = db.device
        invite = Keys(joining).signer if joining else None
        return HubStore(place.hub, replica.space, device.id, device.signer, db.clock, ticket=ticket, invite=invite)
    return in_folder(_disk(db, place, replica.space), replica, db.clock, connected=connected)


def in_folder(files: Files, replica: Replica, clock: Callable[[], int], *, connected: bool) -> FolderStore:
    """The store of a space in a shared folder."""

    def erased(records: Collection[str]) -> set[str]:
        found = replica.erased() & set(records)
        return found & _heard_of(replica) if found and not _is_in(replica) else found

    return FolderStore(
        files,
        replica.space,
        lambda ids: set(ids) - set(replica.lacking(ids)),
        erased,
        clock,
        signed=replica.is_signed,
        valve=Valve(replica.shelf.device.id, clock, replica.authentic, replica.present),
        connected=connected,
    )


def _is_in(replica: Replica) -> bool:
    membership = replica.membership
    return membership is not None and membership.role_of(replica.shelf.device.id) is not None


def _heard_of(replica: Replica) -> set[str]:
    """The records of which the erasure is in the store.

    Who was removed cannot send an erasure any more: the others write again what that one would take away for it.
    """
    with replica.shelf.transaction():
        sent = [opened(each.raw).header for each in replica.shelf.statements() if each.pushed == IN_STORE]
    return {each.rec for each in sent if each.kind == "erase"}


def entrance(db: Database, address: str, space: str, keys: Keys, identity: str = "") -> Store:
    """The store of a space as somebody with an invite sees it, before anything of it is here."""
    place = place_of(address)
    if place.hub:
        # Who shares through a folder does not wait for what speaks to a hub.
        from sync.hub_client import HubStore

        device = db.device
        return HubStore(place.hub, space, device.id, device.signer, db.clock, invite=keys.signer, identity=identity)

    def nothing(_ids: object) -> set[bytes]:
        return set()

    def none(_records: Collection[str]) -> set[str]:
        return set()

    def anybody(_envelope: Envelope) -> bool:
        return True

    shut = Valve(db.device.id, db.clock, nothing, none)
    return FolderStore(_disk(db, place, space), space, nothing, none, db.clock, signed=anybody, valve=shut)


def _disk(db: Database, place: Place, space: str) -> Disk:
    return Disk(Path(place.folder), inside(space), db.device.id)
