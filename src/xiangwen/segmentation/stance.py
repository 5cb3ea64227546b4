"""What a section says of its matters: that they were done, are planned (计划) or are lacking (不足)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from xiangwen.language.list_marks import ITEM_MARK
from xiangwen.segmentation.passages import Stance

_PLAN_HEADING = re.compile(
    r"(下一?步|下一年|明年|今后|打算|计划|工作安排|主要安排|工作思路|努力方向|20\d\d年(?:度)?(?:推进.{0,12})?(?:的)?(?:主要)?(?:工作)?(?:安排|打算|计划|思路|重点))"
)
_LACK_HEADING = re.compile(r"(不足|问题|短板|差距|困难|薄弱)")
_PLAN_WORDS = re.compile(
    r"^(?:.{0,8})?(?:下一步|下步|明年|今后|将(?:继续|持续|进一步|从|以)|计划|拟|力争|争取|准备|打算)"
)


def stance(path: tuple[str, ...], quote: str) -> Stance:
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


_LACK_SECTION = re.compile(
    rf"{_LACK_HEADING.pattern}|毛病|地方差|差的地方|短处|短在|短板|欠账|欠条|欠缺|欠在|缺憾|遗憾|弱项|难处|难点|瓶颈|还差|差在|还缺"
    r"|没(?:有)?(?:做好|做到|干成|办好)|还没|不够|不到位|照镜子|检讨|反思|不像话|缺口|欠妥|欠佳"
)
"""Headings of sections on what is lacking, also as those put it who do not write as offices do (「还差在哪里」)."""
_PLAN_SECTION = re.compile(
    rf"{_PLAN_HEADING.pattern}|来年|次年|往后|接下来|设想|想法|路数|承诺|怎么[走做干弄办]|咋[办弄]"
)
_NOT_OWN = re.compile(
    r"(?:解决|聚焦|破解|整治|化解|排查|整改|反映|查出|发现|办结|突出)[^，。；：:]{0,16}(?:问题|困难|毛病)"
)
"""Problems of others that were dealt with: 「着力解决群众反映的突出问题」."""
_DEALT_WITH = re.compile(r"(?:解决|聚焦|破解|整治|化解|整改)[^，。；：:]{0,16}(?:问题|困难|难点|毛病)")
_LACK_LEAD = re.compile(
    r"(?:问题|不足|短板|差距|毛病|短处|欠账|难处|困难|不称心|不理想|不尽如人意)[^。；]{0,12}?"
    r"(?:[:：]|[，,]?(?:一|其一|第一|首先)(?:是|，|、))"
)
_LACKING_STILL = re.compile(
    r"(?:还|仍|尚|依然|也|主要)存在[^，。；]{2,40}(?:不足|问题|短板|差距|薄弱|不够|现象|情况)"
    r"|(?:仍需|有待|亟待|亟需|尚需|还需)(?:进一步)?(?:加强|加大|提高|提升|完善|健全|增强|改进|规范|强化)"
)
_PLAN_LEAD = re.compile(
    r"^(?:说)?(?:打算(?!了|过)|(?:计划|安排)(?=[:：，,是])|设想|明年|来年|新的一年|下一?步|下阶段|今后|接下来"
    r"|20\d\d年度?(?:的)?(?:打算|计划|安排|设想|盘算|再|拟|要|将|力争|争取))"
)
_OPENS_LIST = re.compile(r"[:：]|一是|其一|第一")
_LONGEST_ANNOUNCEMENT = 16
"""Characters of a first sentence that announces what its paragraph tells."""
_TOLD_DONE = re.compile(r"\d|了|完成|整改|解决|化解|落实|到位|没有|无")
_UNFINISHED = ("；", ";", "：", ":", "，", ",")
_ENDED = ("。", ".", "！", "；", ";")


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
        elif _PLAN_LEAD.search(words):
            said, opens_list = "plan", _opens_list(words)
        elif _LACK_LEAD.search(words) and not _NOT_OWN.search(words):
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


def _lacks_still(words: str) -> bool:
    return bool(_LACKING_STILL.search(words)) and not _NOT_OWN.search(words) and not _PLAN_WORDS.search(words)


def stances_of_heading(heading: str) -> frozenset[Stance]:
    """What a heading announces; 「不足和下一步打算」 announces both."""
    lacks = bool(_LACK_SECTION.search(heading)) and not _DEALT_WITH.search(heading)
    plans = bool(_PLAN_SECTION.search(heading))
    named: tuple[tuple[Stance, bool], ...] = (("shortcoming", lacks), ("plan", plans))
    return frozenset(stance for stance, said in named if said)


def _of_section(path: tuple[str, ...]) -> Stance:
    """The stance of a section: its top heading says what it is about, those below may tell its halves apart."""
    if not path or not stances_of_heading(path[0]):
        return "done"
    named = next(said for heading in reversed(path) if (said := stances_of_heading(heading)))
    return "shortcoming" if "shortcoming" in named else "plan"
