"""What the page's second view fetches of the ledger: columns, cells, all that one stands on, checks, pre-scores.

The page filters, sorts and adds up by itself. So that 1,500 reports by 60 columns come at once, a column is sent as
short rows without quotes; the quotes of a cell are sent when it is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from xiangwen.exports.assessment import AssessRequest, ItemResult, assess, assessment_of
from xiangwen.exports.contract import LedgerCellJson, cell_json
from xiangwen.exports.ledger_checks import checks
from xiangwen.exports.ledger_rows import (
    SHOWN_FIRST,
    LedgerCell,
    LedgerRequest,
    chosen_reports,
    ledger_cells,
    place_in_column,
    struck_cells,
)
from xiangwen.language.units import class_of_unit
from xiangwen.ledger.cells import CellBound, CellState
from xiangwen.ledger.table import values_of

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.web.opening import Opening

STATES: tuple[CellState, ...] = get_args(CellState)
BOUNDS: tuple[CellBound, ...] = get_args(CellBound)


class LedgerView:
    """Functions of the page; none says anything where the index is not open or keeps no ledger."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def columns(self) -> dict[str, Any] | None:
        """The build, ids of all reports, and of every indicator its names, type and how many reports give it."""
        index = self.index()
        if index is None:
            return None
        table = index.ledger
        pairs = np.unique(np.stack([table.rows["report"], table.rows["indicator"].astype(np.int32)]), axis=1)
        giving = np.bincount(pairs[1], minlength=len(table.indicators)).tolist()
        return {
            "build": self._opening.build,
            "reports": [report.id for report in index.reports],
            "columns": [
                {
                    "id": i.id,
                    "zh": i.zh,
                    "en": i.en,
                    "type": i.type,
                    "is": i.counts,
                    "not": i.counts_not,
                    "given": given,
                }
                for i, given in zip(table.indicators, giving, strict=True)
            ],
        }

    def cells(self, ids: Sequence[str]) -> dict[str, Any] | None:
        """The cell that each of these columns shows of each report that gives one.

        A row: number of the report, value, unit, class of the unit, bound, state, part, how many more cells there are,
        whether it was corrected. The state is ``struck`` where an analyst called the only one wrong.
        """
        index = self.index()
        if index is None:
            return None
        known = {indicator.id: number for number, indicator in enumerate(index.ledger.indicators)}
        return {
            "build": self._opening.build,
            "cells": {name: _column(index, known[name]) for name in dict.fromkeys(ids) if name in known},
        }

    def cell(self, report: str, indicator: str) -> list[LedgerCellJson]:
        """All cells of an indicator in a report as the contract has them, the one that the column shows first.

        The state of one that an analyst called wrong is ``struck``.
        """
        index = self.index()
        if index is None or indicator not in {known.id for known in index.ledger.indicators}:
            return []
        choice = LedgerRequest(indicators=(indicator,), reports=(report,))
        if report not in {known.id for known in index.reports} or not chosen_reports(index, choice):
            return []
        own = [cell_json(line) for line in sorted(ledger_cells(index, choice), key=place_in_column)]
        struck = [cell_json(line) for line in struck_cells(index, choice)]
        for cell in struck:
            cell["state"] = "struck"
        return own + struck

    def checks(self) -> dict[str, Any] | None:
        """All numbers that do not agree: the question, Chinese and English, and the cells that it is about.

        A cell: number of the report, indicator, start, end, quote, value, unit, bound.
        """
        index = self.index()
        if index is None:
            return None
        number = {report.id: n for n, report in enumerate(index.reports)}

        def short(line: LedgerCell) -> list[Any]:
            cell = line.cell
            where = [number[line.report.id], cell.indicator, cell.start, cell.end]
            return [*where, line.quote, cell.value, cell.unit, cell.bound]

        found = checks(index)
        told = [{"question": [q.told("zh"), q.told("en")], "cells": [short(line) for line in q.lines]} for q in found]
        return {"build": self._opening.build, "checks": told}

    def scores(self, request: AssessRequest) -> dict[str, Any] | None:
        """Pre-scores: number of the report, lowest, highest, how many items are open, and what became of each item.

        An item: outcome, score, how many cells show it, quote and start of the first.
        """
        index = self.index()
        if index is None:
            return None
        assessment = assessment_of(request.assessment, request.name, index)
        number = {report.id: n for n, report in enumerate(index.reports)}
        return {
            "build": self._opening.build,
            "title": assessment.title,
            "full": assessment.full,
            "items": [{"name": i.name, "indicator": i.indicator.id, "points": i.points} for i in assessment.items],
            "scores": [
                [number[one.report.id], *one.range, one.open, [_item(result) for result in one.results]]
                for one in assess(index, assessment, request)
            ],
        }

    def index(self) -> Store | None:
        """The open index where it keeps a ledger."""
        index = self._opening.assistant.index if self._opening.assistant else None
        if index is None or not index.ledger.indicators:
            return None
        index.take_corrections(self._opening.index_dir)
        return index


def _item(result: ItemResult) -> list[Any]:
    first = [(line.quote, line.cell.start) for line in result.lines[:1]]
    return [result.outcome, result.score, len(result.lines), *(first[0] if first else ("", None))]


def _column(index: Store, indicator: int) -> list[list[Any]]:
    table = index.ledger
    numbers = np.flatnonzero(table.rows["indicator"] == indicator)
    rows = table.rows[numbers]
    rank = np.array([SHOWN_FIRST.index(state) for state in STATES])[rows["state"]]
    order = np.lexsort((-rows["confidence"], rows["part"], rank, rows["report"]))
    _, first, count = np.unique(rows["report"][order], return_index=True, return_counts=True)
    kept, units, classes = rows[order[first]], rows["unit"][order[first]].tolist(), class_of_unit()
    columns = (
        kept["report"].tolist(),
        values_of(kept),
        units,
        [classes.get(unit, unit) for unit in units],
        [BOUNDS[bound] for bound in kept["bound"].tolist()],
        [STATES[state] for state in kept["state"].tolist()],
        kept["part"].tolist(),
        (count - 1).tolist(),
        [number in table.corrected for number in numbers[order[first]].tolist()],
    )
    shown = [list(row) for row in zip(*columns, strict=True)]
    given = {row[0] for row in shown}
    struck = {
        report: [report, cell.value, cell.unit, "", cell.bound, "struck", False, 0, True]
        for report, cell, _ in table.struck
        if cell.indicator == table.indicators[indicator].id and report not in given
    }
    return [*shown, *struck.values()]
