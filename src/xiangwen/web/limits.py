"""What one visitor may ask of the server: how much at once, how often."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
from starlette.datastructures import Headers

from xiangwen.web.problems import refusal

if TYPE_CHECKING:
    from starlette.responses import JSONResponse
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LIGHT_COST = 0.25
"""Of a request that the page makes by itself: nobody who reads and clicks shall be told that he asks too often."""
MOST_WAITING = 100
"""Requests at work or waiting; the next is told to come back."""
_MOST_VISITORS = 10_000
"""More visitors than this are not remembered: the oldest goes."""
_MOST_BYTES = 256 * 1024
"""Bytes that a request may have, but for an answer that comes back."""
_MOST_BYTES_OF_AN_ANSWER = 16 * 1024 * 1024
"""An answer over thousands of townships, sent to be exported or rated."""
_BUSY_SECONDS = 5
"""Seconds after which whoever found it busy may try again."""
MOST_LARGE = 4
"""Bodies above `_MOST_BYTES` that are held at once: 64 MB at most."""
MOST_READ = 8
"""Bodies of one address that are read at once, `MOST_READ_LARGE` of them large: nobody alone takes all the places."""
MOST_READ_LARGE = 2
BODY_SECONDS = 30.0
"""Until a body must be there; what is slower holds memory for nothing."""


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

    @property
    def visitors(self) -> int:
        """How many visitors are remembered."""
        return len(self._left)

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
    """Refuses what is too large, too often or too much, each in one plain sentence."""

    def __init__(self, app: ASGIApp, a_minute: int | None = None, light: tuple[str, ...] = ()) -> None:
        """Make ready.

        Args:
            app: what is behind.
            a_minute: requests that ask for work, for one person or address; None for no limit.
            light: beginnings of paths that cost less, as the page asks for them by itself.
        """
        self._app = app
        self._light = light
        self._buckets = Buckets(a_minute) if a_minute else None
        self._waiting = 0
        self._large = 0
        self._reading, self._reading_large = BodiesBeingRead(), BodiesBeingRead(MOST_READ_LARGE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = path_of(scope)
        if scope["method"] != "POST" and path != "/reports":  # pages, styles, scripts: cheap
            await self._app(scope, receive, send)
            return
        cost = _LIGHT_COST if path.startswith(self._light) else 1.0
        wait = self._buckets.take(scope.get("xiangwen.user") or address_of(scope), cost) if self._buckets else 0.0
        if wait:
            seconds = math.ceil(wait)
            sentence = f"问得太快，请 {seconds} 秒后再试。 Too many requests: try again in {seconds} s."
            await _refusal(429, sentence, seconds)(scope, receive, send)
            return
        if self._waiting >= MOST_WAITING:
            await busy()(scope, receive, send)
            return
        large = path.startswith(("/export/", "/feedback")) and not _is_small(scope)
        if large and self._large >= MOST_LARGE:
            await busy()(scope, receive, send)
            return
        # Counted before the first byte is read: whoever sends slowly takes a place, and for so long only.
        self._waiting += 1
        self._large += large
        try:
            with (self._reading_large if large else self._reading).one(address_of(scope)):
                body = await read_body(scope, receive, _MOST_BYTES_OF_AN_ANSWER if large else _MOST_BYTES)
            await self._app(scope, _again(body, receive), send)
        except BodyProblem as problem:
            await _refusal(problem.status, problem.sentence)(scope, receive, send)
        finally:
            self._waiting -= 1
            self._large -= large


class BodyProblem(Exception):
    """A body is too large, too slow, one of too many, or ends too early."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class BodiesBeingRead:
    """How many bodies are being read, by address."""

    def __init__(self, most: int = MOST_READ) -> None:
        self._most = most
        self._now: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """While one more body of an address is read.

        Raises:
            BodyProblem: if there are as many as may be.
        """
        if self._now[address] >= self._most:
            raise BodyProblem(429, "同时发送得太多，请稍后再试。 Too much is being sent at once: try again.")
        self._now[address] += 1
        try:
            yield
        finally:
            self._now[address] -= 1
            if not self._now[address]:
                del self._now[address]


async def read_body(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body of a request.

    Raises:
        BodyProblem: if there is more than ``most`` of it, or it is not there within `BODY_SECONDS`.
    """
    kilobytes = most // 1024
    sentence = f"发送的内容太大，最多 {kilobytes} KB。 Too much was sent: at most {kilobytes} KB."
    too_large = BodyProblem(413, sentence)
    length = _length(scope)
    if length is None or length > most:
        raise too_large
    body = bytearray()
    with anyio.move_on_after(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise BodyProblem(400, "请求没有发完。 The request was not sent whole.")
            body += message.get("body", b"")
            if len(body) > most:
                raise too_large
            if not message.get("more_body"):
                return bytes(body)
    raise BodyProblem(408, "发送得太慢，请重试。 The request took too long to arrive: try again.")


def _length(scope: Scope) -> int | None:
    """What the head says of the length, 0 where it says nothing; None for nonsense."""
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() and len(length) < 20 else None


def _is_small(scope: Scope) -> bool:
    """Whether the head promises a body as small as that of any request."""
    return "content-length" in Headers(scope=scope) and (_length(scope) or 0) <= _MOST_BYTES


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def busy() -> JSONResponse:
    """What is said when too many wait."""
    return _refusal(503, "现在问的人太多，请稍后再试。 Too many people are asking: try again shortly.", _BUSY_SECONDS)


def _refusal(status: int, sentence: str, retry_after: int | None = None) -> JSONResponse:
    return refusal(status, sentence, retry_after, for_page=True)
