"""Scores of models as probabilities, and back: sigmoid, logit, softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sigmoid(log_odds: NDArray[Any]) -> NDArray[Any]:
    """The probability of log odds, in their own precision."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def logit(p: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Log odds, kept within ±9.2."""
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Probabilities along the last axis, in the precision of the scores."""
    exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True))
