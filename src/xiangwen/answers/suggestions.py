"""Questions worth asking next. Each is made of words that the reports in scope use, and asked before it is suggested:
one that the reports do not answer is never offered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.answers.issuers import TOWNSHIPS, issuers_called
from xiangwen.answers.naming import place_and_year
from xiangwen.index.signals import STANCES
from xiangwen.language.characters import simplify
from xiangwen.language.concepts import catalogue, plain_words, vocabulary
from xiangwen.questions import Term, understand
from xiangwen.questions.question import vocabulary_words
from xiangwen.retrieval.evidence import matches

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index.subset import Subset
    from xiangwen.language.languages import Language
    from xiangwen.retrieval.evidence import Retriever

_AROUND = 400
"""Characters before and after a citation that are searched for the next matter to ask about."""
_SAMPLE = 8
"""Reports that a first question is made from, evenly spread over the collection."""
_LONGEST_SAMPLE = 6000
"""Characters read of each."""
_WORDS = 8
"""Matters tried; each makes up to four questions."""
_MATTER = re.compile(r"[\u4e00-\u9fff]{4,6}")
"""Shorter words (宣传, 执法) are in every report and tell nothing apart; longer ones read like headings."""
_NO_MATTER = re.compile(
    r"法治政府|报告|总结|年度|文件|下一步|存在|问题|不足|打算|计划|覆盖|人次|制度|体系|机制|情况|重点|专项|安排|建设"
)
"""Words of the report about itself, or too wide to ask about."""
_COMMON = 0.8
"""A matter that this share of the reports speak of makes no question for which of them do."""
_COUNTED = {"cases": "件数", "people": "人数", "copies": "份数"}
"""What the quantities of a class are asked for by; the keys are those of ``units.toml``."""


@dataclass(frozen=True)
class _Suggestion:
    question: str
    words: tuple[str, ...]
    """One of them has to stand in the evidence; none where a plan or a shortcoming is asked for."""
    verdicts: int = 0
    """Reports that have to speak."""


def suggestions(
    assistant: Assistant,
    language: Language = "zh",
    asked: Sequence[str] = (),
    reports: Collection[str] | None = None,
    after: Collection[tuple[str, int]] = (),
) -> Iterator[str]:
    """Questions that the reports answer, the most fitting first, tried one by one as they are drawn.

    Args:
        assistant: answers each candidate before it is offered.
        language: of the questions.
        asked: the questions so far; what they were about is not suggested again.
        reports: ids of the reports that may answer; None for all.
        after: where the last answer found its evidence, as (report id, offset); empty at the start.
    """
    for candidate in _candidates(assistant, language, asked, reports, after):
        if candidate.question in asked:
            continue
        answer = assistant.ask(candidate.question, reports=reports)
        if _holds(answer, candidate):
            yield candidate.question


def _holds(answer: Answer, candidate: _Suggestion) -> bool:
    """Whether the reports really answer it: evidence that speaks of the matter, from as many reports as it takes."""
    if not answer.answered or not answer.citations:
        return False
    spoken = [v for v in answer.verdicts if v.verdict in ("yes", "partial") and v.citations]
    if len(spoken) < candidate.verdicts:
        return False
    if not candidate.words:
        return all(c.stance != "done" for c in answer.citations)
    said = [plain_words(simplify(f"{' '.join(c.section)} {c.quote}")) for c in answer.citations]
    return sum(any(word in text for word in candidate.words) for text in said) >= max(1, len(said) // 2)


def _candidates(
    assistant: Assistant,
    language: Language,
    asked: Sequence[str],
    reports: Collection[str] | None,
    after: Collection[tuple[str, int]],
) -> Iterator[_Suggestion]:
    index, retriever = assistant.index, assistant.retriever
    numbers = [n for n, report in enumerate(index.reports) if reports is None or report.id in reports]
    cited = list(dict.fromkeys(report for report, _ in after))
    first = [n for n in numbers if index.reports[n].id in cited]
    each = max(1, len(numbers) // _SAMPLE)
    among = set(numbers)
    issuers = issuers_called(index.reports[n].metadata.township for n in numbers)
    sample = numbers[::each][:_SAMPLE]
    texts = _around(assistant, after) or [index.reports[n].text[:_LONGEST_SAMPLE] for n in sample]
    # All reports where they are at hand, else those that the questions are made from.
    near = index.subset([*first, *sample])
    spoken_of = {w for q in asked for t in understand(q, assistant.atlas).terms for w in (t.asked, *t.words)}
    kinds: list[list[_Suggestion]] = [[], [], [], []]
    for word in _matters(texts, spoken_of)[: 3 * _WORDS]:
        hits = near.numbers[matches(Term(word, (word,)), near)[0] >= 1].tolist()
        found = [n for n in np.unique(index.report_of[hits]).tolist() if n in among]
        if not found:
            continue
        words = catalogue().words(word)
        label = word if language == "zh" else _english().get(word, "")
        if not label:
            continue
        # In the township of the last answer, if it speaks of the matter.
        home = next((n for n in first if n in found), found[0])
        if len(numbers) > 1 and len(found) <= max(2, _COMMON * len(numbers)):
            asked_of = issuers.noun("en") if issuers is TOWNSHIPS else "reports"
            which = f"哪些{issuers.zh}提到了{word}？" if language == "zh" else f"Which {asked_of} mention {label}?"
            kinds[0].append(_Suggestion(which, words, verdicts=1))
        kinds[1].append(_Suggestion(_what_was_done(assistant, home, label, language), words))
        if language == "zh" and len(numbers) > 1 and (counted := _counted(retriever, word, hits, found)):
            kinds[2].append(_Suggestion(f"哪个{issuers.zh}的{word}{counted}最多？", words, verdicts=2))
    for stance in ("shortcoming", "plan"):
        speaker = _most_telling(near, stance, first or numbers)
        if speaker is not None:
            kinds[3].append(_Suggestion(_what_lies_ahead(assistant, speaker, stance, language), ()))
    # One question of each kind in turn, each about another matter.
    turned = (kind[number % len(kind) :] + kind[: number % len(kind)] for number, kind in enumerate(kinds[:3]) if kind)
    for row in zip_longest(*(kind[:_WORDS] for kind in turned), kinds[3]):
        yield from filter(None, row)


def _around(assistant: Assistant, after: Collection[tuple[str, int]]) -> list[str]:
    reports = {report.id: report for report in assistant.index.reports}
    return [reports[r].text[max(0, at - _AROUND) : at + _AROUND] for r, at in list(after)[:_SAMPLE] if r in reports]


def _matters(texts: Sequence[str], spoken_of: Collection[str]) -> list[str]:
    """Known words of these texts, first those that about half of them hold: they tell reports apart."""
    drop = frozenset(vocabulary_words()["drop"]["zh"])
    found = Counter(
        chain.from_iterable({m.asked for m in catalogue().chinese(plain_words(simplify(t)))} for t in texts)
    )
    kept = []
    for word in found:
        stale = word in drop or any(word in other or other in word for other in spoken_of if len(other) > 1)
        if _MATTER.fullmatch(word) and not _NO_MATTER.search(word) and not stale:
            kept.append(word)
    together = "\n".join(texts)
    return sorted(kept, key=lambda w: (abs(found[w] / len(texts) - 0.5), -together.count(w), w))


@cache
def _english() -> dict[str, str]:
    """Chinese word → the English name of its concept."""
    names: dict[str, str] = {}
    for concept in vocabulary("concepts.toml")["concept"]:
        for word in concept["zh"]:
            names.setdefault(plain_words(word), concept["name"])
    return names


def _named(assistant: Assistant, number: int, language: Language) -> str:
    """The township as a question names it, with county and year where the name alone would not tell."""
    reports = assistant.index.reports
    report = reports[number]
    if sum(r.name == report.name for r in reports) > 1:
        return place_and_year(report)
    return assistant.naming.called(report, language)


def _what_was_done(assistant: Assistant, number: int, label: str, language: Language) -> str:
    who = _named(assistant, number, language)
    return f"{who}在{label}方面做了哪些工作？" if language == "zh" else f"What did {who} do about {label}?"


def _what_lies_ahead(assistant: Assistant, number: int, stance: str, language: Language) -> str:
    who = _named(assistant, number, language)
    if stance == "shortcoming":
        return f"{who}存在哪些不足？" if language == "zh" else f"What are the shortcomings of {who}?"
    return f"{who}下一步有哪些打算？" if language == "zh" else f"What are the plans of {who} for the next year?"


def _most_telling(near: Subset, stance: str, numbers: Sequence[int]) -> int | None:
    """The report among these that writes most of its shortcomings or plans."""
    ranges = near.ranges
    counts = np.bincount(ranges.report_of[near.signals.stance == STANCES.index(stance)], minlength=len(ranges.sizes))
    most = max(numbers, key=lambda n: counts[n], default=None)
    return most if most is not None and counts[most] else None


def _counted(retriever: Retriever, word: str, hits: Sequence[int], found: Sequence[int]) -> str | None:
    """What the quantities beside the word count, where two reports give such quantities."""
    by_class: dict[str, set[int]] = {}
    for passage in hits:
        for quantity in retriever.quantities[passage]:
            if quantity.unit_class in _COUNTED and word in plain_words(simplify(quantity.subject)):
                by_class.setdefault(quantity.unit_class, set()).add(int(retriever.index.report_of[passage]))
    best = max(by_class, key=lambda name: len(by_class[name] & set(found)), default=None)
    return _COUNTED[best] if best and len(by_class[best] & set(found)) > 1 else None
