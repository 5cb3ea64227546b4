"""Passages that were fetched for a question, as an index of their own: the same features, verdicts and answers.

What is said of the whole collection (how similar its passages are on average, how many hold a word, the best BM25
score) is asked of the store, or counted here where the whole collection has been fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import faiss
import numpy as np

from xiangwen.index import Index
from xiangwen.index.bm25 import LexicalIndex
from xiangwen.index.occurrences import Occurrences
from xiangwen.index.signals import Signals, columns_of
from xiangwen.index.texts import Passages
from xiangwen.index.vectors import Vectors
from xiangwen.milvus.rows import FetchedPassage, query_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.index.texts import IndexedPassage
    from xiangwen.milvus.opened import MilvusStore


class Subset(Index):
    """Some passages of a collection on Milvus, all in memory."""

    def __init__(self, store: MilvusStore, rows: Sequence[FetchedPassage]) -> None:
        """Make an index of rows.

        Args:
            store: where they come from.
            rows: in the order of their numbers, one at least.
        """
        vectors = faiss.IndexFlatIP(len(rows[0].vector))
        vectors.add(np.stack([row.vector for row in rows]))
        super().__init__(
            store.reports,
            store.texts,
            Passages.of([row.passage for row in rows], [row.passage.report for row in rows]),
            Vectors(vectors),
            _signals(rows),
            _Words(rows),
            store.model,
            "",
        )
        self._store = store
        self._passage_numbers = np.array([row.number for row in rows], dtype=np.int64)
        self._whole = len(rows) == len(store.passages)

    @property
    def passage_numbers(self) -> NDArray[np.int64]:
        """The number in the store of every passage here, ascending, shape (passages,)."""
        return self._passage_numbers

    def quote(self, passage: IndexedPassage) -> str:
        """The exact words of a passage."""
        return self._store.quote(passage)

    def lead(self, passage: IndexedPassage) -> str:
        """The first sentence of a passage's list item, or the column headings of its table; may be empty."""
        return self._store.lead(passage)

    def vector(self, query: str) -> NDArray[np.float32]:
        """The vector of a query, shape (dimensions,), unit length."""
        return self._store.vector(query)

    def spread(self, query: str, scores: NDArray[np.float32]) -> tuple[float, float]:
        """Mean and standard deviation of the query's similarity over the collection."""
        return super().spread(query, scores) if self._whole else self._store.spread(query)

    def document_frequency(self, words: Sequence[str], here: int) -> tuple[int, int]:
        """How many passages the collection has, and how many of them hold one of the words."""
        if self._whole:
            return super().document_frequency(words, here)
        # Here a word may also have been found by its parts, which the store does not look for.
        return len(self._store.passages), max(here, self._store.document_frequency(tuple(words)))

    def best_bm25(self, query: str, scores: NDArray[np.float32]) -> float:
        """The best BM25 score of the query in the collection."""
        return super().best_bm25(query, scores) if self._whole else self._store.best_bm25(query)


class _Words(LexicalIndex):
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
