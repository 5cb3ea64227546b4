"""The kind of answer that a question wants, and what is computed where it ranks, bounds or adds up numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from xiangwen.language.numerals import number
from xiangwen.questions.kinds import OFF_TOPIC, kind_of
from xiangwen.questions.quantity_asked import Range, read_bound_of, read_exact, read_range, units_named
from xiangwen.questions.question_words import says

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from xiangwen.questions.scope import Scope

QuestionKind = Literal[
    "fact", "number", "list", "which", "rank", "each", "compare", "summary", "collection", "common", "none"
]
Order = Literal["most", "least", "over", "under", "sum", "average"]
NTH_ENGLISH = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
_COUNT = "[二三四五六七八九十]|[2-9]"
_NTH = re.compile(
    rf"第(?P<of_end>{_COUNT})(?P<end>[多少高低大小])|排(?:名|在)?第(?P<at>{_COUNT})|第(?P<named>{_COUNT})名"
    r"|\b(?P<en>second|third|fourth|fifth|2nd|3rd|4th|5th)[- ](?P<en_end>most|highest|largest|fewest|lowest|least)\b"
)
_LEAST = ("少", "低", "小", "fewest", "lowest", "least")
VectorOf = Callable[[str], "NDArray[float32] | None"]
"""The vector of a query, as the shipped encoder gives it; None with another encoder."""


@dataclass(frozen=True)
class Rank:
    """How the numbers of the reports are to be computed over."""

    order: Order
    count: int | None = None
    """「前三」."""
    range: Range | None = None
    """「超过100件」."""
    place: int | None = None
    """「第二多」: which place alone is asked for."""


class KindAsked(NamedTuple):
    """A kind, and what is computed where numbers are."""

    kind: QuestionKind
    rank: Rank | None = None
    section: bool = False
    """Whether it asks which reports have a section, or lack it."""


def read_kind(plain: str, rest: str, scope: Scope, vector_of: VectorOf | None, of_place: bool) -> KindAsked:
    """The kind that a question is of.

    Args:
        plain: the question in lower case.
        rest: the same without names of places and years.
        scope: what it speaks of.
        vector_of: the encoder that the classifiers were learned with; without it patterns tell the kind.
        of_place: one report, or the place of the question before, is spoken of unless the question says otherwise.
    """
    named = len(scope.groups)
    if vector_of is None:
        if named >= 2 and (says("compare", rest) or named == 2):
            return KindAsked("compare", Rank("sum") if _adds_up(rest) else None)
        return _by_patterns(rest, named)
    if named >= 2 and (of_several := _of_several(rest, vector_of, named)):
        return of_several
    if named or (of_place and not says("which.all", rest) and not says("kind.rank", rest)):
        return KindAsked(_of_one(rest, vector_of))
    return _over_many(plain, rest, vector_of)


def _of_several(rest: str, vector_of: VectorOf, named: int) -> KindAsked | None:
    """The kind of a question that names several places; None where each is asked the same as one alone would be."""
    if says("years_compared.which", rest):
        return KindAsked("compare")
    told = kind_of(rest, vector_of(rest), taken_for(rest, 0), "several")
    if told not in ("average", "over", "under") and _adds_up(rest):
        told = "sum"
    if told in ("sum", "average"):
        return KindAsked("compare", Rank(cast(Order, told)))
    if told in ("over", "under") and (bounds := _bounds(rest, told)):
        return KindAsked("rank", Rank("under" if bounds.low is None else "over", range=bounds))
    return None if told == "other" and named > 2 else KindAsked("compare")


def _adds_up(rest: str) -> bool:
    """Whether a question that names several places asks for what they make together."""
    return says("adding_up", rest) and not says("kept_apart", rest)


def _of_one(rest: str, vector_of: VectorOf) -> QuestionKind:
    said = taken_for(rest, 1)
    # The authors wrote few questions for a summary; the patterns of these (「如何开展」, 「概括」) are sure.
    told = said if said == "summary" else kind_of(rest, vector_of(rest), said, "named")
    if told == OFF_TOPIC:
        return "none"
    if told in ("list", "fact") and not says("sure.several", rest):
        told = "number" if says("sure.figure", rest) or units_named(rest) else told
    if told == "number" and says("sure.frequency", rest):
        told = "fact"  # 「多久开一次」 is answered by 「一月一开」
    return cast(QuestionKind, told)


def _over_many(plain: str, rest: str, vector_of: VectorOf) -> KindAsked:
    told = kind_of(plain, vector_of(plain), taken_for(rest, 0), "over_many")
    if told == OFF_TOPIC:
        return KindAsked("none")
    if told == "section":
        return KindAsked("which", section=True)
    bounds = _bounds(rest, told)
    if told != "collection" and (nth := _nth(rest)):
        return KindAsked("rank", nth)
    if told == "which" and (says("comparative", rest) or says("sure.best", rest)):
        told = "least" if says("order.least", rest) else "most"  # who has more is told by numbers
    if bounds and told in ("which", "over", "under", "most", "least"):
        return KindAsked("rank", Rank("under" if bounds.low is None else "over", _how_many(rest), bounds))
    if told in ("most", "least", "sum", "average"):
        return KindAsked("rank", Rank(cast(Order, told), _how_many(rest)))
    return KindAsked("which" if told in ("over", "under") else cast(QuestionKind, told))


def _bounds(rest: str, told: str) -> Range | None:
    """The bounds set for a number; of a question that is said to set one, its number in whatever words."""
    bounds = read_range(rest)
    if bounds is None and told in ("over", "under"):
        bounds = read_bound_of(rest, below=told == "under")
    if bounds is None and told in ("which", "over") and (exact := read_exact(rest)) is not None:
        bounds = Range(exact, exact)
    return bounds


def taken_for(text: str, named: int) -> str:
    """What patterns take a question for, one of `kinds.PATTERN_KINDS`; ``named`` is how many places it names."""
    said = _by_patterns(text, named)
    return said.rank.order if said.rank else said.kind


def _by_patterns(text: str, named: int) -> KindAsked:
    if named == 0:
        if rank := _rank_by_patterns(text):
            return KindAsked("rank", rank)
        if says("which.all", text):
            return KindAsked("which")
    kinds: tuple[QuestionKind, ...] = ("summary", "number", "list")
    return KindAsked(next((kind for kind in kinds if says(f"kind.{kind}", text)), "fact"))


def _rank_by_patterns(text: str) -> Rank | None:
    bounds = read_range(text)
    if bounds is None and says("which.all", text) and (exact := read_exact(text)) is not None:
        bounds = Range(exact, exact)
    if bounds is None and (nth := _nth(text)):
        return nth
    if not says("kind.rank", text) and not (bounds and says("which.all", text)):
        return None
    number = _how_many(text)
    if bounds:
        return Rank("under" if bounds.low is None else "over", number, bounds)
    orders: tuple[Order, ...] = ("average", "least", "most")
    return Rank(next((order for order in orders if says(f"order.{order}", text)), "sum"), number)


def _nth(text: str) -> Rank | None:
    """「第二多」, "second most": one place of a rank; None where the first is asked for, or no rank."""
    found = _NTH.search(text)
    if found is None:
        return None
    place = NTH_ENGLISH.get(found["en"] or "") or number(found["of_end"] or found["named"] or found["at"]) or 1
    return Rank("least" if (found["end"] or found["en_end"] or "most") in _LEAST else "most", place=int(place))


def _how_many(text: str) -> int | None:
    """The 3 of 「前三」 and of "top three"; None where no number of places is asked for."""
    count = re.search(r"前([三3两二2五5十\d]+)|top (\w+)", text)
    if count is None:
        return None
    word = count[1] or count[2]
    english = {"two": 2, "three": 3, "five": 5, "ten": 10}
    value = english.get(word) or number(word)
    return int(value) if value else None
