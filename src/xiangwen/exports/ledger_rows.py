"""The cells of an index chosen by indicator, report, county, year and level, as the contract prints them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xiangwen.ledger.cells import Cell
from xiangwen.ledger.corrections import Correction

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

    def row(self) -> dict[str, Any]:
        """As the contract has it; a corrected cell says who, when and why beside it."""
        said = self.correction
        told = {"correction": {"mark": said.mark, "who": said.who, "time": said.time, "why": said.why}} if said else {}
        meta, cell = self.report.metadata, self.cell
        return {
            "report": self.report.id,
            "file": self.report.file,
            "township": meta.township,
            "county": meta.county,
            "year": meta.year,
            "indicator": cell.indicator,
            "value": cell.value,
            "unit": cell.unit,
            "bound": cell.bound,
            "state": cell.state,
            "part": cell.part,
            "quote": self.quote,
            "start": cell.start,
            "end": cell.end,
            "confidence": cell.confidence,
            **told,
        }


@dataclass(frozen=True)
class Choice:
    """Which reports and indicators; empty is all."""

    indicators: Collection[str] = ()
    counties: Collection[str] = ()
    years: Collection[int] = ()
    levels: Collection[str] = ()
    """Such as 乡, 镇, 街道, 县, 部门."""
    reports: Sequence[str] = ()
    """Ids, in the order that is wanted."""

    def has(self, report: Report) -> bool:
        """Whether a report is meant; a county may be given without 县 or 区."""
        meta = report.metadata
        if self.years and meta.year not in self.years:
            return False
        if self.levels and meta.level not in self.levels:
            return False
        return not self.counties or any((meta.county or "").startswith(county) for county in self.counties)


def chosen_indicators(index: Store, choice: Choice) -> list[Indicator]:
    """The columns.

    Raises:
        LedgerProblem: if there is no indicator of one of these ids or names.
    """
    known = index.ledger.indicators
    if not choice.indicators:
        return list(known)
    found = []
    for wanted in choice.indicators:
        match = next((i for i in known if wanted in (i.id, i.zh, i.en)), None)
        if match is None:
            ids = "、".join(i.id for i in known)
            raise LedgerProblem(f"没有指标 {wanted}，可选：{ids}。 There is no such indicator.")
        found.append(match)
    return found


def chosen_reports(index: Store, choice: Choice) -> list[int]:
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


def ledger_cells(index: Store, choice: Choice = Choice()) -> Iterator[LedgerCell]:
    """The chosen cells in the order of the reports and their texts."""
    by_id = {indicator.id: indicator for indicator in chosen_indicators(index, choice)}
    for number in chosen_reports(index, choice):
        for row, cell in index.ledger.numbered(number):
            if cell.indicator in by_id:
                quote = index.texts.slice(number, cell.start, cell.end)
                said = index.ledger.corrected.get(row)
                yield LedgerCell(index.reports[number], by_id[cell.indicator], cell, quote, said)


def struck_cells(index: Store, choice: Choice = Choice()) -> Iterator[LedgerCell]:
    """The chosen cells that an analyst called wrong: they count nowhere, and are shown with who said so."""
    by_id = {indicator.id: indicator for indicator in chosen_indicators(index, choice)}
    chosen = set(chosen_reports(index, choice))
    for number, cell, said in index.ledger.struck:
        if number in chosen and cell.indicator in by_id:
            quote = index.texts.slice(number, cell.start, cell.end)
            yield LedgerCell(index.reports[number], by_id[cell.indicator], cell, quote, said)
