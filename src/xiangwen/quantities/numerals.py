"""Chinese and Arabic numerals, in all the forms that reports use, to numbers.

One function rather than a package: cn2an reads a numeral that was cut out already, and knows neither 余 nor 近 nor a
range, so that the cutting, which is the hard part, would have to be done here all the same.
"""

from __future__ import annotations

import re
import unicodedata

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2, "兩": 2}
DIGITS |= {c: i for i, c in enumerate("壹贰叁肆伍陆柒捌玖", 1)} | {"貳": 2, "參": 3, "陸": 6}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

_DIGIT = "".join(DIGITS)
_ANY_SCALE = "".join((*SCALES, *MYRIADS))
ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:[.．]\d+)?"
"""Either width of digit, comma and point."""
HAN_NUMERAL = rf"[{_DIGIT}{_ANY_SCALE}]+(?:[点點][{_DIGIT}]+[{_ANY_SCALE}]{{0,2}})?"
_LONGEST = 40
"""Characters; what is longer counts nothing."""
SCALE = rf"[{_ANY_SCALE}]{{1,2}}"
"""What may follow Arabic digits: 3千, 5百万."""


def number(numeral: str) -> float | None:
    """「二十三」 → 23, 「一点五亿」 → 150000000, 「伍仟」 → 5000, 「１，２００．５」 → 1200.5, 「3万」 → 30000.

    None for what is no number (「一百百」, 「亿」).
    """
    if len(numeral) > _LONGEST:
        return None
    split = re.fullmatch(rf"({ARABIC})({SCALE})?", numeral)
    if split:
        value = float(unicodedata.normalize("NFKC", split[1]).replace(",", ""))
        for scale in split[2] or "":
            value *= (SCALES | MYRIADS)[scale]
        return value
    return _han(numeral)


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
    whole, _, decimals = numeral.replace("點", "点").partition("点")
    tail = ""
    if decimals:
        stripped = decimals.rstrip(_ANY_SCALE)
        decimals, tail = stripped, decimals[len(stripped) :]
    value = _whole(whole)
    if value is None or any(c not in DIGITS for c in decimals):
        return None
    total = float(value)
    if decimals:
        total = float(f"{value}.{''.join(str(DIGITS[c]) for c in decimals)}")
    for scale in tail:
        total *= (SCALES | MYRIADS)[scale]
    return total


def _whole(numeral: str) -> int | None:
    """A numeral without a fraction; 亿 and 万 part it into sections of four digits."""
    if not numeral:
        return None
    if len(numeral) > 1 and all(c in DIGITS for c in numeral):
        # Digit by digit (二〇二四); two digits without a nought are an estimate (三五).
        return int("".join(str(DIGITS[c]) for c in numeral)) if len(numeral) > 2 or DIGITS[numeral[-1]] == 0 else None
    total = section = digit = 0
    smallest, last_scale, last_myriad = 10_000, 0, 10**12
    pending = after_nought = False
    for c in numeral:
        if c in MYRIADS:
            section += digit
            if section == 0 or MYRIADS[c] >= last_myriad:
                if c in "亿億" and total and section == 0:  # 一万亿
                    total *= MYRIADS[c]
                    continue
                return None
            total += section * MYRIADS[c]
            last_myriad = last_scale = MYRIADS[c]
            section, digit, smallest, pending, after_nought = 0, 0, 10_000, False, False
        elif c in SCALES:
            if SCALES[c] >= smallest or (pending and digit == 0):
                return None
            section += (digit if pending else 1) * SCALES[c]
            smallest = last_scale = SCALES[c]
            digit, pending, after_nought = 0, False, False
        else:
            if pending:
                return None
            digit = DIGITS[c]
            pending = digit > 0
            after_nought = after_nought or digit == 0
    if pending and last_scale >= 100 and not after_nought:
        digit *= last_scale // 10  # 两百五, 一万五
    return total + section + digit
