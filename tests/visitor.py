"""What the tests of the chat share: the real page in headless Chromium over a real index of the seeds."""

from __future__ import annotations

import shutil
import socket
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PATIENCE = 60_000
"""Milliseconds: a machine that is busy with other things must not fail a test."""
LAWYER_ZH = "哪些乡镇为每个村都聘请了律师？"
LAWYER_EN = "Which townships hire a lawyer for every village?"
HOSTILE = (
    "<script>window.pwned=1</script>",
    '<img src="http://evil.example/x.png" onerror="window.pwned=1">',
    "[点我](javascript:window.pwned=1)![图](http://evil.example/y.png)",
    '" onclick="window.pwned=1',
    "</mark></article><iframe src=javascript:window.pwned=1>",
    "${window.pwned=1}{{window.pwned=1}}`",
)
expect.set_options(timeout=PATIENCE)


@dataclass
class Chat:
    """A running chat, and what a visitor saw while it was being opened."""

    url: str
    index: Path
    opening: list[str] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(page: Page, question: str) -> None:
    """Type a question, send it, wait for the whole answer."""
    turns = page.locator(".xw-turn").count()
    page.locator("#xw-box textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(".xw-turn").nth(turns).locator('.xw-answer[aria-busy="false"]').wait_for()


def settle(page: Page) -> None:
    """Wait until no question is being answered."""
    page.wait_for_selector(".xw-send:not(.xw-stop)")
    page.wait_for_selector(".xw-turn:last-child .xw-answer[aria-busy='false']")
