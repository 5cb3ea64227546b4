"""Questions for the numbers of many reports answered from the cells of the ledger, where they ask for an indicator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.answers.numbers import ReportValue, are_lots_of_one, value_of
from xiangwen.answers.sentences import plain_number
from xiangwen.language.units import COUNTING, COUNTS, compared_as
from xiangwen.ledger.asked import asked_model
from xiangwen.questions.quantity_asked import without_bounds

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.ledger.cells import Cell, CellState
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.quantities.quantity import Quantity
    from xiangwen.questions import Question
    from xiangwen.retrieval.evidence import Retriever

_DONE: tuple[CellState, ...] = ("done", "none")
_PLANNED: tuple[CellState, ...] = ("planned",)
_SURE_CELL = 0.7
"""A cell that is less certain answers no question by itself."""
_NEARLY_AS_SURE = 0.8
"""Of the cells of a report so sure beside the surest one the largest is its number."""
_SINCE = re.compile(r"以来|历年|至今|多年|近[两三四五]年")
FEWEST = 3
"""Values that a column must have of the reports in scope to be asked, unless surely all of it is asked for."""


class FromLedger(NamedTuple):
    """A column of the ledger for the reports that a question is about."""

    indicator: Indicator
    values: list[ReportValue]
    whole: bool
    """Whether surely all of the column is asked for; else it may be something narrower."""
    corrected: bool = False
    """Whether an analyst has corrected one of the values: what is read anew does not count beside these."""


def from_ledger(retriever: Retriever, question: Question) -> FromLedger | None:
    """One value of every report that gives one; None where no indicator fits, or too few reports give one that may not
    be asked for as a whole.

    Only what was done in the report's own year counts, or what is planned where plans are asked for, and no part of
    another number. Units of one class alone are compared, those of most reports; a rate is never put among counts. An
    indicator counts one thing, so that 70次 and 317项 of it are numbers of the same.
    """
    index = retriever.index
    asked = _indicator_asked(index, question)
    if asked is None:
        return None
    indicator, whole = asked
    states = _states_asked(question)
    own = {report: _totals(index, report, indicator, states) for report in question.scope.reports}
    classes = Counter(name for cells in own.values() for name in {compared_as(cell.unit) for cell in cells})
    units = _classes_asked(question)
    values: list[ReportValue] = []
    if not classes or (units and not set(classes) & units):
        return FromLedger(indicator, values, whole) if whole else None
    kept = max(classes, key=lambda name: (name in units, classes[name]))
    for report, cells in own.items():
        value = _value(retriever, index, report, [cell for cell in cells if compared_as(cell.unit) == kept])
        if value:
            values.append(value)
    corrected = not _corrected(index, indicator).isdisjoint(value.report for value in values)
    return FromLedger(indicator, values, whole, corrected) if whole or len(values) >= FEWEST else None


def value_in_ledger(retriever: Retriever, question: Question) -> ReportValue | None:
    """The surest cell of the one report that a question for a number is about; None where no indicator surely fits, or
    the ledger is not sure of the cell or counts it in another measure word."""
    index = retriever.index
    asked = _indicator_asked(index, question)
    if asked is None or len(question.scope.reports) != 1:
        return None
    indicator, _ = asked
    (report,) = question.scope.reports
    units = _classes_asked(question)
    cells = [
        cell
        for cell in _totals(index, report, indicator, _states_asked(question))
        if cell.confidence >= _SURE_CELL and (not units or compared_as(cell.unit) in units)
    ]
    return _value(retriever, index, report, cells)


def corrected_value(retriever: Retriever, question: Question) -> ReportValue | None:
    """The number of one report where an analyst has corrected the cell that is surely asked for."""
    index = retriever.index
    if not index.ledger.corrected:  # nearly always: then no question is looked at
        return None
    asked = _indicator_asked(index, question)
    if asked is None or not asked[1] or not _corrected(index, asked[0]) & set(question.scope.reports):
        return None
    return value_in_ledger(retriever, question)


def _corrected(index: Store, indicator: Indicator) -> set[int]:
    """The reports of which a cell of this column was corrected."""
    table = index.ledger
    return {int(table.rows[row]["report"]) for row, said in table.corrected.items() if said.indicator == indicator.id}


def _indicator_asked(index: Store, question: Question) -> tuple[Indicator, bool] | None:
    """The column that a question asks for, of what was done or planned in the report's own year, and whether surely
    all of it is asked for."""
    model = asked_model()
    if len(index.ledger.rows) == 0 or index.model_fingerprint != model.encoder or not _plainly_asked(question):
        return None
    topic = topic_asked(question)
    asked = model.asked(topic, index.vector(topic))
    return next(((own, asked.whole) for own in index.ledger.indicators if asked and own.id == asked.id), None)


def _classes_asked(question: Question) -> set[str]:
    """The classes of units asked for, as numbers of them are compared; none where any will do."""
    return {COUNTS if name in COUNTING else name for name in question.units}


def _states_asked(question: Question) -> tuple[CellState, ...]:
    asked = question.quantity
    return _PLANNED if question.plan or asked.planned or asked.period == "planned" else _DONE


def topic_asked(question: Question) -> str:
    """What a question says of what it asks for, without places and bounds.

    These say nothing of what is counted, and are apt to make it look like no indicator.
    """
    bounded = question.rank is not None and question.rank.range is not None
    return (without_bounds(question.topic) if bounded else "") or question.topic


def _plainly_asked(question: Question) -> bool:
    """Whether the number of the report's own year or its plans is asked for, and no change or lack."""
    asked = question.quantity
    other_period = asked.period not in (None, "planned")
    return not (other_period or asked.direction or asked.trend or question.shortcoming)


