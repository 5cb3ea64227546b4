"""The page, which comes seconds after the server: importing Gradio takes them, and questions are answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse

from xiangwen.web.gradio_workarounds import let_go
from xiangwen.web.problems import refusal

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

HOLD_SECONDS = 120.0
"""What a program or a script asks of the page waits so long for it."""
_COME_BACK = 5
"""Seconds after which whoever has waited in vain is to try again."""


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to show, not a program or a script for something to read."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


class LatePage:
    """Passes requests on to the page's application once there is one.

    Until then a browser gets a small page that turns into the chat by itself, and all other requests wait.
    """

    def __init__(self) -> None:
        self._app: Starlette | None = None
        self._there = asyncio.Event()

    @property
    def app(self) -> Starlette | None:
        """The page's application; None until it is there."""
        return self._app

    @asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """As long as the server runs; the lifespan of the page's application ends with it."""
        async with AsyncExitStack() as self._within:
            self._loop = asyncio.get_running_loop()
            yield

    def show(self, app: Starlette) -> None:
        """Pass requests on to it from now on; called from another thread than the server's."""

        async def begin() -> None:
            await self._within.enter_async_context(app.router.lifespan_context(app))
            self._app = app
            self._there.set()

        asyncio.run_coroutine_threadsafe(begin(), self._loop).result()

    def let_go(self) -> None:
        """Nobody waits any longer, and open pages hold no connection; called from another thread than the server's."""

        def end() -> None:
            self._there.set()
            if self._app is not None:
                let_go(self._app)

        self._loop.call_soon_threadsafe(end)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._app is None and scope["type"] == "http" and wants_page(Request(scope)):
            await HTMLResponse(_WAITING, headers={"cache-control": "no-store"})(scope, receive, send)
            return
        if self._app is None:
            with anyio.move_on_after(HOLD_SECONDS):
                await self._there.wait()
        if self._app is None:
            sentence = "页面还没有打开，请稍后再试。 The page is not there yet: try again."
            await refusal(503, sentence, _COME_BACK, for_page=True)(scope, receive, send)
            return
        await self._app(scope, receive, send)


_WAITING = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>乡问</title><style>
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; text-align: center; background: Canvas;
  color: CanvasText; font: 16px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
h1 { margin: 0; font-size: 1.5rem }
p { margin: .5rem 0 0 }
</style></head><body><main><h1>乡问</h1><p role="status">正在打开，请稍候几秒。<br>
<span lang="en">Opening: a few seconds, please.</span></p></main><script>
// What is not asked for as a page waits until the chat is there; where the server is away, it is asked again.
const open = () => fetch(location.href, { method: "HEAD", cache: "no-store" })
  .then((answer) => { if (answer.status === 503) throw answer; location.reload(); })
  .catch(() => setTimeout(open, 1000));
open();
</script></body></html>
"""
