"""The promises of sharing (`SYNC.md` 3.2), looked at from outside: after every step, and when all is quiet."""

from typing import TYPE_CHECKING

from casebook.envelope import Refused, RevisionId, Stamped, opened, short
from casebook.fold import fold, heads_of
from sync.certificates import Role
from sync.membership import Membership
from sync.shelf import IN_STORE
from sync.store import Digest
from tests.sync.simulator.device import KEPT, SimulatedDevice

if TYPE_CHECKING:
    from tests.sync.simulator.world import World


def at_every_step(world: "World", device: SimulatedDevice) -> None:
    """What may be seen of one device and of the store at any moment."""
    _erased_stays_erased(world, device)
    _nothing_disappears(world, device)
    _only_members_count(world, device)
    _store_is_sound(world)


def reads_its_own_writing(world: "World", device: SimulatedDevice, record: str, text: str) -> None:
    """Who saves sees what was saved, on top of all that was there."""
    if len(heads_of(device.shelf.revisions(record))) != 1:
        world.fail(f"read your writes: {record[-6:]} has several heads on {device.name} after a save")
    folded = device.shelf.state(record)
    if folded is None or text not in str(folded.state.fields):
        world.fail(f"read your writes: {text} is not shown on {device.name}, where it was saved")
    if folded and ("future" not in folded.state.fields or folded.state.fields["future"].value != KEPT):
        world.fail("opaque: a field of a newer version was changed")


def standing_erasures(device: SimulatedDevice) -> set[str]:
    """The records that are erased, as the statements on a device say."""
    membership, changes = device.membership, device.shelf.kept.changes
    if device.erasures is None or device.erasures[0] != changes or device.erasures[1] is not membership:
        found = (opened(each.raw) for each in device.shelf.kept.statements.values())
        erasures = [each for each in found if each.header.kind == "erase"]
        standing = {each.header.rec for each in erasures if not membership or membership.stands(each.id, each.header)}
        device.erasures = changes, membership, standing
    return device.erasures[2]


def _erased_stays_erased(world: "World", device: SimulatedDevice) -> None:
    erased = standing_erasures(device)
    left = erased & device.shelf.records() if erased else erased
    if not left:
        return
    for text, revision in device.own.items():
        row = device.shelf.kept.revisions.get(revision)
        if row is not None and row.envelope.header.rec in left:
            world.fail(f"erased: {text} is still on {device.name}")
    world.fail(f"erased: {min(left)[-6:]} is still on {device.name}")


def _nothing_disappears(world: "World", device: SimulatedDevice) -> None:
    rows = device.shelf.kept.revisions
    if device.seen.keys() == rows.keys():
        return
    erased = standing_erasures(device)
    device.seen = {revision: record for revision, record in device.seen.items() if record not in erased}
    missing = device.seen.keys() - rows.keys()
    if missing:
        _follow_what_was_sealed_again(device)
        moved = {revision for revision in missing if revision in device.sealed_again}
        if missing - moved:
            world.fail(f"monotone: {min(missing - moved).hex()[:8]} disappeared from {device.name}")
        for revision in moved:
            del device.seen[revision]
    for revision, row in rows.items():
        if revision not in device.seen:
            device.seen[revision] = row.envelope.header.rec
            _is_signed(world, device, revision)


def _follow_what_was_sealed_again(device: SimulatedDevice) -> None:
    """With a clock put right, what was not sent yet has another id; its text is what counts."""
    rows = device.shelf.kept.revisions
    lost = {text: revision for text, revision in device.own.items() if revision not in rows}
    known = set(device.own.values())
    for revision, row in rows.items():
        if lost and row.envelope.header.dev == device.id and revision not in known:
            for text in [each for each in lost if each in own_texts(device, revision)]:
                device.sealed_again.add(lost.pop(text))
                device.own[text] = revision


