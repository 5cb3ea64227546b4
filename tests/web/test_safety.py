"""Whatever a report or a question holds is shown as text, and the browser would fetch nothing for it anyway."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from visitor import HOSTILE, LAWYER_ZH, Chat, ask


def test_a_question_is_text_and_too_long_a_one_is_refused(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    hostile = " ".join(HOSTILE) + " 律师"
    ask(page, hostile)
    assert page.locator(".xw-question").inner_text() == hostile
    assert page.locator(".xw-question *").count() == 0
    ask(page, "律师" * 1200)
    expect(page.locator(".xw-turn").nth(1).locator(".xw-notice")).to_contain_text("2000")
    page.locator("#xw-tab-chats").click()
    assert page.locator("#xw-chats :is(script, img, iframe)").count() == 0
    assert page.evaluate("window.pwned") is None


def test_a_hostile_report_is_text(
    open_chat: Callable[[Path, Path | None], Chat], visit: Callable[..., Page], tmp_path: Path
) -> None:
    body = "".join(
        f"（{n}）聘请律师{h}。全乡为每个村都聘请了律师{h}担任法律顾问。\n\n"
        for n, h in zip("一二三四五六", HOSTILE, strict=True)
    )
    (tmp_path / "<img src=x onerror=alert(1)>.txt").write_text(
        f"坏人县<b>坏人乡</b>人民政府\n\n2024年法治政府建设工作总结{HOSTILE[1]}\n\n一、主要{HOSTILE[0]}工作\n\n{body}",
        "utf-8",
    )
    page = visit(open_chat(tmp_path, None))
    ask(page, LAWYER_ZH)
    page.locator(".xw-cite").first.hover()
    expect(page.locator("#xw-tip")).to_be_visible()
    page.locator(".xw-cite").first.click()
    page.wait_for_selector("#xw-here")
    assert page.locator("#xw-page :is(script, img, iframe)").count() == 0
    text = page.locator(".xw-report-text").inner_text()
    assert all(h in text for h in HOSTILE)
    page.reload()  # the answer comes out of the browser's store
    page.wait_for_selector(".xw-turns[data-ready] .xw-cite")
    assert page.locator("#xw-page :is(script, img, iframe)").count() == 0
    assert page.evaluate("window.pwned") is None


def test_the_server_sends_a_policy_and_answers_only_on_this_machine(chat: Chat) -> None:
    import httpx

    sent = httpx.get(chat.url).headers
    assert "default-src 'self'" in sent["content-security-policy"]
    assert sent["x-content-type-options"] == "nosniff"
    port = int(chat.url.split(":")[2].strip("/"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; only asks which address would be used
            outward = probe.getsockname()[0]
        except OSError:
            return
    if not outward.startswith("127."):
        with pytest.raises(OSError), socket.create_connection((outward, port), timeout=2):
            pass
