"""Numbers of the ledger that do not agree: questions to ask an office, with the quotes, not faults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xiangwen.ledger.cells import Cell

if TYPE_CHECKING:
    from xiangwen.exports.ledger_rows import Line

_NOT_MORE = (
    ("disputes_settled", "disputes_found"),
    ("lost", "lawsuits"),
    ("in_court", "lawsuits"),
    ("corrected", "reconsiderations"),
    ("new_licences", "officers"),
)
"""The first can hardly be more than the second."""
_RATES = (("settled_rate", "disputes_settled", "disputes_found"),)
"""The first is the share of the second in the third."""
_CLOSE = 1.5
"""Percentage points by which a rate may be off: reports round, and count what is still under way."""
_TENFOLD = 10


@dataclass(frozen=True)
class Question:
    """Something to ask."""

    kind: str
    """more_than, parts, rate, twice, tenfold or same_as_last_year."""
    lines: tuple[Line, ...]
    """The cells that do not agree."""


def questions(found: Sequence[Line]) -> list[Question]:
    """All that is to be asked of these cells; reports of two years of a township are compared."""
    by_report: dict[str, list[Line]] = defaultdict(list)
    for line in found:
        if line.cell.state == "done" and _number(line.cell) is not None:
            by_report[line.report.id].append(line)
    asked = [question for own in by_report.values() for question in _within(own)]
    return asked + list(_over_years(list(by_report.values())))


def _within(own: Sequence[Line]) -> Iterator[Question]:
    totals: dict[str, list[Line]] = defaultdict(list)
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in own:
        (parts if line.cell.part else totals)[line.indicator.id].append(line)
    for less, more in _NOT_MORE:
        a, b = _only(totals[less]), _only(totals[more])
        if a and b and a.cell.unit == b.cell.unit and _value(a) > _value(b):
            yield Question("more_than", (a, b))
    for rate, share, whole in _RATES:
        r, a, b = _only(totals[rate]), _only(totals[share]), _only(totals[whole])
        if r and a and b and _value(b) and abs(_value(r) - 100 * _value(a) / _value(b)) > _CLOSE:
            yield Question("rate", (r, a, b))
    for indicator, several in totals.items():
        total = _only(several)
        same_unit = [p for p in parts[indicator] if total and p.cell.unit == total.cell.unit]
        if total and sum(map(_value, same_unit)) > _value(total):
            yield Question("parts", (total, *same_unit))
        if len({_value(line) for line in several}) > 1 and len({line.cell.unit for line in several}) == 1:
            yield Question("twice", tuple(several))


def _over_years(reports: Sequence[Sequence[Line]]) -> Iterator[Question]:
    of: dict[tuple[str | None, str | None, int | None], dict[str, list[Line]]] = {}
    for own in reports:
        meta = own[0].report.metadata
        totals: dict[str, list[Line]] = defaultdict(list)
        for line in own:
            if not line.cell.part:
                totals[line.indicator.id].append(line)
        of[meta.county, meta.township, meta.year] = totals
    for (county, township, year), totals in of.items():
        before = of.get((county, township, year - 1)) if year and township else None
        for indicator, several in totals.items() if before else ():
            now, then = _only(several), _only((before or {}).get(indicator, []))
            if now is None or then is None or now.cell.unit != then.cell.unit or not _value(then):
                continue
            if _value(now) >= _TENFOLD * _value(then) or _TENFOLD * _value(now) <= _value(then):
                yield Question("tenfold", (now, then))
            elif _value(now) == _value(then) and now.indicator.type != "rate" and _value(now) >= _TENFOLD:
                yield Question("same_as_last_year", (now, then))


def _only(several: Sequence[Line]) -> Line | None:
    return several[0] if len(several) == 1 else None


def _number(cell: Cell) -> float | None:
    return float(cell.value) if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) else None


def _value(line: Line) -> float:
    return _number(line.cell) or 0.0
