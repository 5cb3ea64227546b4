"""A question in the browser: the answer at a glance, its quotes one click from the report, and taken away."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from folders import SEEDS
from playwright.sync_api import Page, expect
from visitor import LAWYER_EN, LAWYER_ZH, Chat, ask, settle

from xiangwen.reports import read_folder


@pytest.mark.parametrize("question", [LAWYER_ZH, LAWYER_EN])
def test_a_which_question_is_a_table_whose_citations_open_at_the_sentence(
    chat: Chat, visit: Callable[..., Page], question: str
) -> None:
    page = visit(chat)
    ask(page, question)
    answer = page.locator(".xw-answer")
    townships = {r.name: r for r in read_folder(SEEDS).reports}
    rows = answer.locator("tbody tr")
    named = [rows.nth(i).locator("th span").first.inner_text() for i in range(rows.count())]
    silent = answer.locator(".xw-silent .xw-report span").all_text_contents()
    assert len(named) >= 1
    assert sorted(named + silent) == sorted(townships), "every township is answered for"
    checked = "共检查 5/5 份报告" if question == LAWYER_ZH else "Checked 5 of 5 reports"
    expect(answer.locator(".xw-checked")).to_contain_text(checked)

    for i, name in enumerate(named):
        marker = rows.nth(i).locator(".xw-cite").first
        quote = rows.nth(i).locator("q").first.inner_text()
        marker.focus()
        expect(page.locator("#xw-tip q")).to_have_text(quote)
        marker.click()
        here = page.locator(".xw-panel mark.xw-here")
        expect(page.locator(".xw-panel h2")).to_contain_text(name)
        expect(here.first).to_be_in_viewport()
        assert "".join(here.all_inner_texts()) == quote
        assert quote in townships[name].text
        path = rows.nth(i).locator(".xw-path").first.inner_text()
        assert " › ".join(page.locator(".xw-crumbs a").all_text_contents()) == path
        assert page.locator(".xw-contents a").count() > 3
        expect(marker).to_have_class(re.compile("xw-current"))


def test_a_table_sorts_by_township_verdict_and_confidence(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    ask(page, LAWYER_ZH)
    names = page.locator(".xw-which tbody th span")
    sure = page.locator(".xw-which .xw-confidence span")
    as_given = names.all_text_contents()
    head = page.locator(".xw-which .xw-sort")
    head.nth(0).click()
    by_name = names.all_text_contents()
    assert by_name != as_given and sorted(by_name) == sorted(as_given)
    expect(page.locator(".xw-which th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    head.nth(0).click()
    assert names.all_text_contents() == by_name[::-1]
    head.nth(2).click()
    percents = [int(title.rstrip("%")) for title in sure.evaluate_all("all => all.map((e) => e.title)")]
    assert percents == sorted(percents, reverse=True)
    head.nth(1).click()
    assert page.locator(".xw-which .xw-chip").all_text_contents() == sorted(
        page.locator(".xw-which .xw-chip").all_text_contents(), key=["有", "部分", "无"].index
    )


def test_next_and_previous_walk_through_the_citations_and_a_quote_is_copied_with_its_source(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat, permissions=["clipboard-read", "clipboard-write"])
    ask(page, "善感乡存在哪些不足？")
    quotes = page.locator(".xw-answer q").all_text_contents()
    assert len(quotes) >= 2
    expect(page.locator(".xw-answer .xw-tag").first).to_have_text("不足")
    page.locator(".xw-cite").first.click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 1/{len(quotes)}")
    page.locator('[data-step="1"]').click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 2/{len(quotes)}")
    assert "".join(page.locator("mark.xw-here").all_inner_texts()) == quotes[1]
    page.locator("[data-copy]").click()
    expect(page.locator(".xw-said")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"「{quotes[1]}」——《") and re.search(r"”一节（\w+\.txt）$", copied)
    page.locator('[data-step="-1"]').click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 1/{len(quotes)}")
    page.locator('.xw-tools [data-word="copy"]').click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('善感乡存在哪些不足？')")
    assert all(quote in page.evaluate("navigator.clipboard.readText()") for quote in quotes)


def test_what_is_not_in_the_reports_is_said_and_the_nearest_passages_are_no_answer(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    ask(page, "哪些乡镇推行了河长制？")
    answer = page.locator(".xw-answer")
    expect(answer.locator(".xw-notice")).to_contain_text("没有找到答案")
    expect(answer.locator(".xw-notice")).to_contain_text("查找范围：")
    expect(answer.locator(".xw-nearest h2")).to_contain_text("不是答案")
    answer.locator(".xw-near").first.click()
    expect(page.locator(".xw-at")).to_contain_text("不是答案")


def test_a_rank_is_a_table_with_bars_and_a_comparison_stands_side_by_side(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    ask(page, "哪个乡镇发的宣传材料最多？")
    bars = page.locator(".xw-rank .xw-bar i")
    widths = bars.evaluate_all("all => all.map((e) => e.getBoundingClientRect().width)")
    assert len(widths) >= 2 and widths == sorted(widths, reverse=True) and widths[0] > widths[-1]
    expect(page.locator(".xw-axis")).to_contain_text("份")
    ask(page, "比较白土乡和万灵镇的矛盾纠纷调解")
    cards = page.locator(".xw-turn").nth(1).locator(".xw-card")
    left, right = cards.nth(0).bounding_box(), cards.nth(1).bounding_box()
    assert left and right and left["y"] == right["y"] and left["x"] < right["x"]


def test_files_and_remarks_say_plainly_where_the_service_does_not_take_them(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat, forgiven="404")
    # As behind a proxy that lets nothing but the page through.
    page.route(re.compile("/(export|feedback)"), lambda route: route.fulfill(status=404))
    ask(page, LAWYER_ZH)
    with page.expect_request(re.compile("/export/docx$")) as sent:
        page.locator(".xw-tools [data-kind=Word]").click()
    answer = sent.value.post_data_json
    assert answer["question"] == LAWYER_ZH and len(answer["verdicts"]) == 5 and answer["citations"]
    expect(page.locator(".xw-said")).to_contain_text("还不能下载")
    page.locator('[data-rate="down"]').click()
    page.locator(".xw-remark textarea").fill("漏了一个村")
    with page.expect_request(re.compile("/feedback$")) as sent:
        page.locator(".xw-remark .xw-send").click()
    vote = sent.value.post_data_json
    assert (vote["question"], vote["rating"], vote["remark"]) == (LAWYER_ZH, "down", "漏了一个村")
    expect(page.locator(".xw-said")).to_contain_text("没有开通意见反馈")


def test_a_suggested_question_is_answered(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    expect(page.locator(".xw-welcome .xw-example").first).to_be_visible()
    first = page.locator(".xw-welcome .xw-example").first
    question = first.inner_text()
    first.click()
    settle(page)
    expect(page.locator(".xw-question")).to_have_text(question)
    expect(page.locator(".xw-cite").first).to_be_visible()
    following = page.locator(".xw-next .xw-example").first
    assert following.inner_text() != question
    following.click()
    expect(page.locator(".xw-turn")).to_have_count(2)
    settle(page)
    expect(page.locator(".xw-turn").nth(1).locator(".xw-cite").first).to_be_visible()
