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
from xiangwen.questions.question_words import QUESTION_WORDS
from xiangwen.retrieval.evidence import matches

if TYPE_CHECKING:
    from xiangwen.answers.answer import Answer
    from xiangwen.answers.assistant import Assistant
    from xiangwen.index.subset import Subset
    from xiangwen.language.languages import Language
    from xiangwen.retrieval.evidence import Retriever

# What measures these: docs/thresholds.md.
_AROUND = 400
"""Characters before and after a citation that are searched for the next matter to ask about."""
_SAMPLE = 8
"""Reports that a first question is made from, evenly spread over the collection."""
_LONGEST_SAMPLE = 6000
"""Characters read of each."""
_MATTERS = 24
"""Matters that questions are made about, those first that tell reports apart best."""
_OF_A_KIND = 8
"""Questions of one kind that are tried at most."""
_MATTER = re.compile(r"[\u4e00-\u9fff]{4,6}")
"""Shorter words (宣传, 执法) are in every report and tell nothing apart; longer ones read like headings."""
_NO_MATTER = re.compile(
    r"法治政府|报告|总结|年度|文件|下一步|存在|问题|不足|打算|计划|覆盖|人次|制度|体系|机制|情况|重点|专项|安排|建设"
)
"""Words of the report about itself, or too wide to ask about."""
_COMMON = 0.8
"""A matter that more than this share of the reports speak of makes no question for which of them do."""
_ALWAYS_FEW = 2
"""Where there are no more reports than these, a matter may be asked about though all speak of it."""
_TELLING = 0.5
"""Share of the reports that hold the word which tells them apart best."""
_COUNTED = {"cases": "件数", "people": "人数", "copies": "份数"}
"""What quantities are asked for by, by classes of units."""


@dataclass(frozen=True)
class _Suggestion:
    """A question that may be suggested, with what its answer must have."""

    question: str
    words: tuple[str, ...]
    """One of them has to stand in the evidence; none where a plan or a shortcoming is asked for."""
    verdicts: int = 0
    """Reports that have to speak."""


@dataclass(frozen=True)
class _Matter:
    """A word that reports use, and where."""

    word: str
    label: str
    """The word in the language of the question."""
    words: tuple[str, ...]
    """All that can stand for it."""
    passages: tuple[int, ...]
    reports: tuple[int, ...]


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
    """Whether the reports really answer it: half of the citations speak of the matter, and enough reports."""
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
    """Questions to try: one of each kind in turn, each about another matter."""
    questions = _Questions(assistant, language, reports, after)
    matters = list(questions.matters(asked))
    kinds = (
        list(filter(None, map(questions.which, matters))),
        list(map(questions.what, matters)),
        list(filter(None, map(questions.most, matters))),
    )
    turned = (kind[number % len(kind) :] + kind[: number % len(kind)] for number, kind in enumerate(kinds) if kind)
    for row in zip_longest(*(kind[:_OF_A_KIND] for kind in turned), questions.of_sections()):
        yield from filter(None, row)


