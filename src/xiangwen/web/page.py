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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from xiangwen.answers.issuers import is_township
from xiangwen.exports.assessment import LONGEST_ASSESSMENT, AssessRequest
from xiangwen.exports.contract import sealed_answer
from xiangwen.exports.ledger_rows import LedgerRequest
from xiangwen.language.languages import Language
from xiangwen.questions.request import (
    LONGEST_REASON,
    LONGEST_REMARK,
    MOST_HISTORY,
    AskRequest,
    SearchRequest,
    WrongRequest,
    read_request,
)
from xiangwen.web.endpoints import Endpoints
from xiangwen.web.gradio_workarounds import by_name, carried, with_problems_told
from xiangwen.web.ledger_endpoints import LedgerEndpoints
from xiangwen.web.ledger_view import LedgerView
from xiangwen.web.opening import Opening, Status
from xiangwen.web.page_requests import CellRequest, CellsRequest, SourceRequest, SuggestRequest
from xiangwen.web.problems import PROBLEMS
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
    "checks",
    "scores",
    "page",
)
STYLES = ("frame", "answer", "report", "ledger", "narrow")
_STEP_SECONDS = 0.04
"""Between two pieces of an answer: enough for the eye to follow, all in all a third of a second."""
_SUGGESTED_FIRST, _SUGGESTED_NEXT = 4, 3
_SUGGESTING_SECONDS = 2.5
"""Spent on trying questions before suggesting them; what was found by then is shown."""
_WAIT_FOR_OTHERS = 0.2
"""Seconds that a suggestion waits for others' questions to be answered: theirs go first."""
_WAIT_TO_SUGGEST = 3.0
"""Seconds that a page waits for another page's suggestions; after that it goes without."""

Step = dict[str, Any]
_LIMITS = {
    "remark": LONGEST_REMARK,
    "reason": LONGEST_REASON,
    "history": MOST_HISTORY,
    "assessment": LONGEST_ASSESSMENT,
}
"""What the page's own fields take."""


def web_file(*name: str) -> str:
    """A text file of this package: ``page.html``, ``script/page.js``."""
    return files("xiangwen.web").joinpath(*name).read_text(encoding="utf-8")


def page_style() -> str:
    """All style sheets as one."""
    return "\n".join(web_file("style", f"{name}.css") for name in STYLES)


def page_script(guarded: bool = False) -> str:
    """All scripts as one, which shares one scope; words and limits come first, and whether there is a login."""
    given = {"WORDS": page_words(), "WORDS_OF_OFFICES": WORDS_OF_OFFICES, "LIMITS": _LIMITS, "GUARDED": guarded}
    first = " ".join(f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in given.items())
    return "\n".join([first, *(web_file("script", f"{name}.js") for name in SCRIPTS)])


def theme() -> gr.Theme:
    """Fonts of the machine itself: nothing is fetched."""
    sans = ["PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "sans-serif"]
    return gr.themes.Base(font=sans, font_mono=["Consolas", "monospace"], primary_hue="teal", neutral_hue="stone")


def build_page(opening: Opening, guarded: bool = False) -> gr.Blocks:
    """The page over an index that may still be on its way; ``guarded`` where one logs in, and so may log out."""
    chat, ledger = _Chat(opening), LedgerView(opening)
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True, fill_height=True) as page:
        shown = gr.HTML(
            {},
            html_template=web_file("page.html"),
            elem_id="xw-page",
            apply_default_css=False,
            js_on_load=page_script(guarded),
            server_functions=by_name(_functions(chat, ledger)),
        )
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        opened = page.load(chat.open, None, shown, concurrency_limit=None, **quiet)
        asked = shown.ask(chat.turn, None, shown, concurrency_limit=None, trigger_mode="multiple", **quiet)
        # A refusal or a lost connection must not leave the page or a turn waiting for ever.
        for event in (opened, asked):
            event.failure(None, None, None, js="() => { window.dispatchEvent(new Event('xw-failed')); }", **quiet)
        shown.stop(None, None, None, cancels=[asked], queue=False, **quiet)
        for function in _named_endpoints(opening):
            api(with_problems_told(function), api_name=function.__name__, concurrency_limit=None)
    return page


def _functions(chat: _Chat, ledger: LedgerView) -> dict[str, Callable[[Any], Any]]:
    """What the page's scripts call, by name; each takes one JSON value."""

    def cell(asked: Any) -> Any:
        wanted = read_request(CellRequest, asked)
        return ledger.cell(wanted.report, wanted.indicator)

    def scores(asked: Any) -> Any:
        try:
            return ledger.scores(read_request(AssessRequest, asked))
        except PROBLEMS as problem:  # what is wrong with a file is told where it was chosen
            return {"problem": str(problem)}

    return {
        "source": lambda asked: chat.source(read_request(SourceRequest, asked)),
        "collection": lambda _: chat.collection(),
        "suggest": lambda asked: chat.suggest(read_request(SuggestRequest, asked)),
        "ledger_columns": lambda _: ledger.columns(),
        "ledger_cells": lambda asked: ledger.cells(read_request(CellsRequest, asked).indicators),
        "ledger_cell": cell,
        "ledger_checks": lambda _: ledger.checks(),
        "ledger_scores": scores,
    }


