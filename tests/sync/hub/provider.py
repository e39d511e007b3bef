"""A small provider of identities (OpenID Connect) for the tests, on a real port: PKCE in the browser, and codes."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx2 as httpx
import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sync.hub.listening import configured, listener_at


@dataclass
class Provider:
    """What it says of whoever signs in, and with which key it signs."""

    address: str = ""
    email: str = "bea@gemeente.example"
    claims: dict[str, Any] = field(default_factory=dict)
    """What a token says otherwise than it should."""
    repeats_nonce: bool = True
    refuses: bool = False
    """Whether nobody gets in, as when somebody chooses “Cancel” there."""
    key: jwk.RSAKey = field(init=False)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _waits: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rotate()

    def rotate(self) -> None:
        """Sign with another key from now on."""
        self.key = jwk.RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def token(self, nonce: str) -> str:
        """A token for whoever signed in."""
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": "casusboek",
            "sub": "u1",
            "iat": now,
            "exp": now + 600,
            "email": self.email,
            "email_verified": True,
            "nonce": nonce if self.repeats_nonce else "",
        } | self.claims
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    @property
    def app(self) -> Starlette:
        """The provider as an application."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/jwks", self._keys),
                Route("/auth", self._authorize),
                Route("/device", self._device, methods=["POST"]),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    async def _describe(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/auth",
                "token_endpoint": f"{self.address}/token",
                "device_authorization_endpoint": f"{self.address}/device",
                "jwks_uri": f"{self.address}/jwks",
            }
        )

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: Request) -> Response:
        asked, code = dict(request.query_params), secrets.token_urlsafe(8)
        if self.refuses:
            answer = {"error": "access_denied", "state": asked["state"]}
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}")
        self._codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def _device(self, request: Request) -> Response:
        form, code = parse_qs((await request.body()).decode()), secrets.token_urlsafe(8)
        self._waits[code] = (0, form["nonce"][0])
        return JSONResponse(
            {
                "device_code": code,
                "user_code": "WDJB-MJHT",
                "verification_uri": f"{self.address}/activate",
                "interval": 0,
            }
        )

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if form["grant_type"] != "authorization_code":
            return self._waited(form["device_code"])
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"id_token": self.token(asked["nonce"])})

    def _waited(self, code: str) -> Response:
        times, nonce = self._waits[code]
        self._waits[code] = (times + 1, nonce)
        if self.refuses:
            return JSONResponse({"error": "access_denied"}, 400)
        if times < 2:
            return JSONResponse({"error": "authorization_pending"}, 400)
        return JSONResponse({"id_token": self.token(nonce)})


def browse(address: str) -> bool:
    """What a browser does: follow the issuer's answer back to the program."""
    threading.Thread(target=httpx.get, args=(address,), kwargs={"follow_redirects": True}).start()
    return True


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers on a port of this machine."""
    made = Provider()
    with listener_at("127.0.0.1", 0) as listener:
        made.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(configured(made.app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield made
        server.should_exit = True
        thread.join(30)
