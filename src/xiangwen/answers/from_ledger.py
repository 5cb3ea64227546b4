"""Questions for the numbers of many reports answered from the cells of the ledger, where they ask for an indicator."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.answers.candidates import ASKS_WHAT_LACKS, figure_candidates, worded
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
_SET_APART = 0.5
"""From this agreement on the words of a question set a number apart from the others of its report."""
_AGREES_AS_WELL = 0.9
"""Share of the best agreement from which on a number agrees as well."""
_OF_ANOTHER = 0.5
"""Where a part of a column may be asked for, a number that agrees so much worse than the best is of another part."""
_PART_AGREES = 1.2
"""So much better than the whole a part of it must agree to be what is asked for."""
_SINCE = re.compile(r"以来|历年|至今|多年|近[两三四五]年")
_ONLY = re.compile(r"(?:只|仅|才)(?:有|剩)?$")
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
    if units.isdisjoint(map(compared_as, indicator.units)) and units:
        return None  # 「罚款多少元」 asks for no column of cases
    if not classes or (units and not set(classes) & units):
        return FromLedger(indicator, values, whole) if whole else None
    kept = max(classes, key=lambda name: (name in units, classes[name]))
    agreements = {}
    for report in own:
        cells = _numbers(index, report, indicator, states)
        found = _value(retriever, question, report, [cell for cell in cells if compared_as(cell.unit) == kept])
        if found:
            value, agreements[report] = found
            values.append(value)
    if not whole:
        best = max(agreements.values(), default=0.0)
        if best < _SET_APART:
            return None  # its words agree with no number of the column: they may well ask for none
        values = [value for value in values if agreements[value.report] >= _OF_ANOTHER * best]
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
    value = _value(retriever, question, report, cells)
    return value[0] if value else None


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
    other_period = asked.period not in (None, "planned") or ASKS_WHAT_LACKS.search(topic_asked(question))
    return not (other_period or asked.direction or asked.trend or question.shortcoming)


def _totals(index: Store, report: int, indicator: Indicator, states: Collection[CellState]) -> list[Cell]:
    return [cell for cell in _numbers(index, report, indicator, states) if not cell.part]


def _numbers(index: Store, report: int, indicator: Indicator, states: Collection[CellState]) -> list[Cell]:
    """The cells of a column that are numbers, parts of others too.

    Of what was done these are also what a lack says there is, 「持证只有3人」, where nothing else says it.
    """
    numbers = [c for c in index.ledger.of_report(report) if c.indicator == indicator.id and c.number is not None]
    found = [cell for cell in numbers if cell.state in states]
    if states is _PLANNED or any(not cell.part for cell in found):
        return found
    text = index.texts
    return found + [
        c for c in numbers if c.state == "lacking" and _ONLY.search(text.slice(report, c.start, c.figure_start))
    ]


class _Read(NamedTuple):
    """A cell with its figure as its passage has it, and how well the words around that agree with the question."""

    cell: Cell
    quantity: Quantity
    agreement: float
    """From 0 to 1."""
    said_whole: bool
    """Whether the question says all of the noun that it counts."""


def _value(
    retriever: Retriever, question: Question, report: int, cells: Sequence[Cell]
) -> tuple[ReportValue, float] | None:
    """The number of a report by its cells of one class of units: the largest of the surest, and what is another lot of
    the same, and how well it agrees with the question; None where there is none, or its passage is not to be found."""
    index = retriever.index
    read = [(cell, quantity) for cell in cells if (quantity := _quantity(retriever, index, report, cell))]
    found = [
        _Read(cell, quantity, *_agreement(retriever, question, report, cell, quantity))
        for cell, quantity in read
        if not _of_many_years(index, report, cell, quantity)
    ]
    found = _set_apart(found)
    surest = max((row.cell.confidence for row in found), default=0.0)
    sure = [row for row in found if row.cell.confidence >= _NEARLY_AS_SURE * surest]
    if not sure:
        return None
    head, best, agreement, _ = max(sure, key=lambda row: row.quantity.in_base_unit[0])
    lots = {row.quantity.value: row for row in reversed(found) if are_lots_of_one(row.quantity, best)}
    chosen = [row for row in found if row in lots.values()]
    quantities = tuple(row.quantity for row in chosen)
    passages = [index.passage_at(report, row.cell.start) for row in chosen]
    value = ReportValue(
        report,
        sum(quantity.in_base_unit[0] for quantity in quantities),
        best.in_base_unit[1],
        value_of(quantities),
        quantities,
        tuple(dict.fromkeys(passage for passage in passages if passage is not None)),
        head.confidence,
    )
    return value, agreement


def _set_apart(found: Sequence[_Read]) -> list[_Read]:
    """The numbers that the question's words set apart from the others of the report; all but parts where they do not.

    「行政决策」 sets 「对行政决策做合法性审查13次」 apart from 「看过合同43份」, 「持证」 the part 「持证19人」
    from 「执法队21人」.
    """
    wholes = [row for row in found if not row.cell.part]
    least = max(_SET_APART, _PART_AGREES * max((row.agreement for row in wholes), default=1.0))
    parts = [row for row in found if row.cell.part and row.said_whole and row.agreement >= least]
    best = max((row.agreement for row in (*wholes, *parts)), default=0.0)
    return [row for row in parts or wholes if best < _SET_APART or row.agreement >= _AGREES_AS_WELL * best]


def _agreement(
    retriever: Retriever, question: Question, report: int, cell: Cell, quantity: Quantity
) -> tuple[float, bool]:
    """How well the words around the figure of a cell agree with those of the question, and whether this says all of
    the noun that the figure counts."""
    passage = retriever.index.passage_at(report, cell.start)
    found = figure_candidates(retriever, question, passage) if passage is not None else ()
    own = next((one.fit for one in found if one.quantity.start == quantity.start), None)
    return (worded(own), own.named == 1.0) if own else (0.0, False)


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
