"""The hub over HTTP: what is asked is read within limits, done in a thread, and answered in frames or JSON."""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from casebook.envelope import LARGEST_CERTIFICATE
from resources.language import _
from sync.frames import framed
from sync.hub.database import Busy
from sync.hub.door import Asked
from sync.hub.openapi import DESCRIPTION, MOST, NAME, PAGE
from sync.hub.refusal import Refusal, bad_request, busy, other_version, too_much, too_slow
from sync.hub.serving import Hub
from sync.hub.watching import FACTS, Watched
from sync.signed_request import CURSOR, DIGEST, IDENTITY, MORE, MOST_IDS, NOW, PROTOCOL, TICKET
from sync.store import AT_ONCE, BYTES_AT_ONCE

T = TypeVar("T")
Answer = Callable[[Hub, Request], Awaitable[Response]]

LARGEST_BODY = BYTES_AT_ONCE + LARGEST_CERTIFICATE + 8 * AT_ONCE
_SPACE = re.compile(NAME)
_VERSION = re.compile(r"/v([0-9]{1,9})/")
_encode = msgspec.json.encode


_Name = Annotated[str, msgspec.Meta(max_length=64)]


class _Freeze(msgspec.Struct, forbid_unknown_fields=True):
    space: Annotated[str, msgspec.Meta(pattern=NAME)]
    device: _Name = ""
    member: _Name = ""


def create_app(hub: Hub) -> ASGIApp:
    """The hub as an ASGI application."""
    routes = [
        _route("/v1/{space}/push", _push, hub, "POST"),
        _route("/v1/{space}/pull", _pull, hub, "GET"),
        _route("/v1/{space}/ids", _ids, hub, "GET"),
        _route("/v1/{space}/get", _get, hub, "POST"),
        _route("/v1/admin/freeze", partial(_freeze, thaw=False), hub, "POST"),
        _route("/v1/admin/thaw", partial(_freeze, thaw=True), hub, "POST"),
        _route("/health", _health, hub, "GET"),
        _route("/ready", _ready, hub, "GET"),
        _route("/issuers", _issuers, hub, "GET"),
        _route("/openapi.json", _description, hub, "GET"),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={Refusal: _refused, HTTPException: _no_such_call, Busy: _busy},
    )
    return Watched(app, hub.settings.limits.answer_seconds)


def _route(path: str, answer: Answer, hub: Hub, method: str) -> Route:
    async def answered(request: Request) -> Response:
        request.scope[FACTS]["call"] = path
        return await answer(hub, request)

    return Route(path, answered, methods=[method])


async def _push(hub: Hub, request: Request) -> Response:
    given_back = _number(request, "back", 0, 1) == 1
    outcomes = await run_in_threadpool(hub.push, await _asked(hub, request), given_back=given_back)
    request.scope[FACTS]["outcomes"] = Counter(each.value for each in outcomes)
    return _json({"outcomes": [each.value for each in outcomes], "now": hub.clock()})


async def _pull(hub: Hub, request: Request) -> Response:
    after, heads = _number(request, "after", 0, MOST), _number(request, "heads", 0, 1) == 1
    limit = _number(request, "limit", PAGE, PAGE, least=1)
    pulled = await run_in_threadpool(hub.pull, await _asked(hub, request), after, limit, heads=heads)
    page = pulled.page
    request.scope[FACTS]["given"] = len(page.items)
    headers = {CURSOR: str(page.until), MORE: str(int(page.more)), NOW: str(hub.clock())}
    if pulled.digest:
        headers[DIGEST] = f"{pulled.digest.count} {pulled.digest.xor.hex()}"
    return _binary(framed(page.items), headers)


async def _ids(hub: Hub, request: Request) -> Response:
    after, limit = _number(request, "after", 0, MOST), _number(request, "limit", MOST_IDS, MOST_IDS, least=1)
    page = await run_in_threadpool(hub.ids, await _asked(hub, request), after, limit)
    request.scope[FACTS]["given"] = len(page.items)
    return _binary(b"".join(page.items), {CURSOR: str(page.until), MORE: str(int(page.more))})


