"""BM25 over the tokens of passages: what each passage scores for the words of a query.

It is Lucene's BM25, the default of bm25s, whose scores these are; why not bm25s itself: docs/libraries.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xiangwen.index.word_counts import WordCounts
from xiangwen.language.dictionary import read_whole
from xiangwen.language.tokens import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

K1 = 1.5
"""How far a word that stands in a passage again and again goes on to count; the usual value."""
B = 0.75
"""How much a longer passage must hold of a word to score as high; the usual value."""
_ARRAYS = ("data.csc.index.npy", "indices.csc.index.npy", "indptr.csc.index.npy", "counts.csc.index.npy")
_WORDS, _SIZE = "vocab.index.json", "params.index.json"
"""The files are named as those of bm25s, which earlier builds wrote them with."""
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
        """The index of what was counted, all words scored at once."""
        from scipy.sparse import csr_array

        passages = len(counted.starts) - 1
        by_row = csr_array((counted.counts, counted.columns, counted.starts), shape=(passages, len(counted.words)))
        by_word = by_row.tocsc()
        by_word.sort_indices()
        lengths = by_row.sum(axis=1).astype(np.float32)
        holding = np.diff(by_word.indptr)
        idf = np.log(1 + (passages - holding + 0.5) / (holding + 0.5)).astype(np.float32)
        damping = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0))
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
        """What `save` wrote."""
        data, indices, starts, counts = (np.load(folder / name, mmap_mode="r") for name in _ARRAYS)
        words = json.loads((folder / _WORDS).read_text(encoding="utf-8"))
        passages = json.loads((folder / _SIZE).read_text(encoding="utf-8"))["num_docs"]
        return cls(words, Scores(data, indices, starts, passages), counts)

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON files into ``folder``, which is made."""
        folder.mkdir(parents=True)
        data, indices, starts, passages = self._scores
        arrays: tuple[NDArray[Any], ...] = (data, indices, starts, self._counts)
        for name, array in zip(_ARRAYS, arrays, strict=True):
            np.save(folder / name, array)
        for name, said in ((_WORDS, self._words), (_SIZE, {"num_docs": passages})):
            text = json.dumps(said, ensure_ascii=False)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")

    def counted(self) -> WordCounts:
        """The counts that the scores were computed from, to carry them over into another index."""
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
