"""The threshold of a list: which of many reports are likely enough to be named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNSURE, _SURE = 0.15, 0.5
"""What is less likely is never listed, what is likelier always."""


def best_threshold(p: NDArray[np.floating[Any]]) -> float:
    """The probability from which on reports are listed, so that the list has the highest F1 that may be expected.

    With the k likeliest listed that is 2 * sum(p of these) / (k + sum of all p), near enough (Lewis 1995, "Evaluating
    and optimizing autonomous text classification systems"). Where nothing is sure less will do, so that an odd wording
    does not empty a list.

    Args:
        p: of every report that its verdict is yes, calibrated; shape (reports,).
    """
    ordered = np.sort(p)[::-1]
    expected = 2 * np.cumsum(ordered) / (np.arange(1, len(p) + 1) + ordered.sum())
    best = int(expected.argmax())
    if np.prod(1 - ordered) > expected[best]:  # likelier that none is meant than that a list is right
        return _SURE
    return float(np.clip(ordered[best], _UNSURE, _SURE))
