"""The years that a question asks for, in whatever form: 2022年, 22年, 二〇二二年, 去年, "in 2022"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from xiangwen.language.numerals import NOUGHTS, digit_by_digit, number
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.spans import Span

_SCOPE_WORDS = vocabulary_patterns("scope_words.toml")

_ZERO_TO_NINE = f"[{NOUGHTS}一二三四五六七八九]"
_TITLES = re.compile(r"《[^》]*》|[（(](?:19|20)\d\d\s*[-—–]\s*(?:19|20)\d\d年?[）)]|〔[^〕]*〕")
_FULL = re.compile(r"(?<![\d.〔\[-])((?:19|20)\d\d)(?:\s?年度?|(?!\s?年|\d|[〕\]]|-\d))")
_RANGE = re.compile(r"(?<!\d)((?:19|20)\d\d)年?\s*(?:至|到|-|—|–|~|～)\s*((?:19|20)\d\d)(?:年度?|(?![\d-]))")
_SPELT = re.compile(rf"(?:[一二]{_ZERO_TO_NINE}{{3}}|两千零?(?:[一二三四五六七八九]?十)?[一二三四五六七八九]?)年度?")
_SHORT = re.compile(r"(?<![\d.〔\[-])['’]?(\d\d)年度?")
_SHORT_SPELT = re.compile(r"(?<!\d)(二[〇○零二四五六七八九]|[〇○零][一二三四五六七八九])年度?")
_NEXT_CENTURY = 40
"""Of years of two digits those below are of this century."""
_LONGEST_RANGE = 30
"""Years from first to last; what spans more are two numbers."""

Relative = Literal["this", "last", "before_last"]


@dataclass(frozen=True)
class YearAsked:
    """A year, or several in a row, at a place of the question."""

    span: Span
    years: tuple[int, ...] = ()
    relative: Relative | None = None
    """Which year it is depends on the reports in question."""


def find_years(text: str) -> list[YearAsked]:
    """Years in the order of the question; numbers that count something (2000份) are none."""
    masked = _TITLES.sub(lambda title: " " * len(title[0]), text)
    found: list[YearAsked] = []
    for reader in (_ranges, _full, _spelt, _short, _relative):
        for year in reader(masked):
            found.append(year)
            masked = masked[: year.span.start] + " " * (year.span.end - year.span.start) + masked[year.span.end :]
    return sorted(found, key=lambda year: year.span)


def with_years(text: str, first: str, others: str) -> str:
    """A text with other words for its years: ``first`` for the first one, ``others`` for those behind it."""
    found = find_years(text)
    for year in reversed(found):
        text = text[: year.span.start] + (first if year is found[0] else others) + text[year.span.end :]
    return text


def _ranges(text: str) -> Iterator[YearAsked]:
    for match in _RANGE.finditer(text):
        first, last = int(match[1]), int(match[2])
        if first <= last <= first + _LONGEST_RANGE and not _words("no_scope_behind").match(text[match.end() :]):
            yield YearAsked(Span(*match.span()), tuple(range(first, last + 1)))


def _full(text: str) -> Iterator[YearAsked]:
    for match in _FULL.finditer(text):
        behind, before = text[match.end() :], text[: match.start()]
        if _words("no_scope_behind").match(behind):
            continue
        if "年" not in match[0]:
            if _words("measure").match(behind) or _words("counted_before").search(before):
                continue
            # "2000 leaflets" counts, "in 2022" and "2022 report" do not.
            if re.match(r" ?[A-Za-z]", behind) and not (
                _words("english_before").search(before)
                or re.match(r"(?i: (?:annual |yearly )?(?:report|figure|data))", behind)
            ):
                continue
        yield YearAsked(Span(*match.span()), (int(match[1]),))


def _spelt(text: str) -> Iterator[YearAsked]:
    for match in _SPELT.finditer(text):
        numeral = match[0].rstrip("年度")
        year = number(numeral if numeral.startswith("两千") else digit_by_digit(numeral))
        if year and 1900 <= year < 2100 and not _words("no_scope_behind").match(text[match.end() :]):
            yield YearAsked(Span(*match.span()), (int(year),))


def _short(text: str) -> Iterator[YearAsked]:
    for pattern in (_SHORT, _SHORT_SPELT):
        for match in pattern.finditer(text):
            if _words("duration_before").search(text[: match.start()]) or _words("duration_behind").match(
                text[match.end() :]
            ):
                continue
            year = int(digit_by_digit(match[1]))
            if year < _NEXT_CENTURY or year >= 90:
                yield YearAsked(Span(*match.span()), (2000 + year if year < _NEXT_CENTURY else 1900 + year,))


def _relative(text: str) -> Iterator[YearAsked]:
    kinds: tuple[Relative, ...] = ("before_last", "last", "this")
    for kind in kinds:
        for match in _words(kind).finditer(text):
            yield YearAsked(Span(*match.span()), relative=kind)


def _words(name: str) -> re.Pattern[str]:
    return _SCOPE_WORDS.any_of(f"year.{name}")


def year_meant(relative: Relative, years: set[int]) -> int | None:
    """The year that is meant among those that the reports in question cover.

    今年 is the latest of them, as the reports say it themselves. 去年 is the year before it, or that year itself where
    the reports cover no other: who has one annual report at hand speaks of the year that it tells of.
    """
    if not years:
        return None
    latest = max(years)
    if relative == "this" or (relative == "last" and len(years) == 1):
        return latest
    return latest - (1 if relative == "last" else 2)