class _Questions:
    """Makes questions of the words that some reports use."""

    def __init__(
        self,
        assistant: Assistant,
        language: Language,
        reports: Collection[str] | None,
        after: Collection[tuple[str, int]],
    ) -> None:
        """Make ready; the arguments are those of `suggestions`."""
        index = assistant.index
        self._assistant, self._chinese, self._language = assistant, language == "zh", language
        self._reports = [n for n, report in enumerate(index.reports) if reports is None or report.id in reports]
        cited = {report for report, _ in after}
        self._cited = [n for n in self._reports if index.reports[n].id in cited]
        self._issuers = issuers_called(index.reports[n].metadata.township for n in self._reports)
        every = max(1, len(self._reports) // _SAMPLE)
        sample = self._reports[::every][:_SAMPLE]
        self._texts = _around(assistant, after) or [index.reports[n].text[:_LONGEST_SAMPLE] for n in sample]
        # All reports where they are at hand, else those that the questions are made from.
        self._near = index.subset([*self._cited, *sample])

    def matters(self, asked: Sequence[str]) -> Iterator[_Matter]:
        """What may be asked about next, besides what was ``asked`` about."""
        terms = [term for question in asked for term in understand(question, self._assistant.atlas).terms]
        spoken_of = {word for term in terms for word in (term.asked, *term.words)}
        may_answer = set(self._reports)
        for word in _matters(self._texts, spoken_of)[:_MATTERS]:
            hits = self._near.numbers[matches(Term(word, (word,)), self._near)[0] >= 1]
            speaking = [n for n in np.unique(self._assistant.index.report_of[hits]).tolist() if n in may_answer]
            label = word if self._chinese else _english().get(word, "")
            if speaking and label:
                yield _Matter(word, label, catalogue().words(word), tuple(hits.tolist()), tuple(speaking))

    def which(self, matter: _Matter) -> _Suggestion | None:
        """Which reports speak of it; None where nearly all do."""
        few = len(matter.reports) <= max(_ALWAYS_FEW, _COMMON * len(self._reports))
        if len(self._reports) < 2 or not few:
            return None
        issuers = self._issuers.noun("en") if self._issuers is TOWNSHIPS else "reports"
        chinese, english = f"哪些{self._issuers.zh}提到了{matter.word}？", f"Which {issuers} mention {matter.label}?"
        return _Suggestion(chinese if self._chinese else english, matter.words, verdicts=1)

    def what(self, matter: _Matter) -> _Suggestion:
        """What a township did about it: that of the last answer, if it speaks of the matter."""
        home = next((n for n in self._cited if n in matter.reports), matter.reports[0])
        return _Suggestion(_what_was_done(self._assistant, home, matter.label, self._language), matter.words)

    def most(self, matter: _Matter) -> _Suggestion | None:
        """Who has most of it; None where no two reports count it, and in English, which has no word for the count."""
        if not self._chinese or len(self._reports) < 2:
            return None
        counted = _counted(self._assistant.retriever, matter)
        question = f"哪个{self._issuers.zh}的{matter.word}{counted}最多？"
        return _Suggestion(question, matter.words, verdicts=2) if counted else None

    def of_sections(self) -> Iterator[_Suggestion]:
        """What is lacking, and what is planned, in the report that writes most of it."""
        for stance in ("shortcoming", "plan"):
            speaker = _most_telling(self._near, stance, self._cited or self._reports)
            if speaker is not None:
                yield _Suggestion(_what_lies_ahead(self._assistant, speaker, stance, self._language), ())


def _around(assistant: Assistant, after: Collection[tuple[str, int]]) -> list[str]:
    """The texts around the citations of the last answer."""
    reports = {report.id: report for report in assistant.index.reports}
    return [reports[r].text[max(0, at - _AROUND) : at + _AROUND] for r, at in list(after)[:_SAMPLE] if r in reports]


def _matters(texts: Sequence[str], spoken_of: Collection[str]) -> list[str]:
    """Known words of these texts, first those that about half of them hold: they tell reports apart."""
    drop = frozenset(QUESTION_WORDS.words("drop.zh"))
    found = Counter(
        chain.from_iterable({m.asked for m in catalogue().chinese(plain_words(simplify(t)))} for t in texts)
    )
    kept = []
    for word in found:
        stale = word in drop or any(word in other or other in word for other in spoken_of if len(other) > 1)
        if _MATTER.fullmatch(word) and not _NO_MATTER.search(word) and not stale:
            kept.append(word)
    together = "\n".join(texts)
    return sorted(kept, key=lambda w: (abs(found[w] / len(texts) - _TELLING), -together.count(w), w))


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


def _counted(retriever: Retriever, matter: _Matter) -> str | None:
    """What the quantities beside the word count, where two reports give such quantities."""
    by_class: dict[str, set[int]] = {}
    for passage in matter.passages:
        for quantity in retriever.quantities[passage]:
            if quantity.unit_class in _COUNTED and matter.word in plain_words(simplify(quantity.subject)):
                by_class.setdefault(quantity.unit_class, set()).add(int(retriever.index.report_of[passage]))
    counting = {name: len(reports.intersection(matter.reports)) for name, reports in by_class.items()}
    best = max(counting, key=lambda name: counting[name], default=None)
    return _COUNTED[best] if best and counting[best] > 1 else None
