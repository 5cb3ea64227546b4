"""Indicators: what the ledger looks for. They are data: the package ships some, an office adds its own."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

Type = Literal["count", "rate", "money", "coverage", "fact"]
OWN_FILE = "indicators.toml"
"""The name of an office's own file, beside its reports."""


class IndicatorProblem(ValueError):
    """A file of indicators that cannot be used; the message is one plain sentence."""


@dataclass(frozen=True)
class Indicator:
    """A column of the ledger."""

    id: str
    zh: str
    en: str
    type: Type
    units: tuple[str, ...]
    """The measure words that its number can carry."""
    counts: str
    """What counts."""
    counts_not: str
    """What is easily taken for it and is not."""
    examples: tuple[str, ...]
    """Sentences that give it."""

    def name(self, language: str = "zh") -> str:
        """The name of its column."""
        return self.en if language == "en" else self.zh


@cache
def shipped() -> tuple[Indicator, ...]:
    """The indicators that come with the package."""
    text = files("xiangwen.ledger").joinpath("indicators.toml").read_text(encoding="utf-8")
    return _read(text, "indicators.toml")


def indicators_beside(reports_folder: Path) -> tuple[Indicator, ...]:
    """The shipped indicators, then those of the office's own file; an own one replaces its namesake.

    Raises:
        IndicatorProblem: if the file cannot be read.
    """
    file = reports_folder / OWN_FILE
    if not file.is_file():
        return shipped()
    try:
        own = _read(file.read_text(encoding="utf-8-sig"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise IndicatorProblem(f"无法读取 {file}。 Cannot read it: {error}.") from error
    named = {indicator.id: indicator for indicator in shipped()} | {indicator.id: indicator for indicator in own}
    return tuple(named.values())


@cache
def digest(indicators: tuple[Indicator, ...]) -> str:
    """A fingerprint of the definitions, 16 hexadecimal digits: cells read for others are not taken over."""
    rows = json.dumps([asdict(indicator) for indicator in indicators], ensure_ascii=False)
    return hashlib.sha256(rows.encode()).hexdigest()[:16]


def _read(text: str, file: str) -> tuple[Indicator, ...]:
    try:
        rows = tomllib.loads(text).get("indicator", [])
    except tomllib.TOMLDecodeError as error:
        raise IndicatorProblem(f"{file} 不是有效的 TOML。 It is no valid TOML: {error}.") from error
    found = tuple(_indicator(row, file, number) for number, row in enumerate(rows, start=1))
    ids = [indicator.id for indicator in found]
    if len(set(ids)) < len(ids):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise IndicatorProblem(f"{file} 中指标 {twice} 出现了两次。 The indicator is there twice.")
    return found


def _indicator(row: dict[str, Any], file: str, number: int) -> Indicator:
    missing = [key for key in ("id", "zh", "type") if not isinstance(row.get(key), str) or not row[key].strip()]
    if missing:
        raise IndicatorProblem(
            f"{file} 的第 {number} 个指标缺少 {'、'.join(missing)}。 Indicator {number} lacks {', '.join(missing)}."
        )
    if row["type"] not in get_args(Type):
        allowed = "、".join(get_args(Type))
        raise IndicatorProblem(f"{file} 中指标 {row['id']} 的 type 应为 {allowed} 之一。 Its type is none of these.")
    return Indicator(
        row["id"],
        row["zh"],
        row.get("en", row["zh"]),
        row["type"],
        tuple(row.get("units", ())),
        row.get("is", ""),
        row.get("not", ""),
        tuple(row.get("examples", ())),
    )
