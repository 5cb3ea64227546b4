"""Numbers beside a measure word, wherever they stand in a text; numbers that count nothing are left out.

This is all that the index needs of a sentence, so it is quick; what a number counts is read in `reading`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from xiangwen.language.numerals import ARABIC, HAN_NUMERAL, SCALE, neighbours, number, scaled, without_scale
from xiangwen.language.units import class_of_unit
from xiangwen.language.word_lists import WordPatterns, word_list

QUANTITY_WORDS = WordPatterns("xiangwen.quantities", "words.toml")
Bound = Literal["exact", "at_least", "about", "at_most"]


@dataclass(frozen=True)
class Amount:
    """How much of which unit, ``text[start:end]`` of what it was read from."""

    value: float
    """The lower end of a range."""
    high: float
    bound: Bound
    unit: str
    """The measure word as written; 万 and 亿 are in the value, not in the unit."""
    unit_class: str
    """Key of ``units.toml``: units of one class may be compared."""
    text: str
    """As it is written, 「2000余份」."""
    start: int
    end: int
    number_start: int
    """Where the number itself begins, behind 超过 or 近."""


# Digits before a decimal point are a list number glued to a count, where that which is counted has no fractions.
_WITH_FRACTIONS = frozenset(["money", "percent", "score", "area", "time", "weight", "multiple"])
_SENTENCE_END = re.compile(r"(?:^|[。；;！!？?\n:：]|\D[.．])[\s　]*$")
_SAME_SCALE = 100
"""The first end of a range so many times smaller than the second one is of its scale: 「3至5万元」 begins at 30,000."""
_HAN_ONE_COUNTS = frozenset("名位人件家")
"""一次、一个、一批 in running text is mostly grammar; a count of one is written 「1次」 or 「一名律师」."""
_CLOCK = re.compile(r"\d(?:点|时)$")
_DATE_BEFORE = re.compile(r"(?:年|月|第|每月|至|[-—])$")
_HAS_NUMBER = re.compile(r"[\d几半过翻数零一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾]")


@cache
def any_unit() -> str:
    """A pattern for every measure word and other spelling of one, the longest first."""
    return "|".join(sorted(map(re.escape, {*class_of_unit(), *_table("alias")}), key=len, reverse=True))


def unit_called(written: str) -> str:
    """The measure word that is written in one of its other spellings, 「％」 or 「个人」; itself where it is none."""
    return _table("alias").get(written, written)


@cache
def _table(name: str) -> dict[str, str]:
    return dict(word_list("xiangwen.quantities", "words.toml")[name])


@cache
def _amount_pattern() -> re.Pattern[str]:
    alias, barred = _table("alias"), _table("no_unit")
    names = sorted({*class_of_unit(), *alias}, key=len, reverse=True)
    units = "|".join(re.escape(n) + (f"(?!{barred[n]})" if n in barred else "") for n in names)
    bounds = "|".join(QUANTITY_WORDS.words("bound"))
    more = "余|多|来|几|好几"
    numeral = rf"(?:{ARABIC}|{HAN_NUMERAL})"
    return re.compile(
        rf"(?P<before>{bounds})?[ 　]?"
        rf"(?<![\d{'零一二两三四五六七八九十百千'}])(?<!\d[.．])"
        rf"(?:(?P<few>[几数][十百千万]{{1,2}})"
        rf"|百分之(?P<percent>{numeral})(?:(?P<percent_sep>至|到|[-—–~～－])(?:百分之)?(?P<percent_high>{numeral}))?"
        rf"|(?P<divisor>[二三四五六七八九十千万\d]{{1,2}})分之(?P<dividend>[一二三四五六七八九\d]{{1,2}})"
        rf"|(?P<tenths>[一二两三四五六七八九]|\d(?:\.\d)?)成(?:(?P<half>[一二三四五六七八九半])(?![线手保类般些流级]))?(?![为立功员效果本都了人长年熟分绩交套就品])"
        rf"|(?P<majority>过半数?|超半数|半数)"
        rf"|翻了?(?P<doubled>[一两二三])番"
        rf"|(?P<low>{numeral})(?P<mid>{more})?(?P<scale>{SCALE})?(?P<more>{more})?"
        rf"(?:[ 　]*(?:{units})?(?P<sep>至|到|[-—–~～－]{{1,2}})(?P<high>{numeral})(?P<high_scale>{SCALE})?)?)"
        rf"(?P<more_still>{more})?[ 　]*(?P<unit>{units})?(?P<tail>整|及?以上|及?以下|以内|左右|上下)?"
    )


def amounts(text: str) -> Iterator[Amount]:
    """All that is counted or measured in a text, in its order."""
    if not _HAS_NUMBER.search(text):
        return
    phrases = [m.span() for m in QUANTITY_WORDS.any_of("no_quantity.phrases").finditer(text)]
    position = 0
    while match := _amount_pattern().search(text, position):
        position = match.end()
        amount = _read(text, match)
        if amount is None:
            # What was no amount as a whole may hold one: the 「5个」 of 「2024至5个」.
            position = match.start() + max(1, len(match["low"] or match[0]) if not match["unit"] else len(match[0]))
            continue
        if any(a < amount.end and amount.number_start < b for a, b in phrases) or _counts_nothing(text, match, amount):
            continue
        yield amount


def _read(text: str, match: re.Match[str]) -> Amount | None:
    """The amount of a match; None where there is no number or no measure word."""
    unit = match["unit"] and unit_called(match["unit"])
    if match["low"]:
        return _counted(text, match, unit)
    if match["few"]:
        low = high = number("两" + match["few"][1:])
    else:
        low, high, unit = _share(match)
    if low is None or high is None or not unit:
        return None
    # A measure word behind a share belongs to what follows it.
    end = match.start("unit") if match["unit"] and not match["few"] else match.end()
    return _amount(text, match, low, high, unit, match.start(), end)


def _share(match: re.Match[str]) -> tuple[float | None, float | None, str]:
    """Both ends and the unit of 「百分之九十」, 「三分之二」, 「九成」, 「半数」 and 「翻一番」."""
    if match["percent"]:
        return number(match["percent"]), number(match["percent_high"] or match["percent"]), "%"
    if match["doubled"]:
        times = 2.0 ** (number(match["doubled"]) or 1)
        return times, times, "倍"
    share: float | None = None
    if match["majority"]:
        share = 50.0
    elif match["divisor"]:
        divisor, dividend = number(match["divisor"]), number(match["dividend"])
        if divisor and dividend is not None and dividend <= divisor:
            share = round(100 * dividend / divisor, 2)
    elif (tenths := number(match["tenths"])) is not None:
        share = 10 * tenths + (5 if match["half"] == "半" else number(match["half"] or "") or 0)
    return share, share, "%"


def _counted(text: str, match: re.Match[str], unit: str | None) -> Amount | None:
    """The amount of a plain number, a range or an estimate before a measure word."""
    if not unit:
        return None
    numeral, start = _without_list_number(text, match, unit)
    ends = _ends(numeral, match)
    return _amount(text, match, *ends, unit, start, match.end()) if ends else None


def _without_list_number(text: str, match: re.Match[str], unit: str) -> tuple[str, int]:
    """The numeral without a list number that is glued to it (「3.120件」), and where the amount begins."""
    fraction = re.fullmatch(r"(\d{1,2}[.．])(\d+)", match["low"])
    if fraction and not match["scale"] and _SENTENCE_END.search(text[: match.start()]):
        is_year = unit == "年" and len(fraction[2]) == 4
        if is_year or class_of_unit()[unit] not in _WITH_FRACTIONS:
            return fraction[2], match.start("low") + len(fraction[1])
    return match["low"], match.start()


def _ends(numeral: str, match: re.Match[str]) -> tuple[float, float] | None:
    """The lower and the upper end of an amount, the same where it is neither a range nor an estimate."""
    if not match["high"] and (estimate := neighbours(numeral)):
        low, high = (scaled(end, match["scale"] or "") for end in estimate)
        return low, high
    value = _scaled(numeral, match["scale"])
    top = _scaled(match["high"], match["high_scale"]) if match["high"] else value
    if value is None or top is None:
        return None
    if match["high"] and match["high_scale"] and not match["scale"] and value < top / _SAME_SCALE:
        value *= top / (number(match["high"]) or top)  # 3至5万元
    return (value, top) if value <= top else None


def _scaled(numeral: str, scale: str | None) -> float | None:
    value = number(numeral)
    return None if value is None else scaled(value, scale or "")


def _amount(text: str, match: re.Match[str], low: float, high: float, unit: str, start: int, end: int) -> Amount:
    bound = _bound(match)
    (low, _), (high, unit) = without_scale(low, unit), without_scale(high, unit)
    if unit.startswith("余"):
        unit, bound = unit[1:], "at_least"
    number_start = start + (len(match["before"] or "") if start == match.start() else 0)
    low, high = round(low, 6), round(high, 6)
    return Amount(low, high, bound, unit, class_of_unit()[unit], text[start:end].strip(), start, end, number_start)


def _bound(match: re.Match[str]) -> Bound:
    before, tail = match["before"] or "", match["tail"] or ""
    more = (match["mid"], match["more"], match["more_still"])
    if "以下" in tail or tail == "以内" or _says("bound.at_most", before):
        return "at_most"
    if (
        "以上" in tail
        or match["few"]
        or match["majority"] in ("过半", "过半数", "超半数")
        or any(m and m != "来" for m in more)
        or _says("bound.at_least", before)
    ):
        return "at_least"
    if tail in ("左右", "上下") or "来" in more or _says("bound.about", before):
        return "about"
    return "exact"


def _says(key: str, said: str) -> bool:
    if not said:
        return False
    # 「上百」: the lookahead of a pattern sees nothing behind the words themselves.
    return bool(QUANTITY_WORDS.any_of(key).fullmatch(said)) or (key == "bound.at_least" and said == "上")


def _counts_nothing(text: str, match: re.Match[str], amount: Amount) -> bool:
    """「一是」, 「第三方」, 「一个重要…」, dates and times of day: numerals that count nothing."""
    before, behind = text[max(0, amount.number_start - 3) : amount.number_start], text[amount.end : amount.end + 3]
    if QUANTITY_WORDS.any_of("no_quantity.before", "(?:{})$").search(before) or amount.unit == "届":
        return True
    if QUANTITY_WORDS.any_of("no_quantity.behind", "^(?:{})").search(behind):
        return True
    numeral = match["low"] or ""
    if numeral and not re.match(r"\d", numeral):
        return _han_counts_nothing(before, numeral, match, amount)
    if amount.unit in ("年", "月", "日", "岁") and match["low"]:
        return _is_date(text, amount, match)
    return amount.unit == "分" and bool(_CLOCK.search(before))


def _han_counts_nothing(before: str, numeral: str, match: re.Match[str], amount: Amount) -> bool:
    if QUANTITY_WORDS.any_of("no_quantity.before_han", "(?:{})$").search(before):
        return True
    if amount.unit == "年" and _is_year(amount.value):
        return True
    if amount.unit in ("月", "日"):
        return True
    if numeral in ("百", "千", "万", "亿", "千万", "百万", "十百") and not (
        match["before"] or match["more"] or match["mid"]
    ):
        return True
    return numeral == "一" and not match["high"] and amount.unit not in _HAN_ONE_COUNTS and not match["scale"]


def _is_year(value: float) -> bool:
    return 1900 <= value <= 2100


def _is_date(text: str, amount: Amount, match: re.Match[str]) -> bool:
    if amount.unit == "年":
        if _is_year(amount.value) or _is_year(amount.high):
            return True
        short = match["high"] is None and re.match(r"[012]\d$", match["low"])
        return bool(short and re.match(r"[全上下前]|第?[一二三四]季", text[amount.end :]))
    if amount.unit == "岁":
        return False
    return (amount.unit == "月" and amount.high <= 12) or (
        amount.unit == "日" and (amount.high <= 31 or bool(_DATE_BEFORE.search(text[: amount.number_start])))
    )
