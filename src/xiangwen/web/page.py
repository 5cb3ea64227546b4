"""The page in Gradio: one component that holds the whole page, its events, and the functions that its scripts call.

``page.html`` is the frame without a word in it, ``script/`` and ``style/`` are its behaviour and its look. The page
takes one step at a time: how far the opening of the index is, or a piece of the answer to one turn, as escaped HTML.
The browser keeps the conversation, so nothing of it is held here. Gradio's Chatbot is not used: it reads Markdown in
questions and reports, where an image would be fetched.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from xiangwen.answers.issuers import is_township
from xiangwen.language.languages import Language
from xiangwen.questions.request import AskRequest, WrongRequest, read_request
from xiangwen.web.endpoints import Endpoints
from xiangwen.web.ledger_endpoints import LedgerEndpoints
from xiangwen.web.ledger_view import LedgerView
from xiangwen.web.opening import Opening, Status
from xiangwen.web.render import answer_steps, as_text
from xiangwen.web.source import CitedStretch, Position, source_html
from xiangwen.web.words import WORDS_OF_OFFICES, page_words, word

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant

TITLE = "乡问"
SCRIPTS = (
    "words",
    "refusals",
    "report",
    "quote",
    "table",
    "collection",
    "conversations",
    "taking_away",
    "turns",
    "grid",
    "chart",
    "ledger",
    "page",
)
STYLES = ("frame", "answer", "report", "ledger", "narrow")
_STEP_SECONDS = 0.04
"""Between two pieces of an answer: enough for the eye to follow, all in all a third of a second."""
_ASKED = 12
"""Earlier questions that are not suggested again."""
_MOST_MARKS = 500
_SUGGESTED_FIRST, _SUGGESTED_NEXT = 4, 3
_SUGGESTING_SECONDS = 2.5
"""Spent on trying questions before suggesting them; what was found by then is shown."""
_WAIT_FOR_OTHERS = 0.2
"""Seconds that a suggestion waits for others' questions to be answered: theirs go first."""
_WAIT_TO_SUGGEST = 3.0
"""Seconds that a page waits for another page's suggestions; after that it goes without."""

Step = dict[str, Any]


def web_file(*name: str) -> str:
    """A text file of this package: ``page.html``, ``script/page.js``."""
    return files("xiangwen.web").joinpath(*name).read_text(encoding="utf-8")


def page_style() -> str:
    """All style sheets as one."""
    return "\n".join(web_file("style", f"{name}.css") for name in STYLES)


def page_script(guarded: bool = False) -> str:
    """All scripts as one, which shares one scope; the page's words come first, and whether there is a login."""
    words = {"WORDS": page_words(), "WORDS_OF_OFFICES": WORDS_OF_OFFICES, "GUARDED": guarded}
    given = " ".join(f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in words.items())
    return "\n".join([given, *(web_file("script", f"{name}.js") for name in SCRIPTS)])


def theme() -> gr.Theme:
    """Fonts of the machine itself: nothing is fetched."""
    sans = ["PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["Consolas", "monospace"], primary_hue="teal", neutral_hue="stone")


def build_page(opening: Opening, guarded: bool = False) -> gr.Blocks:
    """The page over an index that may still be on its way; ``guarded`` where one logs in, and so may log out."""
    chat = _Chat(opening)

    # Gradio marks these functions, which a method does not allow.
    def source(wanted: dict[str, Any]) -> str:
        return chat.source(wanted)

    def collection(_: None) -> list[dict[str, Any]]:
        return chat.collection()

    def suggest(wanted: dict[str, Any]) -> list[str]:
        return chat.suggest(wanted)

    ledger = LedgerView(opening)

    def ledger_columns(_: None) -> dict[str, Any] | None:
        return ledger.columns()

    def ledger_cells(wanted: dict[str, Any]) -> dict[str, Any] | None:
        return ledger.cells([str(name) for name in wanted.get("indicators") or []])

    def ledger_cell(wanted: dict[str, Any]) -> list[dict[str, Any]]:
        return ledger.cell(str(wanted.get("report")), str(wanted.get("indicator")))

    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True) as page:
        shown = gr.HTML(
            {},
            html_template=web_file("page.html"),
            elem_id="xw-page",
            apply_default_css=False,
            js_on_load=page_script(guarded),
            server_functions=[source, collection, suggest, ledger_columns, ledger_cells, ledger_cell],
        )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        opened = page.load(chat.open, None, shown, concurrency_limit=None, **quiet)
        asked = shown.ask(chat.turn, None, shown, concurrency_limit=None, trigger_mode="multiple", **quiet)
        # A refusal or a lost connection must not leave the page or a turn waiting for ever.
        for event in (opened, asked):
            event.failure(None, None, None, js="() => { window.dispatchEvent(new Event('xw-failed')); }", **quiet)
        shown.stop(None, None, None, cancels=[asked], queue=False, **quiet)

        endpoints = Endpoints(opening)

        # Gradio asks raw callers for every value: what an endpoint takes must stay as it is (POST /ask takes reports).
        def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
            return endpoints.ask(question, history)

        for function in (ask, endpoints.search, endpoints.reports, LedgerEndpoints(opening).ledger):
            api(function, api_name=function.__name__, concurrency_limit=None)
    return page


