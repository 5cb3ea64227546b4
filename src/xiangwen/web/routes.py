"""Plain HTTP beside the page: health, questions from programs, files to take away, votes."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import anyio
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xiangwen.answers.votes import VoteRequest, append_vote, vote_of
from xiangwen.exports import FORMATS, UnfoundedCitation, check_citations, read_answer
from xiangwen.exports.assessment import AssessRequest
from xiangwen.exports.contract import HealthJson
from xiangwen.exports.ledger_corrections import CorrectionRequest
from xiangwen.exports.ledger_rows import LedgerRequest
from xiangwen.questions.request import AskRequest, SearchRequest, read_request
from xiangwen.web.endpoints import Endpoints
from xiangwen.web.ledger_endpoints import LedgerEndpoints
from xiangwen.web.problems import PROBLEMS, RequestProblem, refusal, status_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from xiangwen.answers.assistant import Assistant
    from xiangwen.web.opening import Opening

_LONGEST_NAME = 30
"""Characters of the question in the name of a file."""
_THREADS = 8
_COME_BACK = 5
"""Seconds after which whoever came too early is to try again."""

Handler = Callable[["Request"], Awaitable[Response]]
L = TypeVar("L", bound=LedgerRequest)


def routes(opening: Opening, index_dir: Path) -> list[Route]:
    """The routes; Gradio's come after them."""
    plain = _Routes(opening, index_dir)
    return [
        Route("/health", plain.health, methods=["GET"]),
        Route("/ask", _problems_as_json(plain.ask), methods=["POST"]),
        Route("/search", _problems_as_json(plain.search), methods=["POST"]),
        Route("/reports", _problems_as_json(plain.reports), methods=["GET"]),
        Route("/ledger", _problems_as_json(plain.ledger), methods=["POST"]),
        Route("/ledger/checks", _problems_as_json(plain.ledger_checks), methods=["POST"]),
        Route("/ledger/correct", _problems_as_json(plain.ledger_correct), methods=["POST"]),
        Route("/ledger/assess", _problems_as_json(plain.ledger_assess), methods=["POST"]),
        Route("/export/ledger", _problems_as_json(plain.ledger_workbook), methods=["POST"]),
        Route("/export/assessment", _problems_as_json(plain.assessment_workbook), methods=["POST"]),
        Route("/export/{kind}", _problems_as_json(plain.export), methods=["POST"]),
        Route("/feedback", _problems_as_json(plain.feedback), methods=["POST"]),
    ]


