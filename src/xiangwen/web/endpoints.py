"""The endpoints /ask, /search and /reports, in the JSON of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xiangwen.exports.contract import ReportJson, SearchHitJson, report_rows, sealed_answer, search_rows
from xiangwen.questions.request import MOST_RESULTS, AskRequest, SearchRequest
from xiangwen.web.problems import RequestProblem

if TYPE_CHECKING:
    from xiangwen.answers.assistant import Assistant
    from xiangwen.web.opening import Opening


class Endpoints:
    """Functions for programs, whichever way they ask; what they raise is among `problems.PROBLEMS`."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def ask(self, request: AskRequest, question_id: Any = None) -> dict[str, Any]:
        """The answer to one question, sealed."""
        assistant = assistant_of(self._opening)
        assistant.check_reports(request)
        answer = self._opening.answer(assistant, request)
        return sealed_answer(answer, self._opening.seal.of(answer), question_id)

    def search(self, request: SearchRequest) -> list[SearchHitJson]:
        """The passages nearest to some words, best first."""
        assistant = assistant_of(self._opening)
        with self._opening.asking:
            found = assistant.retriever.search(request.words, min(request.top, MOST_RESULTS))
        return search_rows(assistant.index, found)

    def reports(self) -> list[ReportJson]:
        """What is indexed, with the tree of headings of every report."""
        return report_rows(assistant_of(self._opening).index)


def assistant_of(opening: Opening) -> Assistant:
    """What answers, once the index is open.

    Raises:
        RequestProblem: if the index cannot be opened.
    """
    for _ in opening.watch():
        pass
    if opening.assistant is None:
        raise RequestProblem(opening.status.problem, 503)
    return opening.assistant
