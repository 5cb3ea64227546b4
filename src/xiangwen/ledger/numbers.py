"""The numbers of a sentence as the ledger needs them: quantities, in the ledger's bounds and periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xiangwen.quantities.quantity import Role
from xiangwen.quantities.reading import read_quantities

LedgerBound = Literal["exact", "at_least", "about"]

_OTHER_PERIODS = frozenset(["year_before", "named"])


@dataclass(frozen=True)
class LedgerNumber:
    """A number with its measure word, ``sentence[start:end]``."""

    value: float
    bound: LedgerBound
    unit: str
    start: int
    end: int
    role: Role
    year_before: bool
    """Given for comparison with the year before, or of another year."""
    change: bool
    """The size of a change or its old end, not a number of things."""
    modality: str
    """What the sentence itself says of it: done, planned, lacking or denied; empty where it says nothing."""


def read_numbers(sentence: str, headings: Sequence[str] = (), year: int | None = None) -> tuple[LedgerNumber, ...]:
    """All numbers of a sentence in its order.

    Args:
        sentence: as the report writes it.
        headings: what stands above it, from the top.
        year: that the report is on, where it is known.
    """
    return tuple(
        LedgerNumber(
            value=q.value,
            bound="about" if q.bound == "at_most" else q.bound,
            unit=q.unit,
            start=q.start,
            end=q.end,
            role=q.role,
            year_before=q.period.kind in _OTHER_PERIODS,
            change=q.is_change or q.direction == "from",
            modality="" if q.modality == "done" else q.modality,
        )
        for q in read_quantities(sentence, headings, year)
    )
