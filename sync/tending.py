"""What a device does by itself for a space: sign again what another certificate displaced, and renew the key.

All of it inside a transaction of the ledger.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from msgspec.structs import replace as changed
from nacl.public import PrivateKey
from nacl.utils import random

from casebook.envelope import Refused, RevisionId
from sync.certificates import (
    SHORT,
    Action,
    Add,
    Certificate,
    Create,
    Invite,
    Remove,
    Rotate,
    SetRole,
    boxes_for,
    label,
    older_keys,
    rotation,
    unsealed,
)
from sync.inviting import Keys
from sync.ledger import Ledger, understood
from sync.membership import Membership
from sync.shelf import AGAIN, IN_STORE, LOST, REFUSED, WAITING

BEHIND = "behind"
"""Why a certificate does nothing: another took its place."""


def cut(ledger: Ledger, devices: Collection[str]) -> list[bytes]:
    """What still counts of devices that go: what nobody followed who counts, and all they erased."""
    gone = set(devices)
    written = ledger.shelf.written(gone)
    followed = {parent for each in written if each.counts for parent in each.parents}
    ends = [each.id for each in written if each.device in gone and each.id not in followed]
    erasures = [each.envelope.id for each in ledger.of("erase") if each.envelope.header.dev in gone]
    return sorted(each[:SHORT] for each in [*ends, *erasures])


def displaced(ledger: Ledger) -> list[Certificate]:
    """Certificates of ours in whose place another one stands, and that were not signed again."""
    path = ledger.chain.path
    waits = [each.envelope for each in ledger.of("cert") if each.refused in (BEHIND, "")]
    found, _unknown = understood(each for each in waits if each.id not in path)
    return sorted((each for each in found if _is_own(ledger, each)), key=lambda each: each.n)


def sign_again(ledger: Ledger, lost: Certificate) -> None:
    """The same once more, on the newest certificate, unless it came to nothing.

    What this device itself signed waits until it is in: its own coming in may have to be signed again first, or be
    lost with the store until somebody gives it back; and that waits until the invite is there. It goes to the store
    on its old place too, where there is one for it: what it takes away counts there, whoever read first or sent first.
    """
    pushed, is_own = ledger.statements[lost.id].pushed, lost.author == ledger.shelf.device.id
    if not ledger.is_in if is_own else lost.author not in dict(_invited(ledger)):
        return
    if pushed in (IN_STORE, LOST) or (pushed == WAITING and is_own and _has_a_place(ledger, lost)):
        ledger.mark([lost.id], pushed, AGAIN)
    else:
        ledger.drop([lost.id])
    action = _renewed(ledger, lost)
    place = ledger.shelf.place()
    with suppress(Refused):
        if action and is_own:
            ledger.act(action)
        elif action and place.invite:
            ledger.act(action, lost.author, Keys(place.invite).signer)
            ledger.shelf.keep_place(changed(place, joining=place.invite, came_by=None))


def _has_a_place(ledger: Ledger, lost: Certificate) -> bool:
    """Whether the certificate on which another stands is in the store, or goes there, and is not the newest one."""
    below = ledger.statements.get(lost.before) if lost.before else None
    is_newest = ledger.membership is not None and ledger.membership.head == lost.before
    return below is not None and below.pushed != REFUSED and not is_newest


def put_down_as_behind(ledger: Ledger, ids: Collection[RevisionId]) -> None:
    """The store has others in the place of these new certificates; one that it lost waits for what it stands on.

    What was signed again before is not signed once more, but for who was to leave: as long as it was thought to come
    on its old place, signing it again seemed to do nothing.
    """
    new = [each for each in ids if each in ledger.statements and ledger.statements[each].pushed != LOST]
    done = [each for each in new if ledger.statements[each].refused == AGAIN and not _removes(ledger, each)]
    ledger.mark([each for each in new if each not in done], REFUSED, BEHIND)
    ledger.drop(done)


def _removes(ledger: Ledger, statement: RevisionId) -> bool:
    known, _unknown = understood([ledger.statements[statement].envelope])
    return any(isinstance(each.action, Remove) for each in known)


def forget_denied(ledger: Ledger, ids: Collection[RevisionId]) -> None:
    """The store lost these certificates and will not have them back: they never were, and what stands on them neither.

    What of that is our own is signed again.
    """
    gone = set(ids)
    for each in ledger.chain:
        if each.before in gone and ledger.statements[each.id].pushed != IN_STORE:
            gone.add(each.id)
    own = [each for each in ledger.chain if each.id in gone and _is_own(ledger, each)]
    ledger.mark([each.id for each in own], REFUSED, BEHIND)
    ledger.drop(gone - {each.id for each in own})


def offer_again(ledger: Ledger, ids: Collection[bytes]) -> None:
    """What the store lost waits once more; of a certificate that was signed again that stays known."""
    certificates = sorted({each.id for each in ledger.chain} & set(map(RevisionId, ids)))
    done = [each for each in certificates if ledger.statements[each].refused == AGAIN]
    ledger.mark([each for each in ids if each not in certificates], WAITING)
    ledger.mark([each for each in certificates if each not in done], LOST)
    ledger.mark(done, LOST, AGAIN)


def _is_own(ledger: Ledger, cert: Certificate) -> bool:
    """Whether this device signed it, as itself or to come in."""
    own = ledger.shelf.device.id
    return cert.author == own or (isinstance(cert.action, Add) and cert.action.device == own)


def rotate(ledger: Ledger) -> None:
    """Make a new key, for all who are in now."""
    if ledger.membership:
        ledger.act(_next_key(ledger, ledger.membership))


def holds_lost_key(ledger: Ledger) -> bool:
    """Whether a key is here that did not come along with the newest one, so that not everybody has it.

    The store lost the certificate that made it, or who made the newest had not got it: something may be sealed with
    it. Who makes the next key passes on all that they have.
    """
    path = ledger.chain.path
    made = [each for each in ledger.chain if each.id in path and isinstance(each.action, Create | Rotate)]
    told: set[bytes] = {each.id for each in made[-1:]}
    for each in made[-1:]:
        if isinstance(each.action, Rotate):
            told |= {older.cert for older in each.action.older}
    return any(cert not in told for _n, cert, _secret in ledger.shelf.secrets())


def _next_key(ledger: Ledger, membership: Membership) -> Rotate:
    readers = membership.key_readers(ledger.shelf.now())
    return rotation(membership.key + 1, random(32), readers, ledger.shelf.secrets())


def collect_keys(ledger: Ledger) -> bool:
    """Take the keys that were sealed for us out of the certificates; says whether there was a new one.

    Only out of those that the store has: what is sealed with a key that nobody else gets is lost to them. And no new
    key of who never administered the space.
    """
    shelf = ledger.shelf
    own = {shelf.device.id: shelf.device.box, **dict(_invited(ledger))}
    own |= {label(each): key for each, key in own.items()}
    held = {(n, cert): secret for n, cert, secret in shelf.secrets()}
    found = dict(held)
    stored = [each for each in ledger.chain if ledger.statements[each.id].pushed == IN_STORE]
    certificates = [each for each in stored if not isinstance(each.action, Rotate) or _may_rotate(ledger, each)]
    for cert in certificates:
        for number, made_by, reader, box in _boxes(cert):
            if reader in own and (number, made_by) not in found:
                with suppress(Refused):
                    found[number, made_by] = unsealed(box, own[reader])
    for cert in reversed(certificates):
        if isinstance(cert.action, Rotate) and (newest := found.get((cert.action.n, cert.id))):
            for number, made_by, secret in older_keys(cert.action, newest):
                found.setdefault((number, made_by), secret)
    for number, made_by in sorted(found.keys() - held.keys()):
        shelf.add_key(number, made_by, found[number, made_by])
    return found.keys() != held.keys()


def _may_rotate(ledger: Ledger, cert: Certificate) -> bool:
    """In a folder anybody can put a certificate that does nothing: with a key that somebody else knows."""
    return ledger.membership is not None and ledger.membership.may_have_administered(cert.author)


def _invited(ledger: Ledger) -> Iterator[tuple[str, PrivateKey]]:
    """The invite with which this device is coming in, or came, with its key."""
    seed = ledger.shelf.place().invite
    if seed and ledger.membership:
        key = bytes(Keys(seed).signer.verify_key)
        for name, each in ledger.membership.invites.items():
            if each.invite.vk == key:
                yield name, Keys(seed).box


def _boxes(cert: Certificate) -> Iterable[tuple[int, bytes, str, bytes]]:
    """The key boxes in a certificate: number, the certificate that made the key, for whom (or their label), box."""
    match cert.action:
        case Rotate(n, boxes):
            return [(n, cert.id, reader, box) for reader, box in boxes.items()]
        case Invite() as action:
            return [(each.n, each.cert, action.invite, each.box) for each in action.boxes]
        case Add() as action:
            return [(each.n, each.cert, action.device, each.box) for each in action.boxes]
        case _:
            return []


def _has_key_of(ledger: Ledger, lost: Certificate) -> bool:
    return any(cert == lost.id for _n, cert, _secret in ledger.shelf.secrets())


def _renewed(ledger: Ledger, lost: Certificate) -> Action | None:
    """What an action is by now; None when there is nothing left to do."""
    membership = ledger.membership
    if membership is None:
        return None
    action = lost.action
    match action:
        case Rotate() if not _has_key_of(ledger, lost):
            return None  # whether a new key is due is decided anew
        case Rotate():
            # Something may be sealed with it already: it goes to the others with the next one.
            return _next_key(ledger, membership)
        case Invite():
            return changed(action, boxes=boxes_for(ledger.shelf.secrets(), action.bk))
        case Remove():
            here = {each.id for each in membership.active()} & set(action.devices)
            # Somebody else removed them at the same time, who had not seen all that was seen here.
            unseen = {each for each in action.devices if set(action.cut) - membership.cuts.get(each, {}).keys()}
            gone, counts = sorted(here | unseen), {*cut(ledger, here), *action.cut}
            return Remove(devices=gone, cut=sorted(counts)) if gone else None
        case SetRole():
            devices = [each.id for each in membership.devices.values() if each.member == action.member]
            is_lowered = action.role <= membership.roles.get(action.member, action.role)
            return changed(action, cut=cut(ledger, devices) if is_lowered else [])
        case _:
            return action
