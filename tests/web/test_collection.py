"""The left side: townships by county and year, and what the next question is kept to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from folders import SEEDS
from playwright.sync_api import Page, Route, expect
from visitor import LAWYER_ZH, Chat, ask

from xiangwen.reports import read_folder


def test_the_collection_lists_every_report_under_its_county(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    for report in read_folder(SEEDS).reports:
        county = page.locator(".xw-county", has_text=report.metadata.county)
        expect(county.locator(".xw-report")).to_have_text([report.name])
    page.locator(".xw-township .xw-report").first.click()
    expect(page.locator(".xw-report-text")).to_be_visible()


def test_what_is_ticked_narrows_the_next_question_and_stands_above_the_box(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    expect(page.locator(".xw-chips")).to_be_hidden()
    page.get_by_label("只问湟中区").check()
    page.get_by_label("只问白土乡 2024年").check()
    expect(page.locator(".xw-chosen")).to_have_text(["湟中区×", "白土乡×"])
    ask(page, LAWYER_ZH)
    answer = page.locator(".xw-answer")
    expect(answer.locator(".xw-checked")).to_contain_text("共检查 2/5 份报告")
    named = answer.locator("tbody th span, .xw-silent .xw-report span").all_text_contents()
    assert sorted(named) == ["土门关乡", "白土乡"]
    expect(page.locator(".xw-about-question")).to_contain_text("湟中区、白土乡")

    ask(page, "万灵镇聘请律师了吗？")
    expect(page.locator(".xw-turn").nth(1).locator(".xw-notice")).to_contain_text("万灵镇不在所选的 2 份报告")

    page.locator(".xw-year", has_text="2023年").click()
    page.locator("#xw-box textarea").fill(LAWYER_ZH)
    page.keyboard.press("Enter")
    expect(page.locator(".xw-said")).to_contain_text("没有报告")
    expect(page.locator(".xw-turn")).to_have_count(2)

    page.locator(".xw-chosen", has_text="湟中区").click()
    expect(page.get_by_label("只问湟中区")).not_to_be_checked()
    page.locator('[data-go="clear scope"]').click()
    expect(page.locator(".xw-chips")).to_be_hidden()
    page.locator(".xw-year", has_text="2023年").click()
    page.locator("#xw-box textarea").press("Enter")
    expect(page.locator(".xw-turn").nth(2).locator(".xw-checked")).to_contain_text("共检查 1/5 份报告")


def test_a_township_whose_report_leaves_its_county_unsaid_stands_under_the_one_that_it_must_be_of(
    open_chat: Callable[..., Chat], visit: Callable[..., Page], tmp_path: Path
) -> None:
    for township in ("西仓镇", "太平镇"):  # the country has one of that name, and many
        text = f"{township}2024年法治政府建设情况报告\n一、成效\n全年调解矛盾纠纷12件。\n"
        (tmp_path / f"{township}.txt").write_text(text, "utf-8")
    page = visit(open_chat(tmp_path))
    expect(page.locator(".xw-county", has_text="碌曲县").locator(".xw-township")).to_have_text("西仓镇推定2024年")
    expect(page.locator(".xw-county", has_text="未写明区县").locator(".xw-township")).to_have_text("太平镇2024年")
    page.get_by_label("只问碌曲县").check()
    ask(page, "调解了多少件矛盾纠纷？")
    expect(page.locator(".xw-answer .xw-checked")).to_contain_text("共检查 1")


def test_fifteen_hundred_reports_are_searched_and_unfolded_by_county(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    rows = [
        {
            "id": f"r{n}",
            "name": f"第{n}乡",
            "county": f"第{n % 60}县",
            "year": 2020 + n % 5,
            "title": "报告",
            "passages": 70,
        }
        for n in range(1500)
    ]

    def large(route: Route) -> None:
        asked_for = json.loads(route.request.post_data or "{}").get("fn_name")
        if asked_for == "collection":
            route.fulfill(json=rows)
        else:
            route.continue_()

    page.route("**/component_server**", large)
    page.reload()
    expect(page.locator(".xw-county")).to_have_count(60)
    assert page.locator(".xw-township").count() == 0, "a county's townships are put on the page when it is unfolded"
    page.locator(".xw-county", has_text="第7县").first.locator("summary").click()
    expect(page.locator(".xw-township")).to_have_count(25)
    page.locator(".xw-find").fill("第1234乡")
    expect(page.locator(".xw-township")).to_have_count(1)
    page.locator(".xw-township input").check()
    expect(page.locator(".xw-chosen")).to_have_text(["第1234乡×"])
    page.locator(".xw-find").fill("没有的乡")
    expect(page.locator(".xw-counties")).to_contain_text("没有这个乡镇")

    rows[0] |= {"name": "第1县司法局", "office": True}
    page.reload()
    page.locator(".xw-find").fill("没有的乡")
    expect(page.locator(".xw-counties")).to_contain_text("没有这个单位")


def test_on_a_phone_the_collection_is_a_drawer(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat, 390, 844)
    drawer = page.locator("#xw-left")
    expect(drawer).to_be_hidden()
    page.locator('.xw-icon[data-go="left"]').click()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
