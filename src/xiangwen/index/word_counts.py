"""How often each word stands in each passage: what a lexical index is computed from, and all of it that can be kept.

Cutting Chinese text into words takes a hundred times as long as scoring it, but the BM25 scores of all passages change
with every report that comes or goes. So the counts are carried from one index to the next, and the scores are computed
anew.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_Text = TypeVar("_Text")


@dataclass(frozen=True, eq=False)
class WordCounts:
    """A sparse matrix (passages, words) by rows: row i is ``columns[starts[i]:starts[i+1]]`` and the same of counts."""

    words: Sequence[str]
    """The word of each column."""
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    counts: NDArray[np.int32]

    @classmethod
    def of(cls, texts: Iterable[_Text], tokens: Callable[[_Text], Iterable[str]]) -> WordCounts:
        """Count the tokens of each text."""
        known: dict[str, int] = {}
        starts, columns, counts = array("q", [0]), array("i"), array("i")
        for text in texts:
            for word, count in Counter(tokens(text)).items():
                columns.append(known.setdefault(word, len(known)))
                counts.append(count)
            starts.append(len(columns))
        return cls(
            list(known),
            np.array(starts, dtype=np.int64),
            np.array(columns, dtype=np.int32),
            np.array(counts, dtype=np.int32),
        )

    def rows(self, start: int, end: int) -> WordCounts:
        """The passages from ``start`` to before ``end``, over the same words, without copying."""
        first, last = self.starts[start], self.starts[end]
        return WordCounts(
            self.words, self.starts[start : end + 1] - first, self.columns[first:last], self.counts[first:last]
        )

    @classmethod
    def joined(cls, parts: Sequence[WordCounts]) -> WordCounts:
        """The parts one after another, over the sorted words that occur in them.

        The result depends on the rows alone, not on how they came together.
        """
        # Parts of one index share their list of words, which is therefore looked through once.
        vocabularies = {id(part.words): part.words for part in parts}
        words = sorted(set().union(*vocabularies.values()))
        number = {word: i for i, word in enumerate(words)}
        renumber = {
            key: np.array([number[word] for word in vocabulary], dtype=np.int32)
            for key, vocabulary in vocabularies.items()
        }
        empty = np.zeros(0, dtype=np.int32)
        columns = np.concatenate([empty, *(renumber[id(part.words)][part.columns] for part in parts)])
        counts = np.concatenate([empty, *(part.counts for part in parts)])
        lengths = np.concatenate([empty, *(np.diff(part.starts) for part in parts)])
        occurs = np.zeros(len(words), dtype=bool)
        occurs[columns] = True
        columns = (np.cumsum(occurs, dtype=np.int32) - 1)[columns]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return cls([w for w, there in zip(words, occurs, strict=True) if there], starts, columns, counts)