async def _get(hub: Hub, request: Request) -> Response:
    page = await run_in_threadpool(hub.get, await _asked(hub, request))
    request.scope[FACTS]["given"] = len(page.items)
    return _binary(framed(page.items), {CURSOR: str(page.until), MORE: str(int(page.more))})


async def _freeze(hub: Hub, request: Request, *, thaw: bool) -> Response:
    body = await _body(hub, request)
    scheme, _blank, token = request.headers.get("authorization", "").partition(" ")
    await run_in_threadpool(hub.check_token, token if scheme == "Bearer" else "")
    try:
        asked = msgspec.json.decode(body, type=_Freeze)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise bad_request("space and device, or space and member") from error
    if bool(asked.device) == bool(asked.member) or "\0" in asked.device + asked.member:
        raise bad_request("space and device, or space and member")
    await run_in_threadpool(hub.freeze, asked.space, device=asked.device, member=asked.member, thaw=thaw)
    return _json({"done": True})


async def _health(_hub: Hub, _request: Request) -> Response:
    return _json({"alive": True})


async def _ready(hub: Hub, _request: Request) -> Response:
    ready = await run_in_threadpool(hub.db.is_ready)
    return _json({"ready": ready}, 200 if ready else 503)


async def _issuers(hub: Hub, _request: Request) -> Response:
    return _json({"issuers": hub.settings.issuers})


async def _description(_hub: Hub, _request: Request) -> Response:
    return _json(DESCRIPTION)


async def _asked(hub: Hub, request: Request) -> Asked:
    """The request as the door looks at it."""
    space = request.path_params["space"]
    if not _SPACE.fullmatch(space):
        raise bad_request("space")
    headers = request.headers
    facts = request.scope[FACTS]
    facts["space"] = space
    facts["device"] = headers.get("authorization", "").partition(" ")[2].rsplit(".", 2)[0][:64]
    query = request.scope["query_string"].decode("latin-1")
    return Asked(
        space=space,
        method=request.method,
        target=request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else ""),
        authorization=headers.get("authorization", ""),
        body=await _body(hub, request),
        ticket=headers.get(TICKET, ""),
        identity=headers.get(IDENTITY, ""),
        peer=request.client.host if request.client else "",
        is_forwarded="forwarded" in headers or "x-forwarded-for" in headers,
    )


async def _body(hub: Hub, request: Request) -> bytes:
    """The body, as long as it is not too large or too slow."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise too_much()
    body = bytearray()
    try:
        async with asyncio.timeout(hub.settings.limits.body_seconds):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    raise too_much()
    except TimeoutError as error:
        raise too_slow() from error
    except ClientDisconnect as error:
        raise bad_request("cut short") from error
    return bytes(body)


def _number(request: Request, name: str, default: int, most: int, least: int = 0) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 20 and least <= int(given) <= most):
        raise bad_request(name)
    return int(given)


def _binary(body: bytes, headers: dict[str, str]) -> Response:
    return Response(body, headers=headers, media_type="application/octet-stream")


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_encode(value), status, headers, media_type="application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # that is what this handler is for
    request.scope[FACTS]["refused"] = error.error
    # What is left of a body that nobody reads would be taken for the next request.
    close = {"Connection": "close"} if error.status in (408, 413) else {}
    return _json(error.body, error.status, {**error.headers, **close})


async def _busy(request: Request, _error: Exception) -> Response:
    return await _refused(request, busy())


async def _no_such_call(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # that is what this handler is for
    version = _VERSION.match(request.url.path)
    if version and int(version.group(1)) != PROTOCOL:
        return await _refused(request, other_version(PROTOCOL))
    body = {"error": "no_such_call", "sentence": _("The hub has no such call.")}
    return _json(body, error.status_code, dict(error.headers or {}))
