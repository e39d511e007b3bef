"""The description of the calls (OpenAPI 3.1), for those who build something beside this program."""

from typing import Any

from sync.signed_request import CURSOR, DIGEST, IDENTITY, MORE, MOST_IDS, NOW, TICKET
from sync.store import AT_ONCE, Lack, Outcome

PAGE = 2_000
"""Envelopes in one answer at most."""

MOST = 2**62
NAME = "^[A-Za-z0-9_-]{1,64}$"
"""How a space may be called."""

_Plain = dict[str, Any]


def _error(why: str) -> _Plain:
    return {"description": why, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}


_REFUSALS = {
    "400": _error("not understood"),
    "401": _error("not signed by somebody of this space, or a clock that is more than five minutes off"),
    "403": _error("removed, blocked, or not allowed"),
    "404": _error("no such space, or calls of another version (`version`)"),
    "408": _error("it took too long to come in"),
    "413": _error("too large"),
    "429": _error("too often; Retry-After says how many seconds to wait"),
    "503": _error("busy; try again later"),
}

_FRAMES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def _header(why: str) -> _Plain:
    return {"description": why, "schema": {"type": "string"}}


_PAGE_HEADERS = {
    CURSOR: _header("from where to go on"),
    MORE: _header("1 when there is more, else 0"),
}


def _parameter(name: str, where: str, why: str, schema: _Plain) -> _Plain:
    return {"name": name, "in": where, "required": where == "path", "description": why, "schema": schema}


def _number(name: str, why: str, least: int, most: int) -> _Plain:
    return _parameter(name, "query", why, {"type": "integer", "minimum": least, "maximum": most})


_SPACE = _parameter("space", "path", "the id of the space", {"type": "string", "pattern": NAME})


def _in_space(call: _Plain, *parameters: _Plain) -> _Plain:
    return {
        **call,
        "parameters": [_SPACE, *parameters],
        "security": [{"signed": []}],
        "responses": {**call["responses"], **_REFUSALS},
    }


def _answer(what: str, content: _Plain, headers: _Plain | None = None) -> _Plain:
    return {"200": {"description": what, "content": content, **({"headers": headers} if headers else {})}}


def _json(schema: _Plain) -> _Plain:
    return {"application/json": {"schema": schema}}


def _object(properties: _Plain, required: list[str]) -> _Plain:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_PUSH = _in_space(
    {
        "summary": "add envelopes; to send one again is harmless",
        "requestBody": {
            "description": f"envelopes, each behind four bytes (big endian) with its length; at most {AT_ONCE}",
            "content": _FRAMES,
        },
        "responses": _answer(
            "one outcome for each envelope, in their order",
            _json(
                _object(
                    {
                        "outcomes": {"type": "array", "items": {"enum": [each.value for each in Outcome]}},
                        "now": {"type": "integer", "description": "the clock of the hub, milliseconds since 1970"},
                    },
                    ["outcomes", "now"],
                )
            ),
        ),
    },
    _number("back", "1: certificates that the hub had, and lost, come on the place they had", 0, 1),
    _parameter(TICKET, "header", "to begin a space", {"type": "string"}),
    _parameter(IDENTITY, "header", "an identity token, where the space asks for one", {"type": "string"}),
)

_PULL = _in_space(
    {
        "summary": "what came in after a place, certificates before what relies on them",
        "responses": _answer(
            "envelopes, each behind its length",
            _FRAMES,
            {
                **_PAGE_HEADERS,
                DIGEST: _header("how many envelopes there are, and the XOR of their ids in hexadecimal"),
                NOW: _header("the clock of the hub, milliseconds since 1970"),
            },
        ),
    },
    _number("after", "the cursor of the page before", 0, MOST),
    _number("limit", "envelopes at most", 1, PAGE),
    _number("heads", "1: leave out revisions that others follow", 0, 1),
)

_IDS = _in_space(
    {
        "summary": "the ids of all there is",
        "responses": _answer("ids of 32 bytes behind each other", _FRAMES, _PAGE_HEADERS),
    },
    _number("after", "the cursor of the page before", 0, MOST),
    _number("limit", "ids at most", 1, MOST_IDS),
)

_GET = _in_space(
    {
        "summary": "those of these envelopes that are here; the cursor is the number of ids that were looked up",
        "requestBody": {
            "description": f"ids of 32 bytes behind each other; at most {AT_ONCE}",
            "content": _FRAMES,
        },
        "responses": _answer("envelopes, each behind its length", _FRAMES, _PAGE_HEADERS),
    }
)


def _freezing(summary: str) -> _Plain:
    return {
        "summary": summary,
        "security": [{"token": []}],
        "requestBody": {"required": True, "content": _json({"$ref": "#/components/schemas/Freeze"})},
        "responses": {
            **_answer("done", _json(_object({"done": {"const": True}}, ["done"]))),
            **{status: _REFUSALS[status] for status in ("400", "401", "408", "413", "503")},
        },
    }


def _flag(name: str) -> _Plain:
    return _json(_object({name: {"type": "boolean"}}, [name]))


_NAME = {"type": "string", "pattern": r"^[^\u0000]{1,64}$"}

DESCRIPTION: _Plain = {
    "openapi": "3.1.0",
    "info": {
        "title": "casusboek-hub",
        "version": "1",
        "description": "Keeps sealed envelopes of spaces. What is in them it cannot read.",
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    },
    "paths": {
        "/v1/{space}/push": {"post": _PUSH},
        "/v1/{space}/pull": {"get": _PULL},
        "/v1/{space}/ids": {"get": _IDS},
        "/v1/{space}/get": {"post": _GET},
        "/v1/admin/freeze": {"post": _freezing("keep a device, or all devices of a member, out at once")},
        "/v1/admin/thaw": {"post": _freezing("let it in again")},
        "/health": {"get": {"summary": "whether the process lives", "responses": _answer("it does", _flag("alive"))}},
        "/ready": {
            "get": {
                "summary": "whether the database answers, with the tables of this version",
                "responses": {
                    **_answer("it does", _flag("ready")),
                    "503": {"description": "it does not", "content": _flag("ready")},
                },
            }
        },
        "/issuers": {
            "get": {
                "summary": "the issuers of identities that a circle may ask who joins to sign in at",
                "responses": _answer(
                    "their addresses",
                    _json(_object({"issuers": {"type": "array", "items": {"type": "string"}}}, ["issuers"])),
                ),
            }
        },
        "/openapi.json": {
            "get": {"summary": "this description", "responses": _answer("OpenAPI 3.1", _json({"type": "object"}))}
        },
    },
    "components": {
        "securitySchemes": {
            "signed": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": (
                    "Casusboek <device, or invite>.<milliseconds since 1970>.<signature>: Ed25519, base64, over these "
                    "lines: casusboek-request-1, the method, the path from /v1 with its query, the milliseconds, and "
                    "the SHA-256 of the body in hexadecimal. An invite may be called key-<its key in hexadecimal>."
                ),
            },
            "token": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            "Error": {
                "type": "object",
                "properties": {
                    "error": {"type": "string"},
                    "sentence": {"type": "string"},
                    "now": {"type": "integer"},
                    "lack": {"enum": [each.value for each in Lack]},
                    "why": {"type": "string"},
                    "newest": {"type": "integer", "description": "the version of the calls that the hub knows"},
                },
                "required": ["error", "sentence"],
            },
            "Freeze": {
                "oneOf": [
                    _object({"space": _SPACE["schema"], "device": _NAME}, ["space", "device"]),
                    _object({"space": _SPACE["schema"], "member": _NAME}, ["space", "member"]),
                ]
            },
        },
    },
}
