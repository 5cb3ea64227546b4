"""Clauses that say what a question does not mean: 「只写在打算里的不算」, 「村里的不计」, "…, not merely planned".

Their words are no topic: a sentence that holds them is not what is asked for. A clause that names a place stays, since
it says of which reports (`exclusion`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

_END = r"，,。；;（）()？?：:"
_INSIDE = rf"[^{_END}]"
_A_PLACE = r"[乡镇](?![长里上级])|街道|县|省|市(?!场)|(?<!社)区|\d{4}"
_NO_PLACE = rf"(?!{_INSIDE}*(?:{_A_PLACE}|多少|几|哪|谁|吗|什么|是否))"
"""What names a place, or asks something itself, stays."""
_BEFORE = (
    r"(?:不要(?!求)|不问|不算|不计(?:入|算)?|不含(?!本数|\s*\d)|不包括(?!本数)|不包含|除去|排除|剔除|别算|而?不是|而非"
    r"|并非|并不是|莫算|不用(?:讲|说|管|算)|(?:别|不要|莫)(?:拿|用|把))"
)
_BEHIND = (
    r"(?:(?:都|也|统统|一律|一概|就|请)?(?<![要算计是])(?:不要|不算(?:在内|数|的)?|不作数|不计(?:入|算|在内)?|除外|除开|剔掉|别算(?:在内)?"
    r"|别混(?:进来|在一起)|别拿来\S{0,4}|勿(?:算|计)入?|不认|不在内|不含(?:在内)?|不包括在内|莫算|不用(?:讲|说|管|算))"
    r"|请?剔除|请排除)了?"
)
_NOT_ASKED = (
    r"(?:这些|这两[样个]|那些)?我?(?:都|就|也)?(?:不问|(?:先|暂且|姑且)(?:不论|不谈|不说|不管|放一[边放]|搁一边))"
)
"""What waives an answer: 「审过多少次，这些我不问」, so that even a question before it is none."""
_SAID_BEFORE = rf"(?:但是?|而且|也|我|并且|其中|可)?{_NO_PLACE}{_BEFORE}{_INSIDE}{{1,24}}"
_SAID_BEHIND = rf"{_NO_PLACE}{_INSIDE}{{2,24}}?{_BEHIND}(?=[{_END}]|$)"
_WAIVED = rf"(?:(?!{_A_PLACE}){_INSIDE}){{2,30}}?[，,]?{_NOT_ASKED}(?=[{_END}]|$)"
_CHINESE = re.compile(
    rf"^(?:(?:{_SAID_BEHIND}|{_SAID_BEFORE}|{_WAIVED})[，,])+|[（(]\s*(?:{_SAID_BEFORE}|{_SAID_BEHIND})[）)]"
    rf"|(?<=[乡镇道]){_WAIVED}|[{_END}]\s*(?:{_WAIVED}|{_SAID_BEFORE}(?=[{_END}]|$)|{_SAID_BEHIND})"
)
_ENGLISH = re.compile(
    r"\s*\((?P<all>(?:excluding|not counting|leaving out)\b[^()]{3,120}|[a-z ,-]{3,60} not (?:counted|included))\)"
    r"|[,;(]?\s+\(?(?:but )?(?:not(?! (?:only|just)\b[^.]*\bbut\b)|excluding|leaving out|rather than|as opposed to)\b"
    r"(?P<what>[^,;.?()]{3,60})(?P<end>\)?)"
    r"|\s*[.;,(]\s*(?:mere )?(?P<these>[a-z ]{3,30}?) (?:do|does|are|is) ?(?:not|n't) (?:count(?:ed)?|included)\b[.)]?"
)
_NAMES = re.compile(
    r"[A-Z\u3400-\u9fff]|\b(?:towns?(?:hips?)?|xiang|subdistricts?|count(?:y|ies)|cit(?:y|ies)|provinces?)\b|\d{4}"
)
"""What says of which reports."""
_PART_OF_A_QUESTION = re.compile(r"^(?:\s*(?:have|had|be|been|do|yet|any|a|the)\b)")
"""「did not have」: that is the condition itself."""
_CONTRAST = re.compile(r"[,;(]|\b(?:excluding|leaving out|rather than|as opposed to)\b")


def without_not_meant(text: str, names_reports: Callable[[str], bool] = lambda _: False) -> str:
    """The question without clauses that say what is not meant; all of it where too little would be left.

    Args:
        text: the question in simplified characters.
        names_reports: whether words name a place or a year of the collection, in whatever form: they stay.
    """
    bare = _CHINESE.sub(lambda clause: clause[0] if names_reports(clause[0]) else "", text)
    bare = _ENGLISH.sub(_cut, bare)
    return bare if len(bare.strip()) > 3 else text


def _cut(match: re.Match[str]) -> str:
    if match["all"]:
        return match[0] if _NAMES.search(match["all"]) else ""
    what = match["what"] or match["these"] or ""
    stays = _NAMES.search(what) or _PART_OF_A_QUESTION.match(what) or not (match["these"] or _CONTRAST.search(match[0]))
    return match[0] if stays else match["end"] if match["end"] and "(" not in match[0] else ""
