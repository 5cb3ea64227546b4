"""The shortcomings and measures that are known (``vocabulary/themes.toml``), and what classifies sentences by them.

It is fitted by ridge regression to the vectors of the themes' wordings when an encoder is first used, in milliseconds:
an analyst who adds a theme or a wording has nothing else to do, and another encoder is fitted anew. The vectors
themselves take seconds and are kept in the cache folder.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from xiangwen.language.concepts import vocabulary
from xiangwen.machine.cache import cached_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from xiangwen.encoding import Encoder

_VECTORS = "vectors.npy"
RIDGE = 0.5
"""How strongly weights are held small; what measures it: docs/thresholds.md."""


CatalogueName = Literal["theme", "measure"]
"""What townships lack, or what they do."""


class KnownTheme(NamedTuple):
    """A theme and how reports commonly put it."""

    zh: str
    en: str
    wordings: tuple[str, ...]


class ThemeModel:
    """A linear classifier: scores texts on every known theme, near 1 for its wordings, near 0 for what is like none."""

    def __init__(self, wordings: NDArray[np.float32], themes: NDArray[np.int64]) -> None:
        """Fit to wordings.

        Args:
            wordings: their vectors, shape (wordings, dimensions).
            themes: the number of each one's theme, shape (wordings,).
        """
        self._middle = wordings.mean(axis=0)
        x = self.apart(wordings)
        y = np.eye(int(themes.max()) + 1)[themes]
        gram = x.T @ x + RIDGE * np.eye(x.shape[1])
        self._weights = np.linalg.solve(gram, x.T @ (y - y.mean(axis=0))).astype(np.float32)

    def apart(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Vectors less what all wordings share (「不足」, 「不够」), of unit length again."""
        rest = vectors - self._middle
        return np.asarray(rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-6))

    def scores(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """How much each text tells of each theme, shape (texts, themes)."""
        return np.asarray(self.apart(vectors) @ self._weights)


@cache
def known(catalogue: CatalogueName) -> tuple[KnownTheme, ...]:
    """The themes of a catalogue, in its order."""
    rows = vocabulary("themes.toml")[catalogue]
    return tuple(KnownTheme(row["zh"], row["en"], tuple(row["wordings"])) for row in rows)


Groups = tuple[tuple[str, ...], ...]
"""The wordings of each theme."""


_fitted: dict[tuple[str, Groups], ThemeModel] = {}


def classifier(encoder: Encoder, groups: Groups) -> ThemeModel:
    """The classifier of groups of wordings for the vectors of an encoder, fitted once."""
    key = encoder.fingerprint, groups
    if key not in _fitted:
        vectors = _vectors(encoder, [words for group in groups for words in group])
        numbers = np.repeat(np.arange(len(groups)), list(map(len, groups)))
        _fitted[key] = ThemeModel(vectors, numbers)
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


def theme_model(encoder: Encoder, catalogue: CatalogueName) -> ThemeModel:
    """The classifier of a catalogue."""
    return classifier(encoder, tuple(theme.wordings for theme in known(catalogue)))
