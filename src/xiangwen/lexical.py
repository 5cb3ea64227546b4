"""Lexical search over Chinese text: jieba words and character bigrams, scored by BM25 (bm25s).

Bigrams beside words raised the mean reciprocal rank on CMRC2018 from .947 to .969 and on DRCD from .933 to .957:
they match where jieba cuts the question and the report differently.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import numpy as np

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[\u3400-\u9fffA-Za-z0-9.%]+")


@cache
def _jieba() -> ModuleType:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba


@cache
def _tagger() -> ModuleType:
    import jieba.posseg

    _jieba()
    return jieba.posseg


@cache
def _converter(direction: str) -> object:
    import opencc

    return opencc.OpenCC(direction)


def simplify(text: str) -> str:
    """Traditional characters to simplified ones and full-width forms to ASCII, for matching only, never for quoting."""
    return str(_converter("t2s").convert(unicodedata.normalize("NFKC", text)))  # type: ignore[attr-defined]


def traditional(text: str) -> str:
    """Simplified characters to traditional ones."""
    return str(_converter("s2t").convert(text))  # type: ignore[attr-defined]


def is_word(text: str) -> bool:
    """Whether the jieba dictionary has it."""
    return bool(_jieba().dt.FREQ.get(text))


def words(text: str) -> list[str]:
    """The jieba words of a text, punctuation left out."""
    return [w for w in _jieba().cut(text) if _WORD.fullmatch(w)]


def content_words(text: str) -> list[str]:
    """Nouns, verbs, adjectives and foreign words: pronouns, adverbs, numerals and particles carry no topic."""
    tagged = ((pair.word, pair.flag) for pair in _tagger().cut(text))
    return [word for word, tag in tagged if tag == "eng" or (tag[0] in "nvajliz" and _WORD.fullmatch(word))]


def tokens(text: str) -> list[str]:
    """What is indexed and searched: lower-case jieba words and the character bigrams of every run of Han characters."""
    text = simplify(text).lower()
    bigrams = [run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)]
    return [w for w in words(text) if len(w) > 1 or not _HAN_RUN.match(w)] + bigrams


class LexicalIndex:
    """BM25 over the passages of a collection."""

    def __init__(self, retriever: bm25s.BM25) -> None:
        self._retriever = retriever

    @classmethod
    def build(cls, texts: list[str]) -> LexicalIndex:
        """Index the texts in their order."""
        # One token that no question holds keeps bm25s from refusing a collection of wordless texts.
        corpus = [tokens(text) or ["\x00"] for text in texts]
        retriever = bm25s.BM25()
        retriever.index(corpus, show_progress=False)
        return cls(retriever)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read what `save` wrote."""
        return cls(bm25s.BM25.load(folder, load_corpus=False))

    def save(self, folder: Path) -> None:
        """Write NumPy arrays and JSON files into ``folder``."""
        self._retriever.save(folder, show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 score of every passage, shape (passages,); all zero where no word of the query occurs."""
        known = [t for t in tokens(query) if t in self._retriever.vocab_dict]
        if not known:
            return np.zeros(self._retriever.scores["num_docs"], dtype=np.float32)
        return np.asarray(self._retriever.get_scores(known), dtype=np.float32)
