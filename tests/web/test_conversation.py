"""Conversations live in the browser: kept over a reload, deleted when asked to; ask again, edit, stop."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from visitor import LAWYER_ZH, Chat, ask, settle

SHORTCOMINGS = "善感乡存在哪些不足？"


def test_conversations_survive_a_reload_and_are_deleted_one_by_one_or_all(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    ask(page, SHORTCOMINGS)
    said = page.locator(".xw-answer").inner_text()
    page.reload()
    expect(page.locator(".xw-question")).to_have_text(SHORTCOMINGS)
    assert page.locator(".xw-answer").inner_text() == said
    page.locator(".xw-cite").first.click()
    expect(page.locator("#xw-here")).to_be_visible()
    ask(page, "它聘请律师了吗？")
    expect(page.locator(".xw-turn").nth(1).locator(".xw-checked")).to_contain_text("共检查 1/5")

    page.keyboard.press("Escape")
    page.locator('[data-go="new"]').click()
    expect(page.locator(".xw-turn")).to_have_count(0)
    ask(page, LAWYER_ZH)
    page.locator("#xw-tab-chats").click()
    expect(page.locator(".xw-chat-title")).to_have_text([LAWYER_ZH, SHORTCOMINGS])
    page.locator(".xw-chat-title").nth(1).click()
    expect(page.locator(".xw-question")).to_have_text([SHORTCOMINGS, "它聘请律师了吗？"])
    page.get_by_label(f"删除“{LAWYER_ZH}”").click()
    expect(page.locator(".xw-chat-title")).to_have_text([SHORTCOMINGS])
    delete_all = page.locator("#xw-chats > .xw-plain")
    delete_all.click()
    expect(delete_all).to_have_text("确定全部删除？")
    delete_all.click()
    expect(page.locator("#xw-chats")).to_contain_text("还没有对话")
    assert "turns" not in page.evaluate("localStorage.getItem('xiangwen-chats')")


def test_a_full_or_foreign_store_does_not_stop_the_chat(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    page.evaluate("localStorage.setItem('xiangwen-chats', '{broken')")
    page.reload()
    page.wait_for_selector(".xw-turns[data-ready]")
    page.evaluate(
        """() => {
            const answer = { citations: [] };
            const turn = { id: "t", question: "旧", reports: null, answer, html: "旧".repeat(90000), copy: "" };
            const chats = [...Array(40).keys()].map((n) => ({ id: `c${n}`, title: `旧${n}`, at: n, turns: [turn] }));
            localStorage.setItem("xiangwen-chats", JSON.stringify({ version: 1, chats }));
        }"""
    )
    ask(page, SHORTCOMINGS)
    kept = page.evaluate("JSON.parse(localStorage.getItem('xiangwen-chats')).chats.map((c) => c.title)")
    assert kept[0] == SHORTCOMINGS and 10 < len(kept) < 41
    assert page.evaluate("localStorage.getItem('xiangwen-chats').length") <= 2_500_000


def test_a_question_is_edited_asked_again_and_stopped(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    ask(page, SHORTCOMINGS)
    ask(page, LAWYER_ZH)
    page.locator('[data-go="edit"]').first.click()
    box = page.locator("#xw-box textarea")
    expect(box).to_have_value(SHORTCOMINGS)
    expect(page.locator(".xw-editing")).to_contain_text("修改第 1 个问题")
    box.fill("万灵镇存在哪些不足？")
    page.keyboard.press("Enter")
    expect(page.locator(".xw-question")).to_have_text(["万灵镇存在哪些不足？"])
    settle(page)
    expect(page.locator(".xw-chips")).to_be_hidden()

    box.fill(LAWYER_ZH)
    # Asked and stopped before a word of the answer can arrive.
    page.evaluate("() => { const f = document.querySelector('#xw-box'); f.requestSubmit(); f.requestSubmit(); }")
    stopped = page.locator(".xw-turn").nth(1)
    expect(stopped.locator(".xw-answer")).to_have_text("已停止。")
    stopped.locator('[data-go="retry"]').click()
    settle(page)
    expect(page.locator(".xw-turn").nth(1).locator(".xw-which")).to_be_visible()
    expect(page.locator(".xw-turn")).to_have_count(2)
