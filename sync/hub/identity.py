"""Who wants to join shows, where the circle asks for it, that the issuer it names knows them.

The hub asks only issuers that its own administrator named: a circle cannot make it visit any other address.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import httpx2 as httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sync.certificates import Add, Policy
from sync.hub.refusal import no_identity
from sync.issuer import IssuerAway, discovered, fetched, line_to_issuer, nonce_for
from sync.store import Lack

_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_FRESH = 600.0
"""Seconds that the keys of an issuer are good for before they are fetched again."""

_PAUSE = 10.0
"""Seconds between two fetches because of a key that is not known yet."""

_LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody showed, and what the circle asked for when it was looked at."""

    policy: Policy
    nonce: str

    def lets_in(self, policy: Policy, add: Add) -> bool:
        """Whether this is enough for this device, as the policy is now."""
        return self.policy == policy and self.nonce == nonce_for(add.vk)


@dataclass
class _Keys:
    at: float
    keys: KeySet


@dataclass
class Issuers:
    """The issuers that the hub trusts, with their keys for a while."""

    trusted: tuple[str, ...]
    clock: Callable[[], float] = time.monotonic
    transport: httpx.BaseTransport | None = None
    _known: dict[str, _Keys] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, policy: Policy, token: str, now: int) -> Shown:
        """What a token shows; raises a `Refusal` unless this policy's issuer gave it for this policy's client."""
        if policy.issuer not in self.trusted:
            raise no_identity(Lack.ISSUER, "the hub does not trust this issuer")
        if not token or len(token) > 16_384:
            raise no_identity(Lack.TOKEN, "no token")
        try:
            claims = self._claims(policy.issuer, token)
        except IssuerAway as error:
            raise no_identity(Lack.CHECK, f"the issuer is away: {error}") from error
        except (JoseError, ValueError) as error:
            raise no_identity(Lack.TOKEN, f"the token does not hold: {type(error).__name__}") from error
        _demand(claims, policy, now)
        return Shown(policy, str(claims.get("nonce", "")))

    def _claims(self, issuer: str, token: str) -> dict[str, Any]:
        keys = self._keys(issuer, _FRESH)
        try:
            return jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            # The issuer may have begun to use another key.
            newer = self._keys(issuer, _PAUSE)
            if newer is keys:
                raise
            return jwt.decode(token, newer, algorithms=_ALGORITHMS).claims

    def _keys(self, issuer: str, fresh: float) -> KeySet:
        with self._lock:
            known = self._known.get(issuer)
            if known and self.clock() - known.at < fresh:
                return known.keys
            with line_to_issuer(5.0, self.transport) as client:
                place = discovered(client, issuer).jwks_uri
                keys = _key_set(fetched(client, "GET", place))
            self._known[issuer] = _Keys(self.clock(), keys)
            return keys


def _key_set(plain: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(cast(Any, plain))
    except (JoseError, KeyError, TypeError, AttributeError) as error:
        raise IssuerAway("its keys cannot be read") from error


def _demand(claims: dict[str, Any], policy: Policy, now: int) -> None:
    """Raises a `Refusal` unless the token is of this issuer, for this client, still good, and of an allowed domain."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != policy.issuer or not policy.client or policy.client not in audiences:
        raise no_identity(Lack.TOKEN, "the token is for something else")
    if len(audiences) > 1 and claims.get("azp") != policy.client:
        raise no_identity(Lack.TOKEN, "the token is for something else")
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or expires + _LEEWAY < now / 1000:
        raise no_identity(Lack.TOKEN, "the token is too old")
    if policy.domains:
        if claims.get("email_verified", True) is not True:
            raise no_identity(Lack.MAIL, "the issuer is not sure of the mail address (email_verified)")
        name, _at, domain = str(claims.get("email") or "").rpartition("@")
        if not name or not domain:
            raise no_identity(Lack.MAIL, "the token has no mail address (email)")
        if domain.lower() not in {each.lower() for each in policy.domains}:
            raise no_identity(Lack.DOMAIN, "the mail address is of another domain")
