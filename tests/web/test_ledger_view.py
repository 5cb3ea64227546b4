"""The second view: the ledger as a table to choose, filter, sort, add up, draw, open and take away."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from folders import SEEDS
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from visitor import HOSTILE, Chat

from xiangwen.exports.assessment import AssessRequest, assess, assessment_of
from xiangwen.exports.ledger_checks import checks
from xiangwen.exports.ledger_rows import LedgerRequest, ledger_cells
from xiangwen.index import Index

RULES = """title = "考核细则（样例）"
[[item]]
indicator = "leaflets"
rule = "发放资料≥0.1万份"
points = 2
[[item]]
name = "每个村都有法律顾问"
indicator = "村（社区）法律顾问覆盖"
rule = "全覆盖"
points = 3
"""
LEAFLETS, DISPUTES = "发放宣传资料份数", "调解（化解）矛盾纠纷件数"


def open_ledger(page: Page) -> None:
    page.locator('[data-go="ledger view"]').click()
    page.wait_for_selector("#xw-ledger[data-ready]")


def pick(page: Page, *names: str) -> None:
    """Show these columns alone."""
    page.locator(".xw-picker summary").click()
    page.locator(".xw-quick button", has_text="清空").click()
    for name in names:
        page.locator(".xw-picks label", has_text=name).locator("input").check()
    page.locator(".xw-shown").click()  # folds the list up
    expect(page.locator(".xw-column")).to_have_count(len(names))


def show(page: Page, face: str) -> None:
    """One of table, checks and scores."""
    page.locator(f'.xw-faces [data-face="{face}"]').click()


def choose(page: Page, text: str, name: str = "细则.toml", encoding: str = "utf-8") -> None:
    """Choose a file of an assessment."""
    show(page, "scores")
    file = {"name": name, "mimeType": "application/toml", "buffer": text.encode(encoding)}
    page.locator(".xw-assess input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]


def names(page: Page) -> list[str]:
    return page.locator(".xw-grid-body .xw-grid-name b").all_inner_texts()


def foot(page: Page, row: int) -> Locator:
    return page.locator(".xw-grid-foot .xw-grid-row").nth(row)


def test_every_cell_of_the_table_is_a_cell_of_the_ledger(chat: Chat, visit: Callable[..., Page], index: Index) -> None:
    page = visit(chat)
    open_ledger(page)
    pick(page, LEAFLETS)
    found = list(ledger_cells(index, LedgerRequest(indicators=("leaflets",))))
    giving = {line.report.name for line in found}
    for report in index.reports:
        row = page.locator(".xw-grid-body .xw-grid-row", has_text=report.name)
        silent = row.locator(".xw-silent-cell").count() == 1
        assert silent == (report.name not in giving)
    expect(foot(page, 2)).to_contain_text(f"{len(giving)}/5")
    page.locator(".xw-column .xw-draw").click()
    expect(page.locator(".xw-chart")).to_contain_text(f"来自 {len(giving)}/5 份报告；{5 - len(giving)} 份未给出")


def test_a_cell_opens_its_report_at_the_sentence(chat: Chat, visit: Callable[..., Page], index: Index) -> None:
    page = visit(chat)
    open_ledger(page)
    pick(page, DISPUTES)
    line = next(iter(ledger_cells(index, LedgerRequest(indicators=("disputes_settled",)))))
    row = page.locator(".xw-grid-body .xw-grid-row", has_text=line.report.name)
    row.locator(".xw-grid-cell").click()
    expect(page.locator("#xw-side h2")).to_contain_text(line.report.name)
    here = page.locator("#xw-here")
    expect(here).to_be_visible()
    quotes = page.locator(".xw-cell q").all_inner_texts()
    assert quotes and here.inner_text() in quotes[0]
    page.keyboard.press("Escape")
    expect(page.locator("#xw-side")).to_be_hidden()
    expect(page.locator(".xw-grid")).to_be_focused()


def test_filters_sorting_and_totals_follow_each_other(chat: Chat, visit: Callable[..., Page], index: Index) -> None:
    page = visit(chat)
    open_ledger(page)
    pick(page, LEAFLETS, DISPUTES)
    page.locator(".xw-column .xw-by", has_text=LEAFLETS).click()
    cells = [
        c
        for c in ledger_cells(index, LedgerRequest(indicators=("leaflets",)))
        if c.cell.state == "done" and not c.cell.part
    ]
    best = max(cells, key=lambda line: float(line.cell.value or 0))
    assert names(page)[0] == best.report.name
    expect(page.locator(".xw-column[aria-sort=descending]")).to_have_count(1)

    page.get_by_label("全部年度").select_option("2023")
    expect(page.locator(".xw-shown")).to_have_text("1 份报告")
    assert names(page) == ["六塘乡"]
    page.get_by_label("全部年度").select_option("*")
    page.get_by_label("全部层级").select_option("镇")
    assert names(page) == ["万灵镇"]
    page.get_by_label("全部层级").select_option("*")
    page.get_by_label("全部区县").select_option("荣昌区")
    assert names(page) == ["万灵镇"]
    expect(foot(page, 0)).to_contain_text("20,000份以上")
    page.locator(".xw-find-township").fill("没有这个乡")
    expect(page.locator(".xw-shown")).to_have_text("0 份报告")


def test_what_is_on_the_screen_goes_out_as_excel(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    open_ledger(page)
    pick(page, LEAFLETS, DISPUTES)
    page.locator(".xw-column .xw-by", has_text=LEAFLETS).click()
    shown = names(page)
    with page.expect_download() as download:
        page.locator(".xw-excel").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    rows = list(book["台账"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == shown
    assert sorted(rows[0][4:]) == sorted([LEAFLETS, DISPUTES])


def test_only_what_is_seen_is_drawn_and_keys_move_about(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    open_ledger(page)
    page.locator(".xw-picker summary").click()
    page.locator(".xw-quick button", has_text="全选").click()
    page.locator(".xw-shown").click()
    expect(page.locator(".xw-grid")).to_have_attribute("aria-colcount", "69")
    assert page.locator(".xw-column").count() < 20
    page.locator(".xw-grid").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator("#xw-active")).to_have_attribute("aria-colindex", "69")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#xw-active").locator("..")).to_have_attribute("aria-rowindex", "3")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".xw-report-text")).to_be_visible()


def test_one_township_over_the_years_is_a_line(
    open_chat: Callable[..., Chat], visit: Callable[..., Page], tmp_path: Path
) -> None:
    for year, sheets in ((2022, 800), (2023, 1200), (2024, 3000)):
        text = f"荣昌区万灵镇{year}年法治政府建设情况报告\n\n一、工作情况\n\n开展法治宣传，发放宣传资料{sheets}份。\n"
        (tmp_path / f"{year}.txt").write_text(text, "utf-8")
    page = visit(open_chat(tmp_path))
    open_ledger(page)
    pick(page, LEAFLETS)
    line = page.locator(".xw-chart svg[role=img]")
    assert re.findall(r"20\d\d [\d,]+份", line.get_attribute("aria-label") or "") == [
        "2022 800份",
        "2023 1,200份",
        "2024 3,000份",
    ]
    expect(line.locator("circle")).to_have_count(3)


def test_a_hostile_report_is_text_in_the_ledger_too(
    open_chat: Callable[..., Chat], visit: Callable[..., Page], tmp_path: Path
) -> None:
    said = "".join(f"开展法治宣传{h}，发放宣传资料{n}00份{h}。\n" for n, h in enumerate(HOSTILE, start=1))
    text = f"坏人县<b>坏人乡</b>人民政府\n\n2024年法治政府建设工作总结{HOSTILE[1]}\n\n一、工作\n\n{said}"
    (tmp_path / "<img src=x onerror=alert(1)>.txt").write_text(text, "utf-8")
    page = visit(open_chat(tmp_path))
    open_ledger(page)
    pick(page, LEAFLETS)
    page.locator(".xw-grid-body .xw-grid-cell").first.click()
    page.wait_for_selector("#xw-here")
    assert page.locator("#xw-ledger :is(script, img, iframe)").count() == 0
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(("width", "height", "scheme"), [(1366, 768, "light"), (390, 844, "dark")])
def test_it_fits_the_screen_and_axe_finds_nothing(
    chat: Chat, visit: Callable[..., Page], width: int, height: int, scheme: str
) -> None:
    page = visit(chat, width, height, color_scheme=scheme)
    open_ledger(page)
    page.locator(".xw-draw").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert _violations(page) == []
    page.locator(".xw-grid-body .xw-grid-cell:not(.xw-silent-cell)").first.click()
    page.wait_for_selector("#xw-here")
    assert _violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".xw-picker summary").click()
    assert _violations(page) == []
    show(page, "checks")
    assert _violations(page) == []
    choose(page, RULES)
    page.wait_for_selector(".xw-score")
    assert _violations(page) == []
    choose(page, "title = 细则")
    page.wait_for_selector(".xw-assess [role=alert]")
    assert _violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_every_year_is_read_and_a_cell_is_corrected_below_its_report(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat, 390, 844, has_touch=True, is_mobile=True)
    open_ledger(page)
    years = page.locator(".xw-grid-body .xw-grid-name small span:last-child")
    expect(years).to_have_text([re.compile(r"20\d\d年$")] * 5)
    ends = years.evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    edge = page.locator(".xw-grid-head .xw-grid-name").evaluate("name => name.getBoundingClientRect().right")
    assert all(end < edge for end in ends)
    page.locator(".xw-grid-body .xw-grid-cell:not(.xw-silent-cell)").first.tap()
    expect(page.locator("#xw-here").first).to_be_in_viewport()
    page.locator(".xw-change").first.tap()
    expect(page.locator(".xw-correct")).to_be_in_viewport()


def test_it_speaks_english(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    page.locator('[data-go="language"]').click()
    open_ledger(page)
    expect(page.locator(".xw-picker summary")).to_contain_text("Indicators")
    expect(page.locator(".xw-column").first).to_have_text(re.compile("[a-z]{3}"))
    expect(foot(page, 1)).to_contain_text("Median")
    show(page, "checks")
    expect(page.locator(".xw-checks li").first).to_contain_text("which is the figure of the whole year?")
    choose(page, RULES)
    expect(page.locator(".xw-score").first).to_have_text(re.compile("met|to be"))
    show(page, "table")
    page.locator('[data-go="language"]').click()
    expect(foot(page, 1)).to_contain_text("中位数")


def test_numbers_that_do_not_agree_are_asked_and_a_quote_opens_its_report(
    chat: Chat, visit: Callable[..., Page], index: Index
) -> None:
    page = visit(chat)
    open_ledger(page)
    button, lines = page.locator('[data-face="checks"]'), page.locator(".xw-checks ol > li")
    pick(page, DISPUTES)
    show(page, "checks")
    page.locator(".xw-checks button", has_text="全选").click()  # one more is on another indicator
    asked = checks(index)
    expect(button).to_have_text(f"待询问{len(asked)}")
    expect(lines).to_have_count(len(asked))
    for question in asked:
        line = lines.filter(has_text=question.sentence)
        expect(line).to_contain_text(question.lines[0].report.name)
        assert line.locator("q").all_inner_texts() == [cell.quote for cell in question.lines]
    quote = page.locator(".xw-quoted", has_text="发放宣传资料1000余份")
    quote.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#xw-here")).to_contain_text("发放宣传资料1000余份")
    page.keyboard.press("Escape")
    expect(quote).to_be_focused()
    page.get_by_label("全部年度").select_option("2024")
    expect(button).to_have_text(f"待询问{sum(q.lines[0].report.metadata.year == 2024 for q in asked)}")
    page.get_by_label("全部层级").select_option("镇")
    expect(page.locator(".xw-checks")).to_have_text("所选的报告和指标没有对不上的数。")


def test_a_pre_score_is_that_of_the_command_line_and_its_cells_open(
    chat: Chat, visit: Callable[..., Page], index: Index
) -> None:
    page = visit(chat)
    open_ledger(page)
    choose(page, RULES, encoding="gb18030")  # as Notepad saves it
    expect(page.locator(".xw-assess")).to_contain_text("细则.toml：2 项，满分 5 分")
    for one in assess(index, assessment_of(RULES, "", index), AssessRequest(assessment=RULES)):
        row = page.locator(".xw-grid-body .xw-grid-row", has_text=one.report.name).locator(".xw-grid-cell")
        lowest, highest = one.range
        assert row.nth(0).inner_text() == f"{lowest:g}–{highest:g}"
        assert row.nth(1).inner_text().startswith(f"{highest - lowest:g}")
        for result, cell in zip(one.results, (row.nth(2), row.nth(3)), strict=True):
            assert result.word in cell.inner_text() and cell.locator("q").count() == bool(result.lines)
    page.locator(".xw-column .xw-by", has_text="最低").click()
    expect(page.locator(".xw-column[aria-sort=descending]")).to_have_count(1)
    page.locator(".xw-score", has_text="2万余份").click()
    expect(page.locator("#xw-here")).to_contain_text("2万余份")
    page.keyboard.press("Escape")
    page.get_by_label("全部年度").select_option("2023")
    with page.expect_download() as download:
        page.locator(".xw-excel").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert [row[0] for row in book["预评分"].iter_rows(min_row=2, max_row=2, values_only=True)] == ["六塘乡"]
    assert "依据" in book.sheetnames


def test_a_wrong_file_is_told_in_a_sentence_and_the_scores_stay(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    open_ledger(page)
    show(page, "scores")
    example = page.locator(".xw-assess pre").text_content() or ""
    choose(page, example)  # as the page says that it is written
    expect(page.locator(".xw-score")).to_have_count(10)
    for text, said in (
        ("title = 细则", "第 1 行写法不对"),
        (RULES.replace("leaflets", HOSTILE[1].replace('"', "'")), "第 1 项没有指标"),
        ("PK\x03\x04", "无法读取"),
        ("#" * 200_000, "太大"),
    ):
        choose(page, text)
        expect(page.locator(".xw-assess [role=alert]")).to_contain_text(said)
        expect(page.locator(".xw-score")).to_have_count(10)
    choose(page, RULES)
    expect(page.locator(".xw-assess [role=alert]")).to_have_count(0)
    assert page.evaluate("window.pwned") is None


def _violations(page: Page) -> list[tuple[str, str]]:
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in Axe().run(page).response["violations"]]


def test_an_analyst_corrects_a_cell_and_takes_it_back(
    open_chat: Callable[..., Chat], visit: Callable[..., Page], index_dir: Path, tmp_path: Path
) -> None:
    chat = open_chat(SEEDS, Path(shutil.copytree(index_dir, tmp_path / "index")))
    page = visit(chat)
    open_ledger(page)
    pick(page, LEAFLETS)
    cell = page.locator(".xw-grid-body .xw-grid-row", has_text="万灵镇").locator(".xw-grid-cell")

    def say(button: str, **fields: str) -> None:
        page.locator(".xw-change").first.click()
        for name, words in fields.items():
            page.get_by_placeholder(name).fill(words)
        page.locator(".xw-correct button", has_text=button).click()
        expect(page.locator(".xw-correct")).to_have_count(0)

    cell.click()
    say("改为", **{"您的姓名": "张三", "正确的值": "25000份", "理由": HOSTILE[0]})
    expect(cell).to_contain_text("25,000份")
    expect(cell).to_contain_text("已更正")
    expect(page.locator(".xw-cell-line")).to_contain_text(f"张三 {date.today()} {HOSTILE[0]}")
    show(page, "checks")
    expect(page.locator('[data-face="checks"]')).to_have_text("待询问1")
    show(page, "table")
    cell.click()
    say("不是这个指标")
    expect(cell).to_contain_text("更正为不是")
    expect(foot(page, 2)).to_contain_text("3/5")
    say("收回更正")
    expect(cell).to_contain_text("20,000份以上")
    assert len((chat.index / "corrections.jsonl").read_text("utf-8").splitlines()) == 3
    assert page.evaluate("window.pwned") is None
