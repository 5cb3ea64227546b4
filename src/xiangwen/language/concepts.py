"""The concept catalogue: words that can stand for one another, in Chinese and English (``vocabulary/concepts.toml``).

It lets a colloquial, misspelt or English question meet the wording of the reports. An analyst extends the file; nothing
here knows a single word of it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import snowballstemmer
from pypinyin import lazy_pinyin

_LONGEST_ENGLISH_PHRASE = 6
_LONGEST_MISSPELT = 5
_MARKS = re.compile(r"[“”‘’\"'《》〈〉「」『』·]")


def vocabulary(name: str) -> dict[str, Any]:
    """A file of ``language/vocabulary``."""
    return tomllib.loads(files("xiangwen.language").joinpath("vocabulary", name).read_text(encoding="utf-8"))


def plain_words(text: str) -> str:
    """Text without quotation marks, lower case: 「“枫桥经验”」 and 「枫桥经验」 are the same words."""
    return _MARKS.sub("", text).lower()


@dataclass(frozen=True)
class Match:
    """A stretch of a question that the catalogue knows, and the Chinese words that say the same."""

    start: int
    end: int
    asked: str
    words: tuple[str, ...]


class Catalogue:
    """All concepts, looked up by their Chinese words or their English phrases."""

    def __init__(self, concepts: list[dict[str, Any]]) -> None:
        self._chinese: dict[str, list[str]] = {}
        self._english: dict[tuple[str, ...], list[str]] = {}
        self._stemmer = snowballstemmer.stemmer("english")
        for concept in concepts:
            words = [plain_words(word) for word in concept["zh"]]
            for word in [*words, *map(plain_words, concept.get("asked", ()))]:
                known = self._chinese.setdefault(word, [word])
                known.extend(w for w in words if w not in known)
            for phrase in concept["en"]:
                known = self._english.setdefault(self._stems(phrase), [])
                known.extend(w for w in words if w not in known)
        known_words = sorted((w for w in self._chinese if len(w) > 1), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, known_words)))

    def _stems(self, phrase: str) -> tuple[str, ...]:
        return tuple(self._stemmer.stemWords(re.findall(r"[a-z0-9.%]+", phrase.lower().replace("-", " "))))

    def words(self, word: str) -> tuple[str, ...]:
        """The word and all that can stand for it."""
        return tuple(self._chinese.get(plain_words(word), [plain_words(word)]))

    def chinese(self, text: str, also: frozenset[str] = frozenset()) -> Iterator[Match]:
        """Known words in Chinese text, the longest first from left to right; words in ``also`` are skipped over."""
        position = 0
        while match := self._pattern.search(text, position):
            stop = next((w for w in also if text.startswith(w, match.start()) and len(w) > len(match[0])), None)
            if stop is None:
                yield Match(match.start(), match.end(), match[0], self.words(match[0]))
            position = match.start() + len(stop or match[0])

    @cached_property
    def _sounds(self) -> dict[tuple[str, ...], str]:
        return {tuple(lazy_pinyin(w)): w for w in self._chinese if 1 < len(w) <= _LONGEST_MISSPELT}

    def misspelt(self, text: str) -> Iterator[Match]:
        """Known words written with a wrong character of the same sound (「职法」 for 执法, 「防炸骗」 for 防诈骗)."""
        sounds = [lazy_pinyin(c)[0] for c in text]
        position = 0
        while position < len(text) - 1:
            for size in range(min(_LONGEST_MISSPELT, len(text) - position), 1, -1):
                written = text[position : position + size]
                word = self._sounds.get(tuple(sounds[position : position + size]))
                if word and word != written and any(a == b for a, b in zip(word, written, strict=True)):
                    yield Match(position, position + size, word, self.words(word))
                    position += size - 1
                    break
            position += 1

    def english(self, text: str) -> Iterator[Match]:
        """Known phrases in English text, the longest first from left to right."""
        tokens = list(re.finditer(r"[A-Za-z0-9.%]+", text))
        stems = self._stems(" ".join(t[0] for t in tokens))
        if len(stems) != len(tokens):  # the stemmer never merges words, but a lone "." may vanish
            tokens = [t for t in tokens if self._stems(t[0])]
        i = 0
        while i < len(tokens):
            for size in range(min(_LONGEST_ENGLISH_PHRASE, len(tokens) - i), 0, -1):
                words = self._english.get(stems[i : i + size])
                if words:
                    start, end = tokens[i].start(), tokens[i + size - 1].end()
                    yield Match(start, end, text[start:end], tuple(words))
                    i += size
                    break
            else:
                i += 1


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the package."""
    return Catalogue(vocabulary("concepts.toml")["concept"])
