"""What analysts said of cells: right, wrong, or another value. One line each in a plain file, the last word counts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from xiangwen.language.numerals import scaled
from xiangwen.ledger.cells import CellBound, CellState, CellValue
from xiangwen.ledger.indicators import Indicator
from xiangwen.machine.files import append_line

CorrectionMark = Literal["right", "wrong", "value", "undo"]
FILE = "corrections.jsonl"
"""Its name in the index folder; no build touches it."""
_LONGEST_VALUE = 40
"""Characters of a value as an analyst writes it."""
_NUMBER = re.compile(r"(?P<number>-?\d[\d,]*(?:\.\d+)?)\s*(?P<times>[万亿]?)\s*(?P<unit>\S*)")
_WORDS: dict[str, CellValue] = {"有": True, "yes": True, "全覆盖": "all", "all": "all", "部分": "part", "part": "part"}
_NONE = ("无", "没有", "none", "no")


class CorrectionProblem(ValueError):
    """A correction that cannot be taken; the message is one plain sentence."""


@dataclass(frozen=True)
class Correction:
    """One mark on one cell."""

    time: str
    """Local time with its offset, ISO 8601."""
    who: str
    why: str
    mark: CorrectionMark
    report: str
    """Id of the report; a text that changed has another one, and is then found by what follows."""
    file: str
    county: str | None
    township: str | None
    year: int | None
    indicator: str
    quote: str
    start: int
    figure: int
    """Where the figure begins in the quote; 0 where there is none."""
    figure_length: int
    value: CellValue
    """What counts: of ``wrong`` and ``undo`` what was read."""
    unit: str
    bound: CellBound
    state: CellState
    part: bool

    @property
    def about(self) -> str:
        """Who, when and why, in a few words."""
        words = f"{self.who} {self.time[:10]}"
        return f"{words}：{self.why}" if self.why else words


def now() -> str:
    """The local time as a correction has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def read_value(words: str, indicator: Indicator) -> tuple[CellValue, str, CellState]:
    """The value that an analyst wrote: 「12」, 「1.2万元」, 「有」, 「无」, 「全覆盖」.

    Returns:
        The value in its base unit, its unit, and the state that it is in.

    Raises:
        CorrectionProblem: if it is none of these.
    """
    words = words.strip()
    unit = indicator.units[0] if indicator.units else ""
    if words in _NONE:
        counted = indicator.type in ("count", "rate", "money")
        return (0, unit, "none") if counted else ("none", "", "none")
    if words in _WORDS:
        return _WORDS[words], "", "done"
    match = _NUMBER.fullmatch(words)
    if match is None or len(words) > _LONGEST_VALUE:
        raise CorrectionProblem(f"“{words[:_LONGEST_VALUE]}”不是数，也不是 有、无、全覆盖、部分。 That is no value.")
    number = scaled(float(match["number"].replace(",", "")), match["times"])
    return (int(number) if number.is_integer() else number), match["unit"] or unit, "none" if number == 0 else "done"


def append_correction(directory: Path, correction: Correction) -> None:
    """Add a correction; several programs may do so at once.

    Raises:
        CorrectionProblem: if nobody's name stands under it, or the file is full.
        OSError: if it cannot be written.
    """
    if not correction.who.strip():
        raise CorrectionProblem("请写明是谁更正的。 Say who corrects it.")
    if not append_line(directory / FILE, json.dumps(asdict(correction), ensure_ascii=False)):
        raise CorrectionProblem("更正记录已满，请联系管理员。 The file of corrections is full.")


def read_corrections(directory: Path) -> Iterator[Correction]:
    """All corrections, oldest first; a line that is none is left out."""
    try:
        lines = (directory / FILE).open("rb")
    except FileNotFoundError:
        return
    with lines:
        for line in lines:
            found = _read(line)
            if found is not None:
                yield found


def stamp(directory: Path) -> tuple[int, int]:
    """When the file was last written and its size, which tell that it changed."""
    try:
        status = (directory / FILE).stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _read(line: bytes) -> Correction | None:
    try:
        row: Any = json.loads(line)
        found = Correction(**{field.name: row[field.name] for field in fields(Correction)})
    except (ValueError, TypeError, KeyError):
        return None
    known = (
        found.mark in get_args(CorrectionMark)
        and found.state in get_args(CellState)
        and found.bound in get_args(CellBound)
    )
    texts = all(isinstance(x, str) for x in (found.who, found.why, found.report, found.quote, found.unit))
    places = all(isinstance(x, int) and x >= 0 for x in (found.start, found.figure, found.figure_length))
    value = found.value in (None, True, "all", "part", "none") or isinstance(found.value, int | float)
    return found if known and texts and places and value and found.quote else None
