"""A cold start: programs are answered before the page is there, and whoever comes early for the page gets it, too."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import anyio
import httpx
import pytest
from folders import ROOT
from serving import NAME, PASSWORD, UNSIGNED, basic, in_thread
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from visitor import LAWYER_ZH, free_port

from xiangwen.web import late_page
from xiangwen.web.passwords import set_password

BROWSER = {"accept": "text/html,*/*"}


@pytest.mark.slow
def test_programs_are_answered_before_the_page_is_there(own_index: Path, tmp_path: Path) -> None:
    port = free_port()
    set_password(tmp_path / "people", NAME, PASSWORD)
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", str(own_index), "--port", str(port)]
    command += ["--auth", str(tmp_path / "people"), "--root-path", "/xiangwen"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", **UNSIGNED) as client:
            _wait_until_ready(client, server)
            waiting = client.get("/", headers={**BROWSER, **basic(NAME)})
            assert client.post("/ask", json={"question": LAWYER_ZH}).status_code == 401
            answer = client.post("/ask", json={"question": LAWYER_ZH}, headers=basic(NAME)).json()
            assert answer["answered"] and len(answer["verdicts"]) == 5
            # A browser that has not logged in sees no more of it than later on.
            assert client.get("/", headers=BROWSER).headers["location"] == "/xiangwen/login"
            assert client.get("/config").status_code == 401
            assert waiting.status_code == 200 and "请稍候" in waiting.text and "Opening" in waiting.text
            assert "default-src 'self'" in waiting.headers["content-security-policy"]
            assert not re.search("https?:|//[a-z]|gradio", waiting.text)
            # What is asked of the page meanwhile, by gradio_client for one, waits for it and is answered.
            assert "components" in client.get("/config", headers=basic(NAME)).json()
            assert "gradio" in client.get("/", headers={**BROWSER, **basic(NAME)}).text
    finally:
        server.terminate()
        assert server.wait(60) == 0


def _wait_until_ready(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    while True:
        assert server.poll() is None
        with suppress(httpx.TransportError):
            if client.get("/health").status_code == 200:
                return
        time.sleep(0.05)


def test_a_request_that_waits_in_vain_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late_page, "HOLD_SECONDS", 0.01)
    page = late_page.LatePage()
    told = _get(page, "/config")
    assert told.status_code == 503 and re.search("[\u4e00-\u9fff]", told.json()["error"])
    assert int(told.headers["retry-after"]) > 0


def test_the_page_takes_over_from_the_one_that_waits() -> None:
    page = late_page.LatePage()
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("chat"))])
    assert "请稍候" in _get(page, "/", **BROWSER).text
    assert _get(page, "/", app, **BROWSER).text == "chat" == _get(page, "/", app).text


def _get(page: late_page.LatePage, path: str, app: Starlette | None = None, **headers: str) -> httpx.Response:
    """One request to the page, after its application is shown where there is one."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(page)
        async with page.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            if app is not None:
                await anyio.to_thread.run_sync(page.show, app)
            return await client.get(path, headers=headers)

    return in_thread(ask())
