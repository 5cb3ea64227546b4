"""The concept catalogue: words that can stand for one another, in Chinese and English (``vocabulary/concepts.toml``).

It lets a colloquial, misspelt or English question meet the wording of the reports. An analyst extends the file; nothing
here knows a single word of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from xiangwen.language.sounds import syllable
from xiangwen.language.word_lists import word_list
from xiangwen.machine.cache import cached_folder

_CATALOGUE = "catalogue.json"
_LAYOUT = 1
"""Raise it when that file is laid out differently, or its words are read differently."""
_LONGEST_ENGLISH_PHRASE = 6
"""Words of the longest English phrase in the catalogue."""
_LONGEST_MISSPELT = 5
"""Characters of a word that is known by its sound too."""
_MARKS = re.compile(r"[“”‘’\"'《》〈〉「」『』·]")


def vocabulary(name: str) -> dict[str, Any]:
    """The tables of a file of ``language/vocabulary``."""
    return word_list("xiangwen.language", "vocabulary", name)


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
        english: dict[tuple[str, ...], list[str]] = {}
        sounds: dict[tuple[str, ...], str] = {}
        for concept in concepts:
            words = [plain_words(word) for word in concept["zh"]]
            for word in [*words, *map(plain_words, concept.get("asked", ()))]:
                known = self._chinese.setdefault(word, [word])
                known.extend(w for w in words if w not in known)
            for phrase in concept["en"]:
                known = english.setdefault(_stems(phrase), [])
                known.extend(w for w in words if w not in known)
        self._english, self._sounds = english, sounds
        if concepts:
            from pypinyin import lazy_pinyin

            sounds |= {tuple(lazy_pinyin(w)): w for w in self._chinese if 1 < len(w) <= _LONGEST_MISSPELT}
        self._longest = max((len(word) for word in self._chinese), default=0)

    def to_json(self) -> str:
        """What `from_json` reads: stems and sounds of all words take a second to find out."""
        english, sounds = (list(table.items()) for table in (self._english, self._sounds))
        return json.dumps({"chinese": self._chinese, "english": english, "sounds": sounds}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Catalogue:
        """The catalogue that `to_json` wrote."""
        told = json.loads(text)
        made = cls([])
        made._chinese = told["chinese"]
        made._english = {tuple(stems): words for stems, words in told["english"]}
        made._sounds = {tuple(sounds): word for sounds, word in told["sounds"]}
        made._longest = max(map(len, made._chinese))
        return made

    def words(self, word: str) -> tuple[str, ...]:
        """The word and all that can stand for it."""
        return tuple(self._chinese.get(plain_words(word), [plain_words(word)]))

    def chinese(self, text: str, also: frozenset[str] = frozenset()) -> Iterator[Match]:
        """Known words in Chinese text, the longest first from left to right; words in ``also`` are skipped over."""
        position = 0
        while position < len(text):
            word = self._at(text, position)
            if word is None:
                position += 1
                continue
            stop = next((w for w in also if text.startswith(w, position) and len(w) > len(word)), None)
            if stop is None:
                yield Match(position, position + len(word), word, self.words(word))
            position += len(stop or word)

    def _at(self, text: str, start: int) -> str | None:
        """The longest known word of two characters or more that begins there."""
        written = (text[start : start + size] for size in range(min(self._longest, len(text) - start), 1, -1))
        return next((word for word in written if word in self._chinese), None)

    def misspelt(self, text: str) -> Iterator[Match]:
        """Known words written with a wrong character of the same sound (「职法」 for 执法, 「防炸骗」 for 防诈骗)."""
        sounds = [syllable(c) for c in text]
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
        stems = _stems(" ".join(t[0] for t in tokens))
        if len(stems) != len(tokens):  # the stemmer never merges words, but a lone "." may vanish
            tokens = [t for t in tokens if _stems(t[0])]
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


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(_stemmer().stemWords(re.findall(r"[a-z0-9.%]+", phrase.lower().replace("-", " "))))


@cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the package; what is found out about its words is kept in the cache folder."""
    text = files("xiangwen.language").joinpath("vocabulary", "concepts.toml").read_bytes()
    versions = "".join(version(package) for package in ("snowballstemmer", "pypinyin"))
    digest = hashlib.sha256(text + versions.encode()).hexdigest()[:12]

    def build(folder: Path) -> None:
        made = Catalogue(vocabulary("concepts.toml")["concept"])
        (folder / _CATALOGUE).write_text(made.to_json(), encoding="utf-8")

    folder = cached_folder(f"concepts-{digest}-{_LAYOUT}", build)
    return Catalogue.from_json((folder / _CATALOGUE).read_text(encoding="utf-8"))
