"""The cells of an index chosen by indicator, report, county, year and level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BeforeValidator

from xiangwen.ledger.cells import Cell, CellState
from xiangwen.ledger.corrections import Correction
from xiangwen.questions.request import Name, Reports, Request, Several

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.reports import Report


class LedgerProblem(ValueError):
    """Something that is not in the ledger was asked for; the message is one plain sentence."""


@dataclass(frozen=True)
class LedgerCell:
    """One cell with its report and its words."""

    report: Report
    indicator: Indicator
    cell: Cell
    quote: str
    correction: Correction | None = None
    """What an analyst said of it."""


SHOWN_FIRST: tuple[CellState, ...] = ("done", "none", "planned", "lacking")
"""Which state a column shows of a report that has several."""


def place_in_column(line: LedgerCell) -> tuple[int, bool, float]:
    """By what the cells of a report stand one behind the other in a column, which shows the first: their state, a total
    before its parts, the surest."""
    return SHOWN_FIRST.index(line.cell.state), line.cell.part, -line.cell.confidence


def _year(value: Any) -> Any:
    """A year as JSON of some clients has it: 2024.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class LedgerRequest(Request):
    """Which reports and indicators of the ledger; what is left out is not narrowed."""

    wrong: ClassVar[Mapping[str, str]] = {
        **{
            name: f'"{name}" 应是文字的列表。 "{name}" must be a list of texts.'
            for name in ("indicators", "counties", "levels", "reports")
        },
        "years": '"years" 应是年份的列表。 "years" must be a list of years.',
        "reports too_short": "没有选择报告。 No reports are chosen.",
    }

    indicators: Several[Name] = ()
    """Ids or names."""
    counties: Several[Name] = ()
    years: Several[Annotated[int, BeforeValidator(_year)]] = ()
    levels: Several[Name] = ()
    """Such as 乡, 镇, 街道, 县, 部门."""
    reports: Reports = None
    """In the order that is wanted."""

    def has(self, report: Report) -> bool:
        """Whether a report is meant; a county may be given without 县 or 区."""
        meta = report.metadata
        if self.years and meta.year not in self.years:
            return False
        if self.levels and meta.level not in self.levels:
            return False
        return not self.counties or any((meta.county or "").startswith(county) for county in self.counties)


ALL = LedgerRequest()
"""Every cell."""


def indicator_named(index: Store, name: str) -> Indicator:
    """The indicator of an id or a name.

    Raises:
        LedgerProblem: if there is none.
    """
    known = index.ledger.indicators
    match = next((i for i in known if name in (i.id, i.zh, i.en)), None)
    if match is None:
        ids = "、".join(i.id for i in known)
        raise LedgerProblem(f"没有指标 {name}，可选：{ids}。 There is no such indicator.")
    return match


def chosen_indicators(index: Store, choice: LedgerRequest) -> list[Indicator]:
    """The columns.

    Raises:
        LedgerProblem: if there is no indicator of one of these ids or names.
    """
    if not choice.indicators:
        return list(index.ledger.indicators)
    return [indicator_named(index, name) for name in choice.indicators]


def chosen_reports(index: Store, choice: LedgerRequest) -> list[int]:
    """Numbers of the reports that are meant, those without a cell too.

    Raises:
        LedgerProblem: if one is named by an id that no report has.
    """
    if not choice.reports:
        return [number for number, report in enumerate(index.reports) if choice.has(report)]
    at = {report.id: number for number, report in enumerate(index.reports)}
    gone = next((name for name in choice.reports if name not in at), None)
    if gone is not None:
        raise LedgerProblem(f"没有编号为 {gone[:80]} 的报告。 No report has that id.")
    return [at[name] for name in choice.reports if choice.has(index.reports[at[name]])]


def ledger_cells(index: Store, choice: LedgerRequest = ALL) -> Iterator[LedgerCell]:
    """The chosen cells in the order of the reports and their texts."""
    by_id = {indicator.id: indicator for indicator in chosen_indicators(index, choice)}
    for number in chosen_reports(index, choice):
        for row, cell in index.ledger.numbered(number):
            if cell.indicator in by_id:
                quote = index.texts.slice(number, cell.start, cell.end)
                said = index.ledger.corrected.get(row)
                yield LedgerCell(index.reports[number], by_id[cell.indicator], cell, quote, said)


def struck_cells(index: Store, choice: LedgerRequest = ALL) -> Iterator[LedgerCell]:
    """The chosen cells that an analyst called wrong: they count nowhere, and are shown with who said so."""
    by_id = {indicator.id: indicator for indicator in chosen_indicators(index, choice)}
    chosen = set(chosen_reports(index, choice))
    for number, cell, said in index.ledger.struck:
        if number in chosen and cell.indicator in by_id:
            quote = index.texts.slice(number, cell.start, cell.end)
            yield LedgerCell(index.reports[number], by_id[cell.indicator], cell, quote, said)
