"""The chat as tools for other assistants, over the Model Context Protocol.

The SDK's own server is mounted at ``/mcp``, not Gradio's: that one needs an SDK before version 2 and an older pydantic,
and calls the page through a client of its own, which has no password.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field

import xiangwen
from xiangwen.exports.assessment import AssessRequest
from xiangwen.exports.ledger_rows import LedgerRequest
from xiangwen.questions.request import MOST_RESULTS, AskRequest, R, SearchRequest, read_request, unknown_key
from xiangwen.web.endpoints import Endpoints
from xiangwen.web.ledger_endpoints import LedgerEndpoints
from xiangwen.web.problems import PROBLEMS

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from xiangwen.web.opening import Opening

_INSTRUCTIONS = (
    "Answers from a collection of Chinese township annual reports on rule-of-law government (法治政府建设年度报告). "
    "Every quote is an exact slice of a report; 'silent' means that a report does not say it. "
    "Nothing is answered from outside the reports."
)
_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)


_Indicators = Annotated[
    list[str] | None, Field(description="Ids or names of indicators, such as disputes_settled; all where left out.")
]
_Counties = Annotated[list[str] | None, Field(description="Counties, 县 or 区 may be left off.")]
_Years = Annotated[list[int] | None, Field(description="Years that the reports are on.")]
_Levels = Annotated[list[str] | None, Field(description="乡, 镇, 街道, 县区, 部门 …")]


class _Server(MCPServer[Any]):
    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool; an argument that it does not take is refused, where the SDK would leave it alone."""
        known = {tool.name: tool.input_schema.get("properties", {}) for tool in await self.list_tools()}
        other = next((key for key in arguments if name in known and key not in known[name]), None)
        if other is not None:
            raise ToolError(str(unknown_key(other, known[name])))
        return await super().call_tool(name, arguments, context)


def mcp_app(opening: Opening, *, only_local: bool) -> Starlette:
    """An application with the one route ``/mcp``; its lifespan must run.

    Args:
        opening: the index.
        only_local: refuse requests made under another host name than this machine's, as a web page in the visitor's
            browser would after rebinding its own name to this address.
    """
    endpoints, ledger_endpoints = Endpoints(opening), LedgerEndpoints(opening)
    server = _Server(
        "xiangwen", title="乡问 Xiangwen", instructions=_INSTRUCTIONS, version=xiangwen.__version__, log_level="ERROR"
    )

    @server.tool(title="Ask the reports", annotations=_READ_ONLY)
    def ask(
        question: Annotated[
            str, Field(description="The question, in Chinese or English; Chinese finds a little more.")
        ],
        history: Annotated[list[str] | None, Field(description="Earlier questions, oldest first.")] = None,
        reports: Annotated[
            list[str] | None, Field(description="Ids of the reports that may answer, as `reports` lists them.")
        ] = None,
    ) -> dict[str, Any]:
        """Answer a question about the townships from their reports.

        Returns the answer's text with markers [1], the citations (exact quotes with report, township, year, section
        path and offsets), and, for questions such as "which townships…", a verdict for every report: yes, partial,
        no (the report itself says no) or silent (it says nothing). `answered` is false where the reports do not say.
        """
        answer: dict[str, Any] = _asked(endpoints.ask, AskRequest, question=question, history=history, reports=reports)
        return answer

    @server.tool(title="Search the reports", annotations=_READ_ONLY)
    def search(
        words: Annotated[str, Field(description="Words or a sentence to look for, best in Chinese.")],
        top: Annotated[int, Field(description=f"At most so many passages, up to {MOST_RESULTS}.")] = 10,
    ) -> list[dict[str, Any]]:
        """Find the sentences of the reports nearest to some words, best first, each an exact quote with its place.

        Nearest is not the same as saying it: use `ask` for a question.
        """
        found: list[dict[str, Any]] = _asked(endpoints.search, SearchRequest, words=words, top=top)
        return found

    @server.tool(title="List the reports", annotations=_READ_ONLY)
    def reports() -> list[dict[str, Any]]:
        """List the reports there are: id, file, title, township, county, year, and the tree of headings of each."""
        listed: list[dict[str, Any]] = _told(endpoints.reports)
        return listed

    @server.tool(title="Read the ledger", annotations=_READ_ONLY)
    def ledger(
        indicators: _Indicators = None, counties: _Counties = None, years: _Years = None, levels: _Levels = None
    ) -> list[dict[str, Any]]:
        """Figures of the townships as a table: one cell for each indicator that a report gives.

        A cell has value, unit, bound (exact, at_least, about), state (done, planned, lacking, none: the report says
        zero), part (counted in another cell, never to be added to its total) and the exact quote it was read from. A
        report without a cell does not give the indicator, which is not zero. All cells are many: name indicators.
        """
        narrowed = {"indicators": indicators, "counties": counties, "years": years, "levels": levels}
        cells: list[dict[str, Any]] = _asked(ledger_endpoints.ledger, LedgerRequest, **narrowed)
        return cells

    @server.tool(title="Numbers that do not agree", annotations=_READ_ONLY)
    def ledger_checks(
        indicators: _Indicators = None, counties: _Counties = None, years: _Years = None, levels: _Levels = None
    ) -> list[dict[str, Any]]:
        """Numbers of the ledger that do not agree, each as a question to the office; none of them is a fault by itself.

        A check has kind (more_than, rate, parts, twice, tenfold, same_as_last_year), question, township, county, year
        and cells, those of the numbers with their exact quotes. A number is held against all of its report and against
        the year before, whichever indicators and years are asked for.
        """
        narrowed = {"indicators": indicators, "counties": counties, "years": years, "levels": levels}
        found: list[dict[str, Any]] = _asked(ledger_endpoints.checks, LedgerRequest, **narrowed)
        return found

    @server.tool(title="Pre-score the reports", annotations=_READ_ONLY)
    def ledger_assess(
        assessment: Annotated[
            str,
            Field(
                description="Items in TOML, each [[item]] with indicator (id or name), rule (学法≥6次, 有, 无法律顾问, "
                "全覆盖) and points (below zero are taken off); title above them."
            ),
        ],
        counties: _Counties = None,
        years: _Years = None,
        levels: _Levels = None,
    ) -> list[dict[str, Any]]:
        """Score the reports by the items of an assessment, from what they say; what is silent stays open.

        A report has shown (points decided), lowest and highest (what it can come to), open (items undecided) and items,
        each with outcome (met, not_met, to_check, to_prove), score (null where open) and the cells that show it.
        """
        narrowed = {"counties": counties, "years": years, "levels": levels}
        scored: list[dict[str, Any]] = _asked(ledger_endpoints.assess, AssessRequest, assessment=assessment, **narrowed)
        return scored

    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=only_local,
        allowed_hosts=["127.0.0.1:*", "localhost:*", "[::1]:*"],
        allowed_origins=["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"],
    )
    # Without sessions and streams: each call is one request and one answer, and nothing is kept between them.
    return server.streamable_http_app(json_response=True, stateless_http=True, transport_security=security)


def _asked(function: Callable[[R], Any], kind: type[R], **fields: Any) -> Any:
    """What a function of the endpoints gives for a request of these fields."""
    return _told(lambda: function(read_request(kind, fields)))


def _told(function: Callable[[], Any]) -> Any:
    """What a function gives; what goes wrong is told in its one sentence."""
    try:
        return function()
    except PROBLEMS as problem:
        raise ToolError(str(problem)) from problem
