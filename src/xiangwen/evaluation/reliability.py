"""How honest the confidence is: of the verdicts said with 0.9, nine in ten should be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xiangwen.evaluation.scoring import CheckedAnswer, Share

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SURE = 0.9


@dataclass(frozen=True)
class Bin:
    """The verdicts said with a confidence in [low, high), the last bin with 1 as well."""

    low: float
    high: float
    confidence: float
    """Mean of what was said."""
    said_yes: Share
    """Verdicts yes or partial that are right."""
    said_not: Share
    """Verdicts no or silent that are right: most are, as most reports say nothing on most matters."""

    @property
    def right(self) -> Share:
        """All verdicts that are right."""
        return self.said_yes + self.said_not


def reliability(checked: Iterable[CheckedAnswer]) -> tuple[Bin, ...]:
    """Confidence said against share right, over every verdict on a which-question; empty bins are left out.

    A verdict is right where it says yes or partial of a report that is in the gold list, or no or silent of another.
    """
    rows = list(_verdicts(checked))
    bins = []
    for low, high in pairwise(EDGES):
        inside = [row for row in rows if low <= row[0] and (row[0] < high or high == EDGES[-1])]
        if inside:
            bins.append(
                Bin(
                    low,
                    high,
                    sum(confidence for confidence, _, _ in inside) / len(inside),
                    sum((Share(right, 1) for _, yes, right in inside if yes), Share()),
                    sum((Share(right, 1) for _, yes, right in inside if not yes), Share()),
                )
            )
    return tuple(bins)


def _verdicts(checked: Iterable[CheckedAnswer]) -> Iterator[tuple[float, bool, bool]]:
    """(confidence, said yes or partial, right) of every verdict."""
    for c in checked:
        if c.gold.type != "which":
            continue
        for v in c.answer.get("verdicts") or []:
            if c.gold.scope and v["file"] not in c.gold.scope:
                continue
            said = v["verdict"] in ("yes", "partial")
            yield float(v["confidence"]), said, said == (v["file"] in c.gold.yes)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance of confidence said from share right, weighted by the number of verdicts (Naeini et al. 2015)."""
    total = sum(b.right.of for b in bins)
    return sum(abs(b.confidence - b.right.rate) * b.right.of for b in bins) / total if total else 0.0


def said_surely(bins: Sequence[Bin]) -> Share:
    """The verdicts said with `SURE` or more that are right."""
    return sum((b.right for b in bins if b.low >= SURE), Share())


def as_rows(bins: Sequence[Bin]) -> list[dict[str, float | str]]:
    """The table as JSON."""
    return [
        {
            "from": b.low,
            "to": b.high,
            "confidence": round(b.confidence, 4),
            "right": str(b.right),
            "said_yes_right": str(b.said_yes),
            "said_not_right": str(b.said_not),
        }
        for b in bins
    ]
