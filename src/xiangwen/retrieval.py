"""Evidence for a question: every passage scored, none cut off by a top-k.

Each passage gets a row of named features (how near, which words of the topic it holds, whether it plans or lacks,
whether it has the kind of number asked for); `xiangwen.verdicts` turns a row into a probability. Scoring everything is
affordable (a flat FAISS index over 100,000 passages takes milliseconds) and is what lets every report be answered for.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from xiangwen.figures import Figure, figures
from xiangwen.index import Index
from xiangwen.lexical import simplify
from xiangwen.questions import Question, Term
from xiangwen.questions.concepts import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from xiangwen.passages import Stance

FEATURES = (
    "similarity",
    "gloss_similarity",
    "similarity_in_report",
    "coverage",
    "coverage_with_headings",
    "rarest_word",
    "missing_word",
    "lexical",
    "bigrams",
    "unit_asked_found",
    "unit_asked_missing",
    "number_found",
    "plan_not_asked",
    "plan_asked",
    "lack_not_asked",
    "lack_asked",
    "denies",
    "every_asked_found",
    "every_asked_missing",
    "heading",
    "opening",
    "length",
    "strength",
)
"""The columns of `Evidence.features`, in order; `_features` says what each one means."""

_PLAN_HEADING = re.compile(
    r"(下一?步|下一年|明年|今后|打算|计划|工作安排|主要安排|工作思路|努力方向|20\d\d年(?:度)?(?:推进.{0,12})?(?:的)?(?:主要)?(?:工作)?(?:安排|打算|计划|思路|重点))"
)
_LACK_HEADING = re.compile(r"(不足|问题|短板|差距|困难|薄弱)")
_PLAN_WORDS = re.compile(
    r"^(?:.{0,8})?(?:下一步|下步|明年|今后|将(?:继续|持续|进一步|从|以)|计划|拟|力争|争取|准备|打算)"
)
_LACK_WORDS = re.compile(
    r"(?:有待|还不|不够|不足|薄弱|欠缺|短缺|不强|不高|单一|差距|不到位|亟待|匮乏|尚未|仍显|仍有|较少|偏少|偏低|不完善)"
)
_DENIAL = re.compile(r"(?:没有|未|无(?!人机|偿|线|障碍|缝|处|奈|私)|不(?:予|再|曾)|从未|尚无|零)")
_EVERY_ASKED = re.compile(
    r"(每个?|各|所有|全部|都|全覆盖|全体)(?:行政)?(村|社区|居)|村村|一村一|\b(every|each|all)\b.{0,20}\b(village|communit)"
)
_EVERY = re.compile(
    r"(各|每个?|所有|全部|全乡|全镇|辖区|全街道)[\d一二三四五六七八九十百个]*(行政)?(村|社区)|\d+个?(行政)?(村|社区)|村（社区）|村\(社区\)|全覆盖|覆盖率|一村|村村|村居"
)


@dataclass(frozen=True)
class Evidence:
    """All passages of the reports in scope with their features."""

    passages: NDArray[np.int64]
    """Numbers of the passages, shape (n,)."""
    features: NDArray[np.float32]
    """Shape (n, len(FEATURES))."""


class _Text:
    """Many short texts as one long string, so that a word is found in all of them at the speed of ``str.find``."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._joined = "\n".join(texts) + "\n"
        self._starts = np.cumsum([0, *(len(t) + 1 for t in texts)])[:-1]
        self._size = len(texts)

    def holds(self, word: str) -> NDArray[np.int64]:
        """Numbers of the texts that hold the word, ascending."""
        found = [m.start() for m in re.finditer(re.escape(word), self._joined)]
        return np.unique(np.searchsorted(self._starts, np.array(found, dtype=np.int64), side="right") - 1)


