"""Numbers of the ledger that do not agree: questions to ask an office, with the quotes, not faults."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xiangwen.exports.ledger_rows import LedgerCell
    from xiangwen.language.languages import Language
    from xiangwen.ledger.cells import CellBound

_CLOSE = 1.5
"""Percentage points by which a rate may be off: reports round, and count what is still under way."""
_TENFOLD = 10
_SURE = 0.5
"""Confidence from which on a cell is worth a question."""
_ALIKE = 0.75
"""Share of pairs of characters from which on two clauses say the same of two numbers: 「发放宣传资料400余份」 twice."""
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
    one_at_a_time: frozenset[str]


@cache
def _check_rules() -> _CheckRules:
    text = files("xiangwen.exports").joinpath("ledger_checks.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    not_more, rates = (tuple(map(tuple, data[name])) for name in ("not_more", "rates"))
    return _CheckRules(not_more, rates, frozenset(data["one_at_a_time"]))


def shown(line: LedgerCell, language: Language = "zh") -> str:
    """The figure of a cell for people."""
    figure = f"{_plain(_value(line))}{line.cell.unit}"
    return _BOUNDS[line.cell.bound][0 if language == "zh" else 1].format(figure)


def _plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def discrepancies(found: Sequence[LedgerCell]) -> list[Discrepancy]:
    """All that is to be asked of these cells; reports of two years of a township are compared."""
    by_report: dict[str, list[LedgerCell]] = defaultdict(list)
    for line in found:
        sure = line.cell.confidence >= _SURE and not line.report.superseded_by
        if sure and line.cell.state == "done" and line.cell.number is not None:
            by_report[line.report.id].append(line)
    asked = [question for own in by_report.values() for question in _within(own)]
    return asked + list(_over_years(list(by_report.values())))


def _within(own: Sequence[LedgerCell]) -> Iterator[Discrepancy]:
    totals: dict[str, list[LedgerCell]] = defaultdict(list)
    parts: dict[str, list[LedgerCell]] = defaultdict(list)
    for line in own:
        (parts if line.cell.part else totals)[line.indicator.id].append(line)
    for less, more in _check_rules().not_more:
        a, b = _only(totals[less]), _only(totals[more])
        if a and b and a.cell.unit == b.cell.unit and _value(a) > _value(b):
            yield Discrepancy("more_than", (a, b))
    for rate, share, whole in _check_rules().rates:
        r, a, b = _only(totals[rate]), _only(totals[share]), _only(totals[whole])
        if r and a and b and _value(b) and not _same(a, b) and abs(_value(r) - 100 * _value(a) / _value(b)) > _CLOSE:
            yield Discrepancy("rate", (r, a, b))
    for indicator, several in totals.items():
        total = _only(several)
        same_unit = [p for p in parts[indicator] if total and p.cell.unit == total.cell.unit]
        if total and sum(map(_value, same_unit)) > _value(total):
            yield Discrepancy("parts", (total, *same_unit))
        different = len({_value(line) for line in several}) > 1 and len({line.cell.unit for line in several}) == 1
        if different and (indicator in _check_rules().one_at_a_time or _alike(several)):
            yield Discrepancy("twice", tuple(several))


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


def _alike(several: Sequence[LedgerCell]) -> bool:
    """Whether clauses differ in their numbers alone."""
    pairs = []
    for line in several:
        words = "".join(_FIGURES.sub("0", line.quote).split())
        pairs.append({words[i : i + 2] for i in range(len(words) - 1)})
    first, *others = pairs
    return all(len(first & one) >= _ALIKE * max(len(first), len(one), 1) for one in others)


def _only(several: Sequence[LedgerCell]) -> LedgerCell | None:
    return several[0] if len(several) == 1 else None


def _value(line: LedgerCell) -> float:
    return line.cell.number or 0.0
