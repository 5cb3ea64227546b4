"""What goes wrong with a request, in one plain sentence, and the status that HTTP has for it."""

from __future__ import annotations

from starlette.responses import JSONResponse

from xiangwen.answers.votes import FeedbackProblem
from xiangwen.exports import ExportProblem, UnfoundedCitation
from xiangwen.exports.assessment import AssessmentProblem
from xiangwen.exports.contract import error_json
from xiangwen.exports.ledger_rows import LedgerProblem
from xiangwen.ledger.corrections import CorrectionProblem
from xiangwen.questions.request import WrongRequest


class RequestProblem(Exception):
    """A request that cannot be answered here or now; the message is one plain sentence."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status
        """The status that HTTP has for it."""


PROBLEMS = (
    RequestProblem,
    WrongRequest,
    LedgerProblem,
    AssessmentProblem,
    CorrectionProblem,
    FeedbackProblem,
    ExportProblem,
)
"""Exceptions whose message is one plain sentence for whoever asked."""


def status_of(problem: Exception) -> int:
    """The status that HTTP has for one of `PROBLEMS`."""
    if isinstance(problem, RequestProblem):
        return problem.status
    return 409 if isinstance(problem, UnfoundedCitation) else 400


def refusal(status: int, sentence: str, retry_after: int | None = None, *, for_page: bool = False) -> JSONResponse:
    """A sentence as a response.

    Args:
        status: of HTTP.
        sentence: what is wrong.
        retry_after: seconds until it is worth another try.
        for_page: whether Gradio's page may have asked.
    """
    headers = {"retry-after": str(retry_after)} if retry_after is not None else {}
    return JSONResponse(error_json(sentence, for_page=for_page), status, headers)
