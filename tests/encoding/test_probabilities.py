"""Scores as probabilities: the same as SciPy's, in the precision of what is given."""

from __future__ import annotations

import numpy as np
from scipy import special

from xiangwen.encoding.probabilities import logit, sigmoid, softmax

SCORES = np.array([[0.0, 1.0, -3.0], [700.0, 699.0, -700.0]])


def test_sigmoid_and_softmax_are_those_of_scipy() -> None:
    assert np.allclose(sigmoid(SCORES[0]), special.expit(SCORES[0]))
    assert np.allclose(softmax(SCORES), special.softmax(SCORES, axis=1))
    assert np.allclose(softmax(SCORES[0]), special.softmax(SCORES[0]))


def test_probabilities_keep_the_precision_of_the_scores() -> None:
    assert softmax(SCORES.astype(np.float32)).dtype == sigmoid(SCORES[0].astype(np.float32)).dtype == np.float32


def test_log_odds_of_what_is_certain_are_finite() -> None:
    assert np.allclose(logit(np.array([0.0, 0.5, 1.0])), [-9.21, 0, 9.21], atol=0.01)
