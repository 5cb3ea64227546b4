"""Corrections put onto the cells that were read: they win, as long as the sentence stands in the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.ledger.cells import Cell
from xiangwen.ledger.corrections import Correction
from xiangwen.ledger.table import Table, cell_rows
from xiangwen.reports import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Placed:
    """A correction with the report and the place in it where its sentence stands now."""

    report: int
    start: int
    said: Correction

    @property
    def key(self) -> tuple[int, str, int]:
        """Report, indicator and place of the figure: of what is said of these the last word counts."""
        return self.report, self.said.indicator, self.start + self.said.figure


def place_corrections(said: Iterable[Correction], reports: Sequence[Report]) -> tuple[list[Placed], list[Correction]]:
    """The last word on every cell, and those whose sentence stands no more."""
    by_id = {report.id: number for number, report in enumerate(reports)}
    by_file: dict[str, list[int]] = defaultdict(list)
    by_place: dict[tuple[str | None, str | None, int | None], list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        by_file[report.file].append(number)
        if report.metadata.township:
            by_place[report.metadata.county, report.metadata.township, report.metadata.year].append(number)
    last: dict[tuple[int, str, int], Placed] = {}
    gone = []
    for one in said:
        first = [by_id[one.report]] if one.report in by_id else []
        likely = [*first, *by_file[one.file], *by_place[one.county, one.township, one.year]]
        found = next((p for n in likely if (p := _standing(one, n, reports[n].text)) is not None), None)
        if found is None:
            gone.append(one)
        else:
            last[found.key] = found
    return [placed for placed in last.values() if placed.said.mark != "undo"], gone


def _standing(said: Correction, number: int, text: str) -> Placed | None:
    """The correction where its quote stands now, as near to its former place as can be; None where it does not."""
    if text.startswith(said.quote, said.start):
        return Placed(number, said.start, said)
    before, behind = text.rfind(said.quote, 0, said.start + len(said.quote)), text.find(said.quote, said.start)
    found = [at for at in (before, behind) if at >= 0]
    return Placed(number, min(found, key=lambda at: abs(at - said.start)), said) if found else None


def corrected(table: Table, placed: Sequence[Placed]) -> Table:
    """The table as it stands after the corrections."""
    known = {indicator.id for indicator in table.indicators}
    by_report: dict[int, list[Placed]] = defaultdict(list)
    for one in placed:
        if one.said.indicator in known:
            by_report[one.report].append(one)
    if not by_report:
        return table
    pieces: list[NDArray[Any]] = []
    on: dict[int, Correction] = {}
    struck: list[tuple[int, Cell, Correction]] = []
    begun = at = 0
    for number in sorted(by_report):
        start, end = table.span(number)
        pieces.append(table.rows[begun:start])
        at += start - begun
        own, said = _of_report(table, number, by_report[number], struck)
        pieces.append(own)
        on |= {at + row: correction for row, correction in said.items()}
        at += len(own)
        begun = end
    pieces.append(table.rows[begun:])
    return Table(np.concatenate(pieces), table.indicators, table.reports, on, tuple(struck))


def _of_report(
    table: Table, number: int, placed: Sequence[Placed], struck: list[tuple[int, Cell, Correction]]
) -> tuple[NDArray[Any], dict[int, Correction]]:
    """The rows of one report, and which of them were corrected."""
    cells: list[tuple[Cell, Correction | None]] = [(cell, None) for cell in table.of_report(number)]
    for one in placed:
        said = one.said
        hit = [c for c, _ in cells if c.indicator == said.indicator and c.figure_start == one.start + said.figure]
        cells = [(c, by) for c, by in cells if c not in hit]
        if said.mark == "wrong":
            struck.append((number, replace(_cell(one), confidence=1.0), said))
        elif said.mark == "right" and hit:
            cells += [(replace(cell, confidence=1.0), said) for cell in hit[:1]]
        else:
            cells.append((_cell(one), said))
    cells.sort(key=lambda pair: (pair[0].start, pair[0].figure_start, pair[0].indicator))
    rows = cell_rows([cell for cell, _ in cells], table.indicators)
    rows["report"] = number
    return rows, {row: said for row, (_, said) in enumerate(cells) if said is not None}


def _cell(placed: Placed) -> Cell:
    """The cell that a correction says."""
    said, start = placed.said, placed.start
    figure = start + said.figure
    end = start + len(said.quote)
    return Cell(
        said.indicator,
        said.value,
        said.unit[:8],
        said.bound,
        said.state,
        said.part,
        start,
        end,
        figure,
        min(figure + said.figure_length, end) if said.figure_length else end,
        1.0,
    )
