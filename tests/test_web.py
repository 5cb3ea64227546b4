"""The chat: pure rendering first, then the real page in headless Chromium over a real index of the seeds.

pytest tests/test_web.py                    # needs Debian's chromium (apt-get install chromium)
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect, sync_playwright

from xiangwen.answers import Answer, Citation, Value, Verdict
from xiangwen.passages import split_passages
from xiangwen.reports import Metadata, Report, read_folder
from xiangwen.web import WebProblem, launch
from xiangwen.web.render import answer_html, answer_steps, confidence_word, question_html
from xiangwen.web.source import Mark, Position, source_html

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
expect.set_options(timeout=60_000)
QUIET_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
LAWYER_ZH = "哪些乡镇为每个村都聘请了律师？"
LAWYER_EN = "Which townships hire a lawyer for every village?"
HOSTILE = (
    "<script>window.pwned=1</script>",
    '<img src="http://evil.example/x.png" onerror="window.pwned=1">',
    "[点我](javascript:window.pwned=1)![图](http://evil.example/y.png)",
    '" onclick="window.pwned=1',
    "</mark></article><iframe src=javascript:window.pwned=1>",
    "${window.pwned=1}{{window.pwned=1}}`",
)

# --- rendering --------------------------------------------------------------------------------------------------------

SAFE_TAGS = re.compile(
    "a|article|b|button|details|div|footer|h[123]|i|li|mark|nav|ol|p|q|section|small|span|strong|summary|table|tbody|td|"
    "th|thead|tr|ul"
)
SAFE_ATTRIBUTES = re.compile(
    "aria-(current|hidden|label)|class|data-[a-z]+|disabled|href|id|open|role|scope|style|tabindex|title|type"
)


class _Audit(HTMLParser):
    """Reads HTML as a browser would and refuses every tag or attribute that the page does not write itself."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marked = ""
        self._inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert SAFE_TAGS.fullmatch(tag), tag
        for name, value in attrs:
            assert SAFE_ATTRIBUTES.fullmatch(name), (tag, name)
            if name == "href":
                assert value is not None and value.startswith("#")
            if name == "style":
                assert re.fullmatch(r"width:\d+(\.\d)?%", value or "")
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "article" in self._inside:
            self.text += data
        if "mark" in self._inside:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    handle_decl = unknown_decl = handle_pi = handle_comment


foreign = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=12) | st.just("\n"), max_size=5).map("".join)
names = st.none() | foreign


