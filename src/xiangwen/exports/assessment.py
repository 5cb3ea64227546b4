"""A pre-score of reports by the items of an assessment (考核细则): points with quotes, what is silent is to be proven.

A file in TOML names the items, each an indicator of the ledger, a rule and points:

    title = "法治政府建设考核细则"
    [[item]]
    indicator = "study"
    rule = "学法≥6次"
    points = 5
    [[item]]
    indicator = "government_adviser"
    rule = "无法律顾问"
    points = -1

No report loses a point, or is given one, for what it does not say.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from xiangwen.exports.ledger_rows import (
    LedgerCell,
    LedgerProblem,
    LedgerRequest,
    chosen_reports,
    indicator_named,
    ledger_cells,
)
from xiangwen.language.numerals import scaled
from xiangwen.language.units import class_of_unit
from xiangwen.questions.request import LONGEST_NAME, OptionalText, PrintableText
from xiangwen.reports.formats.plain_text import decode
from xiangwen.reports.report import UnreadableFile

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.ledger.indicators import Indicator
    from xiangwen.reports import Report

Outcome = Literal["met", "not_met", "to_check", "to_prove"]
OUTCOME_WORDS: dict[Outcome, str] = {"met": "符合", "not_met": "不符合", "to_check": "待核实", "to_prove": "待证明"}
_TAKEN_OFF: dict[Outcome, str] = {"met": "扣分", "not_met": "不扣分"}
ItemRule = Literal[">=", "<=", ">", "<", "has", "none", "all"]
_COMPARED = re.compile(
    r"(?P<sign>≥|>=|不少于|不低于|≤|<=|不多于|不超过|>|超过|<|少于)\s*(?P<number>\d+(?:\.\d+)?)(?![\d.])\s*(?P<times>万?)(?P<unit>\S*)$"
)
_SIGNS: dict[str, ItemRule] = {
    "≥": ">=", "不少于": ">=", "不低于": ">=", "≤": "<=", "不多于": "<=", "不超过": "<=", "超过": ">", "少于": "<",
    ">=": ">=", "<=": "<=", ">": ">", "<": "<",
}  # fmt: skip
_CLOSE = 0.1
"""How near to a threshold 「约」 leaves it open."""
_FREQUENCY = re.compile(r"每(?:个|半|两|双)?(?:季|月|年|周|日|天)|(?:季度|月|年|周)均")
"""A number of times a quarter is not the number of the year."""
_SURE = 0.5
"""Confidence from which on a cell decides by itself."""
LONGEST_ASSESSMENT = 30_000
"""Characters of a file that comes over the network."""
MOST_ITEMS = 100
"""Items of one assessment; there are fewer indicators."""
_MOST_POINTS = 10_000
_LONGEST_NAME = 200
"""Characters of the title and of an item's name, which stand in every row."""
_CALLED = 30
"""Characters of a wrong word that are told."""
_WHERE = re.compile(r"at line (\d+)")


class AssessmentProblem(ValueError):
    """A file of an assessment that cannot be used; the message is one plain sentence."""


class AssessRequest(LedgerRequest):
    """Which reports are to be scored, by what; the indicators are those of the items."""

    wrong: ClassVar[Mapping[str, str]] = {
        **LedgerRequest.wrong,
        "assessment": '"assessment" 应是考核细则的文字。 "assessment" must be the text of a file.',
        "assessment too_long": f"考核细则请在 {LONGEST_ASSESSMENT} 字以内。 At most {LONGEST_ASSESSMENT} characters.",
    }

    assessment: Annotated[PrintableText, Field(max_length=LONGEST_ASSESSMENT)]
    """The text of a file in TOML."""
    name: Annotated[OptionalText, Field(max_length=LONGEST_NAME)] = ""
    """Of that file."""


@dataclass(frozen=True)
class AssessmentItem:
    """One line of the assessment."""

    name: str
    indicator: Indicator
    rule: ItemRule
    threshold: float
    unit: str
    points: float
    """Given where the rule holds; below zero they are taken off."""


@dataclass(frozen=True)
class Assessment:
    """All items."""

    title: str
    items: tuple[AssessmentItem, ...]

    @property
    def full(self) -> float:
        """The most that a report can have."""
        return sum(max(item.points, 0) for item in self.items)


