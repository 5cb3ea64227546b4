"""The named endpoints /ask, /search and /reports, in the JSON of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from xiangwen.exports.contract import report_rows, search_rows
from xiangwen.questions.request import AskRequest, Request, SearchRequest, WrongRequest, printable, read_request

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.web.opening import Opening

MOST_RESULTS = 100
"""Passages that a search over the network gives at most."""


class RequestProblem(gr.Error):
    """A request that cannot be answered; the message is one plain sentence."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence, print_exception=False)
        self.status = status
        """The status that HTTP has for it."""


class Endpoints:
    """Functions for programs; their names are the endpoints' names."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def ask(self, question: str, history: list[str] | None = None, reports: list[str] | None = None) -> dict[str, Any]:
        """Answer one question; ``history`` holds the earlier ones, oldest first, ``reports`` who may answer."""
        request = _read(AskRequest, {"question": question, "history": history, "reports": reports})
        assistant = self._assistant()
        if request.reports is not None:
            _check_known(request.reports, assistant)
        with self._opening.asking:
            answer = assistant.answer(request)
        return {**answer.to_dict(), "seal": self._opening.seal.of(answer)}

    def search(self, words: str, top: int = 10) -> list[dict[str, Any]]:
        """The passages nearest to some words, best first."""
        request = _read(SearchRequest, {"words": words, "top": top})
        assistant = self._assistant()
        with self._opening.asking:
            found = assistant.retriever.search(request.words, min(request.top, MOST_RESULTS))
        return search_rows(assistant.index, found)

    def reports(self) -> list[dict[str, Any]]:
        """What is indexed, with the tree of headings of every report."""
        return report_rows(self._assistant().index)

    def _assistant(self) -> Assistant:
        for _ in self._opening.watch():
            pass
        if self._opening.assistant is None:
            raise RequestProblem(self._opening.status.problem, 503)
        return self._opening.assistant


def _read(kind: type[Request], data: dict[str, Any]) -> Request:
    try:
        return read_request(kind, data)
    except WrongRequest as error:
        raise RequestProblem(str(error)) from error


def _check_known(reports: Sequence[str], assistant: Assistant) -> None:
    """Refuse ids of reports that are not indexed, and a choice of none."""
    if not reports:
        raise RequestProblem('"reports" 应是至少一个报告编号的列表。 "reports" must be a list of ids, at least one.')
    here = {report.id for report in assistant.index.reports}
    if gone := next((one for one in reports if one not in here), None):
        raise RequestProblem(f"没有编号为 {printable(gone[:80])} 的报告。 No report has that id: see /reports.")