@st.composite
def citations(draw: st.DrawFn, n: int) -> Citation:
    quote = draw(foreign)
    return Citation(
        n=n,
        report="0123456789ab",
        file=draw(foreign),
        township=draw(names),
        county=draw(names),
        province=draw(names),
        year=2024,
        title=draw(names),
        section=tuple(draw(st.lists(foreign, max_size=3))),
        start=5,
        end=5 + len(quote),
        quote=quote,
        stance=draw(st.sampled_from(["done", "plan", "shortcoming"])),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    cited = tuple(draw(citations(n)) for n in range(1, draw(st.integers(1, 4))))
    kind = draw(st.sampled_from(["fact", "number", "list", "which", "rank", "compare", "summary", "none"]))
    lines = [draw(foreign), *(f"{draw(foreign)}：「{c.quote}」[{c.n}]" for c in cited), draw(foreign) + "[99]"]
    verdicts = tuple(
        Verdict(
            report="0123456789ab",
            file=draw(foreign),
            township=draw(names),
            county=draw(names),
            year=draw(st.none() | st.just(2024)),
            verdict=draw(st.sampled_from(["yes", "partial", "no", "silent"])),
            confidence=draw(st.floats(0, 1)),
            value=draw(st.none() | st.builds(Value, st.floats(0, 1e9), foreign, foreign)),
            citations=(c.n,),
        )
        for c in cited
    )
    answered = draw(st.booleans())
    return Answer(
        question=draw(foreign),
        language=draw(st.sampled_from(["zh", "en"])),
        kind=kind,
        answered=answered,
        reason=None if answered else "no_evidence",
        text="\n".join(lines),
        citations=cited,
        verdicts=verdicts,
        checked_reports=3,
        checked_passages=120,
        milliseconds=1.0,
        nearest=() if answered else cited,
    )


@given(answers())
@settings(max_examples=150, deadline=None)
def test_no_text_of_an_answer_becomes_markup(answer: Answer) -> None:
    _Audit(question_html(answer.question))
    _Audit(answer_html(answer, 5))


lines = st.tuples(st.sampled_from(["", "一、", "（一）", "1."]), foreign).map("".join)


@given(st.lists(lines, max_size=6).map("\n".join), foreign, st.data())
@settings(max_examples=150, deadline=None)
def test_no_text_of_a_report_becomes_markup(text: str, name: str, data: st.DataObject) -> None:
    report = Report("0123456789ab", name, "", text, Metadata(township=name, title=name, year=2024))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    audit = _Audit(source_html(report, [Mark(1, start, end)], 1, Position(1, 2)))
    assert "".join(audit.text.split()) == "".join(text.encode("utf-8", "replace").decode().split())


def test_the_panel_shows_every_character_and_marks_exactly_the_passage() -> None:
    for report in read_folder(SEEDS).reports:
        for number, passage in enumerate(split_passages(report.text)[::7], start=1):
            audit = _Audit(source_html(report, [Mark(number, passage.start, passage.end)], number))
            assert "".join(audit.text.split()) == "".join(report.text.split())
            assert audit.marked.split() == report.text[passage.start : passage.end].split()


def test_marks_that_overlap_or_lie_outside_are_harmless() -> None:
    report = read_folder(SEEDS).reports[0]
    marks = [Mark(1, 10, 40), Mark(2, 30, 60), Mark(3, -5, 12), Mark(4, 10**9, 10**9 + 1)]
    audit = _Audit(source_html(report, marks, 2))
    assert "".join(audit.text.split()) == "".join(report.text.split())


def _answer(count: int, kind: str = "which") -> Answer:
    cited = tuple(
        Citation(n, f"r{n}", f"{n}.txt", f"第{n}乡", "某县", None, 2024, None, ("一、做法",), 0, 4, "聘请律师")
        for n in range(1, count + 1)
    )
    verdicts = tuple(
        Verdict(c.report, c.file, c.township, c.county, c.year, "yes", 0.9, Value(c.n, "份", f"{c.n}份"), (c.n,))
        for c in cited
    )
    silent = Verdict("s", "s.txt", "沉默乡", None, 2024, "silent", 0.9, None, ())
    return Answer(
        LAWYER_ZH, "zh", kind, True, None, f"{count} 个乡镇有", cited, (*verdicts, silent), count + 1, 99, 1.0
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["which", "rank"])
def test_an_answer_arrives_conclusion_first_and_in_few_pieces(kind: str) -> None:
    steps = list(answer_steps(_answer(40, kind), 41))
    assert steps[0] == '<p class="xw-conclusion">40 个乡镇有</p>'
    assert 4 <= len(steps) <= 10
    assert all(later.startswith(earlier) for earlier, later in pairwise(steps))


def test_long_tables_are_folded_and_the_silent_are_counted() -> None:
    shown = answer_html(_answer(40), 41)
    assert "其余 10 个乡镇" in shown
    assert "未提及：1 份报告" in shown and "沉默乡" in shown
    assert shown.count('data-n="') == 40


def test_confidence_is_said_in_words() -> None:
    assert [confidence_word(c) for c in (0.95, 0.7, 0.3)] == ["sure", "fairly sure", "unsure"]


# --- the real page ----------------------------------------------------------------------------------------------------


@dataclass
class Chat:
    """A running chat, and what a visitor saw while it was being opened."""

    url: str
    index: Path
    opening: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("Chromium is missing: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET_CHROMIUM)
        yield chromium
        chromium.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def open_chat(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Path, Path | None], Chat]]:
    """Opens a chat over a folder of reports; without an index folder its first start builds one."""
    running = []

    def start(reports: Path, index: Path | None = None) -> Chat:
        port = _free_port()
        folder = index or tmp_path_factory.mktemp("web") / "index"
        running.append(launch(folder, reports, port=port, block=False))
        chat = Chat(f"http://127.0.0.1:{port}/", folder)
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(chat.url)
        page.wait_for_selector(".xw-welcome")
        while True:
            shown = page.locator(".xw-welcome").inner_text()
            if shown not in chat.opening:
                chat.opening.append(shown)
            if page.locator(".xw-example, .xw-problem").count():
                break
            page.wait_for_timeout(50)
        chat.opening.append(page.locator(".xw-welcome").inner_text())
        page.close()
        return chat

    yield start
    for page in running:
        page.close(verbose=False)


