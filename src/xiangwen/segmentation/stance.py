"""What a section says of its matters: that they were done, are planned (计划) or are lacking (不足)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from xiangwen.language.heading_stance import announced, stances_of_heading
from xiangwen.language.list_marks import ITEM_MARK
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.segmentation.passages import Stance

_WORDS = vocabulary_patterns("stance_words.toml")
_OPENS_LIST = re.compile(r"[:：]|一是|其一|第一")
_LONGEST_ANNOUNCEMENT = 16
"""Characters of a first sentence that announces what its paragraph tells."""
_TOLD_DONE = re.compile(r"\d|了|完成|整改|解决|化解|落实|到位|没有|无")
_UNFINISHED = ("；", ";", "：", ":", "，", ",")
_ENDED = ("。", ".", "！", "；", ";")


def stance(path: tuple[str, ...], quote: str) -> Stance:
    """What the section says of its matters: done, planned, or lacking. The headings decide before the sentence."""
    told = announced(path)
    # 「下一年度推进法治政府建设的主要安排」 plans; 「存在的不足和原因」 lacks, but its 「下一步…」 sentences plan.
    if "shortcoming" in told:
        return "plan" if _WORDS.any_of("sentence.plan_among_lacks").match(quote) else "shortcoming"
    if told or (_plans(quote) and not re.search(r"已|了", quote)):
        return "plan"
    return "done"


def _plans(quote: str) -> bool:
    """Whether a sentence plans within its first words."""
    return bool(_WORDS.any_of("sentence.plan", "^.{0,8}(?:{})").search(quote))


class PassageInRun(NamedTuple):
    """A passage as far as its stance in the run of its report depends on it."""

    heading_path: tuple[str, ...]
    is_heading: bool
    quote: str
    joined: bool = False
    """Whether it begins right where the one before it ends, in the same paragraph."""


def running_stances(passages: Iterable[PassageInRun]) -> Iterator[Stance]:
    """The stance of each passage of one report as those before it let it be read.

    `stance` knows a passage alone and the heading above it. In their run passages tell more: 「毛病也有：一是…」 lists
    what is lacking under no heading of its own, and 「打算：」 in the midst of a section on shortcomings ends them.

    Args:
        passages: all of the report, in its order.
    """
    section: tuple[str, ...] = ()
    own: Stance = "done"
    said: Stance | None = None  # by a sentence, of itself and of what it opens
    opens_list = False
    before = ""
    for passage in passages:
        words = passage.quote.strip()
        if passage.heading_path != section:
            section, said = passage.heading_path, None
            own = _of_section(section)
        if passage.is_heading:
            yield own
            continue
        in_list = own != "done" or passage.joined or bool(ITEM_MARK.match(words))
        goes_on = before.endswith(_UNFINISHED) or (opens_list and in_list)
        if not passage.joined and (announced := _announced(words)):
            said, opens_list = announced, True
        elif _WORDS.any_of("lead.plan", "^说?(?:{})").search(words):
            said, opens_list = "plan", _opens_list(words)
        elif _lists_lacks(words) and not _WORDS.says("sentence.not_own", words):
            said, opens_list = "shortcoming", _opens_list(words)
        elif not goes_on:
            said = None
        before = words
        told = said or own
        yield "shortcoming" if told == "done" and _lacks_still(words) else told


def _announced(words: str) -> Stance | None:
    """What a short first sentence says of its paragraph, as a heading would: 「检讨。」, 「要说差在哪里。」"""
    if len(words) > _LONGEST_ANNOUNCEMENT or not words.endswith("。") or _TOLD_DONE.search(words):
        return None
    said = stances_of_heading(words)
    return "shortcoming" if "shortcoming" in said else "plan" if said else None


def _opens_list(words: str) -> bool:
    """Whether more follows that is of the same kind: a colon, a first item, or a line that is no sentence."""
    return bool(_OPENS_LIST.search(words)) or not words.endswith(_ENDED)


def _lists_lacks(words: str) -> bool:
    """Whether a sentence opens a list of what is lacking: 「毛病也有：一是…」."""
    listing = r"(?:{})[^。；]{0,12}?(?:[:：]|[，,]?(?:一|其一|第一|首先)(?:是|，|、))"
    return bool(_WORDS.any_of("lead.lack", listing).search(words))


def _lacks_still(words: str) -> bool:
    return _WORDS.says("sentence.lack", words) and not _WORDS.says("sentence.not_own", words) and not _plans(words)


def _of_section(path: tuple[str, ...]) -> Stance:
    """The stance of a section by its headings."""
    told = announced(path)
    return "shortcoming" if "shortcoming" in told else "plan" if told else "done"
