"""Which of the places and years in a question are left out: 「除了青龙镇」, 「青龙镇的先放一边」, "other than".

People say it in too many ways for patterns, so a classifier tells it of each name by the words around it (`make
kinds`); what patterns find beside the name, and whether it lies within another one that is named, are its signs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.classifier import shipped_classifier
from xiangwen.questions.spans import Span
from xiangwen.reports.places import Place

_WORDS = vocabulary_patterns("scope_words.toml")
LEFT_OUT, ASKED_FOR = "left out", "asked for"
"""The classes."""
CLASSIFIER = "left_out"
_BEFORE, _BEHIND, _UNWANTED_BEFORE, _UNWANTED_BEHIND = "before", "behind", "unwanted before", "unwanted behind"
_YEAR, _INSIDE, _AROUND, _OTHER_ASKED = "year", "inside", "around", "other"
EXCLUSION_SIGNS = (_BEFORE, _BEHIND, _UNWANTED_BEFORE, _UNWANTED_BEHIND, _YEAR, _INSIDE, _AROUND, _OTHER_ASKED)
"""What may be found of a name: words of exclusion on either side, surely or less so; that it is a year; that it lies in
another place that is named, or around one; that the question asks for others."""
_THIS, _OTHER = "◇", "○"
"""What stands for the names in question, and for all others, where the classifier reads."""
_CHARACTERS = 24
"""Characters before and behind a name that it reads."""
_NEAR = rf"[^，,。；;：:{_OTHER}]{{0,4}}?"
"""What may stand between a name and a word that leaves it out less surely."""


class Named(NamedTuple):
    """A place or a year where a question names it."""

    span: Span
    places: frozenset[Place] = frozenset()
    """The rows of the gazetteer that it may stand for."""
    is_year: bool = False


class NamedTogether(NamedTuple):
    """Names that stand in one list, or directly behind one another (a county and its township), as they are read."""

    spans: tuple[Span, ...]
    text: str
    """The words around them."""
    signs: tuple[str, ...]
    words: tuple[Span, ...]
    """Where words of exclusion stand beside them."""


LeftOut = Callable[[str, Sequence[Named]], tuple[set[Span], list[Span]]]
"""Tells of a text which of its names are left out, and where the words stand that say so."""


def excluded(text: str, named: Sequence[Named]) -> tuple[set[Span], list[Span]]:
    """Which of the names are left out, and where the words stand that say so.

    A list shares them: 「除青龙镇、白土乡外」 leaves both out.
    """
    left_out: set[Span] = set()
    words: list[Span] = []
    for names in named_together(text, named):
        model = shipped_classifier(CLASSIFIER, EXCLUSION_SIGNS, with_vector=False)
        if model.likeliest(names.text, None, names.signs) == LEFT_OUT:
            left_out.update(names.spans)
            words += names.words
    return left_out, words


def named_together(text: str, named: Sequence[Named]) -> Iterator[NamedTogether]:
    """The names of a text in their lists, each list as the classifier reads it."""
    chains = [chain for years in (False, True) for chain in _chains(text, [n for n in named if n.is_year is years])]
    others_asked = _WORDS.says("exclusion.other", text)
    fillers = _joined("fillers")
    for chain in chains:
        start, end = chain[0].span.start, chain[-1].span.end
        around = _without_others(text, chains, chain)
        before, behind = around[:start], around[end:]
        found = {
            _BEFORE: _WORDS.any_of("exclusion.before", r"(?:{})\s*$").search(before),
            _BEHIND: _WORDS.any_of("exclusion.behind", rf"\s*(?:{fillers})?\s*(?:{{}})").match(behind),
            _UNWANTED_BEFORE: _WORDS.any_of("exclusion.unwanted_before", f"(?:{{}}){_NEAR}$").search(before),
            _UNWANTED_BEHIND: _WORDS.any_of("exclusion.unwanted_behind", f"{_NEAR}(?:{{}})").match(behind),
        }
        signs = [sign for sign, words in found.items() if words]
        signs += [_OTHER_ASKED] * others_asked
        last = chain[-1].places
        others = [other[-1].places for other in chains if other is not chain]
        if signs:  # a county is named beside its province where nothing is left out, too
            signs += [_INSIDE] * any(_lies_in(last, other) for other in others)
        signs += [_AROUND] * any(_lies_in(other, last) for other in others)
        signs += [_YEAR] * chain[0].is_year
        sure = found[_BEFORE] or found[_BEHIND]
        beside = [(sign, words) for sign, words in found.items() if words and (sign in (_BEFORE, _BEHIND) or not sure)]
        ahead = {_BEFORE: 0, _UNWANTED_BEFORE: 0}
        yield NamedTogether(
            tuple(name.span for name in chain),
            _as_read(text, chains, chain),
            tuple(signs),
            tuple(Span(*(ahead.get(sign, end) + place for place in words.span())) for sign, words in beside),
        )


def _without_others(text: str, chains: Sequence[Sequence[Named]], chain: Sequence[Named]) -> str:
    """The text with all other names as marks, which no word reaches over."""
    for other in chains:
        if other is not chain:
            start, end = other[0].span.start, other[-1].span.end
            text = text[:start] + _OTHER * (end - start) + text[end:]
    return text


def _as_read(text: str, chains: Sequence[Sequence[Named]], chain: Sequence[Named]) -> str:
    for other in sorted(chains, key=lambda names: -names[0].span.start):
        mark = _THIS if other is chain else _OTHER
        text = text[: other[0].span.start] + mark + text[other[-1].span.end :]
    at = max(0, text.find(_THIS))
    return text[max(0, at - _CHARACTERS) : at + _CHARACTERS].lower()


def _lies_in(one: frozenset[Place], other: frozenset[Place]) -> bool:
    """Whether one is a part of the other; of a name that several places have, one of these may be."""
    return len(one) < len(other) and not one.isdisjoint(other)


def _chains(text: str, named: Sequence[Named]) -> list[list[Named]]:
    """Names that stand in one list, or directly behind one another."""
    between = re.compile(rf"\s*(?:{_joined('fillers')})?\s*(?:{_joined('between')})?\s*")
    chains: list[list[Named]] = []
    for name in sorted(named):
        if chains and between.fullmatch(text[chains[-1][-1].span.end : name.span.start]):
            chains[-1].append(name)
        else:
            chains.append([name])
    return chains


def _joined(name: str) -> str:
    return "|".join(f"(?:{words})" for words in _WORDS.words(f"exclusion.{name}"))
