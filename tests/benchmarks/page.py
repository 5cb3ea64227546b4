"""How soon the page can be used, beside the plainest page that Gradio makes.

    python tests/benchmarks/page.py          # needs Chromium

Both are loaded by a fresh browser profile each time, from this machine. Usable means that a question can be typed: the
chat's box with the collection beside it, the plain page's text box.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import time
from pathlib import Path

import gradio as gr
from playwright.sync_api import Browser, sync_playwright

from xiangwen.index import build
from xiangwen.web import Settings, launch

ROOT = Path(__file__).parents[2]
TIMES = 7


def main() -> None:
    """Print the median seconds of both."""
    index = ROOT / "index"
    if not (index / "current").exists():
        build(ROOT / "seeds", index)
    ports = _free_port(), _free_port()
    chat = launch(index, ROOT / "seeds", Settings(port=ports[0]), block=False)
    with gr.Blocks(analytics_enabled=False) as plain:
        gr.Textbox(label="plain")
    plain.launch(server_port=ports[1], prevent_thread_lock=True, quiet=True, share=False, ssr_mode=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        _seconds(chromium, ports[0], ".xw-turns[data-ready]")  # the index is open from here on
        chats = [_seconds(chromium, ports[0], ".xw-turns[data-ready]") for _ in range(TIMES)]
        plains = [_seconds(chromium, ports[1], "textarea") for _ in range(TIMES)]
        chromium.close()
    chat.close()
    plain.close(verbose=False)
    print(
        f"page, until a question can be asked: {statistics.median(chats):.2f} s (worst of {TIMES}: {max(chats):.2f} s)"
    )
    print(f"a plain Gradio page with one text box: {statistics.median(plains):.2f} s")


def _seconds(chromium: Browser, port: int, selector: str) -> float:
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(300_000)
    started = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
    page.wait_for_selector(selector)
    seconds = time.perf_counter() - started
    context.close()
    return seconds


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
