"""What number a question asks for: of when, which end or size of a change, and within which bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from xiangwen.language.numerals import ARABIC, HAN_NUMERAL, SCALE, number, without_scale
from xiangwen.language.units import class_of_unit
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.quantities.forms import amounts, any_unit, unit_called
from xiangwen.quantities.quantity import Direction, PeriodKind, Quantity

_WORDS = vocabulary_patterns("question_words.toml")


@dataclass(frozen=True)
class Range:
    """Bounds for a number, 「超过200且少于250」; a strict one leaves the bound itself out."""

    low: float | None = None
    high: float | None = None
    low_strict: bool = False
    high_strict: bool = False

    def holds(self, quantity: Quantity | float) -> bool:
        """Whether a number lies within; 「200余件」 is more than 200, 「近200件」 less."""
        if isinstance(quantity, Quantity):
            low, high, bound = quantity.value, quantity.high, quantity.bound
        else:
            low, high, bound = quantity, quantity, "exact"
        if self.low is not None and (
            low < self.low or (low == self.low and (bound == "at_most" or (self.low_strict and bound != "at_least")))
        ):
            return False
        return self.high is None or not (
            high > self.high
            or (high == self.high and (bound == "at_least" or (self.high_strict and bound != "at_most")))
        )


@dataclass(frozen=True)
class QuantityAsked:
    """Of when a number is asked for, and in which direction."""

    period: PeriodKind | None = None
    """None where the question says nothing: the report's own year."""
    years: tuple[int, ...] = ()
    """Named in the question."""
    direction: Direction | None = None
    """A change, or an end of one; None where a plain number is asked for."""
    planned: bool = False
    trend: Direction | None = None
    """`up` or `down` where a rise or a fall is spoken of, whether its size is asked for or not."""
    measure: str = ""
    """The measure word asked with, 「多少场」, where it is one for certain things only."""

    def period_in(self, year: int | None) -> tuple[PeriodKind, int | None]:
        """The period asked for as a report on ``year`` would call it."""
        if self.period == "year_before" and year in self.years:
            return "year", None  # 「去年（2023年）」, of the report on 2023
        if self.period:
            return self.period, None
        if self.planned:
            return "planned", None
        if self.years and year is not None and year not in self.years:
            return ("year_before", None) if year - 1 in self.years else ("named", self.years[0])
        return "year", None


NOTHING_SAID = QuantityAsked()


def read_quantity_asked(text: str, years: Sequence[int] = (), planned: bool = False) -> QuantityAsked:
    """What a question, simplified and in lower case, asks of a number."""
    periods = cast(tuple[PeriodKind, ...], _WORDS.said("period_asked", text))
    said = cast(tuple[Direction, ...], _WORDS.said("direction_asked", text))
    # 「由多少人增加到多少人」 asks for both ends; the new one is the answer, the old one stands beside it.
    direction = "to" if {"from", "to"} <= set(said) else next(iter(said), None)
    trends = cast(tuple[Direction, ...], _WORDS.said("trend_asked", text))
    trend = trends[0] if len(trends) == 1 else None
    period = next(iter(periods), None)
    measures = {match["asked"] or match["counted"] for match in _asked_by_unit().finditer(text)} - _GENERAL_MEASURES
    return QuantityAsked(period, tuple(years), direction, planned, trend, measures.pop() if len(measures) == 1 else "")


_GENERAL_MEASURES = frozenset("次回趟遍个份件起宗人名位处")
"""Measure words by which people ask for much that reports count by another one."""
_BEFORE = ("at_least", "at_most", "more", "less")
_BEHIND = ("or_more", "more_behind", "or_less", "less_behind")
"""Words of a bound before and behind its number, in ``question_words.toml``."""
_WITHOUT_ITSELF = re.compile(r"\s*的?\s*[（(，,]?\s*(?:不含|不包括|不算)(?:本数|\s*\d)")
_WITH_ITSELF = re.compile(r"[（(]含")
_BARE = re.compile(rf"(?<![\d年第每各]){ARABIC}(?![年\d])|[两二三四五六七八九]?[百千万]")
"""A number without a measure word: 「人数破百」."""
_ENDS = re.compile(r"[的以多，,。？?、；;\s]|$")
_THAN = re.compile(r"(?:还要?|更|要)?(?:(?P<more>[多大高])|(?P<less>[少小低]))")
_NUMERAL = rf"(?:{ARABIC}|{HAN_NUMERAL})(?:{SCALE})?"


@cache
def _range_pattern() -> re.Pattern[str]:
    before, after = (
        "|".join(f"(?P<{name}>{'|'.join(_WORDS.words(f'range.{name}'))})" for name in names)
        for names in (_BEFORE, _BEHIND)
    )
    unit = rf"(?P<unit>(?:{any_unit()})(?![a-z]))"  # the t of "40 trained" is no tonne
    return re.compile(
        rf"(?:(?:{before})\s*(?:了|有|也?就|只|才)?\s*(?:rmb )?)?(?<![\d.])(?P<n>{_NUMERAL})\s*{unit}?\s*(?:{after})?"
    )


@cache
def _between_patterns() -> tuple[re.Pattern[str], ...]:
    rows = _WORDS.words("between.any")
    return tuple(re.compile(p.replace("N)", f"{_NUMERAL})").replace("U", f"(?:{any_unit()})")) for p in rows)


