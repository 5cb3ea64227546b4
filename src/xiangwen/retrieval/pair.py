"""What the judge reads: a question and one passage with its township, year and whole heading path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from xiangwen.encoding.tokenizer import Cutter
    from xiangwen.reports import Report
    from xiangwen.segmentation.passages import Passage

LABELS = ("yes", "partial", "no", "future", "about", "unrelated")
"""What a passage is to a question; ``docs/labelling.md`` says what each one means."""
_QUESTION_TOKENS, _CONTEXT_TOKENS, _SENTENCE_TOKENS = 72, 56, 112
"""Tokens that the judge reads of a question, a context and a sentence: 244 of a pair, into which 99 in 100 of the
labelled ones fit whole."""
_LONGEST_PART = 40
"""Characters of each part of what stands before a sentence that the judge reads."""
_AROUND = 70
"""Characters on either side of a marked figure that the judge reads."""


def context(report: Report, passage: Passage) -> str:
    """Township, year, heading path and list item of a passage: the label often hangs on the top heading (计划)."""
    return in_context(place_of(report), passage.above_in(report))


def place_of(report: Report) -> str:
    """County, township and year of a report in one word."""
    meta = report.metadata
    return f"{meta.county or ''}{meta.township}{meta.year or ''}" if meta.township else report.heading


def in_context(place: str, path: Sequence[str]) -> str:
    """What the judge reads before a sentence; of each part the beginning."""
    return " ".join(part[:_LONGEST_PART] for part in (place, *path) if part)


def marked(sentence: str, start: int, end: int) -> str:
    """A sentence with the figure ``sentence[start:end]`` marked, so that the judge says whether it is the one asked."""
    before, after = sentence[max(0, start - _AROUND) : start], sentence[end : end + _AROUND]
    return f"{before}【{sentence[start:end]}】{after}"


def encode(
    tokenizer: Tokenizer | Cutter,
    normalisation: dict[int, str],
    question: str,
    contexts: Sequence[str],
    sentences: Sequence[str],
) -> list[list[int]]:
    """Token ids of the pairs of one question: ``<s> question </s></s> context </s> sentence </s>``."""

    def ids(text: str, longest: int) -> list[int]:
        found: list[int] = tokenizer.encode(text.translate(normalisation), add_special_tokens=False).ids
        return found[:longest]

    bos, eos = (int(tokenizer.token_to_id(token) or 0) for token in ("<s>", "</s>"))
    asked = [bos, *ids(question, _QUESTION_TOKENS), eos, eos]
    return [
        [*asked, *ids(c, _CONTEXT_TOKENS), eos, *ids(s, _SENTENCE_TOKENS), eos]
        for c, s in zip(contexts, sentences, strict=True)
    ]