class _Routes:
    def __init__(self, opening: Opening, index_dir: Path) -> None:
        self._opening = opening
        self._index_dir = index_dir
        self._endpoints = Endpoints(opening)
        self._ledger = LedgerEndpoints(opening)
        # Threads of their own: the page's files must not wait behind questions.
        self._run = partial(anyio.to_thread.run_sync, limiter=anyio.CapacityLimiter(_THREADS))

    async def health(self, request: Request) -> Response:
        """Whether questions can be answered, and over what; for a load balancer or a monitor."""
        status, assistant = self._opening.status, self._opening.assistant
        ready = status.stage == "ready" and assistant is not None
        told: HealthJson = {"status": "ready" if ready else "problem" if status.stage == "problem" else "opening"}
        if assistant is not None:
            index = assistant.index
            told["reports"], told["passages"] = len(index.reports), len(index.passages)
            told["index"] = self._opening.build
        elif status.total:
            told["stage"], told["done"], told["total"] = status.stage, status.done, status.total
        return JSONResponse(told, 200 if ready else 503, {"cache-control": "no-store"})

    async def ask(self, request: Request) -> Response:
        """``{"question": "…", "history": ["…"], "reports": ["…"]}`` to the answer of the contract."""
        body = await _object(request)
        question_id = body.pop("id", None)
        if not _writable(question_id):
            raise RequestProblem('"id" 应是普通的 JSON 值。 "id" must be a plain JSON value.')
        asked = read_request(AskRequest, body)
        self._ready()
        return JSONResponse(await self._run(self._endpoints.ask, asked, question_id))

    async def search(self, request: Request) -> Response:
        """``{"words": "…", "top": 10}`` to the nearest passages."""
        wanted = read_request(SearchRequest, await _object(request))
        self._ready()
        return JSONResponse(await self._run(self._endpoints.search, wanted))

    async def reports(self, request: Request) -> Response:
        """What is indexed."""
        self._ready()
        return JSONResponse(await self._run(self._endpoints.reports))

    async def ledger(self, request: Request) -> Response:
        """``{"indicators": ["…"], "counties": ["…"], "years": [2024], "levels": ["乡"]}`` to cells."""
        return JSONResponse(await self._run(self._ledger.ledger, await self._chosen(request, LedgerRequest)))

    async def ledger_checks(self, request: Request) -> Response:
        """The same to numbers that do not agree."""
        return JSONResponse(await self._run(self._ledger.checks, await self._chosen(request, LedgerRequest)))

    async def ledger_workbook(self, request: Request) -> Response:
        """The same, and ``reports`` in the order that is wanted, to an Excel file."""
        data = await self._run(self._ledger.workbook, await self._chosen(request, LedgerRequest))
        return _workbook("台账", data)

    async def ledger_assess(self, request: Request) -> Response:
        """``{"assessment": "the text of a file", …}`` and what `/ledger` takes to pre-scores."""
        wanted = await self._chosen(request, AssessRequest)
        return JSONResponse(await self._run(self._ledger.assess, wanted))

    async def assessment_workbook(self, request: Request) -> Response:
        """The same to an Excel file."""
        wanted = await self._chosen(request, AssessRequest)
        return _workbook("预评分", await self._run(self._ledger.assessment_workbook, wanted))

    async def _chosen(self, request: Request, kind: type[L]) -> L:
        chosen = read_request(kind, await _object(request))
        self._ready()
        return chosen

    async def ledger_correct(self, request: Request) -> Response:
        """What an analyst says of a cell, kept beside the index; who is logged in cannot give another name."""
        body, user = await _object(request), request.scope.get("xiangwen.user")
        said = read_request(CorrectionRequest, {**body, "who": user} if user else body)
        self._ready()
        await self._run(self._ledger.correct, said)
        return Response(status_code=204)

    async def export(self, request: Request) -> Response:
        """The JSON of an answer to a file; only what the reports say is handed out."""
        kind = request.path_params["kind"]
        if kind not in FORMATS:
            raise RequestProblem("可导出 docx、xlsx 或 md。 There are docx, xlsx and md.", 404)
        body = await _object(request)
        if not _writable(body):
            raise RequestProblem("这不是一个答案，请重新提问后再导出。 This is no answer: ask again.")
        index = self._ready().index

        def made() -> tuple[str, bytes]:
            answer = read_answer(body)
            check_citations(answer, index)
            if not self._opening.seal.holds(answer, body.get("seal")):
                raise UnfoundedCitation(
                    "这不是这里给出的答案，请重新提问后再导出。 This answer was not given here: ask again."
                )
            return answer.question, FORMATS[kind].write(answer)

        question, data = await self._run(made)
        return Response(data, 200, {"content-disposition": _attachment(question, kind)}, FORMATS[kind].media_type)

    async def feedback(self, request: Request) -> Response:
        """One vote, kept beside the index."""
        vote = vote_of(read_request(VoteRequest, await _object(request)), self._opening.build)
        try:
            await self._run(append_vote, self._index_dir, vote)
        except OSError as error:
            raise RequestProblem("评价无法保存，请告诉管理员。 The vote could not be kept.", 507) from error
        return Response(status_code=204)

    def _ready(self) -> Assistant:
        if self._opening.assistant is None:
            problem = self._opening.status.problem
            raise RequestProblem(problem or "索引正在打开，请稍后再试。 The index is being opened: try again.", 503)
        return self._opening.assistant


async def _object(request: Request) -> dict[str, Any]:
    """The JSON object in a body. Its content type is asked for: no form on another site can send it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise RequestProblem("请发送 JSON（Content-Type: application/json）。 Send JSON.", 415)
    sent = await request.body()
    if not sent.strip():
        raise RequestProblem("没有收到内容，请发送一个 JSON 对象。 Nothing was sent: send one JSON object.")
    try:
        body = json.loads(sent, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise RequestProblem("发送的不是 JSON。 That is not JSON.") from error
    if not isinstance(body, dict):
        raise RequestProblem("请发送一个 JSON 对象。 Send one JSON object.")
    return body


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _writable(value: Any) -> bool:
    """Whether a value can be sent back as JSON in UTF-8, which half a surrogate pair cannot."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return True


def _problems_as_json(handler: Handler) -> Handler:
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except PROBLEMS as problem:
            status = status_of(problem)
            return refusal(status, str(problem), _COME_BACK if status == 503 else None)

    return answer


def _workbook(name: str, data: bytes) -> Response:
    return Response(data, 200, {"content-disposition": _attachment(name, "xlsx")}, FORMATS["xlsx"].media_type)


def _attachment(question: str, kind: str) -> str:
    """A Chinese file name (RFC 6266, RFC 5987), and a plain one for what does not read it."""
    words = "".join(c for c in question if c.isalnum() or c in " -_")[:_LONGEST_NAME].strip()
    name = f"乡问-{words}.{kind}" if words else f"乡问.{kind}"
    return f"attachment; filename=\"xiangwen.{kind}\"; filename*=UTF-8''{quote(name, safe='')}"
