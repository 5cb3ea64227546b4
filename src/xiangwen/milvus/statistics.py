"""What is said of a whole collection on Milvus: how similar its passages are to a query, how many hold a word."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.index.subset import CollectionStatistics
from xiangwen.milvus.rows import ABOUT, query_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.milvus.connection import Connection


class RemoteStatistics(CollectionStatistics):
    """Asked of Milvus, each once."""

    def __init__(self, connection: Connection, collection: str, passages: int) -> None:
        super().__init__(passages)
        self._connection = connection
        self._collection = collection
        self._holding = lru_cache(maxsize=4096)(self._count_holding)
        self._best = lru_cache(maxsize=256)(self._find_best)

    def mean_and_deviation(self, vector: NDArray[np.float32], here: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the similarity of a query to all passages: exact, from its covariance."""
        mean, covariance = self._moments
        query = vector.astype(np.float64)
        return float(query @ mean), math.sqrt(max(float(query @ covariance @ query), 0.0))

    def document_frequency(self, words: Sequence[str], here: int) -> int:
        """How many passages hold one of some words."""
        # Here a word may also have been found by its parts, which Milvus does not look for.
        return max(here, self._holding(tuple(words)))

    def best_bm25(self, query: str, here: NDArray[np.float32]) -> float:
        """The best BM25 score of the query."""
        return self._best(query)

    @cached_property
    def _moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = self._connection.rows(self._collection + ABOUT, 'kind == "moment"', ("report", "vector"))
        rows.sort(key=lambda row: int(row["report"]))
        vectors = np.array([row["vector"] for row in rows], dtype=np.float64)
        return vectors[-1], vectors[:-1]

    def _count_holding(self, words: tuple[str, ...]) -> int:
        # Any character may stand where one would mean something else to Milvus.
        patterns = {re.sub(r'[%_"\'\\\s]', "_", word) for word in words if word}
        tests = [f'plain like "%{pattern}%"' for pattern in sorted(patterns)]
        return self._connection.count_where(self._collection, " or ".join(tests)) if tests else 0

    def _find_best(self, query: str) -> float:
        words = query_words(query)
        return self._connection.best(self._collection, "words", words) if words else 0.0
