"""The named endpoint /ledger, in the JSON of the command line, and the workbook of what the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from xiangwen.exports.ledger import ledger_to_xlsx
from xiangwen.exports.ledger_checks import discrepancies
from xiangwen.exports.ledger_corrections import CorrectionRequest, take_down
from xiangwen.exports.ledger_rows import Choice, LedgerCell, LedgerProblem, ledger_cells
from xiangwen.ledger.corrections import CorrectionProblem
from xiangwen.web.endpoints import RequestProblem

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.web.opening import Opening

MOST_CHOSEN = 20_000
"""Names in one list: more than there are reports anywhere."""
T = TypeVar("T", str, int)


class LedgerEndpoints:
    """Functions for programs."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def ledger(
        self,
        indicators: list[str] | None = None,
        counties: list[str] | None = None,
        years: list[int] | None = None,
        levels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """The cells of some indicators, counties, years and levels; what is left out is not narrowed."""
        return [line.row() for line in self.lines(_choice(indicators, counties, years, levels))]

    def checks(
        self,
        indicators: list[str] | None = None,
        counties: list[str] | None = None,
        years: list[int] | None = None,
        levels: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Numbers of these cells that do not agree: kind, the question to ask, and the cells with their quotes."""
        found = self.lines(_choice(indicators, counties, years, levels))
        return [question.row() for question in discrepancies(found)]

    def workbook(self, body: dict[str, Any]) -> bytes:
        """An Excel file of ``reports`` (ids, in their order) by ``indicators``, and what `ledger` takes beside them."""
        fields = (body.get(name) for name in ("indicators", "counties", "years", "levels", "reports"))
        choice = _choice(*fields)
        if isinstance(body.get("reports"), list) and not choice.reports:
            raise RequestProblem("没有要下载的报告。 There are no reports to write.")
        try:
            return ledger_to_xlsx(self.index(), choice)
        except LedgerProblem as error:
            raise RequestProblem(str(error)) from error

    def correct(self, body: dict[str, Any], user: str | None) -> None:
        """Take down what somebody says of a cell; who is logged in cannot give another name.

        Args:
            body: ``report``, ``indicator``, ``mark`` (right, wrong, value, undo), ``start`` and ``read`` (which cell),
                ``quote`` (of one that was not read), ``value``, ``state``, ``who``, ``why``.
            user: the name of the login.
        """
        texts: dict[str, Any] = {
            name: body.get(name) or ""
            for name in ("report", "indicator", "mark", "value", "quote", "why", "who", "read")
        }
        start, state = body.get("start"), body.get("state") or None
        plain = all(isinstance(text, str) for text in texts.values()) and isinstance(state, str | None)
        if not plain or not isinstance(start, int | None):
            raise RequestProblem("更正的各项应是文字。 The fields of a correction are texts.")
        said: dict[str, Any] = {**texts, "who": user or texts["who"], "state": state, "start": start}
        try:
            take_down(self.index(), self._opening.index_dir, CorrectionRequest(**said))
        except (CorrectionProblem, LedgerProblem) as error:
            raise RequestProblem(str(error)) from error
        except OSError as error:
            raise RequestProblem("更正无法保存，请告诉管理员。 The correction could not be kept.", 507) from error

    def lines(self, choice: Choice) -> list[LedgerCell]:
        """The chosen cells."""
        try:
            return list(ledger_cells(self.index(), choice))
        except LedgerProblem as error:
            raise RequestProblem(str(error)) from error

    def index(self) -> Store:
        """The index, once it is open; the ledger is kept in the index folder alone."""
        for _ in self._opening.watch():
            pass
        if self._opening.assistant is None:
            raise RequestProblem(self._opening.status.problem, 503)
        index = self._opening.assistant.index
        if not index.ledger.indicators:
            raise RequestProblem("这个索引没有台账，请用 xiangwen build 建立。 This index keeps no ledger.", 404)
        index.take_corrections(self._opening.index_dir)
        return index


def _choice(indicators: Any, counties: Any, years: Any, levels: Any, reports: Any = None) -> Choice:
    return Choice(
        _list("indicators", indicators, str),
        _list("counties", counties, str),
        _list("years", years, int),
        _list("levels", levels, str),
        _list("reports", reports, str),
    )


def _list(name: str, given: Any, kind: type[T]) -> tuple[T, ...]:
    if given is None:
        return ()
    whole = isinstance(given, list) and len(given) <= MOST_CHOSEN
    if kind is int and whole:  # JSON of some clients has 2024.0
        given = [int(one) if isinstance(one, float) and one.is_integer() else one for one in given]
    if not whole or not all(isinstance(one, kind) and not isinstance(one, bool) for one in given):
        words = ("年份", "years") if kind is int else ("文字", "texts")
        raise RequestProblem(f'"{name}" 应是{words[0]}的列表。 "{name}" must be a list of {words[1]}.')
    return tuple(cast("list[T]", given))
