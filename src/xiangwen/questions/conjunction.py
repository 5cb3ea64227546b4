"""Two conditions that a question sets at once: 「既聘了律师又建了公园的有哪些？」 asks for those that meet both.

Only where the question says so itself (既…又…, 两条都…, both … and …): an 和 or a comma alone joins words of one
condition more often than two conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WHO = r"(?:都|各)?(?:有)?(?:哪些|哪几(?:个|家)|哪家|谁家?|什么)(?:乡镇|镇街|街镇|单位|地方|报告)?"
_BOTH = r"两(?:个)?(?:条件?|样|项|者|点|方面|头|件事)"
_TAIL = rf"[,，;；]?\s*(?:这|那)?{_BOTH}.*$"
_SEAM = r"\s*(?:[,，、;；]\s*(?:同时|并且|而且|又|还|也|且)+|[,，]?(?:同时|并且|而且)(?:又|还|也)?|[+＋&])\s*"
_AS_WELL = re.compile(r"^(?P<head>.*?)(?:既|不但|不仅)(?P<first>.{3,}?)[,，、]?\s*(?:又|也|而且|还)(?P<second>.{3,})$")
_AT_ONCE = re.compile(rf"^(?P<head>)(?P<first>.{{3,}}?){_SEAM}(?P<second>.{{3,}}?){_TAIL}")
_BETWEEN = re.compile(rf"^(?P<head>)(?P<first>.{{4,}}?){_SEAM}(?P<second>.{{4,}}?)的?(?:是)?{_WHO}[?？]?$")
_ENGLISH = re.compile(r"^(?P<head>.*?)\bboth (?P<first>.{4,}?) and (?P<second>.{4,})$", re.I)
_ASKED = re.compile(rf"^{_WHO}|的?(?:是|有)?{_WHO}[?？]?$|的?(?:有哪些|名单|镇街|乡镇)?[?？。]?$")
_TOWNSHIPS = "哪些乡镇"
_WHICH = re.compile(r"^\W*(?:which|what) (?:of the )?(?:townships?|towns?|ones?|reports?|places?)\s+", re.I)


def conditions(text: str) -> tuple[str, ...]:
    """The two conditions, each as a question of its own; empty where there is one.

    Args:
        text: a question over many reports, its characters common ones.
    """
    if found := _ENGLISH.match(text):
        return tuple(f"{found['head']}{part.strip(' ?')}?" for part in (found["first"], found["second"]))
    for pattern in (_AS_WELL, _AT_ONCE, _BETWEEN):
        if found := pattern.match(text.strip()):
            return tuple(_questions(found))
    return ()


def _questions(found: re.Match[str]) -> Iterator[str]:
    for part in (found["first"], found["second"]):
        condition = _ASKED.sub("", part).strip(" ,，、;；?？")
        yield f"{_TOWNSHIPS}{condition}？"


def joined(first: str, second: str) -> str:
    """One question that sets both conditions; each may be asked for as a question of its own."""
    one, other = (
        _ASKED.sub("", re.sub(f"^{_WHO}", "", part.strip())).strip(" ,，、;；?？") for part in (first, second)
    )
    return f"{_TOWNSHIPS}既{one}，又{other}？"


def joined_english(first: str, second: str) -> str:
    """The same in English, of what stands behind "which townships"."""
    return f"Which townships both {_WHICH.sub('', first).strip(' ?')} and {second.strip(' ?')}?"
