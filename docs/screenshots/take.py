"""Take the screenshots beside this file anew: ``python docs/screenshots/take.py`` (needs Chromium and Pillow)."""

from __future__ import annotations

import io
import shutil
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

from xiangwen.web import launch

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHOTS = (
    # name, question, width, height, colour scheme, whether a citation is opened
    ("which", "哪些乡镇为每个村都聘请了律师？", 1366, 768, "light", True),
    ("which-english-dark", "Which townships hire a lawyer for every village?", 1920, 1080, "dark", True),
    ("rank", "哪个乡镇发的宣传材料最多？", 1366, 768, "light", True),
    ("phone", "善感乡存在哪些不足？", 390, 844, "light", False),
)


def main() -> None:
    """Open the chat over a fresh index of seeds/ and save each shot as a small PNG."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = TemporaryDirectory()
    chat = launch(Path(folder.name), ROOT / "seeds", port=port, block=False)
    with folder, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, question, width, height, scheme, cited in SHOTS:
            page = chromium.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN")
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_selector(".xw-example", timeout=300_000)
            page.fill("#xw-box textarea", question)
            page.keyboard.press("Enter")
            page.wait_for_selector('.xw-answer[aria-busy="false"]')
            if cited:
                page.locator(".xw-cite").first.click()
                page.wait_for_selector("#xw-here")
            page.wait_for_timeout(300)
            Image.open(io.BytesIO(page.screenshot())).quantize(160).save(HERE / f"{name}.png", optimize=True)
            page.close()
        chromium.close()
    chat.close(verbose=False)


if __name__ == "__main__":
    main()
