"""An answer taken away and a vote on it, over the service's own routes; and what the page says when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from folders import SEEDS
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from serving import post
from visitor import LAWYER_ZH, Chat, ask

from xiangwen.answers.votes import votes


def _words(file: Path) -> str:
    """All the words of a Word, Excel or Markdown file."""
    if file.suffix == ".docx":
        document = Document(str(file))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if file.suffix == ".xlsx":
        sheets = load_workbook(file).worksheets
        return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row)
    return file.read_text("utf-8")


@pytest.mark.parametrize(("kind", "suffix"), [("Word", "docx"), ("Excel", "xlsx"), ("Markdown", "md")])
def test_an_answer_is_downloaded_with_every_quote(
    chat: Chat, visit: Callable[..., Page], tmp_path: Path, kind: str, suffix: str
) -> None:
    page = visit(chat)
    ask(page, LAWYER_ZH)
    quotes = page.locator(".xw-which tbody q").all_text_contents()
    assert quotes
    with page.expect_download() as started:
        page.locator(f".xw-tools [data-kind={kind}]").click()
    assert started.value.suggested_filename == f"{LAWYER_ZH}.{suffix}"
    file = tmp_path / f"answer.{suffix}"
    started.value.save_as(file)
    words = _words(file)
    assert [quote for quote in quotes if quote not in words] == []


def test_a_thumb_with_a_remark_is_a_line_in_the_log(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    ask(page, LAWYER_ZH)
    for rating, remark in (("down", "漏了一个村\n请再看"), ("up", "")):
        page.locator(f'[data-rate="{rating}"]').click()
        page.locator(".xw-remark textarea").fill(remark)
        page.locator(".xw-remark .xw-send").click()
        expect(page.locator(f'[data-rate="{rating}"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".xw-said")).to_contain_text("已记录")
    kept = list(votes(chat.index))[-2:]
    assert [(vote.question, vote.rating, vote.remark) for vote in kept] == [
        (LAWYER_ZH, "down", "漏了一个村\n请再看"),
        (LAWYER_ZH, "up", ""),
    ]
    assert {vote.index for vote in kept} == {(chat.index / "current").read_text("utf-8").split()[0]}
    assert {vote.kind for vote in kept} == {"which"} and kept[0].answer == kept[1].answer != ""


def test_whoever_asks_too_often_reads_when_to_ask_again(
    open_chat: Callable[..., Chat], visit: Callable[..., Page], index_dir: Path
) -> None:
    # Three at once, which two people who open the page use up, and one more every six seconds.
    chat = open_chat(SEEDS, index_dir, a_minute=10)
    page = visit(chat, forgiven="429|component server")
    _use_up(chat)
    ask(page, LAWYER_ZH)
    expect(page.locator(".xw-turn .xw-problem")).to_contain_text("问得太快，请")
    expect(page.locator(".toast-wrap")).to_be_hidden()
    expect(page.locator('[data-go="retry"]')).to_be_visible()
    _use_up(chat)
    page.reload()
    expect(page.locator(".xw-welcome .xw-problem")).to_contain_text("问得太快，请")


def _use_up(chat: Chat) -> None:
    """Ask from elsewhere, without the page, until the service refuses."""
    while post(f"{chat.url}feedback", json={}).status_code != 429:
        pass


def test_when_too_many_wait_the_page_says_so(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat, forgiven="503")
    busy = "现在问的人太多，请稍后再试。 Too many people are asking: try again shortly."
    page.route("**/queue/join**", lambda route: route.fulfill(status=503, json={"error": busy, "detail": busy}))
    ask(page, LAWYER_ZH)
    expect(page.locator(".xw-problem")).to_have_text(busy)
    page.unroute("**/queue/join**")
    page.locator('[data-go="retry"]').click()
    expect(page.locator(".xw-which")).to_be_visible()
