"""Whether whoever joins a circle through its hub signs in first, and where: an administrator of the circle says so."""

import re
from collections.abc import Iterable

from casebook.database import Database
from casebook.problem import Problem
from casebook.spaces import addresses
from resources.language import _
from sync.certificates import Policy
from sync.circles import act, replica_of
from sync.connecting import place_of
from sync.troubles import in_sentences

CLIENT = "casusboek"
"""As what this program is known at most issuers: so says the handbook to their administrators."""

_DOMAIN = re.compile(r"(?=.{1,64}$)[a-z0-9-]+(\.[a-z0-9-]+)+")
_LONGEST_CLIENT = 200


def policy_of(db: Database, space: str) -> Policy:
    """What is asked of who joins; without an issuer nothing is."""
    membership = replica_of(db, space).membership
    return membership.policy if membership else Policy()


def issuers_for(db: Database, space: str) -> tuple[str, ...]:
    """The issuers that the hub of a circle trusts; raises a `Problem` where there is no hub, or it cannot be asked."""
    address = addresses(db).get(space, "")
    if not address or not place_of(address).hub:
        raise Problem(
            _(
                "Only a hub can ask who joins to sign in, and this circle is not at one. Nothing was changed. Connect "
                "it to a hub first."
            )
        )
    # Who shares through a folder does not wait for what speaks to a hub.
    from sync.hub_client import issuers_at

    with in_sentences():
        return issuers_at(address)


def ask_to_sign_in(
    db: Database, space: str, *, issuer: str = "", client: str = CLIENT, domains: Iterable[str] = ()
) -> Policy:
    """From now on who joins signs in first at one of the issuers of the hub (the only one, where none is named).

    With *domains* only somebody with a mail address of one of them comes in. Who is in stays in.
    """
    known = issuers_for(db, space)
    if not known:
        raise Problem(
            _(
                "This hub knows no place to sign in at, so nobody could join any more. Nothing was changed. Ask the "
                "administrator of the hub to add one."
            )
        )
    issuer = issuer.strip() or (known[0] if len(known) == 1 else "")
    if issuer not in known:
        sentence = _("This hub does not know that place to sign in at. Nothing was changed. It knows: {issuers}.")
        raise Problem(sentence.format(issuers=", ".join(known)))
    policy = Policy(issuer, _client(client), [_domain(each) for each in domains])
    act(replica_of(db, space), policy)
    return policy


def ask_nobody(db: Database, space: str) -> None:
    """From now on whoever has a code can join, as it was at the start."""
    act(replica_of(db, space), Policy())


def _client(given: str) -> str:
    client = given.strip()
    if not client or len(client) > _LONGEST_CLIENT:
        raise Problem(
            _("Give the name (client) under which Casusboek is known at the place to sign in at. Nothing was changed.")
        )
    return client


def _domain(given: str) -> str:
    domain = given.strip().lstrip("@").lower()
    if not _DOMAIN.fullmatch(domain):
        sentence = _("{domain} is not the end of a mail address, like gemeente.nl. Nothing was changed.")
        raise Problem(sentence.format(domain=given.strip() or "“”"))
    return domain
