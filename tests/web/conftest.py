"""One browser, one chat and two servers for all tests of the page and of what is around it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from folders import SEEDS
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from serving import NAME, PASSWORD, Server, serving
from visitor import CHROMIUM, PATIENCE, QUIET_CHROMIUM, Chat, free_port

from xiangwen.web import Settings, launch
from xiangwen.web.passwords import set_password


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def open_chat(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Chat]]:
    """Opens a chat over a folder of reports; without an index folder its first start builds one.

    Further options are those of `Settings`.
    """
    running = []

    def start(reports: Path, index: Path | None = None, **options: Any) -> Chat:
        port = free_port()
        folder = index or tmp_path_factory.mktemp("web") / "index"
        running.append(launch(folder, reports, Settings(port=port, **options), block=False))
        chat = Chat(f"http://127.0.0.1:{port}/", folder)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(chat.url)
        page.wait_for_selector(".xw-turns[data-ready], .xw-problem")
        chat.opening.append(page.locator(".xw-welcome").inner_text())
        page.close()
        return chat

    yield start
    for page in running:
        page.close()


@pytest.fixture(scope="session")
def chat(open_chat: Callable[..., Chat], index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Chat:
    """The chat over the seeds; its index is a copy, as votes are written into it."""
    return open_chat(SEEDS, Path(shutil.copytree(index_dir, tmp_path_factory.mktemp("chat") / "index")))


@pytest.fixture(scope="session")
def visitors(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Those who have visited the page before, by what the browser lets them do: its scripts are loaded already."""
    known: dict[str, BrowserContext] = {}

    def visitor(**options: Any) -> BrowserContext:
        if repr(options) not in known:
            known[repr(options)] = browser.new_context(locale="en-US", **options)
        return known[repr(options)]

    yield visitor
    for context in known.values():
        context.close()


@pytest.fixture
def visit(visitors: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser that has kept nothing but the page's files.

    Whatever it asked of another host or wrote to the console as an error fails the test.
    """
    complaints: list[str] = []
    pages: list[Page] = []

    def start(
        chat: Chat,
        width: int = 1366,
        height: int = 768,
        forgiven: str = "$^",
        color_scheme: Literal["light", "dark"] = "light",
        **options: Any,
    ) -> Page:
        context = visitors(**options)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(PATIENCE)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme)
        forget = {"origin": chat.url.rstrip("/"), "storageTypes": "cookies,indexeddb,local_storage"}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", forget)

        def complain(words: str) -> None:
            if not re.search(forgiven, words):
                complaints.append(words)

        page.on("request", lambda r: None if r.url.startswith((chat.url, "data:", "blob:")) else complain(r.url))
        page.on("console", lambda m: complain(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("response", lambda r: complain(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.goto(chat.url)
        page.wait_for_selector(".xw-turns[data-ready]")
        return page

    yield start
    for page in pages:
        page.close()
    assert not complaints, complaints


@pytest.fixture(scope="session")
def own_index(index_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, as votes are written into it."""
    return Path(shutil.copytree(index_dir, tmp_path_factory.mktemp("server") / "index"))


@pytest.fixture(scope="session")
def server(own_index: Path) -> Iterator[Server]:
    with serving(own_index, mcp=True) as running:
        yield running


@pytest.fixture(scope="session")
def guarded(own_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With passwords, under a path, and with a limit of 60 a minute."""
    people = tmp_path_factory.mktemp("people") / "passwords"
    for name in (NAME, "李四", "busy"):
        set_password(people, name, PASSWORD)
    with serving(own_index, auth=people, root_path="/xiangwen", a_minute=60) as running:
        yield running
