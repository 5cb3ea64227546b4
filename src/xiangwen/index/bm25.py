"""BM25 over the tokens of passages (bm25s): what each passage scores for the words of a query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import numpy as np

from xiangwen.index.word_counts import WordCounts
from xiangwen.language.dictionary import read_whole
from xiangwen.language.tokens import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_COUNTS = "counts.csc.index.npy"
_LATEST = 1024
"""Texts whose words are kept while a collection is counted: more than stand above the passages of one report."""


def count_words(paths: Iterable[Sequence[str]]) -> WordCounts:
    """How often each token stands in each path, a text with what stands above it.

    A heading is cut into words once for all that it is above: half the time.
    """
    read_whole()
    cut = lru_cache(_LATEST)(tokens)
    return WordCounts.of(paths, lambda path: chain.from_iterable(map(cut, path)))


class LexicalIndex:
    """BM25 over the passages of a collection."""

    def __init__(self, retriever: bm25s.BM25, counts: NDArray[np.int32]) -> None:
        self._retriever = retriever
        self._counts = counts
        """How often the word of each score stands in its passage, in the order of bm25s's scores."""

    @classmethod
    def build(cls, texts: list[str]) -> LexicalIndex:
        """Index the texts in their order."""
        return cls.from_counts(count_words([(text,) for text in texts]))

    @classmethod
    def from_counts(cls, counted: WordCounts) -> LexicalIndex:
        """Score what was counted.

        The scores are those of bm25s (its default, Lucene's BM25 with k1 = 1.5 and b = 0.75), for all words at once
        where bm25s goes from passage to passage: a twentieth of the time, which every small change of a collection
        has to wait for.
        """
        from scipy.sparse import csr_array

        passages = len(counted.starts) - 1
        by_row = csr_array((counted.counts, counted.columns, counted.starts), shape=(passages, len(counted.words)))
        by_word = by_row.tocsc()
        by_word.sort_indices()
        lengths = by_row.sum(axis=1).astype(np.float32)
        holding = np.diff(by_word.indptr)
        retriever = bm25s.BM25()
        rarity = np.log(1 + (passages - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        damping = retriever.k1 * (1 - retriever.b + retriever.b * lengths / max(float(lengths.mean()), 1.0))
        frequency = by_word.data.astype(np.float32)
        retriever.scores = {
            "data": np.repeat(rarity, holding) * (frequency / (damping[by_word.indices] + frequency)),
            "indices": by_word.indices.astype(np.int32),
            "indptr": by_word.indptr.astype(np.int64),
            "num_docs": passages,
        }
        retriever.vocab_dict = {word: i for i, word in enumerate(counted.words)}
        retriever.unique_token_ids_set = set(range(len(counted.words)))
        retriever.nonoccurrence_array = None  # type: ignore[assignment]  # as bm25s itself has it
        return cls(retriever, by_word.data.astype(np.int32))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(folder, load_corpus=False, mmap=True), np.load(folder / _COUNTS, mmap_mode="r"))

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON files into ``folder``."""
        self._retriever.save(folder, show_progress=False)
        np.save(folder / _COUNTS, self._counts)

    def counted(self) -> WordCounts:
        """What the scores were computed from, to carry it over into another index."""
        from scipy.sparse import csc_array

        scores, words = self._retriever.scores, self._retriever.vocab_dict
        by_word = csc_array((self._counts, scores["indices"], scores["indptr"]), shape=(scores["num_docs"], len(words)))
        by_row = by_word.tocsr()
        return WordCounts(list(words), by_row.indptr.astype(np.int64), by_row.indices, by_row.data)

    def weights(self) -> tuple[list[str], csr_array]:
        """All words, and the score of each in every passage, shape (passages, words)."""
        from scipy.sparse import csc_array

        scores, words = self._retriever.scores, self._retriever.vocab_dict
        by_word = csc_array((scores["data"], scores["indices"], scores["indptr"]), (scores["num_docs"], len(words)))
        return list(words), by_word.tocsr()

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every passage, shape (passages,); all zero where no word of the query occurs."""
        known = [t for t in tokens(query) if t in self._retriever.vocab_dict]
        if not known:
            return np.zeros(self._retriever.scores["num_docs"], dtype=np.float32)
        return np.asarray(self._retriever.get_scores(known), dtype=np.float32)
