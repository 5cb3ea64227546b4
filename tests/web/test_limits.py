"""How often and how much: buckets for each visitor, a queue that is full, bodies that are too large."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from serving import JSON, Server, basic, in_thread, post
from starlette.responses import JSONResponse

from xiangwen.web.gradio_workarounds import GradioRoutes
from xiangwen.web.limits import MOST_LARGE, MOST_READ, MOST_READ_LARGE, MOST_WAITING, Buckets, Limits

pytestmark = pytest.mark.slow


def unfinished(path: str, promised: int, addresses: int = 40) -> list[int]:
    """The statuses that forty bodies get of which no more than the beginning ever comes."""

    async def run() -> list[int]:
        status: list[int] = []

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(60)
            raise AssertionError("waited for too long")

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])

        head = [(b"content-length", str(promised).encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": "POST", "path": path, "headers": head}
        clients = [(f"198.51.100.{n % addresses}", 1) for n in range(40)]
        limits = Limits(JSONResponse({}))
        await asyncio.gather(*(limits({**scope, "client": client}, receive, send) for client in clients))
        return status

    return in_thread(run())


def test_bodies_that_never_end_are_few_and_do_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangwen.web.limits.BODY_SECONDS", 0.2)
    assert sorted(unfinished("/export/docx", 16_000_000)) == [408] * MOST_LARGE + [503] * (40 - MOST_LARGE)
    assert unfinished("/ask", 1_000) == [408] * 40


def test_one_address_alone_does_not_take_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangwen.web.limits.BODY_SECONDS", 0.2)
    large = sorted(unfinished("/export/docx", 16_000_000, addresses=1))
    assert large == [408] * MOST_READ_LARGE + [429] * (40 - MOST_READ_LARGE)
    assert sorted(unfinished("/ask", 1_000, addresses=1)) == [408] * MOST_READ + [429] * (40 - MOST_READ)


def test_forty_uploads_that_never_end_are_let_go(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangwen.web.limits.BODY_SECONDS", 1.0)
    head = (
        b"POST /export/docx HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 16000000\r\n\r\n"
    )
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(40)]
        for one in sockets:
            one.sendall(head + b" " * 50_000)
        told = sorted(int(one.makefile("rb").readline().split()[1]) for one in sockets)
    assert told == [408] * MOST_READ_LARGE + [429] * (40 - MOST_READ_LARGE)


def test_a_bucket_lets_a_third_of_a_minute_through_at_once_and_refills() -> None:
    clock = [0.0]
    buckets = Buckets(60, lambda: clock[0])
    assert [buckets.take("a") for _ in range(20)] == [0.0] * 20
    assert buckets.take("a") == pytest.approx(1.0) and buckets.take("b") == 0.0
    clock[0] = 1.0
    assert buckets.take("a") == 0.0 and buckets.take("a") > 0
    assert [buckets.take("c", 0.25) for _ in range(80)] == [0.0] * 80, "what the page fetches by itself counts less"
    assert buckets.take("c", 0.25) == pytest.approx(0.25)


def test_a_bucket_for_each_visitor_takes_bounded_memory() -> None:
    buckets = Buckets(60)
    for n in range(20_000):
        buckets.take(str(n))
    assert buckets.visitors == 10_000


def test_who_asks_too_often_is_told_when_to_come_back(guarded: Server) -> None:
    guarded.get("/reports", **basic("busy"))
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: guarded.post("/feedback", {}, **basic("busy")), range(150)))
    refused = [one for one in told if one.status_code == 429]
    assert {one.status_code for one in told} == {400, 429}
    assert int(refused[-1].headers["retry-after"]) >= 1 and "问得太快" in refused[-1].json()["error"]
    assert guarded.post("/search", {"words": "律师", "top": 1}, **basic("李四")).status_code == 200


def test_who_comes_when_too_many_wait_is_told_so() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/gradio_api/queue/join":  # as Gradio answers when its queue is full
            await JSONResponse({"detail": "Queue is full. Max size is 100"}, 503)(scope, receive, send)
        else:
            await opened.wait()
            await JSONResponse({})(scope, receive, send)

    async def ask() -> list[httpx.Response]:
        guarded = httpx.ASGITransport(GradioRoutes(Limits(application)))
        async with httpx.AsyncClient(transport=guarded, base_url="http://x") as client:
            waiting = [asyncio.create_task(client.post("/ask", json={})) for _ in range(MOST_WAITING)]
            await asyncio.sleep(0.2)
            refused = await client.post("/ask", json={})
            opened.set()
            served = await asyncio.gather(*waiting)
            return [refused, await client.post("/gradio_api/queue/join", json={}), *served]

    opened = asyncio.Event()
    refused, queue_full, *served = in_thread(ask())
    assert {one.status_code for one in served} == {200}
    for one in (refused, queue_full):
        assert one.status_code == 503 and "太多" in one.json()["detail"] and one.headers["retry-after"] == "5"


def test_too_large_a_body_is_not_read_to_its_end(server: Server) -> None:
    told = post(f"{server.url}/ask", content=(b"x" * 1000 for _ in range(1000)), headers=JSON)
    assert told.status_code == 413
