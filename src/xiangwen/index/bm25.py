"""BM25 over the tokens of passages (bm25s): what each passage scores for the words of a query."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xiangwen.index.word_counts import WordCounts
from xiangwen.language.dictionary import read_whole
from xiangwen.language.tokens import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

_ARRAYS = ("data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy")
_WORDS, _PARAMETERS = "vocab.index.json", "params.index.json"
"""The names that bm25s gives its files."""
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


class Scores(NamedTuple):
    """What each word is worth in the passages that hold it, one word after the other."""

    data: NDArray[np.float32]
    indices: NDArray[np.int32]
    """The passages."""
    starts: NDArray[np.int64]
    """Word i has ``data[starts[i]:starts[i + 1]]``; shape (words + 1,)."""
    passages: int


class LexicalIndex:
    """BM25 over the passages of a collection."""

    def __init__(self, words: dict[str, int], scores: Scores, counts: NDArray[np.int32]) -> None:
        self._words = words
        """The number of each word."""
        self._scores = scores
        self._counts = counts
        """How often the word of each score stands in its passage, in the order of the scores."""

    @classmethod
    def from_counts(cls, counted: WordCounts) -> LexicalIndex:
        """Score what was counted.

        The scores are those of bm25s (its default, Lucene's BM25 with k1 = 1.5 and b = 0.75), for all words at once
        where bm25s goes from passage to passage: a twentieth of the time, which every small change of a collection
        has to wait for.
        """
        from bm25s import BM25
        from scipy.sparse import csr_array

        passages = len(counted.starts) - 1
        by_row = csr_array((counted.counts, counted.columns, counted.starts), shape=(passages, len(counted.words)))
        by_word = by_row.tocsc()
        by_word.sort_indices()
        lengths = by_row.sum(axis=1).astype(np.float32)
        holding = np.diff(by_word.indptr)
        usual = BM25()
        idf = np.log(1 + (passages - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        damping = usual.k1 * (1 - usual.b + usual.b * lengths / max(float(lengths.mean()), 1.0))
        frequency = by_word.data.astype(np.float32)
        scores = Scores(
            np.repeat(idf, holding) * (frequency / (damping[by_word.indices] + frequency)),
            by_word.indices.astype(np.int32),
            by_word.indptr.astype(np.int64),
            passages,
        )
        return cls({word: i for i, word in enumerate(counted.words)}, scores, by_word.data.astype(np.int32))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote: bm25s itself brings SciPy and a fifth of a second."""
        data, indices, starts, counts = (np.load(folder / name, mmap_mode="r") for name in (*_ARRAYS, _COUNTS))
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        passages = json.loads((folder / _PARAMETERS).read_text(encoding="utf-8"))["num_docs"]
        return cls(words, Scores(data, indices, starts, passages), counts)

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON files into ``folder``, as bm25s does: it opens them too."""
        from bm25s import BM25

        retriever = BM25()
        data, indices, starts, passages = self._scores
        retriever.scores = {"data": data, "indices": indices, "indptr": starts, "num_docs": passages}
        retriever.vocab_dict = self._words
        retriever.unique_token_ids_set = set(range(len(self._words)))
        retriever.nonoccurrence_array = None  # type: ignore[assignment]  # as bm25s itself has it
        retriever.save(folder, show_progress=False)
        np.save(folder / _COUNTS, self._counts)

    def counted(self) -> WordCounts:
        """What the scores were computed from, to carry it over into another index."""
        from scipy.sparse import csc_array

        shape = self._scores.passages, len(self._words)
        by_row = csc_array((self._counts, self._scores.indices, self._scores.starts), shape=shape).tocsr()
        return WordCounts(list(self._words), by_row.indptr.astype(np.int64), by_row.indices, by_row.data)

    def weights(self) -> tuple[list[str], csr_array]:
        """All words, and the score of each in every passage, shape (passages, words)."""
        from scipy.sparse import csc_array

        shape = self._scores.passages, len(self._words)
        by_word = csc_array((self._scores.data, self._scores.indices, self._scores.starts), shape)
        return list(self._words), by_word.tocsr()

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every passage, shape (passages,); all zero where no word of the query occurs."""
        scores = np.zeros(self._scores.passages, dtype=np.float32)
        for word in tokens(query):
            number = self._words.get(word)
            if number is not None:
                start, end = self._scores.starts[number], self._scores.starts[number + 1]
                scores[self._scores.indices[start:end]] += self._scores.data[start:end]
        return scores
