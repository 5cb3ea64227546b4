"""Which of the names in a question are left out: 「除了青龙镇」, 「不包括…」, 「…以外」, "other than", "except"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from xiangwen.questions.spans import Span, vocabulary_of


def excluded(text: str, spans: Iterable[Span]) -> tuple[set[Span], list[Span]]:
    """Which of the spans are left out, and where the words stand that say so.

    A list shares them: 「除青龙镇、白土乡外」 leaves both out.
    """
    left_out: set[Span] = set()
    words: list[Span] = []
    for chain in _chains(text, sorted(spans)):
        before = _before().search(text[: chain[0].start])
        behind = _behind().match(text, chain[-1].end)
        if before is None and behind is None:
            continue
        # 「白土乡和除青龙镇以外的乡镇」: what stands before the words of exclusion is no part of the list.
        left_out.update(chain)
        words += [Span(*match.span()) for match in (before, behind) if match]
    return left_out, words


def _chains(text: str, spans: list[Span]) -> list[list[Span]]:
    """Spans that stand in one list, or directly behind one another (a county and its township)."""
    chains: list[list[Span]] = []
    for span in spans:
        if chains and _between().fullmatch(text[chains[-1][-1].end : span.start]):
            chains[-1].append(span)
        else:
            chains.append([span])
    return chains


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_table()['before'])})\s*$")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(_table()['fillers'])})?\s*(?:{'|'.join(_table()['behind'])})")


@cache
def _between() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(_table()['fillers'])})?\s*(?:{'|'.join(_table()['between'])})?\s*")


def _table() -> dict[str, list[str]]:
    return vocabulary_of("exclusion")