class _Chat:
    """What the server does for the page."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._first: dict[tuple[Any, ...], list[str]] = {}
        self._suggesting = threading.Lock()
        """One page at a time: trying questions must not stand in the way of those that people ask."""

    def open(self) -> Iterator[Step]:
        """How far the index is, until it can be asked."""
        self._opening.start()
        for status in self._opening.watch():
            yield {"opening": _opening_status(status)}

    def turn(self, event: gr.EventData) -> Iterator[Step]:
        """Answer one question; not called as the endpoint is, whose name it would take.

        Args:
            event: ``id`` of the turn, ``question``, ``history`` (earlier questions, oldest first) and ``reports``
                (ids of those that may answer, or None).
        """
        turn: Step = {"id": str(event.id)}
        try:
            request = read_request(
                AskRequest, {"question": event.question, "history": event.history, "reports": event.reports}
            )
        except WrongRequest as wrong:
            yield {**turn, "problem": str(wrong)}
            return
        for status in self._opening.watch():
            yield {**turn, "opening": _opening_status(status)}
        assistant = self._opening.assistant
        if assistant is None:
            yield {**turn, "problem": self._opening.status.problem}
            return
        reports = len(assistant.index.reports)
        yield {**turn, "checking": reports if request.reports is None else len(request.reports)}
        with self._opening.asking:
            answer = assistant.answer(request)
        *growing, whole = answer_steps(answer, reports)
        for html in growing:
            yield {**turn, "html": html}
            time.sleep(_STEP_SECONDS)
        kept = {**answer.to_dict(), "seal": self._opening.seal.of(answer)}
        yield {**turn, "html": whole, "copy": as_text(answer), "answer": kept}

    def collection(self) -> list[dict[str, Any]]:
        """What the left side lists: where and when each report is from, and how many sentences it has."""
        assistant = self._opening.assistant
        if assistant is None:
            return []
        return [
            {
                "id": report.id,
                "name": report.name,
                "county": report.metadata.county,
                "year": report.metadata.year,
                "level": report.metadata.level,
                "office": not is_township(report.metadata.township),
                "title": report.metadata.title or report.file,
                "passages": int(assistant.index.sizes[number]),
            }
            for number, report in enumerate(assistant.index.reports)
        ]

    def suggest(self, wanted: dict[str, Any]) -> list[str]:
        """Questions that the reports answer; each was asked before.

        Args:
            wanted: ``language``, ``asked`` (the questions so far), ``reports`` (as for `turn`) and ``after`` (report id
                and offset of the last answer's citations).
        """
        assistant = self._opening.assistant
        if assistant is None:
            return []
        language: Language = "en" if wanted.get("language") == "en" else "zh"
        asked = tuple(str(q) for q in wanted.get("asked") or [])[-_ASKED:]
        chosen = _chosen(wanted.get("reports"))
        after = [(str(report), int(start)) for report, start in wanted.get("after") or []]
        first = (id(assistant), language, chosen)
        if not asked and first in self._first:
            return self._first[first]
        if not self._suggesting.acquire(timeout=_WAIT_TO_SUGGEST):
            return []
        try:
            found = self._suggested(assistant, language, asked, chosen, after)
        finally:
            self._suggesting.release()
        if not asked and chosen is None and len(found) == _SUGGESTED_FIRST:
            self._first[first] = found
        return found

    def _suggested(
        self,
        assistant: Assistant,
        language: Language,
        asked: tuple[str, ...],
        chosen: frozenset[str] | None,
        after: Collection[tuple[str, int]],
    ) -> list[str]:
        from xiangwen.answers.suggestions import suggestions

        until = time.monotonic() + _SUGGESTING_SECONDS
        found: list[str] = []
        offered = suggestions(assistant, language, asked, chosen, after)
        most = _SUGGESTED_NEXT if asked else _SUGGESTED_FIRST
        while len(found) < most and time.monotonic() < until:
            if not self._opening.asking.acquire(timeout=_WAIT_FOR_OTHERS):
                break
            try:
                found += (more := list(islice(offered, 1)))
            finally:
                self._opening.asking.release()
            if not more:
                break
        return found

    def source(self, wanted: dict[str, Any]) -> str:
        """The report panel: a report with its marks; a sentence where the report is indexed no more.

        Args:
            wanted: ``report`` (an id), ``marks`` ([n, start, end] each), ``current`` (n), ``number`` and ``of`` (the
                place of the current mark among the answer's), ``near``, ``language``.
        """
        assistant = self._opening.assistant
        language: Language = "en" if wanted.get("language") == "en" else "zh"
        report = self._opening.report(str(wanted.get("report"))) if assistant else None
        if report is None:
            return f'<p class="problem">{word("report gone", language)}</p>' if assistant else ""
        marks = [CitedStretch(int(n), int(start), int(end)) for n, start, end in wanted.get("marks", [])[:_MOST_MARKS]]
        position = None
        if wanted.get("of"):
            position = Position(int(wanted["number"]), int(wanted["of"]), bool(wanted.get("near")))
        return source_html(report, report.outline, marks, wanted.get("current"), position, language)


def _opening_status(status: Status) -> dict[str, Any]:
    return {"stage": status.stage, "done": status.done, "total": status.total, "problem": status.problem}


def _chosen(reports: Any) -> frozenset[str] | None:
    return None if reports is None else frozenset(str(report) for report in reports)
