"""The page in Gradio: transcript and question box left, reports and sources right.

The transcript takes one turn at a time as ``{"turn", "question", "answer", "done"}``, both texts being escaped HTML;
`page.js` puts each turn into the document and asks `_source` for a report when a marker is clicked. Turn 0 is the
welcome. Gradio's Chatbot is not used: it reads Markdown in questions and reports, where an image would be fetched.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import gradio as gr
from gradio.events import api

from xiangwen.web.endpoints import Endpoints
from xiangwen.web.opening import STAGE_WORDS, Opening, Status
from xiangwen.web.render import answer_steps, escape, question_html
from xiangwen.web.source import Mark, Position, reports_html, source_html
from xiangwen.web.words import Language, checking, word

TITLE = "乡问"
_STEP_SECONDS = 0.04
"""Between two pieces of an answer: enough for the eye to follow, all in all a third of a second."""
_HISTORY = 12
"""Earlier questions kept for follow-ups."""
_MOST_MARKS = 500

Turn = dict[str, Any]

_HEADER = (
    '<div class="xw-brand"><strong>乡问</strong><span>法治政府建设报告问答，句句有出处</span></div>'
    '<nav class="xw-actions" aria-label="页面">'
    '<button type="button" data-go="new" title="清空对话，重新开始">新对话</button>'
    '<button type="button" data-go="toggle" title="显示或隐藏报告">报告</button>'
    '<button type="button" data-go="theme" title="浅色／深色">浅／深</button></nav>'
)
_TRANSCRIPT = '<div class="xw-turns" role="log" aria-live="polite" aria-label="对话" tabindex="-1"></div>'
_PANEL = '<aside class="xw-panel" aria-label="报告原文"></aside>'


def web_file(name: str) -> str:
    """A text file of this package: ``style.css``, ``page.js``."""
    return files("xiangwen.web").joinpath(name).read_text(encoding="utf-8")


def theme() -> gr.Theme:
    """Fonts of the machine itself: nothing is fetched."""
    sans = ["system-ui", "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["Consolas", "monospace"], primary_hue="teal", neutral_hue="stone")


def build_page(opening: Opening) -> gr.Blocks:
    """The page over an index that may still be on its way."""
    chat = _Chat(opening)

    def source(wanted: dict[str, Any]) -> str:  # Gradio marks the function, which a method does not allow
        return chat.source(wanted)

    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True) as page:
        asked = gr.State([])
        gr.HTML(_HEADER, elem_id="xw-header", js_on_load=None, apply_default_css=False)
        with gr.Row(elem_id="xw-main"):
            with gr.Column(elem_id="xw-chat"):
                transcript = gr.HTML(
                    {"turn": -1},
                    html_template=_TRANSCRIPT,
                    elem_id="xw-transcript",
                    apply_default_css=False,
                    js_on_load=web_file("page.js"),
                    server_functions=[source],
                )
                box = gr.Textbox(
                    label="问题",
                    show_label=False,
                    placeholder="向报告提问……　Enter 发送，Shift+Enter 换行，/ 回到这里",
                    lines=1,
                    max_lines=6,
                    submit_btn="提问",
                    elem_id="xw-box",
                )
            gr.HTML(_PANEL, elem_id="xw-side", js_on_load=None, apply_default_css=False)

        quiet: dict[str, Any] = {"concurrency_limit": None, "show_progress": "hidden", "api_visibility": "private"}
        page.load(chat.welcome, None, transcript, **quiet)
        box.submit(chat.ask_typed, [box, asked], [transcript, box, asked], **quiet)
        transcript.ask(chat.ask_clicked, [asked], [transcript, box, asked], **quiet)
        transcript.renew(chat.renew, None, [transcript, asked], **quiet)

        endpoints = Endpoints(opening)
        for function in (endpoints.ask, endpoints.search, endpoints.reports):
            api(function, api_name=function.__name__, concurrency_limit=None)
    return page


class _Chat:
    """What happens on the page."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def welcome(self) -> Iterator[Turn]:
        """The first screen, with the progress while the index is being opened or built."""
        self._opening.start()
        for status in self._opening.watch():
            yield {"turn": 0, "answer": self._welcome(status), "ready": status.stage == "ready"}

    def renew(self) -> tuple[Turn, list[str]]:
        """A new conversation; the random part makes the page notice it even where nothing else changed."""
        status = self._opening.status
        turn = {"turn": 0, "answer": self._welcome(status), "ready": status.stage == "ready", "at": time.monotonic()}
        return turn, []

    def ask_typed(self, question: str, asked: list[str]) -> Iterator[tuple[Any, Any, Any]]:
        """The question in the box."""
        if not question.strip():
            yield gr.skip(), gr.skip(), gr.skip()
            return
        yield from self._ask(question, asked)

    def ask_clicked(self, asked: list[str], event: gr.EventData) -> Iterator[tuple[Any, Any, Any]]:
        """An example question."""
        yield from self._ask(str(event.question), asked)

    def _ask(self, question: str, asked: list[str]) -> Iterator[tuple[Any, Any, Any]]:
        turn: Turn = {"turn": len(asked) + 1, "question": question_html(question), "answer": "", "done": False}
        grown = [*asked, question]
        box: Any = ""
        for status in self._opening.watch():
            yield {**turn, "answer": _waiting(status)}, box, grown
            box = gr.skip()  # the box is emptied once: the next question may already be in it
        assistant = self._opening.assistant
        if assistant is None:
            yield {**turn, "answer": _problem(self._opening.status.problem), "done": True}, box, grown
            return
        reports = len(assistant.index.reports)
        yield {**turn, "answer": _waiting_line(checking(reports))}, box, grown
        with self._opening.asking:
            answer = assistant.ask(question, asked[-_HISTORY:])
        steps = list(answer_steps(answer, reports))
        for step in steps[:-1]:
            yield {**turn, "answer": step}, box, grown
            time.sleep(_STEP_SECONDS)
        yield {**turn, "answer": steps[-1], "done": True}, box, grown

    def source(self, wanted: dict[str, Any]) -> str:
        """The right panel: a report with its marks, or the list of reports.

        Args:
            wanted: ``report`` (an id, or nothing for the list), ``marks`` ([n, start, end] each), ``current`` (n),
                ``number`` and ``of`` (the place of the current mark among the answer's), ``near``, ``language``.
        """
        assistant = self._opening.assistant
        if assistant is None:
            return ""
        language: Language = "en" if wanted.get("language") == "en" else "zh"
        name = wanted.get("report")
        if not name:
            return reports_html(assistant.index, language)
        report = self._opening.report(str(name))
        if report is None:
            return _problem(word("report gone", language)) + reports_html(assistant.index, language)
        marks = [Mark(int(n), int(start), int(end)) for n, start, end in wanted.get("marks", [])[:_MOST_MARKS]]
        position = None
        if wanted.get("of"):
            position = Position(int(wanted["number"]), int(wanted["of"]), bool(wanted.get("near")))
        return source_html(report, marks, wanted.get("current"), position, language)

    def _welcome(self, status: Status) -> str:
        head = "<h1>问报告，看原文</h1><p>每个乡镇都有交代，每句话都能点开原文核对。</p>"
        if status.stage == "problem":
            return f'<div class="xw-welcome">{head}{_problem(status.problem)}</div>'
        if not status.over:
            return f'<div class="xw-welcome">{head}{_waiting(status)}</div>'
        chips = "".join(
            f'<button type="button" class="xw-example" data-question="{escape(q)}">{escape(q)}</button>'
            for q in self._examples()
        )
        return f'<div class="xw-welcome">{head}<div class="xw-examples" aria-label="示例问题">{chips}</div></div>'

    def _examples(self) -> list[str]:
        """Questions that fit any collection, and one on a township of this one that writes of its shortcomings."""
        assistant = self._opening.assistant
        assert assistant is not None
        lacking = [0] * len(assistant.index.reports)
        for passage, stance in zip(assistant.index.passages, assistant.retriever.stances, strict=True):
            lacking[passage.report] += stance == "shortcoming"
        township = assistant.index.reports[lacking.index(max(lacking))].metadata.township
        return [
            "哪些乡镇为每个村都聘请了律师？",
            "哪个乡镇发的宣传材料最多？",
            *([f"{township}存在哪些不足？"] if township else []),
            "Which townships hire a lawyer for every village?",
        ]


def _waiting(status: Status) -> str:
    if status.stage == "problem":
        return _problem(status.problem)
    words = STAGE_WORDS[status.stage]
    if not status.total:
        return _waiting_line(f"{words}……")
    share = 100 * status.done / status.total
    return (
        f'<div class="xw-progress" role="progressbar" aria-valuemin="0" aria-valuemax="{status.total}" '
        f'aria-valuenow="{status.done}"><p>{words} <b>{status.done}/{status.total}</b></p>'
        f'<span class="xw-bar"><i style="width:{share:.0f}%"></i></span></div>'
    )


def _waiting_line(words: str) -> str:
    return f'<p class="xw-waiting">{words}</p>'


def _problem(sentence: str) -> str:
    return f'<div class="xw-notice xw-problem" role="alert"><p>{escape(sentence)}</p></div>'
