"""What a question about the collection itself asks for: which reports it picks, and what it counts or tells apart.

Classifiers tell it (`make kinds`), with what patterns find among their signs; with another encoder those do that were
learned without vectors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from xiangwen.language.numerals import number
from xiangwen.questions.classifier import shipped_classifier
from xiangwen.questions.collection_words import collection_words, patterns, says, says_word
from xiangwen.questions.quantity_asked import Range, read_range
from xiangwen.questions.spans import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy import float32
    from numpy.typing import NDArray

Each = Literal["province", "city", "county", "year", "level", "township"]
"""What reports are told apart by."""
REGIONS: tuple[Each, ...] = ("province", "city", "county")
NONE = "none"
"""The class of a question that does not ask for it."""
SLOTS: dict[str, tuple[str, ...]] = {
    "several": (NONE, "several"),
    "missing": (NONE, "missing"),
    "end": (NONE, "earliest", "latest"),
    "most": (NONE, "most", "least"),
    "count": (NONE, "count"),
    "each": (NONE, "year", "county", "city", "province", "level"),
    "not_kept": (NONE, "not_kept"),
}
"""What classifiers tell of such a question, each with its classes."""
LEVEL_CLASSES = (NONE, "only", "left_out")
"""What they tell of each kind of issuer that it names."""
_EACH = ("province", "city", "county", "year")
_KINDS = "kinds"
SIGNS = ("several", "missing", "earliest", "latest", "most", "least", "count", *_EACH, _KINDS)
"""What patterns find in such a question; the last says that it names several kinds of issuers."""
_LEFT_OUT, _ALONE, _WANTED, _UNWANTED = "left out", "alone", "wanted", "unwanted"
LEVEL_SIGNS = (_LEFT_OUT, _ALONE, _WANTED, _UNWANTED)
"""What patterns find of a kind of issuer."""
_THIS, _OTHER = "◇", "○"
"""What stands for the kind of issuer in question, and for the others, where its classifier reads."""
_AROUND = 16
"""Characters before and behind a kind of issuer that say whether it is wanted."""
_NEAR_IT = {
    _WANTED: re.compile(
        rf"(?:只|光|单|就|仅|专|认准)[^，,。（({_OTHER}]{{0,6}}{_THIS}|{_THIS}[^，,。{_OTHER}]{{0,3}}(?:就行|就成|即可|就好)"
        rf"|\b(?:only|just)\b[^,.{_OTHER}]{{0,20}}{_THIS}|{_THIS} (?:only|alone)"
    ),
    _UNWANTED: re.compile(
        rf"(?:不|别|莫|除|去掉|剔|非|排除|刨|免)[^，,。{_OTHER}]{{0,4}}{_THIS}"
        rf"|{_THIS}(?:[、和跟与及]{_OTHER})*[^，,。、（({_OTHER}]{{0,8}}(?:不|别|莫|除|去掉|剔|删|排|刨|免|以外|之外)"
        rf"|\b(?:no|not|without|except|excluding|skip\w*|ignor\w+|leav\w+|drop\w*|minus)\b[^,.]{{0,16}}{_THIS}"
    ),
}
"""Words beside a kind of issuer by which it is wanted or not."""


class LevelsAsked(NamedTuple):
    """Kinds of issuers (镇, 乡, 民族乡, 街道, 苏木) that are asked for alone, or left out."""

    only: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    def fit(self, level: str | None) -> bool:
        """Whether a report of that level is asked for."""
        return level in self.only if self.only else level not in self.left_out


_NO_LEVELS = LevelsAsked()


@dataclass(frozen=True)
class CollectionAsked:
    """What a question about the collection asks for beside places and years."""

    levels: LevelsAsked = _NO_LEVELS
    several: int = 0
    """Places with reports of so many years at least; 0 where this is not asked."""
    in_a_row: bool = False
    """Whether these years must follow each other."""
    size: Range | None = None
    """How many reports each of those must have that are told apart."""
    size_of_places: bool = False
    """Whether it is how many townships."""
    missing: bool = False
    """Places or years without a report."""
    end: Literal["earliest", "latest"] | None = None
    most: Literal["most", "least"] | None = None
    """The one of `each` with most or fewest reports."""
    each: Each | None = None
    count: bool = False
    """A number is wanted."""
    not_kept: bool = False
    """What is asked for is not known of reports: who signed them, in which script they are, when they came out."""


def read_collection_asked(rest: str, vector: NDArray[float32] | None) -> CollectionAsked:
    """What a question about the collection asks for.

    Args:
        rest: the question in simplified lower-case characters, without the names of its places and years.
        vector: the whole question as the shipped encoder's query; None where the collection has another
            encoder.
    """
    signs = signs_of(rest)
    slots = {}
    for slot in SLOTS:
        model = shipped_classifier(f"collection.{slot}", SIGNS, with_vector=vector is not None)
        slots[slot] = model.likeliest(rest, vector, signs)
    years = re.search(r"([两二三四五]|\d)个?[年份]", rest)
    least = int(number(years[1]) or 2) if years else 2
    each = cast(Each, _asked(slots["each"])) or ("year" if slots["end"] != NONE else None)
    if slots["most"] != NONE and each in (None, "year") and says_word("which", "township", rest):
        each = "township"
    size = _size(rest)
    if size and each in REGIONS:
        slots["several"] = NONE  # it is the region that has several
    return CollectionAsked(
        levels=_levels(rest, vector),
        several=max(2, least) if slots["several"] != NONE else 0,
        size=size if slots["several"] == NONE else None,
        size_of_places=says_word("size", "places", rest),
        in_a_row=says_word("several", "consecutive", rest),
        missing=slots["missing"] != NONE,
        end=cast(Literal["earliest", "latest"], _asked(slots["end"])),
        most=cast(Literal["most", "least"], _asked(slots["most"])),
        each=each,
        count=slots["count"] != NONE or says_word("count", "sure", rest),
        not_kept=slots["not_kept"] != NONE,
    )


def _size(rest: str) -> Range | None:
    """How many reports a place must have: 「只有一份报告的省」, 「不止三份的县」."""
    text = re.sub(r"\b(?:one|two|three|four|five)\b", lambda word: str(_ENGLISH_NUMBERS.index(word[0]) + 1), rest)
    if found := next((m for p in patterns("size", "exactly") if (m := p.search(text))), None):
        exact = number(found["n"] or "1") or 1
        return Range(exact, exact)
    return read_range(text) if says_word("size", "counted", text) else None


_ENGLISH_NUMBERS = ("one", "two", "three", "four", "five")


def _asked(name: str) -> str | None:
    return None if name == NONE else name


def signs_of(rest: str) -> tuple[str, ...]:
    """Which of `SIGNS` patterns find in a question."""
    found = [n for n in SIGNS if n != _KINDS and (says_word("each", n, rest) if n in _EACH else says(n, rest))]
    named = [level for level in collection_words()["level_said"] if says_word("level_said", level, rest)]
    return (*found, *[_KINDS] * (len(named) > 1))


def _levels(rest: str, vector: NDArray[float32] | None) -> LevelsAsked:
    told: dict[str, str] = {}
    for level, text, signs in levels_named(rest):
        if _LEFT_OUT in signs:  # the patterns of what is not wanted miss some, but err in none
            told[level] = "left_out"
        else:
            model = shipped_classifier("collection.level", LEVEL_SIGNS, with_vector=vector is not None)
            told[level] = model.likeliest(text, vector, signs)
    only, left_out = (frozenset(k for k, name in told.items() if name == kind) for kind in LEVEL_CLASSES[1:])
    if "乡" in only and "民族乡" not in told:
        only |= {"民族乡"}  # which is a 乡 too
    return LevelsAsked(only, left_out)


def levels_named(rest: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every kind of issuer that a question names, the words around it as its classifier reads them, the signs found.

    「乡镇（街道）」 stands for all of them and names none.
    """
    rest = re.sub("|".join(vocabulary_of("generic")["kinds"]), "~", rest)
    parts = [part[0] for pattern in patterns("left_out", "any") for part in pattern.finditer(rest)]
    named = [level for level in collection_words()["level_said"] if says_word("level_said", level, rest)]
    for level in named:
        text = rest
        for other in named:
            for pattern in patterns("level_said", other):
                text = pattern.sub(_THIS if other == level else _OTHER, text)
        left_out = any(says_word("level_said", level, part) for part in parts)
        alone = says_word("level", level, rest)
        at = text.find(_THIS)
        around = text[max(0, at - _AROUND) : at + _AROUND]
        signs = [sign for sign, found in ((_LEFT_OUT, left_out), (_ALONE, alone)) if found]
        signs += [sign for sign, words in _NEAR_IT.items() if words.search(around)]
        yield level, around, tuple(signs)


def level_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where a text names kinds of issuers."""
    for level in collection_words()["level_said"]:
        for pattern in patterns("level_said", level):
            yield from (match.span() for match in pattern.finditer(text))
