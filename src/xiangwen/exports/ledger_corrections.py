"""An analyst's word on a cell taken down, and all such words as labelled clauses to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BeforeValidator, Field

from xiangwen.exports.ledger_rows import LedgerCell, LedgerRequest, indicator_named, ledger_cells, struck_cells
from xiangwen.ledger.cells import Cell, CellState
from xiangwen.ledger.corrections import (
    Correction,
    CorrectionMark,
    CorrectionProblem,
    append_correction,
    now,
    read_value,
)
from xiangwen.questions.request import LONGEST_REASON, Name, OptionalText, Request

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.reports import Report


_TEXTS = ("report", "indicator", "who", "why", "value", "quote", "start", "read")
Reason = Annotated[OptionalText, Field(max_length=LONGEST_REASON)]


class CorrectionRequest(Request):
    """What an analyst says of a cell, and which."""

    wrong: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(_TEXTS, "更正的各项应是文字。 The fields of a correction are texts."),
        **dict.fromkeys(
            ("who too_long", "why too_long"), f"请写在 {LONGEST_REASON} 字以内。 At most {LONGEST_REASON} characters."
        ),
        "mark": "标记应是 right、wrong、value 或 undo。 The mark is none of these.",
        "state": "状态应是 done、planned、lacking 或 none。 The state is none of these.",
    }

    report: Name
    """Id or file."""
    indicator: Name
    """Id or name."""
    mark: CorrectionMark
    who: Reason = ""
    why: Reason = ""
    value: OptionalText = ""
    """As written: 「12」, 「1.2万元」, 「无」; with the mark ``value`` alone."""
    state: Annotated[CellState | None, BeforeValidator(lambda state: state or None)] = None
    quote: OptionalText = ""
    """Words of the cell's clause where the report has several; for a cell that was not read, a slice of the report."""
    start: int | None = None
    """Where the cell's quote begins, which tells two apart as well."""
    read: OptionalText = ""
    """The value of the cell that is meant, where two stand in one clause."""


def take_down(index: Store, directory: Path, said: CorrectionRequest) -> Correction:
    """Take it down, and put it onto the ledger of this index.

    Raises:
        CorrectionProblem: if it is not clear which cell is meant, or the value is none.
        LedgerProblem: if there is no such indicator.
        OSError: if the file cannot be written.
    """
    index.take_corrections(directory)
    indicator = indicator_named(index, said.indicator)
    report = _report(index, said.report)
    cell = _cell(index, report, indicator, said)
    value, unit, bound, state = cell.value, cell.unit, cell.bound, cell.state
    if said.mark == "value":
        value, given, state = read_value(said.value, indicator)
        unit = given if given or value != cell.value else cell.unit
        bound, state = "exact", said.state or (cell.state if state == "done" and cell.state != "none" else state)
    meta = report.metadata
    taken = Correction(
        time=now(),
        who=said.who.strip(),
        why=said.why.strip(),
        mark=said.mark,
        report=report.id,
        file=report.file,
        county=meta.county,
        township=meta.township,
        year=meta.year,
        indicator=indicator.id,
        quote=report.text[cell.start : cell.end],
        start=cell.start,
        figure=cell.figure_start - cell.start,
        figure_length=cell.figure_end - cell.figure_start,
        value=value,
        unit=unit,
        bound=bound,
        state=state,
        part=cell.part,
    )
    append_correction(directory, taken)
    index.take_corrections(directory)
    return taken


def _report(index: Store, wanted: str) -> Report:
    found = [report for report in index.reports if wanted in (report.id, report.file)]
    if len(found) != 1:
        raise CorrectionProblem(f"没有报告 {wanted[:80]}，请用编号。 No report {wanted[:80]}: give an id.")
    return found[0]


def _cell(index: Store, report: Report, indicator: Indicator, said: CorrectionRequest) -> Cell:
    """The cell that is meant: one that was read, one that was struck, or a new one at a quote."""
    choice = LedgerRequest(indicators=(indicator.id,), reports=(report.id,))
    own = [*ledger_cells(index, choice), *struck_cells(index, choice)]
    found = [
        line
        for line in own
        if said.quote in line.quote
        and said.start in (None, line.cell.start)
        and (not said.read or said.read == str(line.cell.value))
    ]
    if len(found) == 1:
        return found[0].cell
    at = report.text.find(said.quote) if said.quote and not found and said.mark == "value" else -1
    if at >= 0:
        end = at + len(said.quote)
        return Cell(indicator.id, None, "", "exact", "done", False, at, end, at, at, 1.0)
    quotes = "；".join(f"「{line.quote}」" for line in found or own) or "没有"
    raise CorrectionProblem(
        f"请用原文里的话指明是哪一处（{indicator.zh}：{quotes}）。 Which cell is meant? Quote some of its words."
    )


@dataclass(frozen=True)
class LabelledClause:
    """A clause that was spoken of, with what it gives after all corrections."""

    text: str
    above: tuple[str, ...]
    """Its heading path."""
    cells: tuple[tuple[str, object], ...]
    """Indicator and label of each cell; none where its only one was called wrong."""
    file: str
    said: tuple[str, ...]
    """What was said of it, by whom and when."""


def labels(index: Store) -> Iterator[LabelledClause]:
    """Every clause that was spoken of, to learn from."""
    told: dict[tuple[str, int], list[LedgerCell]] = {}
    for line in (*ledger_cells(index), *struck_cells(index)):
        if line.correction:
            told.setdefault((line.report.id, line.cell.start), []).append(line)
    for (report, start), marked in told.items():
        given = [x for x in ledger_cells(index, LedgerRequest(reports=(report,))) if x.cell.start == start]
        first = marked[0]
        yield LabelledClause(
            text=first.quote,
            above=_above(index, first),
            cells=tuple((x.indicator.id, _label(x.cell)) for x in given),
            file=first.report.file,
            said=tuple(f"{x.indicator.id} {x.correction.mark} {x.correction.about}" for x in marked if x.correction),
        )


def _label(cell: Cell) -> object:
    """A number, or what the reader's classes of clauses call it."""
    if cell.value is None:
        return "short" if cell.state == "lacking" else "has"
    if cell.value is True:
        return "yes"
    return "zero" if cell.value == 0 and cell.figure_end - cell.figure_start == cell.end - cell.start else cell.value


def _above(index: Store, line: LedgerCell) -> tuple[str, ...]:
    """The heading path of the clause of a cell."""
    report = next(number for number, report in enumerate(index.reports) if report is line.report)
    passage = index.passage_at(report, line.cell.start)
    return () if passage is None else index.passages[passage].heading_path