def _named_endpoints(opening: Opening) -> tuple[Callable[..., Any], ...]:
    """What gradio_client calls; their names are the endpoints' names, and what they take must stay as it is.

    Gradio asks raw callers for every value, so that `POST /ask` takes reports and this ``ask`` does not.
    """
    endpoints, ledger_endpoints = Endpoints(opening), LedgerEndpoints(opening)

    def ask(question: str, history: list[str] | None = None) -> dict[str, Any]:
        return endpoints.ask(read_request(AskRequest, {"question": question, "history": history}))

    def search(words: str, top: int = 10) -> list[dict[str, Any]]:
        """The passages nearest to some words, best first."""
        return _as_dicts(endpoints.search(read_request(SearchRequest, {"words": words, "top": top})))

    def reports() -> list[dict[str, Any]]:
        """What is indexed, with the tree of headings of every report."""
        return _as_dicts(endpoints.reports())

    def ledger(
        indicators: list[str] | None = None,
        counties: list[str] | None = None,
        years: list[int] | None = None,
        levels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """The cells of some indicators, counties, years and levels; what is left out is not narrowed."""
        narrowed = {"indicators": indicators, "counties": counties, "years": years, "levels": levels}
        return _as_dicts(ledger_endpoints.ledger(read_request(LedgerRequest, narrowed)))

    def ledger_checks(
        indicators: list[str] | None = None,
        counties: list[str] | None = None,
        years: list[int] | None = None,
        levels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Numbers of the same cells that do not agree, each as a question to ask."""
        narrowed = {"indicators": indicators, "counties": counties, "years": years, "levels": levels}
        return _as_dicts(ledger_endpoints.checks(read_request(LedgerRequest, narrowed)))

    def ledger_assess(
        assessment: str,
        counties: list[str] | None = None,
        years: list[int] | None = None,
        levels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """The reports of some counties, years and levels scored by the items of an assessment in TOML."""
        narrowed = {"assessment": assessment, "counties": counties, "years": years, "levels": levels}
        return _as_dicts(ledger_endpoints.assess(read_request(AssessRequest, narrowed)))

    return ask, search, reports, ledger, ledger_checks, ledger_assess


def _as_dicts(rows: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
    """Objects of the contract as the type that Gradio tells gradio_client of."""
    return [dict(row) for row in rows]


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
            request = read_request(AskRequest, carried(event, "question", "history", "reports"))
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
        answer = self._opening.answer(assistant, request)
        *growing, whole = answer_steps(answer, reports)
        for html in growing:
            yield {**turn, "html": html}
            time.sleep(_STEP_SECONDS)
        kept = sealed_answer(answer, self._opening.seal.of(answer))
        yield {**turn, "html": whole, "copy": as_text(answer), "answer": kept}

    def collection(self) -> list[dict[str, Any]]:
        """What the left side lists: where and when each report is from, and how many sentences it has.

        `home` is the county of one that states none, as far as its name and the other reports tell (`Homes`).
        """
        assistant = self._opening.assistant
        if assistant is None:
            return []
        return [
            {
                "id": report.id,
                "name": report.name,
                "county": report.metadata.county,
                "home": None if report.metadata.county else assistant.atlas.homes.of(number).county or None,
                "year": report.metadata.year,
                "level": report.metadata.level,
                "office": not is_township(report.metadata.township),
                "title": report.metadata.title or report.file,
                "passages": int(assistant.index.sizes[number]),
            }
            for number, report in enumerate(assistant.index.reports)
        ]

    def suggest(self, wanted: SuggestRequest) -> list[str]:
        """Questions that the reports answer; each was asked before."""
        assistant = self._opening.assistant
        if assistant is None:
            return []
        language, asked, after = wanted.language, wanted.asked, wanted.after
        chosen = None if wanted.reports is None else frozenset(wanted.reports)
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

    def source(self, wanted: SourceRequest) -> str:
        """The report panel: a report with its marks; a sentence where the report is indexed no more."""
        if self._opening.assistant is None:
            return ""
        language, report = wanted.language, self._opening.report(wanted.report)
        if report is None:
            return f'<p class="problem">{word("report gone", language)}</p>'
        marks = [CitedStretch(*mark) for mark in wanted.marks]
        position = Position(wanted.number, wanted.of, wanted.near) if wanted.of else None
        return source_html(report, report.outline, marks, wanted.current, position, language)


def _opening_status(status: Status) -> dict[str, Any]:
    return {"stage": status.stage, "done": status.done, "total": status.total, "problem": status.problem}
