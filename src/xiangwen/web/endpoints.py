"""The named endpoints /ask, /search and /reports, in the JSON of the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from xiangwen.exports.rows import report_rows, search_rows

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.web.opening import Opening

MOST_RESULTS = 100
LONGEST_WORDS = 2000
_MOST_HISTORY = 12


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
        if not isinstance(question, str):
            raise RequestProblem('"question" 应是文字。 "question" must be text.')
        earlier = history or []
        if not isinstance(earlier, list) or not all(isinstance(one, str) for one in earlier):
            raise RequestProblem('"history" 应是问题列表。 "history" must be a list of questions.')
        earlier = [_printable(one[:LONGEST_WORDS]) for one in earlier[-_MOST_HISTORY:]]
        assistant = self._assistant()
        chosen = None if reports is None else _known(reports, assistant)
        with self._opening.asking:
            answer = assistant.ask(_printable(question), earlier, chosen)
        return {**answer.to_dict(), "seal": self._opening.seal.of(replace(answer, nearest=()))}

    def search(self, words: str, top: int = 10) -> list[dict[str, Any]]:
        """The passages nearest to some words, best first."""
        if not isinstance(words, str) or not words.strip():
            raise RequestProblem('请用 "words" 写出要找的词。 Give some "words" to look for.')
        if len(words) > LONGEST_WORDS:
            raise RequestProblem(
                f"要找的词请在 {LONGEST_WORDS} 字以内。 At most {LONGEST_WORDS:,} characters of words."
            )
        if isinstance(top, bool) or not isinstance(top, int | float) or top != top:
            raise RequestProblem('"top" 应是数字。 "top" must be a number.')
        most = int(max(1, min(top, MOST_RESULTS)))
        assistant = self._assistant()
        index = assistant.index
        with self._opening.asking:
            found = assistant.retriever.search(_printable(words), most)
        return search_rows(index, found)

    def reports(self) -> list[dict[str, Any]]:
        """What is indexed, with the tree of headings of every report."""
        return report_rows(self._assistant().index)

    def _assistant(self) -> Assistant:
        for _ in self._opening.watch():
            pass
        if self._opening.assistant is None:
            raise RequestProblem(self._opening.status.problem, 503)
        return self._opening.assistant


def _known(reports: Any, assistant: Assistant) -> frozenset[str]:
    """Ids of reports, each of which is indexed."""
    if not isinstance(reports, list) or not reports or not all(isinstance(one, str) for one in reports):
        raise RequestProblem('"reports" 应是至少一个报告编号的列表。 "reports" must be a list of ids, at least one.')
    here = {report.id for report in assistant.index.reports}
    if gone := next((one for one in reports if one not in here), None):
        raise RequestProblem(f"没有编号为 {_printable(gone[:80])} 的报告。 No report has that id: see /reports.")
    return frozenset(reports)


def _printable(text: str) -> str:
    """Half a surrogate pair, which JSON can hold, becomes 「?」: tokenizers refuse it."""
    return text.encode("utf-8", "replace").decode("utf-8")
