"""Lists and summaries: the report's own items, none missed, none from another section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xiangwen.answers import sentences
from xiangwen.answers.citation import Citations
from xiangwen.language.heading_stance import announced
from xiangwen.language.list_marks import FIRST_ITEM_MARK
from xiangwen.questions import Question
from xiangwen.retrieval.evidence import Retriever
from xiangwen.segmentation.numbering import read_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xiangwen.answers.answer import Answer
    from xiangwen.answers.making import Maker
    from xiangwen.retrieval import ScoredPassages
    from xiangwen.segmentation.passages import Passage

_OPENS_LIST = re.compile(rf"[:：]{FIRST_ITEM_MARK.pattern}")
"""Begins the first item in the midst of a sentence: 「我们拟从三个方面改进：一是…」."""
# What measures these: docs/thresholds.md.
_LONGEST_ITEM = 200
"""Characters of an item that are quoted in one piece; of a longer one only its first sentence."""
_LOOKED_AT = 3
"""Where there is no section of the matter, so many of the best sentences may be items."""
_SHOWN = 2
"""Of these so many are shown."""
_LONGEST_LEAD = 24
"""Characters of a list lead that says nothing by itself."""
_SUMMARY_LENGTH = 12
"""Sentences of a summary at most."""
_NOT_DONE = 0.6
"""What is planned or lacking belongs into a summary too, marked as such, but after what was done."""
_FACT = 0.05
"""What each figure of a sentence adds to its worth in a summary."""
_MOST_FACTS = 3
"""Figures of a sentence that count."""
_NO_FIGURE = 0.1
"""What a sentence without a figure is worth in a summary of the whole report, where figures are all that tells."""
_SUMMARY_SHARE = 0.25
"""A sentence enters a summary from this share of the best one's score on."""
_BARE = frozenset(
    {
        "不足",
        "问题",
        "计划",
        "打算",
        "下一步",
        "下步",
        "安排",
        "短板",
        "存在",
        "工作",
        "今后",
        "措施",
        "法治政府建设",
        "法治",
    }
)
"""Words that ask for plans, shortcomings or the report as a whole, and name no matter."""


def answer(maker: Maker, question: Question, scored: ScoredPassages) -> Answer:
    """The report's own items, each cited."""
    items = list_items(maker.retriever, question, scored.passages, scored.supports, maker.thresholds)
    return _numbered(maker, question, items) if items else maker.nothing(question, scored)


def summary(maker: Maker, question: Question, scored: ScoredPassages) -> Answer:
    """Key sentences over all sections that treat the matter, in the order of the report."""
    if question.shortcoming or question.plan:
        return answer(maker, question, scored)
    chosen = summary_passages(
        maker.retriever,
        question,
        scored.passages,
        np.maximum(scored.prior, scored.supports),
        scored.column("coverage_with_headings"),
        maker.thresholds,
    )
    return _numbered(maker, question, [(p, p) for p in chosen]) if chosen else maker.nothing(question, scored)


def _numbered(maker: Maker, question: Question, items: Sequence[tuple[int, int]]) -> Answer:
    """Items, each from its first passage to its last, as a numbered list."""
    cited = Citations(maker.index)
    numbers = [cited.cite(first, last) for first, last in items]
    return maker.made(question, cited, sentences.items(question, [cited.of(n) for n in numbers], maker.naming))


def list_items(
    retriever: Retriever,
    question: Question,
    passages: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    thresholds: dict[str, float],
) -> list[tuple[int, int]]:
    """Items as (first passage, last passage): those of the section asked for, or the best sentences."""
    of_section = _section_items(retriever, question, passages, supports, thresholds["item"])
    if of_section:
        return of_section
    order = np.argsort(-supports, kind="stable")
    best = float(supports[order[0]])
    if best < thresholds["item"]:
        return []
    least = max(thresholds["item"], thresholds["also"] * best)
    chosen = [int(passages[i]) for i in order[:_LOOKED_AT] if supports[i] >= least]
    return [(p, p) for p in sorted(chosen[:_SHOWN] or [int(passages[order[0]])])]


def _section_items(
    retriever: Retriever,
    question: Question,
    passages: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    least: float,
) -> list[tuple[int, int]]:
    """The items of the sections on shortcomings or plans, where these are asked for; those on the matter alone, if it
    is named and some are likely to treat it."""
    if not question.shortcoming and not question.plan:
        return []
    stance = "shortcoming" if question.shortcoming else "plan"
    items = _items(retriever, [int(p) for p in passages if retriever.stances[p] == stance])
    if not items or not _has_topic(question) or not _names_a_topic(question):
        return items
    score = {int(p): float(s) for p, s in zip(passages, supports, strict=True)}
    return [item for item in items if max(score[p] for p in range(item[0], item[1] + 1)) >= least] or items


def _is_bare_lead(retriever: Retriever, passage: int) -> bool:
    """A short list lead that its next sentence spells out."""
    index = retriever.index
    own = index.passages[passage]
    following = index.passages[passage + 1] if passage + 1 < len(index.passages) else None
    return (
        own.item_start == own.start
        and own.end - own.start <= _LONGEST_LEAD
        and following is not None
        and following.item_start == own.start
        and following.report == own.report
    )


