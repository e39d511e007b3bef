"""The code of an invite, and what follows from it: keys that only who has the code can make.

A code is 12 letters and digits (60 bits); Argon2id makes guessing one cost half a second of work each. Whoever
has it can prove it, open the key boxes of its certificate, and see that the chain is that of the inviter. The
hub sees public keys and boxes only. (`SYNC.md` 2.8; to be reviewed by a cryptographer before production.)
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nacl.encoding import RawEncoder
from nacl.exceptions import CryptoError
from nacl.hash import blake2b
from nacl.public import PrivateKey
from nacl.pwhash import argon2id
from nacl.signing import SigningKey

from casebook.envelope import Refused
from casebook.keys import Device
from casebook.problem import Problem
from resources.language import _
from sync.certificates import Add, Certificate, Create, Invite, Role, boxes_for
from sync.chain import Chain
from sync.membership import MemberDevice, Membership, OpenInvite

ALPHABET = "abcdefghjkmnpqrstuvwxyz023456789"
"""Without the letters and digits that people take for each other (i, l, o, 1)."""

INVITE_LETTERS = 12
RECOVERY_LETTERS = 24
_GROUP = 4


@dataclass(frozen=True, slots=True)
class Keys:
    """What a code stands for in one space."""

    seed: bytes

    @property
    def signer(self) -> SigningKey:
        """Signs the one certificate that adds a device, and the requests until then."""
        return SigningKey(_derived(self.seed, b"sign"))

    @property
    def box(self) -> PrivateKey:
        """Opens the keys of the space."""
        return PrivateKey(_derived(self.seed, b"box"))

    @property
    def name(self) -> str:
        """The name of the invite in the chain."""
        return f"invite-{_derived(self.seed, b'name')[:16].hex()}"

    def proof(self, root: bytes) -> bytes:
        """Shows that the inviter meant the space that begins with the certificate *root*."""
        return _derived(self.seed, b"proof" + root)


def new_code(letters: int = INVITE_LETTERS) -> str:
    """A code as it is read out: *abcd-efgh-jkmn*."""
    code = "".join(secrets.choice(ALPHABET) for _each in range(letters))
    return "-".join(code[at : at + _GROUP] for at in range(0, letters, _GROUP))


def keys_of(code: str, space: str) -> Keys:
    """The keys that belong to a code in a space; half a second of work. Raises a `Problem` for what is no code."""
    plain = "".join(each for each in code.lower() if each.isalnum())
    plain = plain.replace("o", "0")
    if len(plain) not in (INVITE_LETTERS, RECOVERY_LETTERS) or not set(plain) <= set(ALPHABET):
        raise Problem(
            _("This is not a code of an invite. Nothing was changed. A code has 12 letters and digits, like {example}.")
            .format(example="k7pd-3xmw-9rta")
        )  # fmt: skip
    salt = blake2b(space.encode(), digest_size=argon2id.SALTBYTES, encoder=RawEncoder)
    try:
        seed = argon2id.kdf(
            32, plain.encode(), salt, opslimit=argon2id.OPSLIMIT_INTERACTIVE, memlimit=argon2id.MEMLIMIT_INTERACTIVE
        )
    except CryptoError as error:
        raise Problem(_("There is too little memory for this. Nothing was changed."), details=str(error)) from error
    return Keys(seed)


def invite(
    keys: Keys,
    membership: Membership,
    root: bytes,
    secrets_held: Iterable[tuple[int, bytes, bytes]],
    *,
    role: Role,
    uses: int,
    until: int,
    member: str = "",
) -> Invite:
    """The action that makes a code valid in a space."""
    reader = bytes(keys.box.public_key)
    if member:
        role = membership.roles[member]
    return Invite(
        invite=keys.name,
        vk=bytes(keys.signer.verify_key),
        bk=reader,
        role=role,
        uses=uses,
        until=until,
        member=member,
        proof=keys.proof(root),
        boxes=boxes_for(secrets_held, reader),
    )


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a joiner found with a code: a chain that is the inviter's, and the certificate to sign."""

    certificates: tuple[Certificate, ...]
    membership: Membership
    invite: str
    add: Add
    is_in: bool
    """Whether that certificate is among them already."""


def welcome(keys: Keys, certificates: Sequence[Certificate], device: Device, now: int) -> Welcome:
    """What to join with; raises a `Problem` when the code opens nothing here, is used up, taken back or too old.

    A device that came in with this very invite, and did not hear of it, may go on.
    """
    chain = _checked(certificates)
    found = _invite_of(keys, chain.membership) if chain else None
    if chain is None or chain.root is None or chain.membership is None or found is None:
        raise unknown_code()
    if found.invite.proof != keys.proof(chain.root.id):
        raise Problem(
            _(
                "This is not the circle that you were invited to: somebody may be posing as it. Nothing was changed "
                "and nothing was sent. Tell whoever invited you."
            )
        )
    member = found.invite.member or device.member
    vk = bytes(device.signer.verify_key)
    known = chain.membership.devices.get(device.id)
    is_in = known is not None and known.is_active and (known.vk, known.came_by) == (vk, found.invite.invite)
    if not is_in and not found.is_open(now):
        raise spent_code()
    if not is_in and (known or (not found.invite.member and member in chain.membership.roles)):
        raise _came_before(known)
    add = Add(
        device=device.id,
        member=member,
        vk=vk,
        bk=bytes(device.box.public_key),
        role=found.invite.role,
    )
    return Welcome(tuple(chain), chain.membership, found.invite.invite, add, is_in)


def _came_before(known: MemberDevice | None) -> Problem:
    """For who came in before. After it was taken out nothing of a device counts, so it does not come back."""
    if known and known.is_active:
        return Problem(_("You are in this circle already with this device. Nothing was changed."))
    return Problem(
        _(
            "You were taken out of this circle, and with this casebook you cannot come back. Nothing was changed, and "
            "your cases stay here. Join from another device, or with a new casebook."
        )
    )


def unknown_code() -> Problem:
    """For a code that opens nothing."""
    return Problem(
        _(
            "No invite with this code was found here. Nothing was changed. "
            "Check the code and the address with whoever invited you."
        )
    )


def spent_code() -> Problem:
    """For a code that opens nothing any more."""
    return Problem(_("This invite was used, taken back, or is too old. Nothing was changed. Ask for a new one."))


def _checked(certificates: Sequence[Certificate]) -> Chain | None:
    """The chain that these certificates make; None where they make none."""
    try:
        root = next((each for each in certificates if isinstance(each.action, Create)), None)
        if root is None:
            return None
        chain, _accepted = Chain([root]).grown(certificates)
    except Refused:
        return None
    return chain


def _invite_of(keys: Keys, membership: Membership | None) -> OpenInvite | None:
    key = bytes(keys.signer.verify_key)
    invites = membership.invites.values() if membership else ()
    return next((each for each in invites if each.invite.vk == key), None)


def _derived(seed: bytes, what: bytes) -> bytes:
    return bytes(blake2b(what, digest_size=32, key=seed, encoder=RawEncoder))
