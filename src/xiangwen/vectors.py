"""The vectors of all passages in a FAISS index on disk, and how near each is to a question.

An exact inner-product index, mapped into memory. Above `EXACT_UP_TO` vectors each is also kept as one byte a dimension,
a quarter of the memory that a question has to be compared with, and `nearest` scores the best of them again exactly.
`describe` says which.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np

from xiangwen.ranking import largest

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_UP_TO = 250_000
"""Vectors up to which each is compared exactly: those of a province in a year, 380 MB. Bytes find the same ten nearest,
at two million in a sixth of the time, and give the same verdicts but for 2 in 1,000 (tests/benchmarks/nearest.py)."""
_AGAIN = 400
"""The nearest so many by their bytes are put in order by their exact similarity; nobody reads further."""
_ROWS = 65_536
"""Vectors that are turned into bytes at a time."""


_INDEX = "vectors.faiss"


class _Mapped:
    """The numbers of an index for NumPy; whoever holds them holds the index, which must not go before them."""

    def __init__(self, index: faiss.IndexFlat) -> None:
        self.index = index
        numbers = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        self.__array_interface__ = {**numbers.__array_interface__, "data": (numbers.ctypes.data, True)}


class Vectors:
    """Unit vectors, shape (passages, dimensions), memory-mapped."""

    def __init__(self, index: faiss.IndexFlat, codes: NDArray[np.int8] | None, scale: float) -> None:
        self._index = index
        self.exact: NDArray[np.float32] = np.asarray(_Mapped(index)).reshape(index.ntotal, index.d)
        """The vectors as FAISS holds them."""
        self._codes = codes
        self._scale = scale

    @staticmethod
    def write(folder: Path, parts: Sequence[NDArray[np.float32]]) -> None:
        """Write unit vectors, one part after another, and their codes where they are many.

        Memory holds them once more than the caller does, and only until they are written.
        """
        folder.mkdir(parents=True)
        count, dimensions = sum(len(part) for part in parts), parts[0].shape[1]
        index = faiss.IndexFlatIP(dimensions)
        # Room for all at once: adding part after part, FAISS would move what it has again and again.
        index.codes.resize(4 * count * dimensions)
        index.ntotal = count
        np.concatenate(parts, out=faiss.rev_swig_ptr(index.get_xb(), count * dimensions).reshape(count, dimensions))
        # Through a file of Python's: FAISS itself cannot open a path with Chinese characters on Windows.
        with (folder / _INDEX).open("wb") as file:
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
        del index
        if count > EXACT_UP_TO:
            write_codes(folder)

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open what `write` wrote.

        Raises:
            RuntimeError: if the file is no FAISS index.
        """
        index = _read(folder / _INDEX)
        if not (folder / "codes.npy").is_file():
            return cls(index, None, 1.0)
        return cls(index, np.load(folder / "codes.npy", mmap_mode="c"), float(np.load(folder / "scale.npy")))

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

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some passages, shape (passages, dimensions); from their bytes, where these are in memory."""
        if self._codes is None:
            return self.exact[numbers]
        return self._codes[numbers] * np.float32(self._scale)

    def nearest(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """The ``count`` nearest passages, nearest first; the first few hundred by their exact similarity."""
        if self._codes is None:
            scores, numbers = self._index.search(query.reshape(1, -1), min(count, len(self)))
            # Of equally near ones the first comes first.
            return np.asarray(numbers[0][np.lexsort((numbers[0], -scores[0]))], dtype=np.int64)
        order = largest(self.similarity(query), max(count, _AGAIN))
        first = np.sort(order[:_AGAIN])
        order[:_AGAIN] = first[largest(self.exact[first] @ query, len(first))]
        return order[:count]

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
    """Write ``codes.npy``, one byte a dimension, and its scale beside the index of a folder."""
    vectors = Vectors(_read(folder / _INDEX), None, 1.0).exact
    blocks = range(0, len(vectors), _ROWS)
    scale = max(float(np.abs(vectors[start : start + _ROWS]).max()) for start in blocks) / 127
    codes = np.lib.format.open_memmap(folder / "codes.npy", mode="w+", dtype=np.int8, shape=vectors.shape)
    for start in blocks:
        codes[start : start + _ROWS] = np.round(vectors[start : start + _ROWS] / scale)
    codes.flush()
    np.save(folder / "scale.npy", np.float64(scale))


def _read(path: Path) -> faiss.IndexFlat:
    """Map an index into memory: opening it reads nothing."""
    if os.name == "nt":
        index = faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
    else:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(index, faiss.IndexFlat):
        raise RuntimeError(f"{path} is no exact FAISS index")
    return index