class Retriever:
    """Scores the passages of an index for questions."""

    def __init__(self, index: Index) -> None:
        self.index = index
        quotes = [plain_words(simplify(index.quote(p))) for p in index.passages]
        above = (" ".join(p.above(index.reports[p.report].text)) for p in index.passages)
        headings = [plain_words(simplify(text)) for text in above]
        self._quotes = _Text(quotes)
        self._headings = _Text(headings)
        self._length = np.array([len(q) for q in quotes], dtype=np.float32)
        self.stances: tuple[Stance, ...] = tuple(
            _stance(p.heading_path, quote) for p, quote in zip(index.passages, quotes, strict=True)
        )
        self._plan = np.array([s == "plan" for s in self.stances])
        self._lack = np.array([s == "shortcoming" for s in self.stances])
        self._denial = np.array([bool(_DENIAL.search(q)) for q in quotes])
        self._every = np.array([bool(_EVERY.search(q)) for q in quotes])
        self._heading = np.array([p.is_heading for p in index.passages])
        self._opening = np.array([not p.heading_path for p in index.passages])

    @cached_property
    def figures(self) -> tuple[tuple[Figure, ...], ...]:
        """The figures of every passage; their offsets count from the start of the passage."""
        return tuple(tuple(figures(self.index.quote(p))) for p in self.index.passages)

    @cached_property
    def _unit_classes(self) -> list[frozenset[str]]:
        return [frozenset(f.unit_class for f in row) for row in self.figures]

    def scope(self, reports: Sequence[int]) -> NDArray[np.int64]:
        """Numbers of the passages of these reports."""
        return np.flatnonzero(np.isin(self.index.report_of, np.asarray(reports, dtype=np.int32)))

    def matches(self, term: Term) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How well every passage, and the headings above it, hold the term: 1 for a word of it, less for a part."""
        size = len(self.index.passages)
        own, above = np.zeros(size, np.float32), np.zeros(size, np.float32)
        for word in term.words:
            own[self._quotes.holds(word)] = 1.0
            above[self._headings.holds(word)] = 1.0
        if len(term.asked) > 3 and re.search(r"[\u3400-\u9fff]", term.words[0]):
            # A long word that the reports put otherwise (村居法律顾问 – 各村均配备了法律顾问): the share of its parts.
            for word in term.words[:4]:
                pairs = [word[i : i + 2] for i in range(len(word) - 1)]
                if len(pairs) < 3:
                    continue
                share = np.zeros(size, np.float32)
                for pair in pairs:
                    share[self._quotes.holds(pair)] += 1 / len(pairs)
                own = np.maximum(own, np.where(share >= 0.5, 0.8 * share, 0))
        return own, above

    def evidence(self, question: Question) -> Evidence:
        """Features of all passages of the reports in the question's scope."""
        passages = self.scope(question.scope.reports)
        return Evidence(passages, self._features(question, passages))

    def search(self, words: str, top: int = 10) -> list[tuple[int, float]]:
        """The passages nearest to some words, best first, as (passage number, score).

        Dense and lexical ranks are fused by reciprocal rank (k = 60, Cormack et al. 2009); only real lexical hits take
        part, since fusing an empty lexical side ruins English questions over Chinese text.
        """
        dense = self.index.similarity(words)
        lexical = self.index.lexical.scores(words)
        fused = np.zeros(len(dense))
        for scores, hits in ((dense, np.ones(len(dense), bool)), (lexical, lexical > 0)):
            order = np.argsort(-scores, kind="stable")
            order = order[hits[order]]
            fused[order] += 1 / (60 + 1 + np.arange(len(order)))
        best = np.argsort(-fused, kind="stable")[:top]
        return [(int(i), float(fused[i])) for i in best]

    def _similarity(self, query: str) -> NDArray[np.float32]:
        """Similarity of all passages as z-scores over the collection, which are comparable over questions."""
        scores = self.index.similarity(query)
        return np.asarray((scores - scores.mean()) / (scores.std() + 1e-6), dtype=np.float32)

    def _features(self, question: Question, passages: NDArray[np.int64]) -> NDArray[np.float32]:
        size = len(self.index.passages)
        similarity = self._similarity(question.topic or question.text)
        gloss = self._similarity(question.gloss) if question.language == "en" and question.gloss else similarity
        both = (similarity + gloss) / 2
        in_report = np.zeros(size, np.float32)
        for report in question.scope.reports:
            rows = self.index.report_of == report
            if rows.any():
                in_report[rows] = both[rows] - both[rows].max()

        terms = [t for t in question.terms if t.words]
        rows = [self.matches(t) for t in terms]
        weights = np.array([self._rarity(own) * t.weight for t, (own, _) in zip(terms, rows, strict=True)], np.float32)
        if len(terms):
            own = np.stack([r[0] for r in rows], axis=1)
            above = np.stack([r[1] for r in rows], axis=1)
        else:
            own = above = np.zeros((size, 1), np.float32)
            weights = np.ones(1, np.float32)
        total = float(weights.sum()) or 1.0
        coverage = own @ weights / total
        with_headings = np.maximum(own, 0.7 * above) @ weights / total
        top = int(weights.argmax())
        lexical = self.index.lexical.scores(question.gloss)
        pairs = {question.gloss[i : i + 2] for i in range(len(question.gloss) - 1)}
        pairs = {p for p in pairs if re.fullmatch(r"[\u3400-\u9fff]{2}", p)}
        bigrams = np.zeros(size, np.float32)
        for pair in pairs:
            bigrams[self._quotes.holds(plain_words(pair))] += 1 / len(pairs)

        number_wanted = question.kind in ("number", "rank") or bool(question.units)
        has_unit = np.array([bool(c & set(question.units)) for c in self._unit_classes]) if question.units else None
        has_number = np.array([bool(c) for c in self._unit_classes])
        every = bool(_EVERY_ASKED.search(simplify(question.text).lower()))
        met = coverage > 0
        columns = {
            "similarity": similarity,
            "gloss_similarity": gloss,
            "similarity_in_report": in_report,
            "coverage": coverage,
            "coverage_with_headings": with_headings,
            "rarest_word": own[:, top],
            "missing_word": ((1 - np.maximum(own, 0.7 * above)) * weights).max(axis=1) / total,
            "lexical": lexical / (lexical.max() + 1e-6),
            "bigrams": bigrams,
            "unit_asked_found": has_unit if has_unit is not None else np.zeros(size),
            "unit_asked_missing": ~has_unit if has_unit is not None else np.zeros(size),
            "number_found": has_number if number_wanted else np.zeros(size),
            "plan_not_asked": self._plan & (not question.plan),
            "plan_asked": self._plan & question.plan,
            "lack_not_asked": self._lack & (not question.shortcoming),
            "lack_asked": self._lack & question.shortcoming,
            "denies": self._denial & met,
            "every_asked_found": self._every & every,
            "every_asked_missing": ~self._every & every,
            "heading": self._heading,
            "opening": self._opening,
            "length": np.log1p(self._length) - 3.5,
            "strength": both * coverage,
        }
        return np.stack([np.asarray(columns[name], np.float32)[passages] for name in FEATURES], axis=1)

    def _rarity(self, own: NDArray[np.float32]) -> float:
        """Inverse document frequency; a word that no passage holds is as telling as one that a single passage holds."""
        return math.log(1 + len(own) / (1 + float((own >= 0.5).sum())))


def _stance(path: tuple[str, ...], quote: str) -> Stance:
    """What the section says of its matters: done, planned, or lacking. The top heading decides before the sentence."""
    top = path[0] if path else ""
    # 「下一年度推进法治政府建设的主要安排」 plans; 「存在的不足和原因」 lacks, but its 「下一步…」 sentences plan.
    if _PLAN_HEADING.search(top) and not _LACK_HEADING.search(top):
        return "plan"
    if _LACK_HEADING.search(top):
        return (
            "plan"
            if re.match(r".{0,14}下一步|.{0,6}(?:一|二|三|四|五)是(?:抓|强化|加强|深化|持续|加大|进一步)", quote)
            else "shortcoming"
        )
    if _PLAN_WORDS.search(quote) and not re.search(r"已|了", quote):
        return "plan"
    return "done"