def own_texts(device: SimulatedDevice, revision: RevisionId) -> set[str]:
    """The texts that a revision itself added."""
    row = device.shelf.kept.revisions[revision]
    found = device.shelf._opened(row)
    if found is None:
        return set()
    texts: set[str] = set()
    for each in found.state.fields.values():
        if each.rev == short(revision):
            if isinstance(each.value, dict):
                added = [name for name, one in each.value.items() if isinstance(one, Stamped)]
                texts.update(name for name in added if each.value[name].rev == short(revision))
            elif isinstance(each.value, str):
                texts.add(each.value.rstrip(". ").rsplit(". ", maxsplit=1)[-1])
    return texts


def _is_signed(world: "World", device: SimulatedDevice, revision: RevisionId) -> None:
    envelope = device.shelf.kept.revisions[revision].envelope
    signer = world.signers.get(envelope.header.dev)
    try:
        if signer is None:
            raise Refused
        envelope.verify(signer)
    except Refused:
        world.fail(f"authenticity: {revision.hex()[:8]} on {device.name} is not signed by who it names")


def _only_members_count(world: "World", device: SimulatedDevice) -> None:
    rows = device.shelf.kept.revisions
    for each in world.book.forged & rows.keys():
        if rows[RevisionId(each)].counts:
            world.fail(f"authenticity: a forgery counts on {device.name}")


def _store_is_sound(world: "World") -> None:
    if fault := world.shared.fault():
        world.fail(fault)


def unsettled(world: "World") -> str:
    """Why not everybody has the same yet; nothing when they do."""
    membership = world.shared.membership()
    if membership is None:
        return "nobody can read how it began"
    theirs: set[bytes] | None = None
    if world.shared.judges:
        theirs = {each.id for each in world.shared.envelopes()}
    for device in world.members():
        own = device.replica.membership
        if own is None or own.role_of(device.id) is None:
            return f"{device.name} does not know it is a member"
        if device.replica.how_many_wait():
            return f"{device.name} still has something to send"
        ids = set[bytes](device.replica.ids())
        theirs = ids if theirs is None else theirs
        if ids != theirs or device.replica.digest() != (world.shared.digest() or Digest().with_(theirs)):
            return f"{device.name} has another set than the store"
        if own.head != membership.head or own.devices != membership.devices or own.roles != membership.roles:
            return f"{device.name} believes in another circle"
    if membership.needs_new_key and membership.admins() & {each.shelf.device.member for each in world.members()}:
        return "a new key is due"
    return _left_to_do(world, membership)


def _left_to_do(world: "World", membership: Membership) -> str:
    for device in world.members():
        if membership.role_of(device.id) is Role.ADMIN and device.replica.holds_lost_key():
            return f"{device.name} has a key to pass on"
    erased = {record for each in world.members() for record in standing_erasures(each)}
    return "something that was erased is still there" if any(map(world.shared.left_of, erased)) else ""


def read_to_the_end(world: "World", device: SimulatedDevice) -> None:
    """Downloads do not wait for uploads."""
    if world.shared.judges and device.replica.place().cursor != world.shared.at(device).pull(None, 10**6, False).cursor:
        world.fail(f"liveness: {device.name} reads nothing as long as it can send nothing")


def when_quiet(world: "World") -> None:
    """What must hold when nothing goes wrong any more, and everybody has exchanged a few times."""
    for device in world.devices:
        at_every_step(world, device)
        if fault := device.fault():
            world.fail(f"present: {fault} on {device.name}")
    _saves_are_everywhere(world)
    _erasures_are_everywhere(world)
    _removals_stand(world)
    _what_was_seen_still_counts(world)
    _same_set_same_state(world)


