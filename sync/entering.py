"""Coming in with an invite: a hub hears of it before anything is kept here, a folder with the first exchange.

So what a hub has against it (a sign-in that is missing, of another domain, or that it cannot check) is known at
once, and leaves nothing behind.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace

from casebook.database import Database
from casebook.envelope import Envelope, Refused, opened
from casebook.problem import Problem
from casebook.spaces import SpaceKind
from resources.language import _
from sync.certificates import Certificate, Policy, certify
from sync.chain import Chain
from sync.connecting import place_of
from sync.inviting import Keys, Welcome, spent_code, unknown_code, welcome
from sync.ledger import outrunning, understood
from sync.own_space import demand_fresh
from sync.store import AT_ONCE, IdentityNeeded, Lack, Outcome, Spent, Store, Stranger
from sync.stores import entrance

SignIn = Callable[[Policy, bytes], str]
"""Gives an identity token of the issuer of a policy, good for the device with this key; raises a `Problem`."""

_TRIES = 5
"""How often the same is signed again when others are faster, or when it takes signing in."""


def nobody_there(policy: Policy, _key: bytes) -> str:
    """For where nobody can sign in."""
    raise Problem(
        _(
            "This circle asks who joins to sign in first, at {issuer}. Nothing was changed. Join from the window, or "
            "with the command join."
        ).format(issuer=policy.issuer)
    )


def entered(db: Database, address: str, space: str, keys: Keys, sign_in: SignIn) -> Welcome:
    """What to join with, of which a hub has let this device in already; raises a `Problem` when it may not be.

    Who is in already, and did not hear of it, is let in as if it were the first time.
    """
    identity = ""
    for _again in range(_TRIES):
        with closing(entrance(db, address, space, keys, identity)) as store:
            found = _welcomed(db, store, keys)
            if found.membership.kind == SpaceKind.PERSONAL.value:
                demand_fresh(db)
            if found.is_in or not place_of(address).hub:
                return found
            cert = _signed(db, found, space, keys)
            try:
                (outcome,) = store.push([cert.envelope.raw])
            except IdentityNeeded as needed:
                identity = _shown(db, found.membership.policy, needed, sign_in, identity)
                continue
        if outcome.is_in:
            return replace(found, certificates=(*found.certificates, cert), is_in=True)
        if outcome is not Outcome.BEHIND:
            break
    raise Problem(_("The hub did not let this device in. Nothing was changed. Try again, or ask who invited you."))


def _welcomed(db: Database, store: Store, keys: Keys) -> Welcome:
    try:
        return welcome(keys, certificates_in(store), db.device, db.clock())
    except Stranger as error:
        raise unknown_code() from error
    except Spent as error:
        raise spent_code() from error


def _shown(db: Database, policy: Policy, needed: IdentityNeeded, sign_in: SignIn, before: str) -> str:
    """The identity to show; raises a `Problem` when one was shown before, or when none would help."""
    if before or needed.lack is not Lack.TOKEN or not policy.issuer:
        raise _explained(needed, policy) from needed
    return sign_in(policy, bytes(db.device.signer.verify_key))


def certificates_in(store: Store) -> list[Certificate]:
    """The certificates that a store has; what is garbled is left out.

    Raises a `Problem` when this version does not know all of them: it would join a circle that it does not understand.
    """
    found: list[Envelope] = []
    cursor = None
    while True:
        page = store.pull(cursor, AT_ONCE, True)
        for each in page.envelopes:
            with suppress(Refused):
                envelope = opened(each)
                found += [envelope] if envelope.header.kind == "cert" else []
        cursor = page.cursor
        if not page.more:
            break
    known, unknown = understood(found)
    if outrunning(unknown, Chain(known).membership):
        raise Problem(
            _(
                "This circle works with a newer version of Casusboek. Nothing was changed. Install the newest version, "
                "and join again."
            )
        )
    return known


def _signed(db: Database, found: Welcome, space: str, keys: Keys) -> Certificate:
    """The certificate that adds this device, on the newest one, signed with the invite."""
    top = found.membership
    return certify(
        found.add, n=top.n + 1, before=top.head, space=space, device=found.invite, wall=db.clock(), signer=keys.signer
    )


def _explained(needed: IdentityNeeded, policy: Policy) -> Problem:
    """Why a hub does not let in who signed in, or would not whoever did."""
    match needed.lack:
        case Lack.ISSUER:
            sentence = _(
                "This circle asks you to sign in at {issuer}, but the hub does not know that place. Nothing was "
                "changed. Tell whoever invited you: the administrator of the hub has to add it first."
            )
        case Lack.DOMAIN:
            sentence = _(
                "You signed in, but not with a mail address that this circle lets in ({domains}). Nothing was "
                "changed. Try again with the address of your work, or ask who invited you."
            )
        case Lack.MAIL:
            sentence = _(
                "You signed in, but {issuer} gave no mail address of yours that it has verified, and this circle lets "
                "people in by their mail address ({domains}). Nothing was changed. Ask the administrator of your "
                "account there to put that right, or ask who invited you."
            )
        case Lack.CHECK:
            sentence = _(
                "You signed in, but the hub could not check it at {issuer}. Nothing was changed. Try again later."
            )
        case Lack.TOKEN:
            sentence = _(
                "You signed in at {issuer}, but the hub does not accept it. Nothing was changed. Try again, or ask "
                "who invited you."
            )
    domains = ", ".join(policy.domains)
    return Problem(sentence.format(issuer=policy.issuer, domains=domains), details=str(needed))
