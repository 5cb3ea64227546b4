"""The look: every screen size, light and dark, Chinese and English, keyboard and screen reader."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from visitor import LAWYER_ZH, Chat, ask


def _open_a_citation(page: Page) -> None:
    ask(page, LAWYER_ZH)
    page.locator(".xw-cite").first.click()
    page.wait_for_selector("#xw-here")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_the_screen(chat: Chat, visit: Callable[..., Page], width: int, height: int, scheme: str) -> None:
    page = visit(chat, width, height, color_scheme=scheme)
    _open_a_citation(page)
    for element in ("#xw-box", "#xw-side", ".xw-report-text"):
        box = page.locator(element).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width + 1, element
        assert box["y"] + box["height"] <= height + 1, element
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for area in (".xw-turns", ".xw-panel", "#xw-left"):
        wider = "a => { const e = document.querySelector(a); return e.scrollWidth - e.clientWidth }"
        assert page.evaluate(wider, area) <= 0, area
    dark = page.evaluate("getComputedStyle(document.querySelector('#xw-side')).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1920), ("dark", 1366)])
def test_axe_finds_no_violation(chat: Chat, visit: Callable[..., Page], scheme: str, width: int) -> None:
    page = visit(chat, width, 900, color_scheme=scheme)
    page.wait_for_selector(".xw-example")
    assert _violations(page) == []
    page.get_by_label("只问湟中区").check()
    page.get_by_label("只问白土乡 2024年").check()
    _open_a_citation(page)
    page.wait_for_selector(".xw-next")
    assert _violations(page) == []


def _violations(page: Page) -> list[tuple[str, str]]:
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in Axe().run(page).response["violations"]]


def test_keys(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    box = page.locator("#xw-box textarea")
    page.locator(".xw-township .xw-report").first.click()
    page.locator(".xw-report-text").focus()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    expect(box).to_have_value("第一行\n第二行")
    expect(page.locator("#xw-side")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#xw-side")).to_be_hidden()
    box.focus()
    # Enter that takes a word of an input method sends nothing.
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(page.locator(".xw-turn")).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_selector(".xw-turn")
    expect(box).to_have_value("")


def test_the_page_speaks_chinese_and_english(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    page.wait_for_selector(".xw-example")
    assert page.title() == "乡问"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    chinese = page.locator("body").inner_text().replace("English", "").replace("Enter", "").replace("Shift+", "")
    assert not re.search(r"[A-Za-z]{3,}", chinese)

    page.locator('[data-go="language"]').click()
    page.wait_for_selector(".xw-example:text-matches('[a-z]')")
    assert page.evaluate("document.documentElement.lang") == "en"
    for part in (".xw-actions", ".xw-tabs", ".xw-hint", ".xw-welcome h2", ".xw-send"):
        assert not re.search(r"[\u4e00-\u9fff]", page.locator(part).first.inner_text().replace("中文", "")), part
    page.reload()
    expect(page.locator(".xw-send")).to_have_text("Ask")