def _saves_are_everywhere(world: "World") -> None:
    membership = world.shared.membership()
    assert membership is not None
    by_name = {each.name: each for each in world.devices}
    erased = {record for each in world.members() for record in standing_erasures(each)}
    # What was erased by who lost the right to it afterwards is gone where that was read in between, and only there.
    erased |= {record for record, by in world.book.erasures if not membership.may_erase(by_name[by].id, record)}
    for save in world.book.saves:
        author = by_name[save.device]
        if save.record in standing_erasures(author) | erased:
            continue
        if (save.record, save.device) in world.book.erasures:
            continue  # by the same hand, whether or not that one might do so for all
        revision = author.own[save.text]
        row = author.shelf.kept.revisions.get(revision)
        if row is None:
            world.fail(f"no lost save: {save.text} is gone from {save.device} itself")
        if membership.may_write(author.id, save.record):
            for device in world.members():
                found = device.shelf.kept.revisions.get(revision)
                if found is None or not found.counts or found.pushed != IN_STORE:
                    world.fail(f"no lost save: {save.text} of {save.device} does not count on {device.name}")
                elif save.text not in own_texts(device, revision) and not _key_was_lost(world, author):
                    world.fail(f"no lost value: {save.text} of {save.device} cannot be read on {device.name}")


def _key_was_lost(world: "World", author: SimulatedDevice) -> bool:
    """Whether only who administers nothing has a key: the store lost its certificate, and its maker the right.

    An administrator who has it passes it on. Nobody else may, so what was sealed with it is read here alone.
    """
    membership = world.shared.membership()
    assert membership is not None
    admins = [each for each in world.members() if membership.role_of(each.id) is Role.ADMIN]
    with_admins = {secret for each in admins for _n, _cert, secret in each.shelf.kept.secrets}
    return any(secret not in with_admins for _n, _cert, secret in author.shelf.kept.secrets)


def _erasures_are_everywhere(world: "World") -> None:
    membership = world.shared.membership()
    assert membership is not None
    for record, by in world.book.erasures:
        eraser = next(each for each in world.devices if each.name == by)
        if membership.may_erase(eraser.id, record):
            for device in world.members():
                if record not in device.replica.erased() or record in device.shelf.records():
                    world.fail(f"erased: {record[-6:]} is not erased on {device.name}")
            if world.shared.left_of(record):
                world.fail("erased: the store has it still")


def _removals_stand(world: "World") -> None:
    membership = world.shared.membership()
    assert membership is not None
    admins = {each.id for each in membership.active() if each.member in membership.admins()}
    unsure = {gone for gone, _by in world.book.removals} | world.book.lowered
    for gone, by in world.book.removals:
        if by in admins - unsure and membership.role_of(gone) is not None:
            world.fail(f"removal: {gone} was removed and is in again")


def _what_was_seen_still_counts(world: "World") -> None:
    """What somebody wrote who was removed, when who removed them had it: that is what a cut is for."""
    membership = world.shared.membership()
    assert membership is not None
    admins = {each.id for each in membership.active() if each.member in membership.admins()}
    unsure = {gone for gone, _by in world.book.removals} | world.book.lowered
    # The adversary also leaves by their own hand, with a cut of their own.
    may_be_cut = world.book.lowered | {world.adversary.identity.id}
    ever_erased = {record for record, _by in world.book.erasures}
    for gone, by, theirs in world.book.seen:
        if by in admins - unsure and gone not in may_be_cut and membership.role_of(gone) is None:
            for device in world.members():
                rows = device.shelf.kept.revisions
                lost = [each for each in sorted(theirs & rows.keys()) if not rows[RevisionId(each)].counts]
                if any(rows[RevisionId(each)].envelope.header.rec not in ever_erased for each in lost):
                    world.fail(f"removal: what {gone} wrote before does not count on {device.name}")


def _same_set_same_state(world: "World") -> None:
    shown: dict[tuple[str, frozenset[RevisionId]], object] = {}
    for device in world.members():
        for record in sorted(device.shelf.records()):
            revisions = device.shelf.revisions(record)
            counted = [each for each in device.shelf._of(record) if each.counts]
            if not revisions or len(revisions) < len(counted):
                continue  # something waits for a key: it is another set
            folded = fold(revisions)
            world.chance.shuffle(revisions)
            if fold([*revisions, *revisions[:2]]) != folded:
                world.fail("same set, same state: another order gives another state")
            # Of what the store calls erased, by who lost the right to it since, each may have kept its own.
            held = frozenset(each.envelope.id for each in device.shelf._of(record))
            if shown.setdefault((record, held), folded) != folded:
                world.fail(f"same set, same state: {record[-6:]} is another on {device.name}")
