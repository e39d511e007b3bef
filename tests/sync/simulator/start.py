"""How a schedule begins: a circle of a few devices that have exchanged everything, made once and copied."""

from functools import cache
from random import Random
from typing import TYPE_CHECKING

from sync.certificates import Add, Create, Role, boxes_for
from sync.engine import exchange
from sync.memory import MemoryStore
from tests.sync.memory_shelf import Contents
from tests.sync.people import START
from tests.sync.simulator.adversary import NAME
from tests.sync.simulator.chance import seeded, some_bytes
from tests.sync.simulator.device import SPACE, SimulatedDevice

if TYPE_CHECKING:
    from tests.sync.simulator.world import World

CIRCLES: tuple[tuple[Role, ...], ...] = (
    (Role.ADMIN, Role.EDITOR),
    (Role.ADMIN, Role.ADMIN),
    (Role.ADMIN, Role.EDITOR, Role.AUTHOR),
    (Role.ADMIN, Role.ADMIN, Role.EDITOR),
    (Role.ADMIN, Role.AUTHOR, Role.READER),
    (Role.ADMIN, Role.EDITOR, Role.EDITOR),
)
MEMBERS = ("ank", "bea", "cas")


def started(world: "World", which: int) -> list[SimulatedDevice]:
    """The devices of a circle, and what is shared in *world* of it."""
    roles = CIRCLES[which % len(CIRCLES)]
    pushed, shelves = _begun(roles)
    found = []
    for name, contents in zip(MEMBERS, shelves, strict=False):
        device = world.new_device(name, name)
        device.begin_with(contents)
        found.append(device)
    world.shared.begin(pushed, found)
    return found


@cache
def _begun(roles: tuple[Role, ...]) -> tuple[list[bytes], list[Contents]]:
    with seeded(Random(0)):
        return _exchanged(roles)


def _exchanged(roles: tuple[Role, ...]) -> tuple[list[bytes], list[Contents]]:
    store = MemoryStore(SPACE, lambda: START)
    devices = [SimulatedDevice(name, name, lambda: START) for name, _role in zip(MEMBERS, roles, strict=False)]
    first, *others = devices
    own = first.shelf.device
    create = Create(own.member, own.id, bytes(own.signer.verify_key), bytes(own.box.public_key), "circle")
    root = first.replica.act(create)
    first.shelf.add_key(1, root.id, some_bytes("the first key"))
    mallory = SimulatedDevice(NAME, NAME, lambda: START)
    for each, role in zip([*others, mallory], [*roles[1:], Role.AUTHOR], strict=True):
        its = each.shelf.device
        reader = bytes(its.box.public_key)
        boxes = boxes_for(first.shelf.secrets(), reader)
        first.replica.act(Add(its.id, its.member, bytes(its.signer.verify_key), reader, role, boxes))
    _through(first, store)
    for each in others:
        with each.shelf.transaction():
            each.replica._ledger.begin([root], 1)
        _through(each, store)
    return [each.raw for each in store.log if each], [each.shelf.kept for each in devices]


def _through(device: SimulatedDevice, store: MemoryStore) -> None:
    for _step in exchange(device.replica, store):
        pass
