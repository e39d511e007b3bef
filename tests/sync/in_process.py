"""A hub without a network: requests of the client go straight to the application, in an event loop of their own."""

import asyncio
import threading
from functools import cache

import httpx2 as httpx
from starlette.types import ASGIApp


class InProcess(httpx.BaseTransport):
    """A transport for the synchronous client on top of an application for an event loop."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), _loop()).result(60)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._inner.handle_async_request(inner)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The one loop of all hubs in this process; it runs as long as the process does."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop
