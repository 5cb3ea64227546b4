"""The chat under a path behind a real nginx; needs Debian's nginx-light and chromium."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from folders import ROOT
from playwright.sync_api import ConsoleMessage, expect, sync_playwright
from serving import NAME, PASSWORD, Server, get
from visitor import CHROMIUM, LAWYER_ZH, free_port

pytestmark = pytest.mark.browser


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


@contextmanager
def nginx(folder: Path, server: Server) -> Iterator[str]:
    """A real nginx with the lines of the documentation; gives the address of the chat behind it."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    lines = re.search(r"```nginx\n(.*?)```", page, re.S)[1].replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")  # type: ignore[index]
    port = free_port()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;"
        f"events {{}} http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port};\n{lines} }} }}"
    )
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(100):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, (folder / "errors").read_text()
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/xiangwen"
        finally:
            process.terminate()


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: apt-get install nginx-light)")
def test_the_chat_works_under_a_path_behind_nginx(guarded: Server, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium)")
    with nginx(tmp_path, guarded) as url:
        assert get(url, follow_redirects=True).status_code == 401
        # In a thread: another test's browser may hold this one's event loop.
        with ThreadPoolExecutor(1) as thread:
            complaints = thread.submit(_visit_behind_proxy, url).result()
    assert complaints == []


def _visit_behind_proxy(url: str) -> list[str]:
    complaints: list[str] = []
    host = url.removesuffix("/xiangwen")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda r: None if r.url.startswith((f"{url}/", "data:")) else complaints.append(r.url))

        def complain(message: ConsoleMessage) -> None:
            # Before Gradio has written the head of the page, the browser may look for an icon outside of the path.
            if message.type in ("error", "warning") and not message.location["url"].endswith(f"{host}/favicon.ico"):
                complaints.append(f"{message.text} {message.location}")

        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.goto(f"{url}/")
        assert page.url == f"{url}/login"
        page.locator("[name=username]").fill(NAME)
        page.locator("[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".xw-example")
        page.locator("#xw-box textarea").fill(LAWYER_ZH)
        page.keyboard.press("Enter")
        page.wait_for_selector('.xw-answer[aria-busy="false"]')
        page.locator(".xw-cite").first.click()
        expect(page.locator(".xw-panel mark.xw-here").first).to_be_visible(timeout=120_000)
        exported = page.evaluate(
            """async (question) => {
              const headers = { "content-type": "application/json" };
              const asked = await fetch("ask", { method: "POST", headers, body: JSON.stringify({ question }) });
              const made = await fetch("export/docx", { method: "POST", headers, body: await asked.text() });
              return [made.status, made.headers.get("content-disposition"), (await made.blob()).size];
            }""",
            LAWYER_ZH,
        )
        assert exported[0] == 200 and "%E4%B9%A1%E9%97%AE" in exported[1] and exported[2] > 5000
        assert page.evaluate("localStorage.getItem('xiangwen-chats')")
        signed_in = len(complaints)
        page.locator('[data-go="log out"]').click()
        page.wait_for_url(f"{url}/login")
        assert page.evaluate("localStorage.getItem('xiangwen-chats')") is None
        page.goto(f"{url}/")
        assert page.url == f"{url}/login"
        browser.close()
    # What the page was asking for while it was left is refused, and Gradio says so in its own words.
    return complaints[:signed_in] + [c for c in complaints[signed_in:] if "401" not in c and "Unauthorized" not in c]
