"""Where the passages that a question is computed from come from: all of a folder, the most promising ones of a server.

A question about few passages (a township, a county) is computed from all of them, wherever they are. Of very many that
lie on a server each report gives its most promising ones: nearest by their vectors, and best by BM25 for the question's
words and for all words that can stand for them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from xiangwen.language.tokens import tokens

if TYPE_CHECKING:
    from xiangwen.index import Store
    from xiangwen.index.report_search import ReportSearch
    from xiangwen.index.subset import Subset
    from xiangwen.questions import Question

_PROMISING = 24_000
"""Passages that are taken for a question about more than are looked at all."""
EACH = (2, 32)
"""The fewest and the most of them that are taken of a report."""
_SEARCHED = 16
"""Passages of a report that each search gives at most. On forty generated reports the two best of each, by all their
features, were among those taken in 999 of 1,000 cases."""
_WHOLE_REPORTS = 20
"""For a list or a summary the most promising reports are taken whole: their items belong together."""
_SAMPLE = 16
"""Reports taken whole with the promising passages of the others: they show what the rest of a report weighs."""
_QUESTIONS_KEPT = 16
"""Questions whose most promising passages are remembered: one is often computed twice."""


class CandidateSource(ABC):
    """Gives the passages that a question is computed from."""

    @abstractmethod
    def subset(self, question: Question, whole: Sequence[int] = ()) -> Subset:
        """Whatever of the reports in scope may bear on the question, of the reports ``whole`` all."""


class Everything(CandidateSource):
    """All passages of the reports in scope."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def subset(self, question: Question, whole: Sequence[int] = ()) -> Subset:
        """All passages of the reports in scope."""
        return self._store.subset(question.scope.reports)


class MostPromising(CandidateSource):
    """All passages of the reports in scope where they are few, else the most promising ones of every report."""

    def __init__(self, store: Store, search: ReportSearch) -> None:
        self._store = store
        self._search = search
        self._promising = lru_cache(maxsize=_QUESTIONS_KEPT)(self._find_promising)

    def subset(self, question: Question, whole: Sequence[int] = ()) -> Subset:
        """All passages in scope where they are few, else the most promising ones of every report, of some all."""
        ranges = self._store.ranges
        reports = question.scope.reports
        if min(len(self._store.report_of), ranges.size(reports)) <= self._search.all_up_to:
            return self._store.subset(reports)
        return self._search.subset_of(chain(self._promising(question), ranges.rows(whole).tolist()))

    def _find_promising(self, question: Question) -> list[int]:
        """Numbers of the passages that may matter most, so many of every report."""
        reports = sorted(question.scope.reports)
        fewest, most = EACH
        each = min(max(_PROMISING // len(reports), fewest), most)
        best = self._best_of_each(question, reports, each)
        whole = reports[:: max(1, len(reports) // _SAMPLE)][:_SAMPLE]
        if question.kind in ("list", "summary"):
            whole += list(best)[:_WHOLE_REPORTS]
        return [*chain.from_iterable(best.values()), *self._store.ranges.rows(sorted(set(whole))).tolist()]

    def _best_of_each(self, question: Question, reports: list[int], each: int) -> dict[int, list[int]]:
        """The passages of every report that stand first in all searches together, the most promising report first."""
        scores: dict[int, float] = defaultdict(float)
        for found in self._searches(question, reports, min(each, _SEARCHED)):
            for ranked in found.values():
                for rank, number in enumerate(ranked):
                    scores[number] += 1 / (2 + rank)
        best: dict[int, list[int]] = defaultdict(list)
        for number in sorted(scores, key=lambda n: (-scores[n], n)):
            own = best[int(self._store.report_of[number])]
            if len(own) < each:
                own.append(number)
        return best

    def _searches(self, question: Question, reports: list[int], count: int) -> Iterator[dict[int, list[int]]]:
        """The best passages of these reports in several respects, of each report best first."""
        topic = self._store.vector(question.topic or question.text)
        yield self._search.nearest_of_each(topic, reports, count)
        if question.language == "en" and question.gloss:
            yield self._search.nearest_of_each(self._store.vector(question.gloss), reports, count)
        for words in (Counter(tokens(question.gloss)), stand_ins(question)):
            if words:
                yield self._search.best_bm25_of_each(words, reports, count)
        if question.plan:
            yield self._search.nearest_of_each(topic, reports, count, "plan")
        if question.shortcoming:
            yield self._search.nearest_of_each(topic, reports, count, "shortcoming")


def candidate_source(store: Store) -> CandidateSource:
    """Where the passages of a store come from."""
    search = store.report_search
    return MostPromising(store, search) if search else Everything(store)


def stand_ins(question: Question) -> dict[str, float]:
    """All words that can stand for the terms of a question, as they are indexed; a long one, which is several of these,
    counts no more than a short one.
    """
    found: dict[str, float] = {}
    for term in question.terms:
        for word in term.words:
            own = dict.fromkeys(tokens(word))
            for part in own:
                found[part] = max(found.get(part, 0.0), term.weight / len(own))
    return found
