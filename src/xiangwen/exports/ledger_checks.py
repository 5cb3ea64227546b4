"""Numbers of the ledger that do not agree: questions to ask an office, with the quotes, not faults.

    checks(index, LedgerRequest(counties=("湟中区",)))

Most numbers that look as if they do not agree count different things: kinds of a matter (其中…), levels, a part of the
year, what one village did. So each number is read once more in its sentence (`read_quantities`): numbers are held
against each other where one sentence gives them for the same time and office, and the whole is no part of another.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from xiangwen.exports.ledger_rows import ALL, LedgerRequest, chosen_indicators, chosen_reports, ledger_cells
from xiangwen.ledger.candidates import sentence_around
from xiangwen.quantities.reading import read_quantities

if TYPE_CHECKING:
    from xiangwen.exports.ledger_rows import LedgerCell
    from xiangwen.index import Store
    from xiangwen.language.languages import Language
    from xiangwen.ledger.cells import CellBound
    from xiangwen.quantities.quantity import Quantity, Stage

_CLOSE = 1.5
"""Percentage points by which a rate may be off: reports round, and count what is still under way."""
_TENFOLD = 10
_SURE = 0.5
"""Confidence from which on a cell is worth a question."""
_ALIKE = 0.75
"""Share of pairs of characters from which on two clauses say the same of two numbers: 「发放宣传资料400余份」 twice."""
_SAYS_ENOUGH = 8
"""Characters of a clause that names what it counts, with a zero for its number; 「成功率0%」 leans on its sentence."""
_AROUND = 400
"""Characters before and behind a cell in which its sentence is looked for."""
_FIGURES = re.compile(r"[\d.,，]+")
KINDS = {
    "more_than": "不该更多的更多",
    "rate": "比率与件数不符",
    "parts": "分项多于总数",
    "twice": "同一个数前后不同",
    "tenfold": "与上年相差十倍",
    "same_as_last_year": "与上年完全相同",
}
"""What is asked about, as a heading."""
_QUESTIONS = {
    "more_than": (
        "{0}（{values[0]}）多于{1}（{values[1]}）：口径是否不同，是否含往年的？",
        "{0} ({values[0]}) exceed {1} ({values[1]}): are they counted differently, or with those of other years?",
    ),
    "rate": (
        "{0}写为 {values[0]}，按 {values[1]}／{values[2]} 算是 {share}：口径是否不同？",
        "{0} is given as {values[0]}, but {values[1]} of {values[2]} are {share}: is it counted differently?",
    ),
    "parts": (
        "{0}共 {values[0]}，各部分相加 {sum}：是否重复计算？",
        "{0}: {values[0]} in all, but its parts add up to {sum}: is anything counted twice?",
    ),
    "twice": (
        "{0}有 {every} 几种写法：哪一个是全年的数？",
        "{0} is given as {every}: which is the figure of the whole year?",
    ),
    "tenfold": (
        "{0}今年 {values[0]}，上年 {values[1]}：相差十倍，单位和口径是否一致？",
        "{0}: {values[0]} this year, {values[1]} last year, ten times as much or a tenth: is it counted alike?",
    ),
    "same_as_last_year": (
        "{0}与上年完全相同（{values[0]}）：是否沿用了上年的数？",
        "{0} is exactly that of last year ({values[0]}): was the figure copied?",
    ),
}
"""The question to the office, Chinese and English, by kind."""


@dataclass(frozen=True)
class Discrepancy:
    """Cells that do not agree, and what the office is to be asked of them."""

    kind: str
    """more_than, parts, rate, twice, tenfold or same_as_last_year."""
    lines: tuple[LedgerCell, ...]
    """The cells that do not agree."""

    @property
    def sentence(self) -> str:
        """The question to the office; it takes no side."""
        return self.told("zh")

    def told(self, language: Language) -> str:
        """The question in Chinese or English; figures keep their measure words."""
        chinese = language == "zh"
        values = [shown(line, language) for line in self.lines]
        return _QUESTIONS[self.kind][0 if chinese else 1].format(
            *(line.indicator.zh if chinese else line.indicator.en for line in self.lines[:2]),
            values=values,
            every="、".join(values) if chinese else ", ".join(values),
            share=f"{100 * _value(self.lines[1]) / _value(self.lines[-1]):.1f}%" if self.kind == "rate" else "",
            sum=_plain(sum(map(_value, self.lines[1:]))),
        )


_BOUNDS: dict[CellBound, tuple[str, str]] = {
    "exact": ("{}", "{}"),
    "about": ("约{}", "about {}"),
    "at_least": ("{}以上", "{} or more"),
}


class _CheckRules(NamedTuple):
    not_more: tuple[tuple[str, str], ...]
    rates: tuple[tuple[str, str, str], ...]


@cache
def _check_rules() -> _CheckRules:
    text = files("xiangwen.exports").joinpath("ledger_checks.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    not_more, rates = (tuple(map(tuple, data[name])) for name in ("not_more", "rates"))
    return _CheckRules(not_more, rates)


def shown(line: LedgerCell, language: Language = "zh") -> str:
    """The figure of a cell for people."""
    figure = f"{_plain(_value(line))}{line.cell.unit}"
    return _BOUNDS[line.cell.bound][0 if language == "zh" else 1].format(figure)


def _plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def checks(index: Store, choice: LedgerRequest = ALL) -> list[Discrepancy]:
    """All that is to be asked of the chosen reports on a chosen indicator, in the order of the reports.

    A number is held against all of its report and against the year before, whatever is chosen.

    Raises:
        LedgerProblem: if an indicator or a report is chosen that there is not.
    """
    wanted = {indicator.id for indicator in chosen_indicators(index, choice)}
    place = {index.reports[number].id: at for at, number in enumerate(chosen_reports(index, choice))}
    number = {report.id: at for at, report in enumerate(index.reports)}
    found = discrepancies(list(ledger_cells(index)), lambda line: read_figure(index, number[line.report.id], line))
    met = [
        one
        for one in found
        if one.lines[0].report.id in place and any(line.indicator.id in wanted for line in one.lines)
    ]
    return sorted(met, key=lambda one: place[one.lines[0].report.id])


class Figure(NamedTuple):
    """A cell with what its sentence says of its number."""

    line: LedgerCell
    sentence: int
    """Where the sentence begins in the report."""
    said: Quantity | None
    """None where an analyst gave the number."""

    def shares_with(self, other: Figure) -> bool:
        """Whether both are of the same time and office, and stand in one sentence; an analyst's number always does."""
        if self.said is None or other.said is None:
            return True
        same_time = self.time == other.time
        return same_time and self.said.holder == other.said.holder and self.sentence == other.sentence

    @property
    def time(self) -> tuple[str, int | None]:
        """Of when the number is."""
        return (self.said.period.kind, self.said.period.year) if self.said else ("year", None)

    @property
    def stage(self) -> Stage | None:
        """Whether it counts what came in or what was brought to an end; a rate, whose share it is."""
        return self.said.stage if self.said else "settled"

    @property
    def whole(self) -> bool:
        """Whether it is no part of another number, by its sentence too."""
        return not self.line.cell.part and (self.said is None or self.said.role != "part")


