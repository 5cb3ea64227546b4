"""A server over an index for the tests of everything around the page, and how they speak to it."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from folders import SEEDS
from visitor import free_port

from xiangwen.web import OpenChat, Settings, launch

NAME, PASSWORD = "张三", "correct horse 电池"
T = TypeVar("T")
JSON = {"content-type": "application/json"}
PATIENT = 120
"""Seconds: a machine that is busy with other things must not fail a test."""
UNSIGNED: dict[str, Any] = {"timeout": PATIENT, "verify": False}
"""Options of a client: every one reads all certificates of the machine otherwise, and on loopback there is none."""
post, get = partial(httpx.post, **UNSIGNED), partial(httpx.get, **UNSIGNED)


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    index: Path
    chat: OpenChat

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return post(self.url + path, json=body, headers=headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return get(self.url + path, headers=headers)


@contextmanager
def serving(index: Path, **options: Any) -> Iterator[Server]:
    """A server over an index, up and settled: its index is open or has a problem."""
    port = free_port()
    chat = launch(index, SEEDS, Settings(port=port, **options), block=False)
    server = Server(f"http://127.0.0.1:{port}", index, chat)
    try:
        while server.get("/health").json()["status"] == "opening":
            time.sleep(0.1)
        yield server
    finally:
        chat.close()


def in_thread(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it in a thread: another test's browser may hold the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}
