"""Around every request: a number, a limit to its time, one line in the log, and an answer whatever happens."""

import asyncio
import time
import uuid
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from resources.language import _
from sync.hub.logs import log

FACTS = "casusboek"
"""Where a request keeps what its line in the log is to say."""


class Watched:
    """The application, watched."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        facts: dict[str, Any] = {"request": uuid.uuid4().hex[:16], "method": scope["method"]}
        scope[FACTS] = facts
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                facts["status"] = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", facts["request"].encode())]
            await send(message)

        try:
            async with asyncio.timeout(self._seconds):
                await self._app(scope, receive, sending)
        except TimeoutError:
            facts["gave_up"] = True
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in one request, the hub goes on
            log("fault", error=error, request=facts["request"])
            if "status" not in facts:
                await _apology()(scope, receive, sending)
        finally:
            log("request", **facts, ms=round((time.perf_counter() - began) * 1000, 1))


def _apology() -> JSONResponse:
    sentence = _("Something went wrong in the hub. Nothing was lost; try again later.")
    return JSONResponse({"error": "fault", "sentence": sentence}, status_code=500)
