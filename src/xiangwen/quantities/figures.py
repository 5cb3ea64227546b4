"""Numbers in reports: value, unit, subject and place, whether done, planned or a part of another number.

「发放宣传资料2000余份」 is a figure of at least 2,000 份 whose subject is 发放宣传资料. Numbers that count nothing
(years, dates, law articles, 「“三项制度”」, 「1528基层治理格局」) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from xiangwen.language.concepts import vocabulary

Bound = Literal["exactly", "at_least", "about", "at_most"]

_CN = "零〇一二两三四五六七八九十百千"
_BEFORE = "近|约|大约|将近|接近|超过|超|逾|突破|不少于|不低于|至少|最多|不超过"
_AFTER = "余|多|来|几"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


@dataclass(frozen=True)
class Figure:
    """A number with its unit and subject, ``text[start:end]`` of the passage it was read from."""

    value: float
    bound: Bound
    unit: str
    """The measure word as written; 万 and 亿 are in the value, not in the unit."""
    unit_class: str
    """Key of ``units.toml``: units of one class may be compared."""
    text: str
    """As the report writes it, 「2000余份」."""
    subject: str
    """The words before it back to the number or mark before, and those up to the next mark."""
    start: int
    end: int
    part_of_another: bool
    """After 「其中」: counted in a figure before it."""


@cache
def _unit_classes() -> dict[str, str]:
    return {unit: name for name, row in vocabulary("units.toml").items() for unit in row["units"]}


@cache
def _pattern() -> re.Pattern[str]:
    units = "|".join(sorted(map(re.escape, _unit_classes()), key=len, reverse=True))
    return re.compile(
        rf"(?P<before>{_BEFORE})?"
        rf"(?<![\d.．\-—〔第“])(?:(?P<digits>(?:\d{{1,3}}(?:[,，]\d{{3}})+(?!\d)|\d+)(?:\.\d+)?)|(?P<han>[{_CN}]+))"
        rf"(?P<mid>{_AFTER})?(?P<scale>[十百千万亿]{{1,2}})?(?P<after>{_AFTER})?[ 　]*"
        rf"(?P<unit>{units})(?P<up>以上|以下)?"
    )


def figures(sentence: str) -> Iterator[Figure]:
    """All figures of a sentence in its order."""
    part = False
    last_end = 0
    for match in _pattern().finditer(sentence):
        if match["han"] and _is_no_count(sentence, match):
            continue
        value = _value(match)
        unit = match["unit"]
        if value is None or (unit in ("年", "月", "日") and match["digits"] and _is_date(sentence, match)):
            continue
        if unit in ("万元", "亿元"):
            value, unit = value * (1e4 if unit == "万元" else 1e8), "元"
        lead = sentence[last_end : match.start()]
        # 「其中」 opens a part that lasts to the end of its clause group; a full stop or a semicolon closes it.
        if "其中" in lead:
            part = True
        elif re.search(r"[；;。]", lead):
            part = False
        yield Figure(
            value=value,
            bound=_bound(match),
            unit=unit,
            unit_class=_unit_classes()[match["unit"]],
            text=match[0],
            subject=_subject(sentence, match, last_end),
            start=match.start(),
            end=match.end(),
            part_of_another=part,
        )
        last_end = match.end()


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        value = float(match["digits"].replace(",", "").replace("，", ""))
    else:
        number = chinese_number(match["han"])
        if number is None:
            return None
        value = float(number)
    for scale in match["scale"] or "":
        value *= {"十": 10, "百": 100, "千": 1000, "万": 1e4, "亿": 1e8}[scale]
    return value


def chinese_number(numeral: str) -> int | None:
    """「二十三」 → 23, 「两千」 → 2000; None for what is no number (「一百百」)."""
    total = digit = 0
    last_scale = 10_000
    for c in numeral:
        if c in "十百千":
            scale = {"十": 10, "百": 100, "千": 1000}[c]
            if scale >= last_scale:
                return None
            total += (digit or 1) * scale
            digit, last_scale = 0, scale
        else:
            if digit:
                return None
            digit = _DIGITS[c]
    return total + digit


def _bound(match: re.Match[str]) -> Bound:
    before, up = match["before"] or "", match["up"] or ""
    if before in ("近", "将近", "接近", "不超过", "最多") or up == "以下":
        return "at_most"
    if (
        match["mid"]
        or match["after"]
        or up == "以上"
        or before in ("超过", "超", "逾", "突破", "不少于", "不低于", "至少")
    ):
        return "at_least"
    if before in ("约", "大约"):
        return "about"
    return "exactly"


def _is_no_count(sentence: str, match: re.Match[str]) -> bool:
    """「一是」, 「第三方」, 「二级」, 「一个重要…」: numerals that count nothing."""
    before = sentence[max(0, match.start() - 1) : match.start()]
    if (
        before in ("第", "“", "《", "‘")
        or match["unit"] == "届"
        or sentence[match.end() : match.end() + 1] in ("”", "’")
    ):
        return True
    # 一次、一个、一批 in running text is mostly grammar; a count of one is written 「1次」 or 「一名律师」.
    return match["han"] == "一" and match["unit"] not in ("名", "位", "人", "件", "家")


def _is_date(sentence: str, match: re.Match[str]) -> bool:
    value = float((match["digits"] or "0").replace(",", "").replace("，", ""))
    if match["unit"] == "年":
        return 1900 <= value <= 2100
    return bool(re.search(r"(?:年|月|第|每月|至|[-—])$", sentence[: match.start()])) or (
        match["unit"] == "月" and value <= 12
    )


def _subject(sentence: str, match: re.Match[str], last_end: int) -> str:
    before = re.split(r"[，,。；;：:、]", sentence[last_end : match.start()])
    lead = before[-1].strip()
    if len(lead) < 2 and len(before) > 1:
        lead = before[-2].strip()
    after = re.match(r"[^，,。；;：:、\d（(]{0,16}", sentence[match.end() :])
    return (lead + " " + (after[0] if after else "")).strip()
