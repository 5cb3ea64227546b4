"""Read a question: its language, kind, scope, topic and what would count as an answer to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from xiangwen.language import numerals
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import catalogue, plain_words, vocabulary
from xiangwen.language.languages import Language
from xiangwen.language.tokens import content_words, is_word
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.atlas import Atlas
from xiangwen.questions.kinds import kind_of
from xiangwen.questions.not_meant import without_not_meant
from xiangwen.questions.quantity_asked import (
    NOTHING_SAID,
    QuantityAsked,
    Range,
    read_exact,
    read_quantity_asked,
    read_range,
    units_named,
)
from xiangwen.questions.scope import Scope
from xiangwen.questions.section_asked import SectionAsked, read_section_asked

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QuestionKind = Literal[
    "fact", "number", "list", "which", "rank", "each", "compare", "summary", "collection", "common", "none"
]
Order = Literal["most", "least", "over", "under", "sum", "average"]

QUESTION_WORDS = vocabulary_patterns("question_words.toml")
_says, _patterns = QUESTION_WORDS.says, QUESTION_WORDS.patterns
_COMMON_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_QUOTED = re.compile(r"[“\"「『‘《]([^”\"」』’》]{2,30})[”\"」』’》]")
INHERITED_WEIGHT = 0.5
"""A word taken over from the question before counts half as much as one that is asked now."""


@dataclass(frozen=True)
class Term:
    """A word of the topic and all words that can stand for it in a report."""

    asked: str
    words: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Rank:
    """How the numbers of the reports are to be computed over."""

    order: Order
    count: int | None = None
    """「前三」."""
    range: Range | None = None
    """「超过100件」."""


@dataclass(frozen=True)
class Question:
    """A question as understood."""

    text: str
    language: Language
    kind: QuestionKind
    scope: Scope
    topic: str
    """What is looked for, without the names of places: the text that is embedded."""
    gloss: str
    """An English topic in Chinese words; the topic itself where it is Chinese."""
    terms: tuple[Term, ...]
    units: tuple[str, ...] = ()
    """Classes of measure words asked for (keys of units.toml)."""
    rank: Rank | None = None
    mention: bool = False
    """Any mention counts, also a plan."""
    plan: bool = False
    shortcoming: bool = False
    negated: bool = False
    """Asked is which reports do not mention it."""
    absence: bool = False
    """What is asked about is itself an absence (「没有行政复议案件」), so that a denial answers yes."""
    off_topic: bool = False
    standalone: str = ""
    """The question as it would be asked without those before it; what the judge reads."""
    quantity: QuantityAsked = NOTHING_SAID
    """Of when a number is asked for, and in which direction."""
    number_asked: bool = False
    """A number is wanted, of whatever kind the question is (「哪些报告写明了执法人员人数」)."""
    section: SectionAsked | None = None
    """The section that reports are asked to have; then the question asks of every report in scope."""


VectorOf = Callable[[str], "NDArray[np.float32]"]
"""The vector of a query, as the encoder gives it."""


def understand(
    text: str,
    atlas: Atlas,
    history: Sequence[str] = (),
    *,
    vector_of: VectorOf | None = None,
    one_report: bool = False,
) -> Question:
    """Read a question in the light of those before it.

    Args:
        text: the question as typed.
        atlas: the places and years of the collection.
        history: the earlier questions, oldest first.
        vector_of: the encoder, by which the kind of a question is told as it was learned; without it patterns tell it.
        one_report: there is one report alone to ask of.
    """
    earlier = understand(history[-1], atlas, history[:-1], vector_of=vector_of) if history else None
    of_place = one_report or not atlas.has_issuers or bool(earlier and earlier.scope.groups)
    question = _read(text, atlas, vector_of, of_place)
    return _lean_on(question, earlier) if earlier and not question.off_topic else question


def _read(text: str, atlas: Atlas, vector_of: VectorOf | None, of_place: bool) -> Question:
    plain = without_not_meant(_without_courtesy(" ".join(simplify(text).split())))
    language: Language = "en" if _is_english(plain) else "zh"
    plan = _says("plan", plain)
    scope = atlas.find(plain, plans_next_year=plan)
    plan = plan or any(note.reading == "next_year" for note in scope.notes)
    rest = " ".join(scope.rest.split())
    lowered = rest.lower()
    terms = _english_terms(rest) if language == "en" else _chinese_terms(rest)
    gloss = " ".join(t.words[0] if language == "en" else t.asked for t in terms)
    section = read_section_asked(lowered)
    kind, rank = ("which", None) if section else _kind(plain.lower(), lowered, scope, vector_of, of_place)
    return Question(
        text=text,
        language=language,
        kind=kind,
        scope=scope,
        topic=rest.strip(" ，,。.?？!！"),
        gloss=gloss if language == "en" else rest.strip(" ，,。.?？!！"),
        terms=terms,
        units=_units_asked(lowered, language),
        rank=rank,
        mention=_says("mention", lowered) and kind == "which",
        plan=plan,
        shortcoming=_says("shortcoming", lowered),
        negated=_says("negated", lowered) and kind == "which",
        absence=_says("absence", lowered),
        standalone=plain,
        quantity=read_quantity_asked(plain.lower(), scope.years, plan),
        number_asked=bool(rank) or _says("kind.number", lowered),
        section=section,
        off_topic=(_says("off_topic", lowered) and not scope.groups) or not re.search(r"\w", plain),
    )


def _units_asked(text: str, language: Language) -> tuple[str, ...]:
    """Classes of measure words asked for, by the words themselves or by what else speaks of them (金额); in English of
    the noun that "how many" stands before."""
    text = re.sub("哪几", "哪些", text)
    if language == "zh" and (named := units_named(text)):
        return named
    found = {
        name: matches
        for name, patterns in _unit_patterns().items()
        if (matches := [match for p in patterns if (match := p.search(text))])
    }
    if language == "en" and re.search(r"\bhow many\b|\bnumber of\b", text):
        plural = {name: [m.end() for m in ms if re.search(r"(?:s|people|staff)$", m[0])] for name, ms in found.items()}
        ends = {name: min(of_name) for name, of_name in plural.items() if of_name}
        if ends:
            return tuple(name for name, end in ends.items() if end == min(ends.values()))
    return tuple(found)


def _with_new_place(question: Question, earlier: Question) -> str:
    """The question before, asked of the place named now."""
    if len(question.scope.mentions) == len(earlier.scope.mentions) == 1:
        (start, end), (old_start, old_end) = question.scope.mentions[0], earlier.scope.mentions[0]
        before = earlier.standalone
        return before[:old_start] + question.standalone[start:end] + before[old_end:]
    return earlier.topic if question.scope.mentions else earlier.standalone


def sides(question: Question) -> list[Question]:
    """A comparison as one question for each place: what stands behind its name, or what all of them share.

    「六塘乡的经济处罚金额，和白土乡的罚金比，哪个更多」 asks 六塘乡 for 经济处罚 and 白土乡 for 罚金;
    「白土乡和善感乡，哪边发的宣传资料更多」 asks both for 宣传资料.
    """
    rest = question.scope.rest
    # In English the matter stands around the names, not behind each: all sides share it.
    starts = [end for _, end in question.scope.mentions] if question.language == "zh" else []
    stops = [start for start, _ in question.scope.mentions[1:]] + [len(rest)]
    shared = rest[: question.scope.mentions[0][0]] + rest[starts[-1] :] if starts else rest
    result = []
    for number, group in enumerate(question.scope.groups):
        own = _without_comparison(rest[starts[number] : stops[number]]) if number < len(starts) else ""
        text = own if _topic_terms(own, question.language) else _without_comparison(shared)
        terms = _topic_terms(text, question.language) or question.terms
        gloss = " ".join(t.words[0] for t in terms) if question.language == "en" else text
        scope = replace(question.scope, reports=group, groups=(group,))
        compared = question.number_asked or question.units or _says("side_by_side.numbers", rest)
        kind: QuestionKind = "number" if compared else "fact"
        result.append(replace(question, kind=kind, scope=scope, topic=text, gloss=gloss, terms=terms, standalone=text))
    return result


def _topic_terms(text: str, language: Language) -> tuple[Term, ...]:
    return _english_terms(text) if language == "en" else _chinese_terms(text)


def _without_comparison(text: str) -> str:
    for pattern in _patterns("comparing"):
        text = pattern.sub(" ", text)
    return " ".join(text.split()).strip(" ，,。.?？和与跟同、")


def _without_courtesy(text: str) -> str:
    """The question itself; all of it, where nothing else would be left."""
    bare = text
    for pattern in _patterns("courtesy"):
        bare = pattern.sub("", bare)
    return bare if len(bare) > 3 else text


def _is_english(text: str) -> bool:
    """English questions may hold Chinese names, Chinese ones Latin letters: the majority of words decides."""
    return len(_LATIN_WORD.findall(text)) > len(_COMMON_HAN.findall(text)) / 2


def _kind(
    plain: str, rest: str, scope: Scope, vector_of: VectorOf | None, of_place: bool
) -> tuple[QuestionKind, Rank | None]:
    """What is asked for.

    Args:
        plain: the question in lower case.
        rest: the same without names of places and years.
        scope: what it speaks of.
        vector_of: the encoder, if kinds are to be told as they were learned.
        of_place: one report, or the place of the question before, is spoken of unless the question says otherwise.
    """
    named = len(scope.groups)
    if named >= 2 and (_says("compare", rest) or named == 2):
        return "compare", None
    of_one = named > 0 or (of_place and not _says("which.all", rest) and not _says("kind.rank", rest))
    if vector_of is None:
        return _kind_by_patterns(rest, named)
    if of_one:
        said = taken_for(rest, 1)
        # The authors wrote few questions for a summary; the patterns of these (「如何开展」, 「概括」) are sure.
        told = said if said == "summary" else kind_of(rest, vector_of(rest), said, named=True)
        if told in ("list", "fact") and not _says("sure.several", rest):
            told = "number" if _says("sure.figure", rest) or units_named(rest) else told
        if told == "number" and _says("sure.frequency", rest):
            told = "fact"  # 「多久开一次」 is answered by 「一月一开」
        return cast(QuestionKind, told), None
    kind = kind_of(plain, vector_of(plain), taken_for(rest, 0), named=False)
    bounds = read_range(rest)
    if kind in ("which", "over") and bounds is None and (exact := read_exact(rest)) is not None:
        bounds = Range(exact, exact)
    if kind == "which" and (_says("comparative", rest) or _says("sure.best", rest)):
        kind = "rank"  # who has more is told by numbers
    elif not _says("sure.several", rest) and (
        (kind == "which" and bounds is None and _says("sure.figure", rest))
        or (
            kind in ("each", "rank")
            and _says("sure.together", rest)
            and not _says("order.least", rest)
            and not _says("order.most", rest)
        )
    ):
        kind = "sum"
    if kind in ("which", "over", "rank") and bounds:
        return "rank", Rank("under" if bounds.low is None else "over", _how_many(rest), bounds)
    if kind == "rank":
        return "rank", Rank("least" if _says("order.least", rest) else "most", _how_many(rest))
    if kind == "sum":
        return "rank", Rank("average" if _says("order.average", rest) else "sum")
    if kind == "each":
        return "each", None
    return ("which" if kind == "over" else cast(QuestionKind, kind)), None


def taken_for(text: str, named: int) -> str:
    """What patterns take a question for, one of `kinds.PATTERN_KINDS`; ``named`` is how many places it names."""
    kind, rank = _kind_by_patterns(text, named)
    return rank.order if rank else kind


def _kind_by_patterns(text: str, named: int) -> tuple[QuestionKind, Rank | None]:
    if named == 0:
        rank = _rank(text)
        if rank is not None:
            return "rank", rank
        if _says("which.all", text):
            return "which", None
    kinds: tuple[QuestionKind, ...] = ("summary", "number", "list")
    for kind in kinds:
        if _says(f"kind.{kind}", text):
            return kind, None
    return "fact", None


def _rank(text: str) -> Rank | None:
    bounds = read_range(text)
    if bounds is None and _says("which.all", text) and (exact := read_exact(text)) is not None:
        bounds = Range(exact, exact)
    if not _says("kind.rank", text) and not (bounds and _says("which.all", text)):
        return None
    count = _how_many(text)
    if bounds:
        return Rank("under" if bounds.low is None else "over", count, bounds)
    order: Order
    for order in ("average", "least", "most"):
        if _says(f"order.{order}", text):
            return Rank(order, count)
    return Rank("sum", count)


def _how_many(text: str) -> int | None:
    """「前三」 → 3."""
    count = re.search(r"前([三3两二2五5十\d]+)|top (\w+)", text)
    if count is None:
        return None
    word = count[1] or count[2]
    english = {"two": 2, "three": 3, "five": 5, "ten": 10}
    value = english.get(word) or numerals.number(word)
    return int(value) if value else None


def _chinese_terms(text: str) -> tuple[Term, ...]:
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
    return _unique(terms)


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
    return terms + [Term(w, (w,)) for w in found if w not in drop and not (len(w) == 1 and not _COMMON_HAN.match(w))]


def _english_terms(text: str) -> tuple[Term, ...]:
    drop = frozenset(QUESTION_WORDS.words("drop.en"))
    terms = [
        Term(m.asked.lower(), tuple(w for w in m.words if len(w) > 1) or m.words)
        for m in catalogue().english(text)
        if m.asked.lower() not in drop
    ]
    terms += _chinese_terms(" ".join(re.findall(r"[\u3400-\u9fff]+", text)))
    for number in re.findall(r"\b\d[\d,.]*\b", text):
        terms.append(Term(number, (number.rstrip(".,"),)))
    return _unique(terms)


def _unique(terms: Iterable[Term]) -> tuple[Term, ...]:
    kept: dict[str, Term] = {}
    for term in terms:
        kept.setdefault(term.asked, term)
    return tuple(kept.values())


def _lean_on(question: Question, earlier: Question) -> Question:
    """Take over from the question before what this one leaves out: the place, the topic, or both."""
    text = question.topic.lower()
    own = [t for t in question.terms if len(t.asked) > 1]
    takes_topic = _says("follow_up.topic", text) or _says("follow_up.topic", question.text.strip().lower()) or not own
    scope = question.scope
    new_topic = bool(own) and bool(earlier.scope.groups) and bool(_patterns("follow_up.new_topic")[0].search(text))
    general = (question.kind in ("which", "rank") or scope.all_townships) and not _says("follow_up.place", text)
    if not scope.groups and not scope.narrowed and scope.problem is None and not general:
        scope = replace(earlier.scope, rest=scope.rest)
    elif (
        scope.narrowed
        and not scope.groups
        and not scope.all_townships
        and earlier.scope.groups
        and scope.problem is None
    ):
        # "and in 2023?": the place stays, the year changes.
        inside = tuple(g for g in (tuple(n for n in g if n in scope.reports) for g in earlier.scope.groups) if g)
        if inside:
            scope = replace(scope, groups=inside, reports=tuple(sorted({n for g in inside for n in g})))
    elif scope.problem == "unknown_year" and not scope.reports and earlier.scope.groups:
        # No report at all is of that year: the place is still the one that was spoken of.
        scope = replace(earlier.scope, problem=scope.problem, missing=scope.missing, years=scope.years, rest=scope.rest)
    if new_topic and not question.scope.mentions:
        # 「执法检查呢？」 asks the same of another matter.
        kind = earlier.kind if earlier.kind in ("number", "fact", "list", "summary") else question.kind
        named = "".join(earlier.standalone[start:end] for start, end in earlier.scope.mentions)
        asked = f"{named}{question.topic.removesuffix('呢')}{'有多少' if kind == 'number' else ''}？"
        return replace(question, scope=scope, kind=kind, standalone=asked)
    if not takes_topic:
        kind = question.kind
        if kind in ("which", "rank") and scope.groups:
            kind = "fact"
        return replace(question, scope=scope, kind=kind)
    inherited = tuple(replace(t, weight=t.weight * (INHERITED_WEIGHT if own else 1.0)) for t in earlier.terms)
    terms = _unique((*question.terms, *inherited))
    kind = earlier.kind if not own or question.kind == "fact" else question.kind
    if kind in ("which", "rank") and scope.groups:
        kind = "number" if earlier.rank else "fact"
    if kind == "compare" and len(scope.groups) < 2:
        kind = "number" if earlier.units else "fact"
    return replace(
        question,
        scope=scope,
        kind=kind,
        standalone=_with_new_place(question, earlier) + (f" {question.topic}" if own else ""),
        rank=earlier.rank if kind == "rank" and question.rank is None else question.rank,
        terms=terms,
        topic=f"{question.topic} {earlier.topic}".strip() if own else earlier.topic,
        gloss=f"{question.gloss} {earlier.gloss}".strip() if own else earlier.gloss,
        units=question.units or earlier.units,
        plan=question.plan or earlier.plan,
        shortcoming=question.shortcoming or earlier.shortcoming,
        quantity=question.quantity if question.quantity != NOTHING_SAID else earlier.quantity,
        mention=earlier.mention and kind == "which",
        section=question.section or earlier.section,
    )


@cache
def _unit_patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {name: tuple(map(re.compile, row["asked"])) for name, row in vocabulary("units.toml").items()}


@cache
def _drop_words() -> frozenset[str]:
    return frozenset(QUESTION_WORDS.words("drop.zh"))


@cache
def _long_drop_words() -> frozenset[str]:
    return frozenset(w for w in _drop_words() if len(w) > 2)
