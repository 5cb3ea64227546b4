"""Read a question: its language, kind, scope and topic, in the light of those before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from xiangwen.language.characters import simplify
from xiangwen.language.concepts import vocabulary
from xiangwen.language.languages import Language
from xiangwen.questions.asked_again import asked_again
from xiangwen.questions.atlas import Atlas
from xiangwen.questions.collection_asked import read_collection_asked
from xiangwen.questions.collection_words import says as of_collection
from xiangwen.questions.completed import completed, of_another_matter
from xiangwen.questions.counted_asked import read_counted_asked
from xiangwen.questions.follow_up import lean_on
from xiangwen.questions.joint_regions import written_out
from xiangwen.questions.kind_asked import KindAsked, QuestionKind, VectorOf, read_kind
from xiangwen.questions.not_meant import without_not_meant
from xiangwen.questions.quantity_asked import read_quantity_asked, units_named, without_bounds
from xiangwen.questions.question import Question
from xiangwen.questions.question_words import patterns, says
from xiangwen.questions.scope import Scope, by_year
from xiangwen.questions.section_asked import read_section_asked, told_section
from xiangwen.questions.terms import COMMON_HAN, chinese_terms, english_terms

_PERSONS = re.compile(r"(?:人员|[成党队辅议导]员|干部|律师|明白人|带头人|调解员|网格员|志愿者|骨干|法官|副校长)$")
"""What ends like these counts people."""
_HOW_MANY_PLACES = "(?<=[镇街道方位])(?:一共|总共|共)?有?(?:几|多少)[个家]"
"""Of townships no measure word is asked for: 「达到200的镇街有几家」."""
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


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
    said: list[Question] = []
    for earlier in history:
        said.append(_in_light_of(said, earlier, atlas, vector_of, one_report=False))
    return _in_light_of(said, text, atlas, vector_of, one_report=one_report)


def _in_light_of(
    said: Sequence[Question], text: str, atlas: Atlas, vector_of: VectorOf | None, *, one_report: bool
) -> Question:
    earlier = said[-1] if said else None
    of_place = one_report or not atlas.has_issuers or bool(earlier and earlier.scope.groups)
    vector_of = vector_of and cache(vector_of)  # several classifiers weigh the same vector
    question = _read(text, atlas, vector_of, of_place)
    if earlier is None:
        return question
    whole = completed(question, said, atlas)
    if whole is None and (again := asked_again(question, earlier, atlas)):
        return again
    if whole := whole or of_another_matter(question, earlier, atlas):
        return replace(_read(whole, atlas, vector_of, of_place), text=text, language=question.language)
    return question if question.off_topic else lean_on(question, earlier, atlas)


def _read(text: str, atlas: Atlas, vector_of: VectorOf | None, of_place: bool) -> Question:
    plain = without_not_meant(_without_courtesy(" ".join(simplify(text).split())), atlas.names)
    language: Language = "en" if _is_english(plain) else "zh"
    plain, joint = written_out(plain, atlas.known_regions)
    plan = says("plan", plain)
    scope = atlas.find(plain, plans_next_year=plan)
    if len(scope.years) > 1 or says("years_compared", plain):
        scope = by_year(scope, [report.metadata.year for report in atlas.reports])
    scope = replace(scope, notes=(*joint, *scope.notes))
    plan = plan or any(note.reading == "next_year" for note in scope.notes)
    rest = " ".join(scope.rest.split())
    lowered = rest.lower()
    section = read_section_asked(lowered)
    asked = (
        KindAsked("which", section=True) if section else read_kind(plain.lower(), lowered, scope, vector_of, of_place)
    )
    kind, rank, of_section = asked
    bare = (without_bounds(lowered) or lowered) if rank and rank.range else lowered
    read_terms = english_terms if language == "en" else chinese_terms
    terms = (read_terms(bare) if bare != lowered else ()) or read_terms(rest)
    vector = vector_of(plain.lower()) if vector_of and (kind == "collection" or of_section) else None
    if of_section:
        section = told_section(plain.lower(), vector, section, language)
    collection = read_collection_asked(lowered, vector) if kind == "collection" else None
    return Question(
        text=text,
        language=language,
        kind=kind,
        scope=scope,
        topic=rest.strip(" ，,。.?？!！"),
        gloss=" ".join(t.words[0] for t in terms) if language == "en" else rest.strip(" ，,。.?？!！"),
        terms=terms,
        units=units_asked(lowered, language),
        rank=rank,
        mention=(says("mention", lowered) or says("negated", lowered)) and kind == "which",
        plan=plan,
        shortcoming=says("shortcoming", bare),
        negated=says("negated", lowered) and kind == "which",
        absence=says("absence", lowered),
        standalone=plain,
        quantity=read_quantity_asked(plain.lower(), scope.years, plan),
        number_asked=bool(rank) or says("kind.number", lowered),
        collection=collection,
        section=section,
        off_topic=_off_topic(kind, plain.lower(), lowered, scope),
    )


def _off_topic(kind: QuestionKind, plain: str, rest: str, scope: Scope) -> bool:
    """Whether a question asks for nothing that reports could say; ``rest`` is the question without places and years."""
    if kind == "none" or not re.search(r"\w", plain):
        return True
    if says("off_topic", rest) and not scope.groups:
        return True
    named = scope.groups or scope.years or scope.narrowed or scope.problem
    return kind == "collection" and not named and not of_collection("about", plain)


def units_asked(text: str, language: Language) -> tuple[str, ...]:
    """Classes of measure words asked for, by the words themselves or by what else speaks of them (金额); in English of
    the noun that "how many" stands before."""
    text = re.sub(f"哪几|{_HOW_MANY_PLACES}", "哪些", text)
    if language == "zh" and (named := units_named(text)):
        return named
    found = {
        name: matches
        for name, patterns in _unit_patterns().items()
        if (matches := [match for p in patterns if (match := p.search(text))])
    }
    if language == "zh" and not found and _PERSONS.search(read_counted_asked(text).noun):
        return ("people", "places")  # 「调解员9名」, 「调解员有9个」
    if language == "en" and re.search(r"\bhow many\b|\bnumber of\b", text):
        plural = {name: [m.end() for m in ms if re.search(r"(?:s|people|staff)$", m[0])] for name, ms in found.items()}
        ends = {name: min(of_name) for name, of_name in plural.items() if of_name}
        if ends:
            return tuple(name for name, end in ends.items() if end == min(ends.values()))
    return tuple(found)


def _without_courtesy(text: str) -> str:
    """The question itself; all of it, where nothing else would be left."""
    bare = text
    for pattern in patterns("courtesy"):
        bare = pattern.sub("", bare)
    return bare if len(bare) > 3 else text


def _is_english(text: str) -> bool:
    """English questions may hold Chinese names, Chinese ones Latin letters: the majority of words decides."""
    return len(_LATIN_WORD.findall(text)) > len(COMMON_HAN.findall(text)) / 2


@cache
def _unit_patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {name: tuple(map(re.compile, row["asked"])) for name, row in vocabulary("units.toml").items()}
