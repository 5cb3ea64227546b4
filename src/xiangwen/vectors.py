"""The vectors of all passages on disk, and how near each is to a question.

Exact up to `EXACT_UP_TO` vectors. Above, every vector is also kept as one byte a dimension, a quarter of the memory
that a question has to be compared with, and `nearest` scores the best of them again exactly. `describe` says which.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.ranking import largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_UP_TO = 200_000
"""Vectors up to which each is compared exactly: they take 300 MB. Chosen by memory, not yet by a measurement."""
_AGAIN = 4
"""Of so many times the passages wanted, the exact similarity decides which are shown, and in which order."""
_ROWS = 65_536
"""Vectors that are turned into bytes at a time."""


class Vectors:
    """Unit vectors, shape (passages, dimensions), memory-mapped."""

    def __init__(self, exact: NDArray[np.float32], codes: NDArray[np.int8] | None, scale: float) -> None:
        self.exact = exact
        self._codes = codes
        self._scale = scale

    @staticmethod
    def write(folder: Path, vectors: NDArray[np.float32]) -> None:
        """Write unit vectors, and their codes where they are many."""
        folder.mkdir(parents=True)
        np.save(folder / "vectors.npy", np.ascontiguousarray(vectors, dtype=np.float32))
        if len(vectors) > EXACT_UP_TO:
            write_codes(folder)

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open what `write` wrote."""
        exact = np.load(folder / "vectors.npy", mmap_mode="r")
        if not (folder / "codes.npy").is_file():
            return cls(exact, None, 1.0)
        return cls(exact, np.load(folder / "codes.npy", mmap_mode="c"), float(np.load(folder / "scale.npy")))

    def __len__(self) -> int:
        return len(self.exact)

    def similarity(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine similarity of a unit vector, shape (dimensions,), to all passages, shape (passages,)."""
        if self._codes is None:
            return np.asarray(self.exact @ query, dtype=np.float32)
        import torch

        # Both sides as bytes, summed in 32-bit integers: a quarter of the memory traffic, which is what takes the time.
        step = float(np.abs(query).max()) / 127
        # Reshaped, not indexed with None: a step of zero bytes, which that gives, makes torch return nonsense.
        asked = torch.from_numpy(np.round(query / step).astype(np.int8).reshape(-1, 1))
        summed = torch._int_mm(torch.from_numpy(self._codes), asked)
        return np.asarray(summed.numpy()[:, 0] * np.float32(step * self._scale), dtype=np.float32)

    def nearest(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """The ``count`` nearest passages, nearest first, by their exact similarity."""
        approximate = self.similarity(query)
        if self._codes is None:
            return largest(approximate, count)
        candidates = np.sort(largest(approximate, _AGAIN * count))
        return np.asarray(candidates[largest(self.exact[candidates] @ query, count)])

    def describe(self) -> str:
        """Which comparison is used, and why, in one sentence."""
        size = f"{len(self):,}"
        if self._codes is None:
            return (
                f"{size} 句逐一精确比较（不超过 {EXACT_UP_TO:,} 句）。 "
                f"{size} sentences compared exactly, one by one (no more than {EXACT_UP_TO:,})."
            )
        return (
            f"{size} 句逐一比较，先用单字节向量，结果再精确计算（超过 {EXACT_UP_TO:,} 句）。 "
            f"{size} sentences compared one by one as bytes, the results again exactly (more than {EXACT_UP_TO:,})."
        )


def write_codes(folder: Path) -> None:
    """Write ``codes.npy``, one byte a dimension, and its scale beside the ``vectors.npy`` of a folder."""
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    blocks = range(0, len(vectors), _ROWS)
    scale = max(float(np.abs(vectors[start : start + _ROWS]).max()) for start in blocks) / 127
    codes = np.lib.format.open_memmap(folder / "codes.npy", mode="w+", dtype=np.int8, shape=vectors.shape)
    for start in blocks:
        codes[start : start + _ROWS] = np.round(vectors[start : start + _ROWS] / scale)
    codes.flush()
    np.save(folder / "scale.npy", np.float64(scale))
