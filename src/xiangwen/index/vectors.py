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

from xiangwen.index.top_k import top_k

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXACT_UP_TO = 250_000
"""Vectors up to which each is compared exactly: those of a province in a year, 380 MB. Bytes find the same ten nearest,
at two million in a sixth of the time, and give the same verdicts but for 2 in 1,000 (tests/benchmarks/nearest.py)."""
_AGAIN = 400
"""The nearest so many by their bytes are put in order by their exact similarity; nobody reads further."""
_ROWS = 65_536
"""Vectors that are turned into bytes at a time."""
_INDEX, _CODES, _STEPS = "vectors.faiss", "codes.npy", "steps.npy"


class _Mapped:
    """The numbers of an index for NumPy; whoever holds them holds the index, which must not go before them."""

    def __init__(self, index: faiss.IndexFlat) -> None:
        self.index = index
        numbers = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        self.__array_interface__ = {**numbers.__array_interface__, "data": (numbers.ctypes.data, True)}


class Vectors:
    """Unit vectors, shape (passages, dimensions), memory-mapped."""

    def __init__(self, index: faiss.IndexFlat, codes: Codes | None = None, file: Path | None = None) -> None:
        self._index = index
        self._file = file
        self.exact: NDArray[np.float32] = np.asarray(_Mapped(index)).reshape(index.ntotal, index.d)
        """The vectors as FAISS holds them."""
        self._codes = codes

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
            Codes.write(folder)

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open what `write` wrote.

        Raises:
            RuntimeError: if the file is no FAISS index.
        """
        index = _read(folder / _INDEX)
        codes = Codes.open(folder) if (folder / _CODES).is_file() else None
        return cls(index, codes, folder / _INDEX)

    def __len__(self) -> int:
        return len(self.exact)

    def similarity(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine similarity of a unit vector, shape (dimensions,), to all passages, shape (passages,)."""
        if self._codes is None:
            return np.asarray(self.exact @ query, dtype=np.float32)
        return self._codes.similarity(query)

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of some passages, shape (passages, dimensions); from their bytes, where these are in memory."""
        return self.exact[numbers] if self._codes is None else self._codes.rows(numbers)

    @property
    def rounded(self) -> bool:
        """Whether `similarity` is that of bytes, off by some hundredth of its spread over a collection."""
        return self._codes is not None

    def exact_rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """The exact vectors of some passages, shape (passages, dimensions).

        Of very many vectors they are read from the file: what is looked at through the map stays in memory, and with
        each vector its neighbours.
        """
        if self._codes is None or self._file is None:
            return self.exact[numbers]
        found = np.empty((len(numbers), self.exact.shape[1]), dtype=np.float32)
        with self._file.open("rb", buffering=0) as file:
            start = file.seek(0, os.SEEK_END) - self.exact.nbytes  # the vectors are the last thing that FAISS writes
            for vector, number in zip(found, numbers.tolist(), strict=True):
                file.seek(start + number * vector.nbytes)
                file.readinto(vector.data)
        return found

    def nearest(self, query: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """The ``count`` nearest passages, nearest first; the first few hundred by their exact similarity."""
        if self._codes is None:
            scores, numbers = self._index.search(query.reshape(1, -1), min(count, len(self)))
            # Of equally near ones the first comes first.
            return np.asarray(numbers[0][np.lexsort((numbers[0], -scores[0]))], dtype=np.int64)
        order = top_k(self.similarity(query), max(count, _AGAIN))
        first = np.sort(order[:_AGAIN])
        order[:_AGAIN] = first[top_k(self.exact_rows(first) @ query, len(first))]
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


class Codes:
    """Vectors as one byte a dimension: how far each number is from the dimension's mean, in steps of its own."""

    def __init__(self, bytes_: NDArray[np.int8], means: NDArray[np.float32], steps: NDArray[np.float32]) -> None:
        self._bytes, self._means, self._steps = bytes_, means, steps

    @staticmethod
    def write(folder: Path) -> None:
        """Write those of the vectors in a folder beside them."""
        vectors = Vectors(_read(folder / _INDEX)).exact
        blocks = [slice(start, start + _ROWS) for start in range(0, len(vectors), _ROWS)]
        means = sum(vectors[block].sum(axis=0, dtype=np.float64) for block in blocks) / len(vectors)
        widest = np.maximum.reduce([np.abs(vectors[block] - means).max(axis=0) for block in blocks])
        steps = np.maximum(widest, 1e-9) / 127
        bytes_ = np.lib.format.open_memmap(folder / _CODES, mode="w+", dtype=np.int8, shape=vectors.shape)
        for block in blocks:
            bytes_[block] = np.round((vectors[block] - means) / steps)
        bytes_.flush()
        np.save(folder / _STEPS, np.stack([means, steps]).astype(np.float32))

    @classmethod
    def open(cls, folder: Path) -> Codes:
        """Open what `write` wrote."""
        return cls(np.load(folder / _CODES, mmap_mode="c"), *np.load(folder / _STEPS))

    def similarity(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine similarity of a unit vector to all of them, shape (vectors,).

        The query is as bytes too, and both are multiplied as such and summed in 32-bit integers: a quarter of the
        memory traffic of exact vectors, which is what takes the time.
        """
        asked = query * self._steps
        step = float(np.abs(asked).max()) / 127
        summed = _summed(self._bytes, np.round(asked / step).astype(np.int8))
        return np.asarray(summed.astype(np.float32) * step + query @ self._means, dtype=np.float32)

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some of the vectors, shape (numbers, dimensions)."""
        return self._bytes[numbers] * self._steps + self._means


def _summed(rows: NDArray[np.int8], column: NDArray[np.int8]) -> NDArray[np.generic]:
    """The product of bytes in whole numbers; without torch the same, slower, as floats hold them exactly (< 2**24)."""
    try:
        import torch
    except ModuleNotFoundError:
        blocks = (rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS))
        wide = column.astype(np.float32)
        return np.concatenate([block.astype(np.float32) @ wide for block in blocks])
    # Reshaped, not indexed with None: a step of zero bytes, which that gives, makes torch return nonsense.
    product: NDArray[np.int32] = torch._int_mm(torch.from_numpy(rows), torch.from_numpy(column.reshape(-1, 1))).numpy()
    return product[:, 0]


def _read(path: Path) -> faiss.IndexFlat:
    """Map an index into memory: opening it reads nothing."""
    if os.name == "nt":
        index = faiss.deserialize_index(np.frombuffer(path.read_bytes(), dtype=np.uint8))
    else:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    if not isinstance(index, faiss.IndexFlat):
        raise RuntimeError(f"{path} is no exact FAISS index")
    return index