@pytest.fixture(scope="session")
def chat(open_chat: Callable[[Path, Path | None], Chat]) -> Chat:
    return open_chat(SEEDS, None)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page; whatever it asked of another host or wrote to the console as an error fails the test."""
    complaints: list[str] = []
    contexts = []

    def start(chat: Chat, width: int = 1366, height: int = 768, **options: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)  # a machine that is busy with other things must not fail a test
        page.on("request", lambda r: None if r.url.startswith((chat.url, "data:")) else complaints.append(r.url))
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.goto(chat.url)
        page.wait_for_selector(".xw-example")
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == []


def ask(page: Page, question: str) -> None:
    turns = page.locator(".xw-turn").count()
    page.locator("#xw-box textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(f'[data-turn="{turns + 1}"] .xw-answer[aria-busy="false"]')


def test_the_first_start_builds_the_index_with_the_progress_on_screen(browser: Browser, tmp_path: Path) -> None:
    port = _free_port()
    # A process of its own, as a user starts it: a build in this one would keep the page from being served.
    command = [sys.executable, "-m", "xiangwen", "serve", "--index", str(tmp_path / "index"), "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            page = browser.new_page()
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{port}/")
            page.wait_for_function("() => /建立索引 \\d+\\/\\d+/.test(document.body.innerText)")
            page.wait_for_selector(".xw-example")
            shown = page.locator(".xw-welcome").inner_text()
            page.close()
        finally:
            server.terminate()
    assert LAWYER_ZH in shown and LAWYER_EN in shown


def _wait_for(port: int) -> None:
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("The server did not start within a minute.")


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
    silent = answer.locator(".xw-silent a span").all_text_contents()
    assert len(named) >= 1
    assert sorted(named + silent) == sorted(townships), "every township is answered for"
    expect(answer.locator("footer")).to_contain_text("5/5")

    for i, name in enumerate(named):
        link = rows.nth(i).locator(".xw-cite").first
        quote = rows.nth(i).locator("q").first.inner_text()
        assert quote in (link.get_attribute("title") or "")
        link.click()
        here = page.locator(".xw-panel mark.xw-here")
        expect(page.locator(".xw-panel h2")).to_contain_text(name)
        expect(here.first).to_be_in_viewport()
        assert "".join(here.all_inner_texts()) == quote
        assert quote in townships[name].text
        path = rows.nth(i).locator(".xw-path").first.inner_text()
        crumbs = page.locator(".xw-crumbs a").all_text_contents()
        assert " › ".join(crumbs) == path
        assert page.locator(".xw-contents a").count() > 3
        expect(link).to_have_class(re.compile("xw-current"))


def test_next_and_previous_walk_through_the_citations(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    ask(page, "善感乡存在哪些不足？")
    quotes = page.locator(".xw-answer q").all_text_contents()
    assert len(quotes) >= 2
    expect(page.locator(".xw-answer .xw-tag").first).to_have_text("不足")
    page.locator(".xw-cite").first.click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 1/{len(quotes)}")
    page.locator('[data-step="1"]').click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 2/{len(quotes)}")
    assert "".join(page.locator("mark.xw-here").all_inner_texts()) == quotes[1]
    page.locator('[data-step="-1"]').click()
    expect(page.locator(".xw-at")).to_have_text(f"依据 1/{len(quotes)}")


def test_keys(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    box = page.locator("#xw-box textarea")
    page.locator(".xw-report").first.click()
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
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-turn="1"]')
    expect(box).to_have_value("")


def test_what_is_not_in_the_reports_is_said_and_the_nearest_passages_are_no_answer(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    ask(page, "哪些乡镇推行了河长制？")
    answer = page.locator(".xw-answer")
    expect(answer.locator(".xw-notice")).to_contain_text("没有找到答案")
    expect(answer.locator(".xw-nearest summary")).to_contain_text("不是答案")
    answer.locator(".xw-near").first.click()
    expect(page.locator(".xw-at")).to_contain_text("不是答案")


def test_a_rank_is_a_table_with_values_and_a_comparison_stands_side_by_side(
    chat: Chat, visit: Callable[..., Page]
) -> None:
    page = visit(chat)
    page.locator(".xw-example", has_text="最多").click()
    page.wait_for_selector('[data-turn="1"] .xw-answer[aria-busy="false"]')
    assert page.locator(".xw-rank .xw-value").count() >= 2
    ask(page, "比较白土乡和万灵镇的矛盾纠纷调解")
    cards = page.locator('[data-turn="2"] .xw-card')
    left, right = cards.nth(0).bounding_box(), cards.nth(1).bounding_box()
    assert left and right and left["y"] == right["y"] and left["x"] < right["x"]
    page.locator('[data-go="new"]').click()
    page.wait_for_selector(".xw-example")
    assert page.locator(".xw-turn").count() == 0


def test_a_question_is_text_and_too_long_a_one_is_refused(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    hostile = " ".join(HOSTILE) + " 律师"
    ask(page, hostile)
    assert page.locator(".xw-question").inner_text() == hostile
    assert page.locator(".xw-question *").count() == 0
    ask(page, "律师" * 1200)
    expect(page.locator('[data-turn="2"] .xw-notice')).to_contain_text("2000")
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
    page.locator(".xw-cite").first.click()
    page.wait_for_selector("#xw-here")
    assert page.locator("#xw-main :is(script, img, iframe)").count() == 0
    text = page.locator(".xw-report-text").inner_text()
    assert all(h in text for h in HOSTILE)
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_the_screen(chat: Chat, visit: Callable[..., Page], width: int, height: int, scheme: str) -> None:
    page = visit(chat, width, height, color_scheme=scheme)
    ask(page, LAWYER_ZH)
    page.locator(".xw-cite").first.click()
    page.wait_for_selector("#xw-here")
    for element in ("#xw-box", "#xw-side", ".xw-report-text"):
        box = page.locator(element).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= width + 1, element
        assert box["y"] + box["height"] <= height + 1, element
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for area in (".xw-turns", ".xw-panel"):
        assert (
            page.evaluate("a => { const e = document.querySelector(a); return e.scrollWidth - e.clientWidth }", area)
            <= 0
        )
    dark = page.evaluate("getComputedStyle(document.querySelector('#xw-side')).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


def test_all_visible_words_are_the_pages_own(chat: Chat, visit: Callable[..., Page]) -> None:
    page = visit(chat)
    shown = page.locator("body").inner_text()
    assert not re.search(r"Gradio|API|Submit|Textbox|Settings|Loading|Clear", shown)
    assert page.title() == "乡问"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


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
            launch(tmp_path, SEEDS, port=port, block=False)
    for host in ("no such host", "192.0.2.1"):
        with pytest.raises(WebProblem, match="不是本机的"):
            launch(tmp_path, SEEDS, host=host, port=port, block=False)
