"""Character sequences of a text, hashed to places in a vector of weights: what linear classifiers are made of."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_YEAR = re.compile(r"(?:20|19)\d\d(?:年度?)?|[一二][〇○零一二三四五六七八九]{3}年度?")


def with_any_year(text: str) -> str:
    """A text in which every year is the same one."""
    return _YEAR.sub("年", text)


def ngrams(text: str, longest: int) -> Iterator[str]:
    """All sequences of 1 to ``longest`` characters of a text."""
    return (text[i : i + size] for size in range(1, longest + 1) for i in range(len(text) - size + 1))


def hashed(pieces: Iterable[str], places: int) -> NDArray[np.int64]:
    """Where pieces of a text are hashed to among so many places, each place once, ascending."""
    return np.array(sorted({zlib.crc32(piece.encode()) % places for piece in pieces}), dtype=np.int64)


def in_eight_bits(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Weights as bytes, and what one is worth in each class; shapes (classes, places) and (classes, 1)."""
    worth = np.abs(weights).max(axis=1, keepdims=True) / 127
    return np.rint(weights / worth).astype(np.int8), worth.astype(np.float32)