def _has_topic(question: Question) -> bool:
    """Whether the question has words of its own beside those for plans, shortcomings and the report as a whole."""
    return any(t.asked not in _BARE and len(t.asked) > 1 for t in question.terms)


def _names_a_topic(question: Question) -> bool:
    return bool(re.search(r"方面|领域|上(?:有|存在)|关于|\b(?:in|on|about|regarding)\b", question.text))


def _items(retriever: Retriever, passages: list[int]) -> list[tuple[int, int]]:
    """Runs of passages that belong to one item: a heading with its body, or 「一是…」 with what follows it."""
    items: list[tuple[int, int]] = []
    index = retriever.index
    rows = [index.passages[p] for p in passages]
    sections = [(row.report, _section(row.heading_path)) for row in rows]
    numbered = {section for row, section in zip(rows, sections, strict=True) if row.item_start == row.start}
    heads = [row.is_heading and len(row.heading_path) > 1 for row in rows]
    deep = [len(row.heading_path) > len(section) for row, (_, section) in zip(rows, sections, strict=True)]
    listed = numbered | {section for section, *own in zip(sections, heads, deep, strict=True) if all(own)}
    # A heading that announces what is told heads a list or, where none is below it, is an item itself.
    items_head = [own and (below or at not in listed) for own, below, at in zip(heads, deep, sections, strict=True)]
    headed = {section for section, own in zip(sections, items_head, strict=True) if own}
    start: Passage | None = None
    for number, (p, row, section) in enumerate(zip(passages, rows, sections, strict=True)):
        if row.is_heading:
            opens = items_head[number]
        elif section in headed:
            opens = row.item_start == row.start and _numbers_on(row.heading_path, index.quote(row))
        else:
            opens = row.item_start == row.start or section not in numbered or bool(_OPENS_LIST.search(index.quote(row)))
        if opens:
            start = row
            items.append((p, p))
        elif start is not None and number and p == passages[number - 1] + 1 and not row.is_heading:
            same_section = row.heading_path == start.heading_path
            if same_section and row.end - start.start <= _LONGEST_ITEM and items[-1][1] == p - 1:
                items[-1] = (items[-1][0], p)
        else:
            start = None
    return items


def _section(path: tuple[str, ...]) -> tuple[str, ...]:
    """The headings down to the one that announces what is told: what is below it heads single items."""
    return next(path[:depth] for depth in range(len(path) + 1) if announced(path[:depth]) == announced(path))


def _numbers_on(path: tuple[str, ...], words: str) -> bool:
    """Whether a sentence goes on with the numbers of its heading: 「（二）…」 in the paragraph headed 「（一）…」."""
    heading = read_number(path[-1], 0, len(path[-1]))
    own = read_number(words, 0, len(words))
    return heading is not None and own is not None and own.style == heading.style and own.value > heading.value


def summary_passages(
    retriever: Retriever,
    question: Question,
    passages: NDArray[np.int64],
    supports: NDArray[np.floating[Any]],
    coverage: NDArray[np.float32],
    thresholds: dict[str, float],
) -> list[int]:
    """Passages for a summary, in the order of the report."""
    of = _Sentences(retriever, passages)
    if not _has_topic(question):
        return of.whole_report()
    if float(supports.max()) < thresholds["item"]:
        return []
    return of.on_a_matter(supports + coverage)


class _Sentences:
    """The sentences of some reports as a summary weighs them."""

    def __init__(self, retriever: Retriever, passages: NDArray[np.int64]) -> None:
        self._retriever = retriever
        self._passages = passages
        own = [retriever.index.passages[p] for p in passages]
        self._done = np.array([retriever.stances[p] == "done" for p in passages])
        self._body = np.array([not passage.is_heading and bool(passage.heading_path) for passage in own])
        self._facts = np.array([min(_MOST_FACTS, len(retriever.quantities[p])) for p in passages], dtype=float)

    def on_a_matter(self, strength: NDArray[np.floating[Any]]) -> list[int]:
        """Those that treat a matter, by how strongly each does.

        The sections that treat it count as much as the sentences that name it; a bare lead
        (「二是依法规范信访行为。」) gives way to what it introduces.
        """
        lead = np.array([_is_bare_lead(self._retriever, int(p)) for p in self._passages])
        worth = (strength + _FACT * self._facts) * np.where(self._done, 1.0, _NOT_DONE)
        score = np.where(self._body & ~lead, worth, 0)
        order = np.argsort(-score, kind="stable")
        kept = [i for i in order[:_SUMMARY_LENGTH] if score[i] >= _SUMMARY_SHARE * score[order[0]]]
        return sorted(int(self._passages[i]) for i in kept)

    def whole_report(self) -> list[int]:
        """What counts most in each part of a report, sentences with figures first."""
        score = np.where(self._body & self._done, self._facts + _NO_FIGURE, 0)
        parts: dict[tuple[object, ...], list[int]] = {}
        for i in np.flatnonzero(score > 0).tolist():
            passage = self._retriever.index.passages[self._passages[i]]
            parts.setdefault((passage.report, passage.heading_path, passage.item_start), []).append(i)
        best = [max(rows, key=lambda i: score[i]) for rows in parts.values()]
        best.sort(key=lambda i: -score[i])
        return sorted(int(self._passages[i]) for i in best[:_SUMMARY_LENGTH])
