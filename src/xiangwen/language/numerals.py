"""Chinese and Arabic numerals, in all the forms that reports use, to numbers.

One function rather than a package: cn2an reads a numeral that was cut out already, and knows neither 余 nor 近 nor a
range, so that the cutting, which is the hard part, would have to be done here all the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)} | {"貳": 2, "參": 3, "陸": 6}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_WORTH = SCALES | MYRIADS

_DIGIT = "".join(DIGITS)
_ANY_SCALE = "".join(_WORTH)
ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:[.．]\d+)?"
"""Either width of digit, comma and point."""
HAN_NUMERAL = rf"[{_DIGIT}{_ANY_SCALE}]+(?:[点點][{_DIGIT}]+[{_ANY_SCALE}]{{0,2}})?"
_HAN = re.compile(rf"(?P<whole>[{_DIGIT}{_ANY_SCALE}]+)(?:[点點](?P<decimals>[{_DIGIT}]+)(?P<scale>[{_ANY_SCALE}]*))?")
_LONGEST = 40
"""Characters; what is longer counts nothing."""
SCALE = rf"[{_ANY_SCALE}]{{1,2}}"
"""What may follow Arabic digits: 3千, 5百万."""
NOUGHTS = "〇○零OＯ"
"""A nought among the digits of a year, as people type it."""
_IN_ASCII = str.maketrans(f"{NOUGHTS}一二三四五六七八九", "00000123456789")


def number(numeral: str) -> float | None:
    """「二十三」 → 23, 「一点五亿」 → 150000000, 「伍仟」 → 5000, 「１，２００．５」 → 1200.5, 「3万」 → 30000.

    None for what is no number (「一百百」, 「亿」).
    """
    if len(numeral) > _LONGEST:
        return None
    split = re.fullmatch(rf"({ARABIC})({SCALE})?", numeral)
    if split:
        return scaled(float(unicodedata.normalize("NFKC", split[1]).replace(",", "")), split[2] or "")
    return _han(numeral)


def scaled(value: float, scales: str) -> float:
    """3 with 「百万」 behind it → 3000000."""
    for scale in scales:
        value *= _WORTH[scale]
    return value


def without_scale(value: float, unit: str) -> tuple[float, str]:
    """3 「万元」 → 30000 「元」: 万 and 亿 belong to the number, not to the unit."""
    return (scaled(value, unit[0]), unit[1:]) if unit[:1] in MYRIADS else (value, unit)


def digit_by_digit(numeral: str) -> str:
    """Years in ASCII digits, one for one: 「二〇二四」, 「二O二四」 → 「2024」; all other characters stay."""
    return numeral.translate(_IN_ASCII)


def neighbours(numeral: str) -> tuple[float, float] | None:
    """Both ends of an estimate by two digits side by side: 「三五」 → (3, 5), 「两三百」 → (200, 300)."""
    match = re.fullmatch(rf"(?P<before>.*?)(?P<low>[{_DIGIT}])(?P<high>[{_DIGIT}])(?P<after>[{_ANY_SCALE}]*)", numeral)
    if not match or "点" in numeral or not 0 < DIGITS[match["low"]] < DIGITS[match["high"]]:
        return None
    if match["before"] and match["before"][-1] in DIGITS:
        return None
    low, high = (number(match["before"] + match[end] + match["after"]) for end in ("low", "high"))
    # Only neighbours, and 三五: 「一九」 and 「二五」 are something else.
    near = DIGITS[match["high"]] - DIGITS[match["low"]] == 1 or match["low"] + match["high"] == "三五"
    return (low, high) if near and low is not None and high is not None else None


def _han(numeral: str) -> float | None:
    match = _HAN.fullmatch(numeral)
    value = _whole(match["whole"]) if match else None
    if match is None or value is None:
        return None
    decimals = "".join(str(DIGITS[c]) for c in match["decimals"] or "")
    return scaled(float(f"{value}.{decimals}0"), match["scale"] or "")


def _whole(numeral: str) -> int | None:
    """A numeral without a fraction; 亿 and 万 part it into sections of four digits."""
    if len(numeral) > 1 and all(c in DIGITS for c in numeral):
        # Digit by digit (二〇二四); two digits without a nought are an estimate (三五).
        return int("".join(str(DIGITS[c]) for c in numeral)) if len(numeral) > 2 or DIGITS[numeral[-1]] == 0 else None
    *above, last = re.split(f"([{''.join(MYRIADS)}])", numeral)
    total = scale = 0
    for said, myriad in zip(above[::2], above[1::2], strict=True):
        worth = MYRIADS[myriad]
        section = _section(said)
        if total and not said and worth == MYRIADS["亿"]:  # 一万亿
            total *= worth
        elif section is None or not section.value or 0 < scale <= worth:
            return None
        else:
            total, scale = total + section.value * worth, worth
    section = _section(last)
    if section is None:
        return None
    scale = section.scale or scale
    # 两百五 is 250, 一万五 15000, but 两百零五 is 205.
    worth = scale // 10 if scale >= SCALES["百"] and not section.after_nought else 1
    return total + section.value + section.digit * (worth - 1)


class _Section(NamedTuple):
    """What 亿 and 万 part in a numeral, a number below ten thousand."""

    value: int
    digit: int
    """The digit that no scale follows; 0 where there is none."""
    scale: int
    """The scale before that digit; 0 where there is none."""
    after_nought: bool
    """Whether 零 stands before that digit."""


def _section(numeral: str) -> _Section | None:
    value = digit = scale = 0
    after_nought = False
    for c in numeral:
        if c in SCALES:
            if 0 < scale <= SCALES[c]:
                return None
            scale = SCALES[c]
            value += (digit or 1) * scale
            digit, after_nought = 0, False
        elif digit:
            return None
        else:
            digit = DIGITS[c]
            after_nought = after_nought or not digit
    return _Section(value + digit, digit, scale, after_nought)
