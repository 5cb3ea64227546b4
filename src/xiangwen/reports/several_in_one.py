"""Several reports in one file, as offices collect them: where each begins.

A boundary is a title with its township and its year, not that of the report before, below which a body opens or the
numbers start at one again. In doubt a file is one report: two taken for one can still be quoted, one torn
in two misleads.
"""

from __future__ import annotations

import re
from itertools import pairwise

from xiangwen.language.list_marks import FIRST_NUMBER
from xiangwen.reports.front_matter import is_frame, title_lines
from xiangwen.reports.issuers import township_in
from xiangwen.reports.metadata import recognisable
from xiangwen.reports.places import place_at_end

_END = re.compile(r"(?:报告|報告|总结|總結|汇报|匯報|情况|情況)(?:[（(].{0,12}[)）])?$")
_OPENING = re.compile(r"(?:报告|報告|汇报|匯報|总结|總結)如下")
_SHORTEST = 120
"""A report has at least so many characters."""
_ATTACHED = re.compile(r"附[ \u3000]*[件表录]")


def split_reports(text: str) -> tuple[tuple[int, int], ...]:
    """Where each report of a file stands, as (start, end); together they tile ``text``."""
    plain = recognisable(text)
    boundaries = _titles(plain)
    kept: list[tuple[int, str]] = []
    for n, (start, owner) in enumerate(boundaries):
        end = boundaries[n + 1][0] if n + 1 < len(boundaries) else len(plain)
        if not _is_report(plain, start, end) or (kept and owner in {other for _, other in kept}):
            continue
        kept.append((start, owner))
    if len(kept) < 2 or not _is_report(plain, 0, kept[1][0]):
        return ((0, len(text)),) if text else ()
    # What stands above the first title belongs to the first report.
    starts = [0, *(start for start, _ in kept[1:]), len(text)]
    return tuple(pairwise(starts))


def _is_report(plain: str, start: int, end: int) -> bool:
    """Whether a body of some length stands there, with its opening words or numbers from one on."""
    body = FIRST_NUMBER.search(plain, start, end) or _OPENING.search(plain, start, end)
    return body is not None and end - start >= _SHORTEST


def _titles(plain: str) -> list[tuple[int, str]]:
    """Titles that name township and year: where they, or the frame above them, begin, and whose they are."""
    lines = [
        (match.start(), words)
        for match in re.finditer(r"[^\n]+", plain)
        if (words := match[0].strip("\ufeff \t\r\f\u3000\xa0#*"))
    ]
    found = []
    for first, last in title_lines([words for _, words in lines]):
        while first < last and _signs_before(
            lines[first][1], "".join(words for _, words in lines[first + 1 : last + 1])
        ):
            first += 1
        words = "".join("".join(words.split()) for _, words in lines[first : last + 1])
        year = re.search(r"20\d\d(?=年)", words)
        township = township_in(words)
        if year is None or township is None or not _END.search(words):
            continue
        while first > 0 and is_frame(lines[first - 1][1]):
            first -= 1
        if first == 0 or not _ATTACHED.match(lines[first - 1][1]):
            found.append((lines[first][0], f"{township}{year[0]}"))
    return found


def _signs_before(line: str, title: str) -> bool:
    """Whether a line above a title is the signature of the report before it: an office of another township."""
    if place_at_end("".join(line.split())):
        return False  # 「上海市浦东新区」 alone: the title begins with its county
    office = township_in(line)
    return office is not None and township_in(title) not in (None, office)
