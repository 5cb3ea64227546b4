"""How soon the page can be used, beside the plainest page that Gradio makes; how smoothly its ledger scrolls.

    python tests/benchmarks/page.py                     # needs Chromium
    python tests/benchmarks/page.py --reports 1500      # the ledger of so many small reports (make bench-grid)

Both pages are loaded by a fresh browser profile each time, from this machine. Usable means that a question can be
typed: the chat's box with the collection beside it, the plain page's text box.

The reports of the ledger hold the examples of two dozen indicators each, with other numbers; their vectors are
synthesised as scale.py does it: times hold, what is read need not. All columns are shown. Scrolled is by a part of the
screen at every frame, and a frame counts as blank where no row stands at the lower or no cell at the right edge.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import socket
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import gradio as gr
import scale
from playwright.sync_api import Browser, Page, sync_playwright

from xiangwen.index import build
from xiangwen.ledger.indicators import shipped
from xiangwen.reports.places import gazetteer
from xiangwen.web import Settings, launch

ROOT = Path(__file__).parents[2]
TIMES = 7
GIVEN = 24
"""Indicators that a generated report gives."""
SECONDS = 4
"""Of scrolling each way."""
READY = ".xw-turns[data-ready]"
FIRST_ROW = """() => new Promise((done) => {
  const started = performance.now();
  document.querySelector('[data-go="ledger view"]').click();
  const look = () => requestAnimationFrame(() =>
    document.querySelector(".xw-grid-body .xw-grid-row .xw-grid-cell") ? done(performance.now() - started) : look());
  look();
})"""
SCROLL = """([down, across, seconds]) => new Promise((done) => {
  const grid = document.querySelector(".xw-grid");
  const foot = document.querySelector(".xw-grid-foot");
  grid.scrollTop = grid.scrollLeft = 0;
  const times = [];
  let [blank, way] = [0, 1];
  const look = () => {
    const box = grid.getBoundingClientRect();
    const seen = document.elementFromPoint(box.right - 40, Math.min(foot.getBoundingClientRect().top, box.bottom) - 8);
    blank += !seen?.closest(".xw-grid-body .xw-grid-cell");
  };
  const frame = (now) => {
    times.push(now);
    if (now - times[0] > 1000 * seconds) { done({ times, blank }); return; }
    setTimeout(look, 0); // after the frame is drawn
    const before = [grid.scrollTop, grid.scrollLeft].join();
    const move = () => { grid.scrollTop += way * down; grid.scrollLeft += way * across; };
    move();
    if ([grid.scrollTop, grid.scrollLeft].join() === before) { way = -way; move(); }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def main() -> None:
    """Print the median seconds of both pages, or the table of the ledger."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, help="measure the ledger of so many generated reports instead")
    parser.add_argument("--folder", type=Path, help="keep them and their index here")
    given = parser.parse_args()
    if not given.reports:
        _pages()
        return
    with tempfile.TemporaryDirectory() as temporary:
        _ledger(given.folder or Path(temporary), given.reports)


def _pages() -> None:
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
        _seconds(chromium, ports[0], READY)  # the index is open from here on
        chats = [_seconds(chromium, ports[0], READY) for _ in range(TIMES)]
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


# --- the ledger -------------------------------------------------------------------------------------------------------


def _ledger(folder: Path, count: int) -> None:
    if not (folder / "index" / "current").exists():
        _write(folder / "reports", count)
        scale.alone("--one", "build", str(folder), "--centres", "400")
    port = _free_port()
    chat = launch(folder / "index", folder / "reports", Settings(port=port, a_minute=None), block=False)
    columns = json.dumps([indicator.id for indicator in shipped()])
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = chromium.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.set_default_timeout(300_000)
        page.add_init_script(f"localStorage.setItem('xiangwen-ledger-columns', {json.dumps(columns)})")
        firsts = [_first_row(page, port) for _ in range(TIMES)]
        page.wait_for_selector('.xw-faces [data-face="checks"] small:not(:empty)')
        print(f"{count} reports, {len(shipped())} columns, Chromium at 1366 × 768")
        print(
            f"from the click to the first row: {statistics.median(firsts):.0f} ms (worst of {TIMES}: {max(firsts):.0f})"
        )
        print("scrolling                       frames a second   95th percentile   longest   blank frames")
        print(_row("down, half a row a frame", page, 23, 0))
        print(_row("down, three screens a frame", page, 1500, 0))
        print(_row("across, half a column a frame", page, 0, 66))
        print(_row("across, a screen a frame", page, 0, 1100))
        print(_row("both", page, 92, 66))
        chromium.close()
    chat.close()


def _first_row(page: Page, port: int) -> float:
    page.goto("about:blank")
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_selector(READY)
    return float(page.evaluate(FIRST_ROW))


def _row(name: str, page: Page, down: int, across: int) -> str:
    got: dict[str, Any] = page.evaluate(SCROLL, [down, across, SECONDS])
    times: Sequence[float] = got["times"]
    frames = sorted(b - a for a, b in pairwise(times))
    second = 1000 * len(frames) / (times[-1] - times[0])
    p95 = frames[int(0.95 * len(frames))]
    return f"{name:32}{second:15.0f}{p95:15.0f} ms{frames[-1]:7.0f} ms{got['blank']:15}"


def _write(folder: Path, count: int) -> None:
    """Small reports: the examples of some indicators, a sentence each."""
    folder.mkdir(parents=True, exist_ok=True)
    counties = sorted({place.county for place in gazetteer() if place.county})
    examples = [indicator.examples for indicator in shipped()]
    for number in range(count):
        text = _report(random.Random(number), counties, examples)
        (folder / f"{number:05d}.txt").write_text(text, encoding="utf-8", newline="\n")


def _report(dice: random.Random, counties: Sequence[str], examples: Sequence[Sequence[str]]) -> str:
    town = f"{dice.choice('东西南北青白')}{dice.choice('山河塘坪溪湾')}{dice.choice('乡镇')}"
    title = f"{dice.choice(counties)}{town}人民政府{dice.randint(2021, 2025)}年法治政府建设情况报告"
    said = [dice.choice(one).rstrip("。") for one in dice.sample(examples, GIVEN)]
    said = [re.sub(r"\d+", lambda m: str(dice.randint(2, 10 ** len(m[0]) + 2)), one) for one in said]
    return f"{title}\n\n一、工作情况\n" + "。\n".join(said) + "。\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
