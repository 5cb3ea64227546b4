"""What a section says of its matters: that they were done, are planned (计划) or are lacking (不足)."""

from __future__ import annotations

import re

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
