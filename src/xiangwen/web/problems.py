"""What goes wrong with a request, in one plain sentence, and the status that HTTP has for it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from xiangwen.answers.votes import FeedbackProblem
from xiangwen.exports import ExportProblem, UnfoundedCitation
from xiangwen.exports.assessment import AssessmentProblem
from xiangwen.exports.contract import error_json
from xiangwen.exports.ledger_rows import LedgerProblem
from xiangwen.ledger.corrections import CorrectionProblem
from xiangwen.questions.request import WrongRequest

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


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


NO_SUCH_ADDRESS = "这里没有这个地址。 There is no such address."


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


async def refuse_address(_: Request, error: Exception) -> Response:
    """What is said where there is no such address, or it does not take the method; all else in its own words.

    An exception handler for `starlette.exceptions.HTTPException`, which both routers raise: ours and Gradio's.
    """
    if not isinstance(error, HTTPException):
        raise error
    said: object = error.detail
    if said == HTTPStatus(error.status_code).phrase:  # nobody has said more of it
        if error.status_code == HTTPStatus.NOT_FOUND:
            said = NO_SUCH_ADDRESS
        elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            methods = sorted({*(error.headers or {}).get("Allow", "").split(", ")} - {"HEAD"})
            said = f"这个地址只接受 {'、'.join(methods)}。 Only {', '.join(methods)} is taken here."
    told = error_json(said, for_page=True) if isinstance(said, str) else {"detail": said}
    return JSONResponse(told, error.status_code, error.headers)
