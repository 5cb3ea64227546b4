"""Read a question: its language, kind, scope, topic and what would count as an answer to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from xiangwen.language.characters import simplify
from xiangwen.language.concepts import catalogue, plain_words, vocabulary
from xiangwen.language.tokens import content_words, is_word
from xiangwen.questions.quantity_asked import (
    NOTHING_SAID,
    QuantityAsked,
    Range,
    read_exact,
    read_quantity_asked,
    read_range,
)
from xiangwen.questions.scope import Atlas, Scope

Language = Literal["zh", "en"]
Kind = Literal["fact", "number", "list", "which", "rank", "compare", "summary", "collection", "common", "each", "none"]
Order = Literal["most", "least", "over", "under", "sum", "average"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_QUOTED = re.compile(r"[“\"「『‘《]([^”\"」』’》]{2,30})[”\"」』’》]")
_CHINESE_DIGITS = {
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "百": 100,
}
INHERITED_WEIGHT = 0.5
"""A word taken over from the question before counts half as much as one that is asked now."""


@dataclass(frozen=True)
class Term:
    """A word of the topic and all words that can stand for it in a report."""

    asked: str
    words: tuple[str, ...]
    weight: float = 1.0
    quoted: bool = False


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
    kind: Kind
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


def understand(text: str, atlas: Atlas, history: Sequence[str] = ()) -> Question:
    """Read a question in the light of those before it.

    Args:
        text: the question as typed.
        atlas: the places and years of the collection.
        history: the earlier questions, oldest first.
    """
    question = _read(text, atlas)
    if history and not question.off_topic:
        earlier = understand(history[-1], atlas, history[:-1])
        question = _lean_on(question, earlier)
    return question


def _read(text: str, atlas: Atlas) -> Question:
    plain = _without_courtesy(" ".join(simplify(text).split()))
    language: Language = "en" if _is_english(plain) else "zh"
    plan = _says("plan", plain)
    scope = atlas.find(plain, plans_next_year=plan)
    rest = " ".join(scope.rest.split())
    lowered = rest.lower()
    terms = _english_terms(rest) if language == "en" else _chinese_terms(rest)
    gloss = " ".join(t.words[0] if language == "en" else t.asked for t in terms)
    kind, rank = _kind(lowered, scope)
    return Question(
        text=text,
        language=language,
        kind=kind,
        scope=scope,
        topic=rest.strip(" ，,。.?？!！"),
        gloss=gloss if language == "en" else rest.strip(" ，,。.?？!！"),
        terms=terms,
        units=tuple(name for name, patterns in _unit_patterns().items() if any(p.search(lowered) for p in patterns)),
        rank=rank,
        mention=_says("mention", lowered) and kind == "which",
        plan=plan,
        shortcoming=_says("shortcoming", lowered),
        negated=_says("negated", lowered) and kind == "which",
        absence=_says("absence", lowered),
        standalone=plain,
        quantity=read_quantity_asked(plain.lower(), scope.years, plan),
        number_asked=bool(rank) or _says("kind.number", lowered),
        off_topic=(_says("off_topic", lowered) and not scope.groups) or not re.search(r"\w", plain),
    )


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
        kind: Kind = "number" if question.number_asked or question.units else "fact"
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
    for pattern in (*_patterns("courtesy"), *_patterns("exclusion")):
        bare = pattern.sub("", bare)
    return bare if len(bare) > 3 else text


def _is_english(text: str) -> bool:
    """English questions may hold Chinese names, Chinese ones Latin letters: the majority of words decides."""
    return len(_LATIN_WORD.findall(text)) > len(_HAN.findall(text)) / 2


def _kind(text: str, scope: Scope) -> tuple[Kind, Rank | None]:
    named = len(scope.groups)
    if named >= 2 and (_says("compare", text) or named == 2):
        return "compare", None
    if named == 0:
        rank = _rank(text)
        if rank is not None:
            return "rank", rank
        if _says("which.all", text):
            return "which", None
    kinds: tuple[Kind, ...] = ("summary", "number", "list")
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
    count = re.search(r"前([三3两二2五5十\d]+)|top (\w+)", text)
    number = None
    if count:
        word = count[1] or count[2]
        english = {"two": 2, "three": 3, "five": 5, "ten": 10}
        number = _CHINESE_DIGITS.get(word) or english.get(word) or (int(word) if word.isdecimal() else None)
    if bounds:
        return Rank("under" if bounds.low is None else "over", number, bounds)
    if re.search(r"平均|\baverage\b", text):
        return Rank("average", number)
    if re.search(r"最(?:少|低|小|短|晚|差)|\b(?:least|fewest|lowest|smallest|minimum)\b", text):
        return Rank("least", number)
    if re.search(
        r"最(?:多|高|大|长|早|好)|前[三3两二2五5十\d]|排|\b(?:most|highest|largest|biggest|greatest|maximum|top|rank\w*)\b",
        text,
    ):
        return Rank("most", number)
    return Rank("sum", number)


def _chinese_terms(text: str, weight: float = 1.0) -> tuple[Term, ...]:
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
    terms += [Term(q, (q,), quoted=True) for q in quoted if q not in {t.asked for t in terms}]
    return _unique(
        replace(t, weight=weight, quoted=t.quoted or any(t.asked in q or q in t.asked for q in quoted)) for t in terms
    )


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
    return terms + [Term(w, (w,)) for w in found if w not in drop and not (len(w) == 1 and not _HAN.match(w))]


def _english_terms(text: str) -> tuple[Term, ...]:
    drop = frozenset(vocabulary_words()["drop"]["en"])
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
    general = question.kind in ("which", "rank") and not _says("follow_up.place", text)
    if not scope.groups and not scope.narrowed and scope.problem is None and not general:
        scope = replace(earlier.scope, rest=scope.rest)
    elif scope.narrowed and not scope.groups and earlier.scope.groups and scope.problem is None:
        # "and in 2023?": the place stays, the year changes.
        inside = tuple(g for g in (tuple(n for n in g if n in scope.reports) for g in earlier.scope.groups) if g)
        if inside:
            scope = replace(scope, groups=inside, reports=tuple(sorted({n for g in inside for n in g})))
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
    )


@cache
def vocabulary_words() -> dict[str, dict[str, list[str]]]:
    """``question_words.toml``."""
    return vocabulary("question_words.toml")


@cache
def _patterns(key: str) -> tuple[re.Pattern[str], ...]:
    table, _, name = key.partition(".")
    lists = vocabulary_words()[table]
    return tuple(re.compile(p) for p in (lists[name] if name else [p for values in lists.values() for p in values]))


def _says(key: str, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns(key))


@cache
def _unit_patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {name: tuple(map(re.compile, row["asked"])) for name, row in vocabulary("units.toml").items()}


@cache
def _drop_words() -> frozenset[str]:
    return frozenset(vocabulary_words()["drop"]["zh"])


@cache
def _long_drop_words() -> frozenset[str]:
    return frozenset(w for w in _drop_words() if len(w) > 2)
