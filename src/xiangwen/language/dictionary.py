"""jieba's dictionary out of the cache folder, mapped: nothing of its 350,000 words is read but what is looked up.

jieba itself reads all of them into two dicts in every process, .9 s and 110 MB, though a question looks up a hundred.
"""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from importlib.metadata import version
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.machine.cache import cached_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LATEST = 65_536
"""Looked up words that are remembered; all that reports commonly say."""
_LAYOUT = 1
"""Raise it when the files are laid out differently."""


class Dictionary:
    """Words and their beginnings, sorted, with how often each was counted, 0 for a mere beginning, and its tag."""

    def __init__(self, folder: Path) -> None:
        """Map what `write` wrote."""
        self._letters: NDArray[np.uint8] = np.load(folder / "letters.npy", mmap_mode="r")
        self._ends: NDArray[np.int64] = np.load(folder / "ends.npy", mmap_mode="r")
        self._counts: NDArray[np.int64] = np.load(folder / "counts.npy", mmap_mode="r")
        self._tag_of: NDArray[np.uint8] = np.load(folder / "tag_of.npy", mmap_mode="r")
        self._tags: list[str] = np.load(folder / "tags.npy").tolist()
        self.total = int(self._counts.sum())
        self._place = lru_cache(_LATEST)(self._searched)

    @staticmethod
    def write(folder: Path) -> None:
        """Write the dictionary that jieba ships with."""
        import jieba

        counts, _ = jieba.dt.gen_pfdict(jieba.dt.get_dict_file())
        tags = {}
        with jieba.dt.get_dict_file() as file:
            for line in file:
                word, _, tag = line.decode("utf-8").strip().split(" ")
                tags[word] = tag
        words = sorted(counts, key=lambda word: word.encode("utf-8"))
        kinds = sorted({*tags.values(), ""})
        letters = [word.encode("utf-8") for word in words]
        np.save(folder / "letters.npy", np.frombuffer(b"".join(letters), dtype=np.uint8))
        np.save(folder / "ends.npy", np.cumsum([0, *map(len, letters)]))
        np.save(folder / "counts.npy", np.array([counts[word] for word in words]))
        np.save(folder / "tag_of.npy", np.array([kinds.index(tags.get(word, "")) for word in words], dtype=np.uint8))
        np.save(folder / "tags.npy", np.array(kinds))

    def count(self, word: str) -> int | None:
        """How often a word was counted; None where it is not even the beginning of one."""
        place = self._place(word)
        return None if place is None else int(self._counts[place])

    def counts(self) -> dict[str, int]:
        """How often every word was counted."""
        letters, ends = self._letters.tobytes(), self._ends.tolist()
        words = (letters[start:end].decode("utf-8") for start, end in pairwise(ends))
        return dict(zip(words, self._counts.tolist(), strict=True))

    def tag(self, word: str) -> str | None:
        """The part of speech of a word, as jieba names it; None for what is no word."""
        place = self._place(word)
        return None if place is None else self._tags[self._tag_of[place]] or None

    def _searched(self, word: str) -> int | None:
        wanted = word.encode("utf-8", "surrogatepass")
        low, high = 0, len(self._counts)
        while low < high:
            middle = (low + high) // 2
            if self._at(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self._counts) and self._at(low) == wanted else None

    def _at(self, place: int) -> bytes:
        return self._letters[self._ends[place] : self._ends[place + 1]].tobytes()


class _Counts:
    """How often words were counted, as jieba looks it up."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.get = dictionary.count

    def __contains__(self, word: str) -> bool:
        return self.get(word) is not None

    def __getitem__(self, word: str) -> int:
        return self.get(word) or 0


class _Tags:
    """The part of speech of words, as jieba looks it up."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._tag = dictionary.tag

    def get(self, word: str, otherwise: str) -> str:
        """The part of speech of a word."""
        return self._tag(word) or otherwise


@cache
def _dictionary() -> Dictionary:
    return Dictionary(cached_folder(f"jieba-{version('jieba')}-{_LAYOUT}", Dictionary.write))


@cache
def word_cutter() -> Any:
    """jieba's tokenizer over the mapped dictionary."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    cutter: Any = jieba.Tokenizer()  # its dict is another kind of table here
    cutter.FREQ, cutter.total, cutter.initialized = _Counts(_dictionary()), _dictionary().total, True
    cutter.get_dict_file = BytesIO  # the tagger would read it anew
    return cutter


@cache
def word_tagger() -> Any:
    """jieba's tagger over the mapped dictionary."""
    import jieba

    usual: Any = jieba.dt
    usual.get_dict_file = BytesIO  # it reads all tags when it is imported
    try:
        from jieba.posseg import POSTokenizer
    finally:
        del usual.get_dict_file
    tagger: Any = POSTokenizer(word_cutter())
    tagger.word_tag_tab = _Tags(_dictionary())
    return tagger


@cache
def read_whole() -> None:
    """Read all words into memory, for whoever is about to cut whole reports: each is then found in no time."""
    word_cutter().FREQ = _dictionary().counts()
