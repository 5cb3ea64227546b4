"""The passages of a store that one question is computed from, with all that their features are computed from.

Of a folder they are all passages, of a server those that it sends. How near, how common and how good a match is counts
by the whole collection, of which they may be a part: that is told by `CollectionStatistics`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index.report_ranges import ReportRanges
    from xiangwen.index.signals import Signals
    from xiangwen.index.vectors import Vectors


class LexicalScores(Protocol):
    """BM25 over the passages of a subset."""

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every passage, shape (passages,); all zero where no word of the query occurs."""


class CollectionStatistics(ABC):
    """What is said of the whole collection."""

    def __init__(self, passages: int) -> None:
        self.passages = passages
        """How many the collection has."""

    @abstractmethod
    def mean_and_deviation(self, vector: NDArray[np.float32], here: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the similarity of a query to all passages.

        Args:
            vector: of the query.
            here: its similarity to the passages of the subset.
        """

    @abstractmethod
    def document_frequency(self, words: Sequence[str], here: int) -> int:
        """How many passages hold one of some words.

        Args:
            words: in simplified characters, lower case.
            here: how many passages of the subset hold one.
        """

    @abstractmethod
    def best_bm25(self, query: str, here: NDArray[np.float32]) -> float:
        """The best BM25 score of the query; ``here`` are those of the passages of the subset."""


class CountedHere(CollectionStatistics):
    """The statistics of a collection whose passages are all in the subset."""

    def mean_and_deviation(self, vector: NDArray[np.float32], here: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the similarity of a query to all passages."""
        return float(here.mean()), float(here.std())

    def document_frequency(self, words: Sequence[str], here: int) -> int:
        """How many passages hold one of some words."""
        return here

    def best_bm25(self, query: str, here: NDArray[np.float32]) -> float:
        """The best BM25 score of the query."""
        return float(here.max())


@dataclass(frozen=True, eq=False)
class Subset:
    """Passages of a store, in their order; every array has one entry a passage."""

    numbers: NDArray[np.int64]
    """The number in the store of every passage, ascending."""
    ranges: ReportRanges
    """Which of them are whose."""
    vectors: Vectors
    signals: Signals
    lexical: LexicalScores
    statistics: CollectionStatistics

    @cached_property
    def log_lengths(self) -> NDArray[np.float32]:
        """Logarithm of one more than the characters of every passage."""
        return np.log1p(self.signals.length)