@dataclass(frozen=True)
class ItemResult:
    """What became of one item in one report."""

    item: AssessmentItem
    outcome: Outcome
    lines: tuple[LedgerCell, ...]
    """The cells that show it; none where the report is silent."""

    @property
    def word(self) -> str:
        """What became of it: 「符合」, and of what takes points off 「扣分」."""
        words = {**OUTCOME_WORDS, **_TAKEN_OFF} if self.item.points < 0 else OUTCOME_WORDS
        return words[self.outcome]

    @property
    def score(self) -> float | None:
        """The points where they are decided."""
        lowest, highest = self.range
        return lowest if lowest == highest else None

    @property
    def range(self) -> tuple[float, float]:
        """The fewest and the most points that it can come to."""
        points = self.item.points
        if self.outcome == "met":
            return points, points
        return (0.0, 0.0) if self.outcome == "not_met" else (min(points, 0.0), max(points, 0.0))


@dataclass(frozen=True)
class PreScore:
    """One report."""

    report: Report
    results: tuple[ItemResult, ...]

    @property
    def range(self) -> tuple[float, float]:
        """From what is shown: the fewest and the most points that it can come to."""
        return sum(r.range[0] for r in self.results), sum(r.range[1] for r in self.results)

    @property
    def shown(self) -> float:
        """Points of the items that are decided."""
        return sum(score for r in self.results if (score := r.score) is not None)

    @property
    def open(self) -> int:
        """How many items are to be proven or checked."""
        return sum(r.outcome in ("to_prove", "to_check") for r in self.results)


def read_assessment(path: Path, index: Store) -> Assessment:
    """The items of a file.

    Raises:
        AssessmentProblem: if it cannot be read, or an item names no indicator, rule or points.
    """
    try:
        text = decode(path.read_bytes())
    except FileNotFoundError as error:
        raise AssessmentProblem(f"没有 {path} 这个文件。 There is no such file.") from error
    except OSError as error:
        raise AssessmentProblem(f"无法读取 {path}（{error.strerror}）。 It cannot be read.") from error
    except UnreadableFile as error:
        raise AssessmentProblem(f"无法读取 {path}：{error}") from error
    return assessment_of(text, str(path), index)


def assessment_of(text: str, name: str, index: Store) -> Assessment:
    """The items in the text of a file of this name.

    Raises:
        AssessmentProblem: if it is no TOML, or an item names no indicator, rule or points.
    """
    name = name or "考核细则"
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no TOMLDecodeError
        at, quotes = _WHERE.search(str(error)), "，文字要加英文引号" if "Invalid value" in str(error) else ""
        what = f"第 {at[1]} 行写法不对{quotes}" if at else "不是完整的 TOML"
        raise AssessmentProblem(f"无法读取 {name}：{what}。 It cannot be read: {str(error)[:80]}.") from error
    rows = data.get("item")
    if not isinstance(rows, list) or not rows:
        raise AssessmentProblem(f"{name} 里没有 [[item]]。 It has no items.")
    if len(rows) > MOST_ITEMS:
        raise AssessmentProblem(f"{name} 有 {len(rows)} 项，最多 {MOST_ITEMS} 项。 At most {MOST_ITEMS} items.")
    items = tuple(_item(row, number, index) for number, row in enumerate(rows, start=1))
    return Assessment(str(data.get("title") or Path(name).stem)[:_LONGEST_NAME], items)


def _item(row: Any, number: int, index: Store) -> AssessmentItem:
    where = f"第 {number} 项"
    points = row.get("points") if isinstance(row, dict) else None
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < abs(points) <= _MOST_POINTS:
        raise AssessmentProblem(f"{where}的 points 应是分数，扣分写负数。 Item {number} has no points.")
    wanted = str(row.get("indicator") or "")
    try:
        indicator = indicator_named(index, wanted)
    except LedgerProblem as error:
        near = "、".join(get_close_matches(wanted, [i.zh for i in index.ledger.indicators], n=3, cutoff=0.0))
        raise AssessmentProblem(
            f"{where}没有指标“{wanted[:_CALLED]}”，相近的有：{near}。 Item {number} names no indicator."
        ) from error
    rule = str(row.get("rule") or "").strip()
    kind, threshold, unit = _rule(rule, where)
    return AssessmentItem(str(row.get("name") or rule)[:_LONGEST_NAME], indicator, kind, threshold, unit, float(points))


