"""Which of many texts hold a word: every pair of neighbouring characters with the places where it stands.

A word is where its pairs stand side by side, so it is found exactly and without reading the texts: what it costs grows
with how often its rarest pair occurs, not with the collection. The arrays are memory-mapped; what a question does not
touch is not read from disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.index.code_points import LINE_END, Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ARRAYS = ("alphabet", "pairs", "starts", "places", "texts", "holder_starts", "holders")


class Occurrences:
    """An index of all character pairs of a list of texts."""

    def __init__(self, arrays: dict[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self._alphabet: NDArray[np.uint32] = arrays["alphabet"]  # type: ignore[assignment]
        """Code points that occur, ascending; a pair is (rank of the first) * len(alphabet) + (rank of the second)."""
        self._pairs: NDArray[np.uint64] = arrays["pairs"]  # type: ignore[assignment]
        """Pairs that occur, ascending."""
        self._starts: NDArray[np.int64] = arrays["starts"]  # type: ignore[assignment]
        """Pair i stands at ``places[starts[i]:starts[i + 1]]``; behind the last pair is one that does not occur."""
        self._places: NDArray[np.uint64] = arrays["places"]  # type: ignore[assignment]
        """Positions in all texts joined, ascending within a pair."""
        self._texts: NDArray[np.int64] = arrays["texts"]  # type: ignore[assignment]
        """Where each text begins in all texts joined, and the length of the whole."""
        self._holder_starts: NDArray[np.int64] = arrays["holder_starts"]  # type: ignore[assignment]
        """Pair i stands in the texts ``holders[holder_starts[i]:holder_starts[i + 1]]``."""
        self._holders: NDArray[np.uint32] = arrays["holders"]  # type: ignore[assignment]
        """Numbers of texts, ascending within a pair, each once: most words asked for are a pair, and need no more."""

    @classmethod
    def of(cls, texts: Sequence[str]) -> Occurrences:
        """Index some texts."""
        return cls.over(Lines.of(texts))

    @classmethod
    def over(cls, lines: Lines) -> Occurrences:
        """Index the texts of some lines; there must be one."""
        codes = lines.codes
        alphabet = np.flatnonzero(np.bincount(codes)).astype(np.uint32)
        if len(alphabet) > 2**16:
            raise ValueError("more kinds of characters than 65,536")
        rank = np.zeros(int(alphabet[-1]) + 1, dtype=np.uint16)
        rank[alphabet] = np.arange(len(alphabet), dtype=np.uint16)
        ranks = rank[codes]
        # By the second character, then stably by the first: sorting 16-bit numbers takes no comparison.
        places = np.argsort(ranks[1:], kind="stable").astype(np.min_scalar_type(len(codes)))
        places = places[np.argsort(ranks[places], kind="stable")]
        keys = ranks[places].astype(np.uint64) * np.uint64(len(alphabet)) + ranks[places + 1]
        new_pair = np.diff(keys, prepend=np.uint64(2**63)) != 0
        starts = np.flatnonzero(new_pair)
        holders = np.repeat(np.arange(len(lines), dtype=np.uint32), np.diff(lines.starts))[places]
        new_holder = new_pair | (np.diff(holders, prepend=np.uint32(0)) != 0)
        return cls(
            {
                "alphabet": alphabet,
                "pairs": keys[starts],
                "starts": np.append(starts, [len(keys)] * 2),
                "places": places,
                "texts": lines.starts,
                "holder_starts": np.append(np.cumsum(new_holder)[starts] - 1, [new_holder.sum()] * 2),
                "holders": holders[new_holder],
            }
        )

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        folder.mkdir(parents=True)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", self._arrays[name])

    @classmethod
    def load(cls, folder: Path) -> Occurrences:
        """Open what `save` wrote, memory-mapped."""
        return cls({name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS})

    def lines(self) -> Lines:
        """The texts that were indexed, read off the pairs."""
        first = self._alphabet[self._pairs // np.uint64(len(self._alphabet))]
        codes = np.full(len(self._places) + 1, LINE_END, dtype=np.uint32)
        codes[self._places] = np.repeat(first, np.diff(self._starts[: len(first) + 1]))
        return Lines(codes, self._texts)

    def __len__(self) -> int:
        return len(self._texts) - 1

    def holds(self, word: str) -> NDArray[np.int64]:
        """Numbers of the texts that hold the word, ascending; all of them for the empty word."""
        if not word:
            return np.arange(len(self))
        codes = np.frombuffer(word.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        ranks = np.searchsorted(self._alphabet, codes)
        if ranks.max() >= len(self._alphabet) or (self._alphabet[ranks] != codes).any():
            return np.zeros(0, dtype=np.int64)
        if len(ranks) == 1:
            return self._one(int(ranks[0]))
        if len(ranks) == 2:
            pair = self._pair(int(ranks[0]), int(ranks[1]))
            return self._holders[self._holder_starts[pair] : self._holder_starts[pair + 1]].astype(np.int64)
        numbers = np.searchsorted(self._texts, self._joined([int(r) for r in ranks]), side="right") - 1
        return np.asarray(numbers[np.flatnonzero(np.diff(numbers, prepend=-1))])

    def _one(self, rank: int) -> NDArray[np.int64]:
        """Texts that hold a single character."""
        size = len(self._alphabet)
        first, last = np.searchsorted(self._pairs, np.array([rank * size, (rank + 1) * size], dtype=np.uint64))
        held = np.zeros(len(self), dtype=bool)
        held[self._holders[self._holder_starts[first] : self._holder_starts[last]]] = True
        return np.flatnonzero(held)

    def _joined(self, ranks: list[int]) -> NDArray[np.uint64]:
        """Places where the characters stand side by side: its pairs at every second character, and the last one."""
        offsets = sorted({*range(0, len(ranks) - 1, 2), len(ranks) - 2})
        pairs = [(self._pair(ranks[i], ranks[i + 1]), i) for i in offsets]
        lists = [(self._places[self._starts[pair] : self._starts[pair + 1]], i) for pair, i in pairs]
        lists.sort(key=lambda row: len(row[0]))
        rarest, offset = lists[0]
        begins = rarest[rarest >= offset] - rarest.dtype.type(offset)
        for places, offset in lists[1:]:
            if len(begins) == 0:
                break
            wanted = begins + begins.dtype.type(offset)
            found = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
            begins = begins[places[found] == wanted]
        return np.asarray(begins)

    def _pair(self, first: int, second: int) -> int:
        """The number of a pair; that of the empty one behind the last, where the pair does not occur."""
        key = np.uint64(first * len(self._alphabet) + second)
        i = int(np.searchsorted(self._pairs, key))
        return i if i < len(self._pairs) and self._pairs[i] == key else len(self._pairs)
