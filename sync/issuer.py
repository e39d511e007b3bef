"""What the hub and somebody who signs in both do with an issuer of identities (OpenID Connect)."""

import base64
import hashlib
from typing import Any

import httpx2 as httpx
import msgspec

from sync.hub_client import is_local, trusted

_LARGEST = 256 * 1024


class IssuerAway(Exception):
    """The issuer does not answer, or not as an issuer does."""


class Issuer(msgspec.Struct):
    """Where an issuer does what; from its own description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    device_authorization_endpoint: str = ""


def nonce_for(vk: bytes) -> str:
    """What the token has to repeat, so that it is good for the device with this key alone."""
    digest = hashlib.blake2b(vk, digest_size=32, person=b"casusboek-join").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def line_to_issuer(seconds: float, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A connection on which each step may take *seconds*, with what this computer trusts."""
    return httpx.Client(transport=transport, timeout=seconds, follow_redirects=False, verify=trusted())


def discovered(client: httpx.Client, issuer: str) -> Issuer:
    """The description of an issuer (OpenID Connect Discovery 1.0); raises `IssuerAway`."""
    plain = fetched(client, "GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    try:
        found = msgspec.convert(plain, Issuer)
    except msgspec.ValidationError as error:
        raise IssuerAway(str(error)) from error
    places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    if found.issuer != issuer or not all(_is_safe(each) for each in places):
        raise IssuerAway("it is another issuer, or not a secure one")
    return found


def fetched(client: httpx.Client, method: str, address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON that stands at an address, or that a form gives there, also when it says what is wrong."""
    if not _is_safe(address):
        raise IssuerAway("its address is not secure")
    body = bytearray()
    try:
        with client.stream(method, address, data=form) as answer:
            for part in answer.iter_bytes():
                body += part
                if len(body) > _LARGEST:
                    raise IssuerAway("its answer is too large")
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise IssuerAway(f"{type(error).__name__}: {error}") from error
    try:
        found = msgspec.json.decode(bytes(body), type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError) as error:
        raise IssuerAway(f"{status}, and no JSON") from error
    if status != 200 and "error" not in found:
        raise IssuerAway(f"{status}")
    return found


def _is_safe(address: str) -> bool:
    return address.startswith("https://") or (address.startswith("http://") and is_local(address))