def read_figure(index: Store, report: int, line: LedgerCell) -> Figure:
    """What the sentence around a cell says of its number; ``report`` is the number of its report."""
    cell = line.cell
    first = max(cell.start - _AROUND, 0)
    around = index.texts.slice(report, first, cell.end + _AROUND)
    begin, stop = sentence_around(around, cell.start - first, cell.end - first)
    start = cell.figure_start - first - begin
    quantities = read_quantities(around[begin:stop], year=line.report.metadata.year)
    said = next((q for q in quantities if q.start <= start < q.end), None) if not line.correction else None
    return Figure(line, first + begin, said)


def discrepancies(found: Sequence[LedgerCell], read: Callable[[LedgerCell], Figure]) -> list[Discrepancy]:
    """All that is to be asked of these cells; reports of two years of a township are compared.

    Args:
        found: the cells.
        read: what the sentence of a cell says of its number.
    """
    by_report: dict[str, list[LedgerCell]] = defaultdict(list)
    for line in found:
        sure = line.cell.confidence >= _SURE and not line.report.superseded_by
        if sure and line.cell.state == "done" and line.cell.number is not None:
            by_report[line.report.id].append(line)
    asked = [question for own in by_report.values() for question in _within(own, read)]
    return asked + list(_over_years(list(by_report.values())))