def _totals(index: Store, report: int, indicator: Indicator, states: Collection[CellState]) -> list[Cell]:
    return [
        cell
        for cell in index.ledger.of_report(report)
        if cell.indicator == indicator.id and cell.state in states and not cell.part and cell.number is not None
    ]


def _value(retriever: Retriever, index: Store, report: int, cells: Sequence[Cell]) -> ReportValue | None:
    """The number of a report by its cells of one class of units: the largest of the surest, and what is another lot of
    the same; None where there is none, or its passage is not to be found."""
    surest = max((cell.confidence for cell in cells), default=0.0)
    read = [(cell, quantity) for cell in cells if (quantity := _quantity(retriever, index, report, cell))]
    found = [(cell, quantity) for cell, quantity in read if not _of_many_years(index, report, cell, quantity)]
    sure = [row for row in found if row[0].confidence >= _NEARLY_AS_SURE * surest]
    if not sure:
        return None
    head, best = max(sure, key=lambda row: row[1].in_base_unit[0])
    lots = {q.value: (cell, q) for cell, q in reversed(found) if are_lots_of_one(q, best)}
    chosen = [row for row in found if row in lots.values()]
    quantities = tuple(quantity for _, quantity in chosen)
    passages = [index.passage_at(report, cell.start) for cell, _ in chosen]
    return ReportValue(
        report,
        sum(quantity.in_base_unit[0] for quantity in quantities),
        best.in_base_unit[1],
        value_of(quantities),
        quantities,
        tuple(dict.fromkeys(passage for passage in passages if passage is not None)),
        head.confidence,
    )


def _of_many_years(index: Store, report: int, cell: Cell, quantity: Quantity) -> bool:
    """Whether a number counts since an earlier year; 「累计」 alone is often said of one."""
    if quantity.period.kind != "cumulative":
        return False
    return quantity.period.year is not None or bool(_SINCE.search(index.texts.slice(report, cell.start, cell.end)))


def _quantity(retriever: Retriever, index: Store, report: int, cell: Cell) -> Quantity | None:
    """The figure of a cell as its passage has it, or as an analyst corrected it."""
    passage = index.passage_at(report, cell.start)
    if passage is None:
        return None
    written = index.texts.slice(report, cell.figure_start, cell.figure_end)
    alike = [q for q in retriever.quantities[passage] if q.value == cell.value and q.unit == cell.unit]
    if alike:
        return next((q for q in alike if q.text == written), alike[0])
    read = next((q for q in retriever.quantities[passage] if q.text == written), None)
    if read is None or cell.number is None:
        return None
    said = f"{plain_number(cell.number)}{cell.unit}（更正）"
    return replace(read, value=cell.number, high=cell.number, unit=cell.unit, bound=cell.bound, text=said)
