"""A hub without a network: requests of the client go straight to the application, in an event loop of their own."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx2 as httpx
from starlette.types import ASGIApp

T = TypeVar("T")


class InProcess(httpx.BaseTransport):
    """A transport for the synchronous client on top of an application for an event loop."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        return self._run(self._answer(request))

    def close(self) -> None:
        """Stop the loop."""
        self._run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await self._inner.handle_async_request(inner)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
