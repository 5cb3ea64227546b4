"""Take the screenshots beside this file anew: ``make screenshots`` (needs Chromium; Pillow comes with Gradio).

Each is looked at before it is committed; a page that complains on its console is an error here.
"""

from __future__ import annotations

import io
import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from xiangwen.web import Settings, launch

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OFFICE, WIDE, PHONE = (1366, 768), (1920, 1080), (390, 844)
LAWYERS = "哪些乡镇为每个村都聘请了律师？"
LAWYERS_ENGLISH = "Which townships hire a lawyer for every village?"


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    question: str = ""
    size: tuple[int, int] = OFFICE
    scheme: Literal["light", "dark"] = "light"
    language: Literal["zh", "en"] = "zh"
    cited: bool = False
    """Whether the first citation is opened."""
    ticked: tuple[str, ...] = ()
    """Labels of what the question is kept to."""
    drawer: bool = False
    """Whether a phone shows the collection."""


SHOTS = (
    Shot("welcome"),
    Shot("which", LAWYERS, cited=True),
    Shot("which-dark", LAWYERS, scheme="dark", cited=True),
    Shot("which-wide", LAWYERS, size=WIDE, cited=True),
    Shot("which-english", LAWYERS_ENGLISH, language="en", cited=True),
    Shot("which-english-dark", LAWYERS_ENGLISH, size=WIDE, scheme="dark", language="en", cited=True),
    Shot("scope", LAWYERS, ticked=("只问湟中区", "只问白土乡 2024年")),
    Shot("rank", "哪个乡镇发的宣传材料最多？"),
    Shot("compare", "比较白土乡和万灵镇的矛盾纠纷调解"),
    Shot("nothing", "哪些乡镇推行了河长制？"),
    Shot("welcome-english-dark", scheme="dark", language="en"),
    Shot("phone", "善感乡存在哪些不足？", size=PHONE),
    Shot("phone-which", LAWYERS, size=PHONE, scheme="dark"),
    Shot("phone-report", LAWYERS, size=PHONE, cited=True),
    Shot("phone-collection", size=PHONE, drawer=True),
    Shot("phone-english", LAWYERS_ENGLISH, size=PHONE, language="en"),
)


def main() -> None:
    """Open the chat over a fresh index of seeds/ and save each shot, or those named, as a small PNG."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = TemporaryDirectory()
    chat = launch(Path(folder.name), ROOT / "seeds", Settings(port=port), block=False)
    with folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for shot in SHOTS:
            if not sys.argv[1:] or shot.name in sys.argv[1:]:
                _take(chromium, f"http://127.0.0.1:{port}/", shot)
        chromium.close()
    chat.close()


def _take(chromium: Browser, url: str, shot: Shot) -> None:
    width, height = shot.size
    page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=shot.scheme, locale="zh-CN")
    page.set_default_timeout(300_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(f"localStorage.setItem('xiangwen-language', '{shot.language}')")
    page.goto(url)
    page.wait_for_selector(".xw-example")
    for label in shot.ticked:
        page.get_by_label(label).check()
    if shot.drawer:
        page.locator('.xw-icon[data-go="left"]').click()
    if shot.question:
        _ask(page, shot)
    page.wait_for_timeout(300)
    Image.open(io.BytesIO(page.screenshot())).quantize(160).save(HERE / f"{shot.name}.png", optimize=True)
    page.close()
    if complaints:
        raise SystemExit(f"{shot.name}: {complaints}")


def _ask(page: Page, shot: Shot) -> None:
    page.fill("#xw-box textarea", shot.question)
    page.keyboard.press("Enter")
    page.wait_for_selector('.xw-answer[aria-busy="false"]')
    if shot.cited:
        page.locator(".xw-cite").first.click()
        page.wait_for_selector("#xw-here")


if __name__ == "__main__":
    main()
