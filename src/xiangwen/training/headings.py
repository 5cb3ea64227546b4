"""Train what tells by a heading whether its section plans or lacks: ``make headings``.

Headings of the authors' reports and written ones, each labelled done, lack, plan or both, and clauses that tell of
lacks, which headings of items do as well; measured on headings of another hand.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from xiangwen.language.heading_stance import HEADING_FILE, LABELS, PLACES, HeadingModel, heading_places
from xiangwen.language.ngrams import in_eight_bits

_CLAUSE_WEIGHT = 0.03
"""What a clause that is no heading counts, of which there are more."""

log = logging.getLogger(__name__)


class LabelledHeading(NamedTuple):
    """A heading and what it announces."""

    heading: str
    label: str
    """One of `LABELS`."""
    weight: float = 1.0


def read_headings(path: Path) -> list[LabelledHeading]:
    """All headings of a file."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [LabelledHeading(row["heading"], row["label"]) for row in rows]


def read_lacks(path: Path) -> list[LabelledHeading]:
    """Clauses of the ledger that tell of a lack, and the headings they stand under; those of things that are there."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kinds = [{kind for _, kind in row["cells"]} for row in rows]
    told: dict[str, str] = {}
    for row, kind in zip(rows, kinds, strict=True):
        if "short" in kind:
            told |= dict.fromkeys([*row["above"], row["text"]], "lack")
        elif kind & {"yes", "has", "all"} and not row["above"]:
            told[row["text"]] = "done"
    return [LabelledHeading(heading, label, _CLAUSE_WEIGHT) for heading, label in told.items()]


def fit(headings: Sequence[LabelledHeading]) -> HeadingModel:
    """The model of these headings."""
    found = [heading_places(row.heading) for row in headings]
    values = np.concatenate([np.full(len(own), 1 / np.sqrt(len(own))) for own in found])
    starts = np.cumsum([0, *map(len, found)])
    rows = csr_matrix((values, np.concatenate(found), starts), shape=(len(headings), PLACES))
    labels, weights = [LABELS.index(row.label) for row in headings], [row.weight for row in headings]
    model = LogisticRegression(C=30, max_iter=500).fit(rows, labels, sample_weight=weights)
    return HeadingModel(model.coef_.astype(np.float32), model.intercept_.astype(np.float32))


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learning", type=Path)
    parser.add_argument("--test", type=Path, required=True, help="headings of another hand")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "language" / HEADING_FILE)
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    own, test = read_headings(given.learning / "headings.jsonl"), read_headings(given.test)
    known = {row.heading for row in own}
    learned = [*own, *(row for row in read_lacks(given.learning / "clauses.jsonl") if row.heading not in known)]
    model = fit(learned)
    weights, scale = in_eight_bits(model.weights)
    np.savez_compressed(
        given.out,
        labels=np.array(LABELS),
        weights=weights,
        scale=scale,
        bias=model.bias,
    )
    told = [model.label(row.heading) for row in test]
    right = Counter(row.label for row, label in zip(test, told, strict=True) if label == row.label)
    of = Counter(row.label for row in test)
    log.info("learned from %d, right %.3f of %d", len(learned), right.total() / len(test), len(test))
    for label in LABELS:
        log.info("  %s %d of %d", label, right[label], of[label])
    for row, label in zip(test, told, strict=True):
        if label != row.label:
            log.info("  %s → %s: %s", row.label, label, row.heading)


if __name__ == "__main__":
    main()
