"""How like the example sentences of an indicator a candidate is: what an office's own indicators are read by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.ledger.candidates import CellCandidate, cell_candidates, sentence_alone
from xiangwen.ledger.features import Features, plain
from xiangwen.ledger.indicators import Indicator

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

LIKENESS_SIGNS = 3
"""What speaks for and against a candidate."""
COUNTED = ("count", "rate", "money")
"""Types of indicators whose cells have a number."""


def examples(indicator: Indicator) -> list[CellCandidate]:
    """What the example sentences show: the number in a measure word of the indicator, or else the first clause."""
    found = []
    for words in indicator.examples:
        own = cell_candidates(sentence_alone(words))
        numbers = [c for c in own if c.number is not None and c.number.unit in indicator.units]
        found += (numbers if indicator.type in COUNTED else own)[:1]
    return found


def likeness(
    rows: csr_matrix, found: Sequence[CellCandidate], indicator: Indicator, features: Features
) -> NDArray[np.float32]:
    """Signs of each candidate, shape (candidates, 3): nearest example, share of the name that is said, unit fits."""
    shown = examples(indicator)
    if not shown:
        return np.zeros((len(found), LIKENESS_SIGNS), dtype=np.float32)
    known = features.matrix(shown)
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    known_lengths = np.sqrt(np.asarray(known.multiply(known).sum(axis=1)).ravel())
    near = np.asarray((rows @ known.T).todense()) / (lengths[:, None] * known_lengths[None, :] + 1e-6)
    name = plain(indicator.zh)
    pairs = {name[i : i + 2] for i in range(len(name) - 1)}
    said = [sum(pair in plain(c.words) for pair in pairs) / max(len(pairs), 1) for c in found]
    fits = [c.number is not None and c.number.unit in indicator.units for c in found]
    return np.column_stack([near.max(axis=1), said, fits]).astype(np.float32)