def _rule(words: str, where: str) -> tuple[ItemRule, float, str]:
    compared = _COMPARED.search(words)
    if compared:
        number = scaled(float(compared["number"]), compared["times"])
        return _SIGNS[compared["sign"]], number, compared["unit"]
    if "全覆盖" in words:
        return "all", 0.0, ""
    if words.startswith(("无", "没有", "未")):
        return "none", 0.0, ""
    if words.startswith(("有", "已")):
        return "has", 0.0, ""
    raise AssessmentProblem(
        f"{where}的 rule 应像 学法≥6次、有、无法律顾问、全覆盖。 No such rule: “{words[:_CALLED]}”."
    )


def assess(index: Store, assessment: Assessment, choice: LedgerRequest) -> Iterator[PreScore]:
    """Every chosen report in the order of the index."""
    wanted = {item.indicator.id for item in assessment.items}
    own: dict[tuple[str, str], list[LedgerCell]] = defaultdict(list)
    for line in ledger_cells(index, choice.model_copy(update={"indicators": tuple(wanted)})):
        own[line.report.id, line.indicator.id].append(line)
    for number in chosen_reports(index, choice):
        report = index.reports[number]
        yield PreScore(report, tuple(result_of(item, own[report.id, item.indicator.id]) for item in assessment.items))


def result_of(item: AssessmentItem, own: Sequence[LedgerCell]) -> ItemResult:
    """What the cells of an indicator show of an item."""
    told = [line for line in own if line.cell.state in ("done", "none") and not line.cell.part]
    if not told:  # a plan proves nothing, a shortcoming does not say how much there is
        lacking = any(line.cell.state == "lacking" for line in own)
        return ItemResult(item, "to_check" if lacking else "to_prove", tuple(own))
    by: dict[Outcome, list[LedgerCell]] = defaultdict(list)
    for line in told:
        by[_shown(item, line)].append(line)
    # Several figures of a year: one that reaches the least, or passes the most, decides; together they may.
    leading: Outcome = "not_met" if item.rule in ("<=", "<", "none") else "met"
    if by[leading]:
        return ItemResult(item, leading, tuple(by[leading]))
    if by["to_check"] or _together(item, told):
        return ItemResult(item, "to_check", tuple(told))
    return ItemResult(item, "not_met" if leading == "met" else "met", tuple(told))


def _shown(item: AssessmentItem, line: LedgerCell) -> Outcome:
    """What one cell shows."""
    if line.cell.confidence < _SURE:
        return "to_check"
    value, number = line.cell.value, line.cell.number
    absent = line.cell.state == "none" or value == "none" or number == 0
    if item.rule == "has":
        return "not_met" if absent else "met"
    if item.rule == "none":
        return "met" if absent else "not_met"
    if item.rule == "all":
        if value in ("all", "part", "none") or absent:
            return "met" if value == "all" else "not_met"
        whole = number is not None and line.cell.unit == "%"
        return "to_check" if not whole else "met" if number == 100 else "not_met"
    if number is None or not _comparable(item.unit, line.cell.unit) or _FREQUENCY.search(line.quote):
        return "to_check"
    return _compared(item, number, line.cell.bound)


def _compared(item: AssessmentItem, number: float, bound: str) -> Outcome:
    threshold = item.threshold
    holds = {
        ">=": number >= threshold,
        "<=": number <= threshold,
        ">": number > threshold,
        "<": number < threshold,
    }[item.rule]
    if bound == "at_least":
        upward = item.rule in (">=", ">")
        return ("met" if holds else "to_check") if upward else "to_check" if holds else "not_met"
    if bound == "about" and abs(number - threshold) <= _CLOSE * max(threshold, 1):
        return "to_check"
    return "met" if holds else "not_met"


def _together(item: AssessmentItem, told: Sequence[LedgerCell]) -> bool:
    """Whether figures of which none decides may do so when they are added up, which only a person can say."""
    numbers = [number for line in told if (number := line.cell.number) is not None]
    return len(numbers) > 1 and item.rule in (">=", ">", "<=", "<") and sum(numbers) >= item.threshold


def _comparable(wanted: str, unit: str) -> bool:
    classes = class_of_unit()
    return not wanted or classes.get(wanted, wanted) == classes.get(unit, unit)
