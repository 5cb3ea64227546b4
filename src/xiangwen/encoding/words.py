"""The word table, four fifths of the model: 4 bits a weight, mapped into memory, the same for encoder and judge.

Outside of the graphs it is read where a token needs it and shared by all processes; inside each graph would hold a copy
of its own, 50 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .weights import BLOCK, EncoderWeights, Floats, FourBit

WORDS = "words"
"""The input of the graphs that takes them."""
_VALUES, _SCALES = "words.npy", "words.scales.npy"
_BOTH = np.array([[((byte & 0x0F) ^ 8) - 8, ((byte >> 4) ^ 8) - 8] for byte in range(256)], dtype=np.float16)
"""The two weights in a byte, shape (256, 2)."""


class WordTable:
    """A vector for each piece of the vocabulary."""

    def __init__(self, pairs: NDArray[np.uint8], scales: NDArray[np.float16]) -> None:
        self._pairs = pairs
        """Two weights a byte, the earlier one in the lower half, as two's complement; shape (pieces, hidden / 2)."""
        self._scales = scales
        """One for each block of weights, shape (pieces, hidden / 32)."""

    @staticmethod
    def write(weights: EncoderWeights, folder: Path) -> None:
        """Write the table of some weights."""
        table: FourBit = weights.four_bit("emb.word")
        nibbles = table.values.view(np.uint8) & 0x0F
        np.save(folder / _VALUES, nibbles[:, 0::2] | (nibbles[:, 1::2] << 4))
        np.save(folder / _SCALES, table.scales)

    @classmethod
    @cache
    def open(cls, folder: Path) -> WordTable:
        """Map what `write` wrote; one table for all who ask for the same."""
        return cls(np.load(folder / _VALUES, mmap_mode="r"), np.load(folder / _SCALES, mmap_mode="r"))

    def vectors(self, ids: Sequence[int]) -> Floats:
        """Those of some pieces, shape (1, ids, hidden)."""
        rows = np.asarray(ids, dtype=np.int64)
        values = _BOTH[self._pairs[rows]].reshape(len(rows), -1, BLOCK)
        vectors = values * self._scales[rows][:, :, None]  # rounded to half floats, as the graph's own operator does
        return vectors.astype(np.float32).reshape(1, len(rows), -1)
