"""Passages that were fetched for a question, as a `Subset`: the same features, verdicts and answers as in a folder.

What is said of the whole collection is asked of Milvus (`RemoteStatistics`), or counted here where all was fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import faiss
import numpy as np

from xiangwen.index.occurrences import Occurrences
from xiangwen.index.report_ranges import ReportRanges
from xiangwen.index.signals import Signals, columns_of
from xiangwen.index.subset import CollectionStatistics, CountedHere, Subset
from xiangwen.index.vectors import Vectors
from xiangwen.milvus.rows import FetchedPassage, query_words

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fetched_subset(rows: Sequence[FetchedPassage], reports: int, statistics: CollectionStatistics) -> Subset:
    """Some passages of a collection on Milvus, all in memory.

    Args:
        rows: in the order of their numbers, one at least.
        reports: how many the collection has.
        statistics: of the collection.
    """
    vectors = faiss.IndexFlatIP(len(rows[0].vector))
    vectors.add(np.stack([row.vector for row in rows]))
    whole = len(rows) == statistics.passages
    return Subset(
        np.array([row.number for row in rows], dtype=np.int64),
        ReportRanges(np.array([row.passage.report for row in rows], dtype=np.int32), reports),
        Vectors(vectors),
        _signals(rows),
        _Words(rows),
        CountedHere(len(rows)) if whole else statistics,
    )


class _Words:
    """BM25 scores out of the words of each row."""

    def __init__(self, rows: Sequence[FetchedPassage]) -> None:
        words = np.concatenate([row.words for row in rows])
        order = np.argsort(words, kind="stable")
        self._passages = len(rows)
        self._hashed = words[order]
        self._weights = np.concatenate([row.weights for row in rows])[order]
        self._homes = np.repeat(np.arange(len(rows)), [len(row.words) for row in rows])[order]

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every passage, shape (passages,); all zero where no word of the query occurs."""
        scores = np.zeros(self._passages, dtype=np.float32)
        for word, count in query_words(query).items():
            first, last = np.searchsorted(self._hashed, np.array([word, word + 1], dtype=np.uint64))
            scores[self._homes[first:last]] += np.float32(count) * self._weights[first:last]
        return scores


def _signals(rows: Sequence[FetchedPassage]) -> Signals:
    above: dict[str, int] = {}
    columns = columns_of([(*row.signals, above.setdefault(row.above, len(above))) for row in rows])
    return Signals(**columns, quotes=Occurrences.of([row.plain for row in rows]), headings=Occurrences.of(list(above)))
