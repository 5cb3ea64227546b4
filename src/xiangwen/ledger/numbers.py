"""The numbers of a sentence as the ledger needs them: the one place that knows how numbers are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xiangwen.quantities.figures import figures

Bound = Literal["exact", "at_least", "about"]
Role = Literal["total", "part", "rate"]

_BOUNDS: dict[str, Bound] = {"exactly": "exact", "at_least": "at_least", "about": "about", "at_most": "about"}
_YEAR_BEFORE = re.compile(r"(?:上一?年|去年|前一年|往年|年初)(?:度|同期|的)?[^，,。；;]{0,4}$")
_CHANGE = re.compile(r"(?:增加|增长|上升|提高|下降|减少|降低|增|减|多|少|降|升)(?:了|出)?$")


@dataclass(frozen=True)
class Number:
    """A number with its measure word, ``sentence[start:end]``."""

    value: float
    bound: Bound
    unit: str
    start: int
    end: int
    role: Role
    year_before: bool
    """Given for comparison with the year before."""
    change: bool
    """The size of a change, not a number of things."""
    modality: str
    """What the sentence itself says of it: done, planned, lacking or denied; empty where it says nothing."""


def read_numbers(sentence: str, headings: Sequence[str] = (), year: int | None = None) -> tuple[Number, ...]:
    """All numbers of a sentence in its order.

    Args:
        sentence: as the report writes it.
        headings: what stands above it, from the top.
        year: that the report is on, where it is known.
    """
    last = rf"|{year - 1}年[^，,。；;]{{0,6}}$" if year else ""
    before_year = re.compile(_YEAR_BEFORE.pattern + last)
    numbers = []
    for figure in figures(sentence):
        before = sentence[max(0, figure.start - 14) : figure.start]
        role: Role = "rate" if figure.unit_class == "percent" else "part" if figure.part_of_another else "total"
        numbers.append(
            Number(
                value=figure.value,
                bound=_BOUNDS[figure.bound],
                unit=figure.unit,
                start=figure.start,
                end=figure.end,
                role=role,
                year_before=bool(before_year.search(before)),
                change=bool(_CHANGE.search(before)),
                modality="",
            )
        )
    return tuple(numbers)