def read_range(text: str) -> Range | None:
    """The bounds that a question sets for a number, None where it sets none.

    超过 and 少于 leave the number out; 以上, 以下, 不少于 and 至多 take it in. Two bounds make one range.
    """
    text = _percent_in_digits(text)
    for pattern in _between_patterns():
        if match := pattern.search(text):
            low, high = number(match["low"]), number(match["high"])
            if low is not None and high is not None and low < high and not re.match(r"年", text[match.end() :]):
                return Range(low, high)
    found: Range | None = None
    for bound in _bounds(text):
        if found is None:
            found = bound
        elif bound.low is not None and found.low is None:
            found = Range(bound.low, found.high, bound.low_strict, found.high_strict)
        elif bound.high is not None and found.high is None:
            found = Range(found.low, bound.high, found.low_strict, bound.high_strict)
    return found


def read_bound_of(text: str, *, below: bool) -> Range | None:
    """The bound set by a question that is known to set one, in whatever words: 「审查破百份」, 「少说五回」.

    Two numbers are both ends. None where it names no number that is a count.
    """
    text = _percent_in_digits(text)
    values = [(a.value, a.start) for a in amounts(text) if a.unit != "年"]
    values = values or [(value, m.start()) for m in _BARE.finditer(text) if (value := number(m[0])) is not None]
    if not values:
        return None
    first = values[0][0]
    if len(values) > 1 and values[1][0] > first:
        return Range(first, values[1][0])
    if below:
        return Range(high=first, high_strict=not _WORDS.says("bound_in_words.within", text))
    strictly = _WORDS.says("bound_in_words.strictly_over", text) and not _WITH_ITSELF.search(text)
    return Range(low=first, low_strict=strictly)


def units_named(text: str) -> tuple[str, ...]:
    """Classes of the measure words by which a question asks for a number or bounds one: 好多场, 总篇数, 超过25场."""
    found = [match["unit"] for match in _range_pattern().finditer(text) if match["unit"] and _is_bound(match)]
    found += [match["asked"] or match["counted"] for match in _asked_by_unit().finditer(text)]
    return tuple(dict.fromkeys(filter(None, (class_of_unit().get(unit_called(unit)) for unit in found))))


def _is_bound(match: re.Match[str]) -> bool:
    return any(match[name] for name in (*_BEFORE, *_BEHIND))


@cache
def _asked_by_unit() -> re.Pattern[str]:
    # Whoever says 个 may mean whatever can be counted.
    units = "|".join(sorted((u for u in class_of_unit() if u != "个"), key=len, reverse=True))
    many = "多少|(?<![哪第这近前后十])几|好多|几多"
    return re.compile(rf"(?:{many})(?P<asked>{units})|(?P<counted>{units})数(?![字据量])")


def _percent_in_digits(text: str) -> str:
    """「百分之九十五以上」 as 「95%以上」."""

    def digits(match: re.Match[str]) -> str:
        value = number(match["n"])
        return match[0] if value is None else f"{value:g}%"

    return re.sub(rf"百分之(?P<n>{ARABIC}|{HAN_NUMERAL})", digits, text)


def _bounds(text: str) -> Iterator[Range]:
    for match in _range_pattern().finditer(text):
        value = number(re.sub(r"\s", "", match["n"]))
        if value is None or re.match(r"年", text[match.end() :]) or match["unit"] == "年":
            continue
        plain = re.match(r"\d", match["n"]) or match["unit"]
        if not plain and (len(match["n"]) < 2 or not _ENDS.match(text, match.end())):
            continue  # 「达到一致」, 「超过百姓预期」
        without = bool(_WITHOUT_ITSELF.match(text, match.end()))
        than = _THAN.match(text, match.end()) if text[: match.start("n")].endswith("比") else None
        value, _ = without_scale(value, match["unit"] or "")
        if than:
            yield Range(low=value, low_strict=True) if than["more"] else Range(high=value, high_strict=True)
        elif match["or_more"]:
            yield Range(low=value, low_strict=without)
        elif match["more_behind"]:
            yield Range(low=value, low_strict=True)
        elif match["or_less"]:
            yield Range(high=value, high_strict=without)
        elif match["less_behind"]:
            yield Range(high=value, high_strict=True)
        elif match["at_least"]:
            yield Range(low=value)
        elif match["at_most"]:
            yield Range(high=value)
        elif match["more"]:
            yield Range(low=value, low_strict=True)
        elif match["less"]:
            yield Range(high=value, high_strict=True)


def without_bounds(text: str) -> str:
    """What is counted, without bounds and whom is asked: 「行政处罚案件在10件以上的有哪些乡镇」 → 「行政处罚案件」."""
    text = _percent_in_digits(text)
    for pattern in _between_patterns():
        text = pattern.sub("", text)
    text = _range_pattern().sub(lambda match: "" if _is_bound(match) else match[0], text)
    for asked in _WORDS.patterns("who_asked"):
        text = asked.sub(" ", text)
    return _THOSE.sub("", " ".join(text.split())).strip(" ，,。?？").rstrip("的是有在共 ")


_THOSE = re.compile(r"的(?:乡镇|镇街|街镇|单位|地方)[\s，,。?？]*$")


def read_exact(text: str) -> float | None:
    """The number that a question names with its measure word, 「聘请了999名律师的」; None where it names none."""
    for match in re.finditer(
        rf"(?<![每各\d.第前一])(?<!至少)(?P<n>\d[\d,]*(?:\.\d+)?(?:{SCALE})?)\s*(?P<unit>{any_unit()})", text
    ):
        value = number(match["n"])
        if (
            value is not None
            and value > 1
            and class_of_unit().get(match["unit"]) in ("cases", "people", "copies", "money", "times")
        ):
            return without_scale(value, match["unit"])[0]
    return None
