"""Kinds of issuers (镇, 乡, 民族乡, 街道, 苏木) that a question about the collection asks for, or leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xiangwen.answers.collection_words import collection_words, patterns, says_word
from xiangwen.questions.spans import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class LevelsAsked:
    """What a question says of kinds of issuers."""

    only: tuple[str, ...]
    """Asked for as such: 「光数镇」."""
    named: frozenset[str]
    """All that are named and not left out."""
    left_out: frozenset[str]
    """「不含镇和街道」, 「镇和街道都不要」, "rather than from a town"."""

    @property
    def told_apart(self) -> bool:
        """Whether several stand side by side: 「镇多还是街道多」."""
        return not self.left_out and len(self.named) > 1

    @property
    def narrow(self) -> bool:
        """Whether they say more than that one kind is asked for."""
        return self.told_apart or bool(self.left_out)

    def fit(self, level: str | None, *, named: bool) -> bool:
        """Whether a report of that level is asked for; ``named`` where the question names its place."""
        if self.left_out:
            return level in self.named if self.named else level not in self.left_out
        if self.told_apart or named or len(self.only) != 1:
            return True
        return level in self.only


def levels_asked(rest: str) -> LevelsAsked:
    """The kinds of issuers in a question without its names; none in 「乡镇（街道）」, which stands for all."""
    rest = re.sub("|".join(vocabulary_of("generic")["kinds"]), "~", rest)
    parts = [part for pattern in patterns("left_out", "any") for part in pattern.finditer(rest)]
    left_out = {level for part in parts for level in _said(part[0])}
    kept = rest
    for pattern in patterns("left_out", "any"):
        kept = pattern.sub(" ", kept)
    named = _said(kept) - left_out
    if left_out and "乡" in named and "民族乡" not in left_out:
        named.add("民族乡")
    only = tuple(level for level in collection_words()["level"] if says_word("level", level, rest))
    return LevelsAsked(only, frozenset(named), frozenset(left_out))


def level_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names kinds of issuers."""
    for level in collection_words()["level_said"]:
        for pattern in patterns("level_said", level):
            yield from (match.span() for match in pattern.finditer(text))


def _said(words: str) -> set[str]:
    return {level for level in collection_words()["level_said"] if says_word("level_said", level, words)}
