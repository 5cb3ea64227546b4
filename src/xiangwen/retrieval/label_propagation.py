"""What the judge would say of sentences that it has no time to read, from what it says of their likes.

Townships put the same matter in a few ways. Where there are more reports than the judge can read in a moment, it goes
through the sentences in a random order that never changes and reads each that is not much like one it has read; a ridge
regression on meaning and features carries its readings over to all others.

Of sentences chosen to differ as much as can be (a greedy D-optimal design) the lists are no better, and a similarity
that is off in the third digit leads to others: one verdict in sixteen is then another one, here one in eight hundred
(1,500 generated reports).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xiangwen.encoding.probabilities import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOISE = 0.1
"""How far the judge's reading of a sentence may be off what its likes say; of a variance of two."""
_ALIKE = 0.6
"""Cosine of two sentences, measured from the mean of all, from which one is not read after the other."""
_LEAST = 1e-3
"""Probabilities below count as this: how sure the judge is of what a sentence is not says little."""


def description(vectors: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:
    """What makes sentences alike: where their vectors differ from the mean, and their features.

    Shapes (sentences, dimensions) and (sentences, features) to (sentences, dimensions + features).
    """
    form = (features - features.mean(axis=0)) / (features.std(axis=0) + 1e-6)
    return np.concatenate([_meaning(vectors), form / features.shape[1] ** 0.5], axis=1)


def spread_out(vectors: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Rows of ``count`` sentences: the first, then each that is not much like one before it.

    Where all others are much like these, the first of them fill up. Shape (count,), or of all there are.
    """
    meaning = _meaning(vectors)
    chosen: list[int] = []
    passed_over = []
    nearest = np.full(len(meaning), -1.0, dtype=np.float32)
    for row in range(len(meaning)):
        if len(chosen) == count:
            break
        if nearest[row] < _ALIKE:
            chosen.append(row)
            # Too little work for several threads, which would wait for those of the judge.
            np.maximum(nearest, np.einsum("ij,j->i", meaning, meaning[row]), out=nearest)
        else:
            passed_over.append(row)
    return np.array((chosen + passed_over)[:count], dtype=np.int64)


def _meaning(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    meaning = vectors - vectors.mean(axis=0)
    return np.asarray(meaning / (np.linalg.norm(meaning, axis=1, keepdims=True) + 1e-6), dtype=np.float32)


def places_in_line(names: NDArray[np.uint64], numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Numbers by which sentences stand in an order that has nothing to do with what they say, and never changes.

    Args:
        names: of their reports, a number each that looks random, shape (sentences,).
        numbers: of the sentences in their reports, shape (sentences,).

    Returns:
        The finaliser of SplitMix64 (Steele, Lea and Flood 2014) of both, shape (sentences,).
    """
    mixed = names + numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def carried_over(
    descriptions: NDArray[np.float32], read: NDArray[np.int64], readings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The readings of all sentences, from those of the rows ``read``; these keep their own.

    Shapes (sentences, d), (rows,), (rows, labels) to (sentences, labels); rows sum to 1.
    """
    scores = np.log(np.maximum(readings, _LEAST))
    scores -= scores.mean(axis=1, keepdims=True)
    mean = scores.mean(axis=0)
    known = descriptions[read].astype(np.float64)
    dual = np.linalg.solve(known @ known.T + _NOISE * np.eye(len(read)), scores - mean)
    foretold: NDArray[np.float64] = softmax(mean + descriptions @ (known.T @ dual).astype(np.float32))
    foretold[read] = readings
    return foretold
