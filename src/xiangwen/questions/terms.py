"""The words of a question's topic, each with all words that can stand for it in a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from xiangwen.language.concepts import catalogue, plain_words
from xiangwen.language.tokens import content_words, is_word
from xiangwen.questions.question_words import QUESTION_WORDS

COMMON_HAN = re.compile(r"[\u3400-\u9fff]")
"""A Chinese character; the rare ones beyond the basic planes are in no question's topic."""
_QUOTED = re.compile(r"[“\"「『‘《]([^”\"」』’》]{2,30})[”\"」』’》]")


@dataclass(frozen=True)
class Term:
    """A word of the topic and all words that can stand for it in a report."""

    asked: str
    words: tuple[str, ...]
    weight: float = 1.0


def chinese_terms(text: str) -> tuple[Term, ...]:
    """Those of a Chinese topic, in its order."""
    drop = _drop_words()
    plain = plain_words(text)
    quoted = {plain_words(q) for q in _QUOTED.findall(text)}
    terms: list[Term] = []
    position = 0
    for match in catalogue().chinese(plain, _long_drop_words()):
        terms += _loose_terms(plain[position : match.start], drop)
        if match.asked not in drop:
            terms.append(Term(match.asked, match.words))
        position = match.end
    terms += _loose_terms(plain[position:], drop)
    terms += [Term(q, (q,)) for q in quoted if q not in {t.asked for t in terms}]
    return unique_terms(terms)


def _loose_terms(text: str, drop: frozenset[str]) -> list[Term]:
    """Words that the catalogue does not know, or knows in another spelling."""
    terms: list[Term] = []
    found = content_words(text)
    for match in catalogue().misspelt(text):
        written = text[match.start : match.end]
        if is_word(written) or (len(written) == 2 and written not in found):
            continue  # 「公式」 is a word of its own, no slip for 公示; 「过|防」 is the seam of two
        terms.append(Term(match.asked, match.words))
        found = [w for w in found if not match.start <= text.find(w) < match.end]
    return terms + [Term(w, (w,)) for w in found if w not in drop and not (len(w) == 1 and not COMMON_HAN.match(w))]


def english_terms(text: str) -> tuple[Term, ...]:
    """Those of an English topic, the words that stand for them in Chinese."""
    drop = frozenset(QUESTION_WORDS.words("drop.en"))
    terms = [
        Term(m.asked.lower(), tuple(w for w in m.words if len(w) > 1) or m.words)
        for m in catalogue().english(text)
        if m.asked.lower() not in drop
    ]
    terms += chinese_terms(" ".join(re.findall(r"[\u3400-\u9fff]+", text)))
    for number in re.findall(r"\b\d[\d,.]*\b", text):
        terms.append(Term(number, (number.rstrip(".,"),)))
    return unique_terms(terms)


def unique_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each term once, the first of those that ask for the same."""
    kept: dict[str, Term] = {}
    for term in terms:
        kept.setdefault(term.asked, term)
    return tuple(kept.values())


@cache
def _drop_words() -> frozenset[str]:
    return frozenset(QUESTION_WORDS.words("drop.zh"))


@cache
def _long_drop_words() -> frozenset[str]:
    return frozenset(w for w in _drop_words() if len(w) > 2)
