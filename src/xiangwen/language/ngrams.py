"""Character sequences of a text, hashed to places in a vector of weights: what linear classifiers read of words."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray


def ngrams(text: str, longest: int) -> Iterator[str]:
    """All sequences of 1 to ``longest`` characters of a text."""
    return (text[i : i + size] for size in range(1, longest + 1) for i in range(len(text) - size + 1))


def hashed(pieces: Iterable[str], places: int) -> NDArray[np.int64]:
    """Where pieces of a text are hashed to among so many places, each place once, ascending."""
    return np.unique([zlib.crc32(piece.encode()) % places for piece in pieces])
