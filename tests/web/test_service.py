"""The chat as a service: its first start, its endpoints for programs, and what it says when it cannot be opened."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from folders import ROOT, SEEDS
from playwright.sync_api import Browser
from serving import UNSIGNED, get
from visitor import LAWYER_ZH, Chat, free_port

from xiangwen.reports import read_folder
from xiangwen.web import Settings, WebProblem, launch

pytestmark = pytest.mark.slow


def test_the_first_start_builds_the_index_with_the_progress_on_screen(browser: Browser, tmp_path: Path) -> None:
    port = free_port()
    # A process of its own, as a user starts it: a build in this one would keep the page from being served.
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", str(tmp_path / "index"), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            page = browser.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{port}/")
            assert "请稍候" in page.locator("body").inner_text(), "the chat takes its place by itself"
            page.wait_for_function("() => /建立索引 \\d+\\/\\d+/.test(document.body.innerText)")
            page.wait_for_selector(".xw-example")
            shown = page.locator(".xw-welcome").inner_text()
            page.close()
        finally:
            server.terminate()
    assert "问报告，看原文" in shown and "？" in shown


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("The server did not start within a minute.")


@pytest.mark.parametrize("there", ["/health", "/config"], ids=["before the page is there", "afterwards"])
def test_a_stop_answers_what_was_asked(own_index: Path, there: str) -> None:
    port, people = free_port(), 12
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", str(own_index), "--port", str(port), "--rate", "0"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while httpx_status(port, there) != 200:
            assert server.poll() is None
            time.sleep(0.2)
        connected = Barrier(people)

        def ask(number: int) -> int:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", **UNSIGNED) as client:
                client.get("/health")
                connected.wait(60)
                return client.post("/ask", json={"question": f"{2010 + number}年哪些乡镇聘请了法律顾问？"}).status_code

        with ThreadPoolExecutor(people) as threads:
            asked = [threads.submit(ask, number) for number in range(people)]
            while not any(one.done() for one in asked):  # they have all arrived, and most are still waiting
                time.sleep(0.01)
            server.send_signal(signal.SIGTERM)
            assert [one.result() for one in asked] == [200] * people
        assert server.wait(60) == 0
    finally:
        server.kill()
        server.wait(60)


def httpx_status(port: int, path: str) -> int:
    with suppress(httpx.TransportError):
        return get(f"http://127.0.0.1:{port}{path}").status_code
    return 0


def test_the_endpoints_answer_in_the_json_of_the_command_line(chat: Chat) -> None:
    from gradio_client import Client

    client = Client(chat.url, verbose=False, analytics_enabled=False)
    texts = {r.id: r.text for r in read_folder(SEEDS).reports}
    answer = client.predict(question=LAWYER_ZH, history=[], api_name="/ask")
    assert answer["kind"] == "which" and len(answer["verdicts"]) == 5
    found = client.predict(words="法律顾问", top=3, api_name="/search")
    assert [row["rank"] for row in found] == [1, 2, 3]
    for row in [*answer["citations"], *found]:
        assert row["quote"] == texts[row["report"]][row["start"] : row["end"]]
    listed = client.predict(api_name="/reports")
    command = [sys.executable, "-m", "xiangwen", "reports", "--json", "--index", str(chat.index)]
    assert listed == json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_a_damaged_index_is_told_on_the_page(open_chat: Callable[[Path, Path | None], Chat], tmp_path: Path) -> None:
    (tmp_path / "current").write_text("build-gone\n", "utf-8")
    shown = open_chat(SEEDS, tmp_path).opening[-1]
    assert "xiangwen build --rebuild" in shown and "Traceback" not in shown


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WebProblem, match=f"端口 {port} 已被占用"):
            launch(tmp_path, SEEDS, Settings(port=port), block=False)
    for host in ("no such host", "192.0.2.1"):
        with pytest.raises(WebProblem, match="不是本机的"):
            launch(tmp_path, SEEDS, Settings(host=host, port=port), block=False)
