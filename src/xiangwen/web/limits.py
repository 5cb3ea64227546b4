"""What one visitor may ask of the server: which routes, how much at once, how often."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CLOSED = (
    # The page shows no files and takes none, so Gradio's routes for them are shut rather than trusted.
    "/gradio_api/file",
    "/gradio_api/upload",
    "/gradio_api/proxy",
    "/gradio_api/stream",
    "/gradio_api/process_recording",
    "/gradio_api/deep_link",
    "/gradio_api/custom_component",
    # Editing the app's own source from the browser, run history, monitoring, reloading: for its developers.
    "/gradio_api/vibe",
    "/gradio_api/undo-vibe",
    "/gradio_api/run-history",
    "/gradio_api/runs",
    "/gradio_api/profiling",
    "/gradio_api/dev",
    "/gradio_api/token",
    "/monitoring",
)
"""Paths of Gradio that this page does not need, by their beginnings."""
_LIGHT = ("/gradio_api/component_server", "/gradio_api/cancel")
"""What the page fetches by itself (the list of reports, suggestions), a report that is opened, a question stopped."""
_LIGHT_COST = 0.25
"""Of a request: nobody who reads and clicks shall be told that he asks too often."""
MOST_WAITING = 100
"""Requests at work or waiting; the next is told to come back."""
_MOST_VISITORS = 10_000
_MOST_BYTES = 256 * 1024
_MOST_BYTES_OF_AN_ANSWER = 16 * 1024 * 1024
"""An answer over thousands of townships, sent to be exported or rated."""
_BUSY_SECONDS = 5


def path_of(scope: Scope) -> str:
    """The path below ``--root-path``, as the router sees it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if root and path.startswith(root + "/") else path


def address_of(scope: Scope) -> str:
    """Whom to count a request to; the /64 of an IPv6 address, as one household has them all."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address.ipv4_mapped or address) if address.version == 6 else str(address)


class Buckets:
    """A token bucket for each visitor: ``a_minute`` requests, a third of them at once.

    The visitors longest away are forgotten when there are too many, which only does them a favour.
    """

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = a_minute / 60
        self._size = max(a_minute / 3, 1.0)
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, visitor: str, cost: float = 1.0) -> float:
        """Take a token or a part of one; returns 0, or the seconds until there is as much."""
        now = self._now()
        left, last = self._left.get(visitor, (self._size, now))
        left = min(self._size, left + (now - last) * self._rate)
        taken = left >= cost
        self._left[visitor] = (left - cost if taken else left, now)
        self._left.move_to_end(visitor)
        if len(self._left) > _MOST_VISITORS:
            self._left.popitem(last=False)
        return 0.0 if taken else (cost - left) / self._rate


class Limits:
    """Refuses what is closed, too large, too often or too much, each in one plain sentence."""

    def __init__(self, app: ASGIApp, a_minute: int | None = None) -> None:
        """Make ready.

        Args:
            app: what is behind.
            a_minute: requests that ask for work, for one person or address; None for no limit.
        """
        self._app = app
        self._buckets = Buckets(a_minute) if a_minute else None
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        if path.startswith(CLOSED):
            await _told(404, "这里没有这个地址。 There is no such address.")(scope, receive, send)
            return
        if scope["method"] != "POST" and path != "/reports":  # pages, styles, scripts: cheap
            await self._app(scope, receive, send)
            return
        cost = _LIGHT_COST if path.startswith(_LIGHT) else 1.0
        wait = self._buckets.take(scope.get("xiangwen.user") or address_of(scope), cost) if self._buckets else 0.0
        if wait:
            seconds = math.ceil(wait)
            sentence = f"问得太快，请 {seconds} 秒后再试。 Too many requests: try again in {seconds} s."
            await _told(429, sentence, seconds)(scope, receive, send)
            return
        if self._waiting >= MOST_WAITING:
            await _busy()(scope, receive, send)
            return
        large = path.startswith(("/export/", "/feedback"))
        body = await _read(scope, receive, _MOST_BYTES_OF_AN_ANSWER if large else _MOST_BYTES)
        if body is None:
            await _told(413, "发送的内容太大。 Too much was sent.")(scope, receive, send)
            return
        self._waiting += 1
        try:
            await self._app(scope, _again(body, receive), _full_queue_told(scope, path, send))
        finally:
            self._waiting -= 1


async def _read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body, or None where there is more than ``most`` of it."""
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _full_queue_told(scope: Scope, path: str, send: Send) -> Send:
    """Gradio's queue says in English jargon that it is full; here in plain words."""
    if not path.startswith("/gradio_api/"):
        return send
    full = False

    async def told(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start" and message["status"] == 503:
            full = True

            async def nothing() -> Message:
                return {"type": "http.disconnect"}

            await _busy()(scope, nothing, send)
        elif not full:
            await send(message)

    return told


def _busy() -> JSONResponse:
    return _told(503, "现在问的人太多，请稍后再试。 Too many people are asking: try again shortly.", _BUSY_SECONDS)


def _told(status: int, sentence: str, retry_after: int | None = None) -> JSONResponse:
    # Gradio's page shows `detail`, programs read `error`.
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return JSONResponse({"error": sentence, "detail": sentence}, status, headers)
