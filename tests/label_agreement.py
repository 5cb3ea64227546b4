"""How far hands agree on what a sentence is to a condition: ``python tests/label_agreement.py``.

350 pairs of `learning/conditions.jsonl`, drawn by label, were labelled again by two hands that saw neither the first
label nor each other's. Printed are the share of equal labels and Cohen's kappa, for all six labels and for what a list
asks: whether the sentence establishes the condition, at least in part.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

FILE = Path(__file__).parent / "learning" / "labelled_again.jsonl"


def agreement(one: Sequence[object], other: Sequence[object]) -> tuple[float, float]:
    """The share of equal labels, and Cohen's kappa: what is left of it beyond chance."""
    share = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    counts, others = Counter(one), Counter(other)
    chance = sum(counts[label] * others[label] for label in counts) / len(one) ** 2
    return share, (share - chance) / (1 - chance)


def main() -> None:
    """Print how far each two hands agree."""
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    hands = {
        "first": [row["label"] for row in rows],
        "second": [row["again"][0] for row in rows],
        "third": [row["again"][1] for row in rows],
    }
    for one, other in combinations(hands, 2):
        six = agreement(hands[one], hands[other])
        listed = agreement(*([label in ("yes", "partial") for label in hands[hand]] for hand in (one, other)))
        of_six, of_list = (f"{share:.2f} (kappa {kappa:.2f})" for share, kappa in (six, listed))
        print(f"{one} and {other}: six labels {of_six}, listed or not {of_list}")


if __name__ == "__main__":
    main()
