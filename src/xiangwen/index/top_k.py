"""The best few of very many numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SAMPLE = 20_000
"""Of more numbers than this a sample tells which cannot be among the best."""


def top_k(scores: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Positions of the ``count`` largest numbers, largest first, equal ones in their order.

    The same as the head of a full stable sort, which takes a hundred times as long over a million numbers.
    """
    if count >= len(scores):
        return np.argsort(-scores, kind="stable")
    if count <= 0:
        return np.zeros(0, dtype=np.int64)
    candidates = _promising(scores, count)
    among = scores[candidates]
    least = np.partition(among, len(among) - count)[len(among) - count]
    candidates = candidates[among >= least]
    return np.asarray(candidates[np.argsort(-scores[candidates], kind="stable")[:count]])


def _promising(scores: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Positions of some numbers, few where possible, that the ``count`` largest are among; ascending."""
    if len(scores) > _SAMPLE:
        sample = np.sort(scores[:: len(scores) // _SAMPLE])
        expected = count * len(sample) // len(scores)
        rank = 2 * expected + 20
        if rank < len(sample):
            candidates = np.flatnonzero(scores >= sample[-rank])
            if len(candidates) >= count:
                return candidates
    return np.arange(len(scores))
