"""Classifies texts by groups of wordings (``vocabulary/section_words.toml``), for the vectors of any encoder.

It is fitted by ridge regression to the vectors of the wordings when an encoder is first used, in milliseconds: another
encoder is fitted anew. The vectors themselves take seconds and are kept in the cache folder.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.machine.cache import cached_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xiangwen.encoding import Encoder

_VECTORS = "vectors.npy"
RIDGE = 0.5
"""How strongly weights are held small; what measures it: docs/thresholds.md."""


def apart(vectors: NDArray[np.float32], middle: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors less what all of them share, of unit length again; shapes (texts, dimensions) and (dimensions,)."""
    rest = vectors - middle
    return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6))


class WordingModel:
    """A linear classifier: scores texts on every group, near 1 for its wordings, near 0 for what is like none."""

    def __init__(self, wordings: NDArray[np.float32], groups: NDArray[np.int64]) -> None:
        """Fit to wordings.

        Args:
            wordings: their vectors, shape (wordings, dimensions).
            groups: the number of each one's group, shape (wordings,).
        """
        self._middle = wordings.mean(axis=0)
        x = self.apart(wordings)
        y = np.eye(int(groups.max()) + 1)[groups]
        gram = x.T @ x + RIDGE * np.eye(x.shape[1])
        self._weights = np.linalg.solve(gram, x.T @ (y - y.mean(axis=0))).astype(np.float32)

    def apart(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors less what all wordings share, of unit length again."""
        return apart(vectors, self._middle)

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much each text is like each group, shape (texts, groups)."""
        return np.asarray(self.apart(vectors) @ self._weights)


Groups = tuple[tuple[str, ...], ...]
"""The wordings of each group."""


_fitted: dict[tuple[str, Groups], WordingModel] = {}


def classifier(encoder: Encoder, groups: Groups) -> WordingModel:
    """The classifier of groups of wordings for the vectors of an encoder, fitted once."""
    key = encoder.fingerprint, groups
    if key not in _fitted:
        vectors = _vectors(encoder, [words for group in groups for words in group])
        numbers = np.repeat(np.arange(len(groups)), list(map(len, groups)))
        _fitted[key] = WordingModel(vectors, numbers)
    return _fitted[key]


def _vectors(encoder: Encoder, wordings: list[str]) -> NDArray[np.float32]:
    digest = hashlib.sha256("\n".join([encoder.fingerprint, *wordings]).encode()).hexdigest()[:12]

    def build(folder: Path) -> None:
        np.save(folder / _VECTORS, encoder.encode_document(wordings))

    try:
        folder = cached_folder(f"wordings-{digest}", build)
    except OSError:  # a cache that cannot be written costs seconds, no answer
        return encoder.encode_document(wordings)
    vectors: NDArray[np.float32] = np.load(folder / _VECTORS)
    return vectors