def _within(own: Sequence[LedgerCell], read: Callable[[LedgerCell], Figure]) -> Iterator[Discrepancy]:
    totals: dict[str, list[LedgerCell]] = defaultdict(list)
    parts: dict[str, list[LedgerCell]] = defaultdict(list)
    for line in own:
        (parts if line.cell.part else totals)[line.indicator.id].append(line)

    def together(whole: LedgerCell, *others: LedgerCell) -> bool:
        first = read(whole)
        return first.whole and all(first.shares_with(read(other)) for other in others)

    for less, more in _check_rules().not_more:
        a, b = _only(totals[less]), _only(totals[more])
        if a and b and _exact(b) and a.cell.unit == b.cell.unit and _value(a) > _value(b) and together(b, a):
            yield Discrepancy("more_than", (a, b))
    for rate, share, whole in _check_rules().rates:
        r, a, b = _only(totals[rate]), _only(totals[share]), _only(totals[whole])
        if r and a and b and a.cell.unit == b.cell.unit and _exact(a) and _exact(b) and _value(b) and not _same(a, b):
            off = _value(r) - 100 * _value(a) / _value(b)
            # 「90%以上」 is below what it is of.
            if (
                (off > _CLOSE or (off < -_CLOSE and r.cell.bound != "at_least"))
                and together(b, a, r)
                and read(a).stage == read(r).stage
            ):
                yield Discrepancy("rate", (r, a, b))
    for indicator, several in totals.items():
        total = _only(several)
        for listed in _lists(parts[indicator]):
            comparable = total is not None and _exact(total) and total.cell.unit == listed[0].cell.unit
            if total and comparable and sum(map(_value, listed)) > _value(total) and _parts_of(total, listed, read):
                yield Discrepancy("parts", (total, *listed))
        if len({line.cell.unit for line in several}) == 1:
            twice = _twice([read(line) for line in several]) if len({_value(line) for line in several}) > 1 else ()
            if twice:
                yield Discrepancy("twice", twice)


def _lists(parts: Sequence[LedgerCell]) -> Iterator[tuple[LedgerCell, ...]]:
    """Parts that one clause lists, which exclude each other: 「其中婚姻12件、邻里30件」; others divide otherwise."""
    clauses: dict[tuple[int, int, str], list[LedgerCell]] = defaultdict(list)
    for part in parts:
        clauses[part.cell.start, part.cell.end, part.cell.unit].append(part)
    return (tuple(listed) for listed in clauses.values() if len(listed) > 1)


def _parts_of(total: LedgerCell, listed: Sequence[LedgerCell], read: Callable[[LedgerCell], Figure]) -> bool:
    """Whether the sentence says so too: what only looks like the total may be the largest of the parts."""
    whole, parts = read(total), [read(part) for part in listed]
    return whole.whole and all(part.said is None or part.said.role == "part" for part in parts)


def _twice(figures: Sequence[Figure]) -> tuple[LedgerCell, ...]:
    """Cells of different sentences that say the same of two numbers; one sentence counts two things."""
    for n, one in enumerate(figures):
        same = [
            other
            for other in figures[n + 1 :]
            if other.sentence != one.sentence
            and _value(other.line) != _value(one.line)
            and one.time == other.time
            and _alike(one.line, other.line)
        ]
        if one.whole and same:
            return (one.line, *(other.line for other in same if other.whole))
    return ()


def _over_years(reports: Sequence[Sequence[LedgerCell]]) -> Iterator[Discrepancy]:
    of: dict[tuple[str | None, str | None, int | None], dict[str, list[LedgerCell]]] = {}
    for own in reports:
        meta = own[0].report.metadata
        totals: dict[str, list[LedgerCell]] = defaultdict(list)
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
                yield Discrepancy("tenfold", (now, then))
            elif _value(now) == _value(then) and now.indicator.type != "rate" and _value(now) >= _TENFOLD:
                yield Discrepancy("same_as_last_year", (now, then))


def _same(a: LedgerCell, b: LedgerCell) -> bool:
    """Whether both were read from one number: 「调处40起」 is found and settled."""
    return a.cell.figure_start == b.cell.figure_start and _value(a) == _value(b)


def _alike(one: LedgerCell, other: LedgerCell) -> bool:
    """Whether clauses differ in their numbers alone, and say by themselves what they count: 「罚款2万元」 does not."""
    first, second = (_FIGURES.sub("0", "".join(line.quote.split())) for line in (one, other))
    if min(len(first), len(second)) < _SAYS_ENOUGH:
        return False
    pairs, others = ({words[i : i + 2] for i in range(len(words) - 1)} for words in (first, second))
    return len(pairs & others) >= _ALIKE * max(len(pairs), len(others))


def _exact(line: LedgerCell) -> bool:
    return line.cell.bound == "exact"


def _only(several: Sequence[LedgerCell]) -> LedgerCell | None:
    return several[0] if len(several) == 1 else None


def _value(line: LedgerCell) -> float:
    return line.cell.number or 0.0
