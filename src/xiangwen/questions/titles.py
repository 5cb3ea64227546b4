"""Names of reports that were not read to be of any township: whatever tells their titles and openings apart.

A folder may hold the reports of offices or documents of other people: 「安平县司法局」, 「华林电子有限公司」 name them,
and so does the number of a case or of a patient.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from xiangwen.language.characters import HAN
from xiangwen.questions.names import SUFFIX, may_be_name, words_with_gaps
from xiangwen.questions.spans import Mention, Span
from xiangwen.reports import Report

_SHORTEST, _LONGEST = 3, 24
"""Characters that a name has. Two are a word more often than a name."""
_FIRST_LINE = 50
"""Characters of the text that stand for a title where none was read."""
_OPENING = 600
"""Characters in which a document says whose it is: parties, project, patient."""
_CODE = re.compile(
    r"(?=[A-Za-z\d-]*\d)[A-Za-z]+-?[A-Za-z\d-]{3,}|\d{2,}-\d[\d-]+"
    r"|[\u4e00-\u9fff]\d{2,}[\u4e00-\u9fff]{2}\d+号"
)
"""A number of a file: 「XH-20230417-08」, 「沅0931民初2047号」."""
_FEW_OF = 0.2
"""Share of these reports that a name may belong to: what more of them have in their titles is the kind of document."""
_QUOTED = re.compile(r"[“\"「《]([^“”\"「」《》]{2,12})[”\"」》]")
"""A project or a product that a question calls by its name."""


class Titles:
    """Titles and file names, looked through for what a question says."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._lines = {n: _plain(report) for n, report in enumerate(reports) if report.metadata.township is None}
        self._together = "\n".join(self._lines.values())
        # Among reports of townships a name in an office's opening is hardly ever what the question is about.
        others = 2 * len(self._lines) > len(reports)
        self._openings = {n: reports[n].text[:_OPENING] for n in self._lines} if others else {}
        self._of_townships = "\n".join(r.metadata.title or "" for r in reports if r.metadata.township)
        self._most = max(1, int(_FEW_OF * len(self._lines)))

    def find(self, text: str) -> list[Mention]:
        """What of a text stands in few of the titles, the longest first and no two overlapping."""
        found: list[Mention] = []
        start = 0
        while start <= len(text) - _SHORTEST:
            end = self._end(text, start)
            name = text[start:end]
            holders = self._holders(name) if name else frozenset()
            township = re.search(rf"{SUFFIX}$", name) or re.match(SUFFIX, text[end:])  # looked for by itself
            few = 0 < len(holders) <= self._most and name not in self._of_townships
            if few and not township and _is_proper(name):
                found.append(Mention(Span(start, end), holders, name))
                start = end
            else:
                start += 1
        return found or self._in_openings(text)

    def _in_openings(self, text: str) -> list[Mention]:
        """Names and numbers of files that few of the documents begin with."""
        found: list[Mention] = []
        for span in _names(text):
            name = text[slice(*span)]
            holders = frozenset(number for number, opening in self._openings.items() if name in opening)
            if 0 < len(holders) <= self._most and not any(span.start < m.span.end for m in found):
                found.append(Mention(span, holders, name))
        return found

    def _end(self, text: str, start: int) -> int:
        """Where the longest stretch from there ends that stands in a title; the start where there is none."""
        end = start
        for size in range(_SHORTEST, min(_LONGEST, len(text) - start) + 1):
            if text[start : start + size] not in self._together:
                break
            end = start + size
        return end

    def _holders(self, name: str) -> frozenset[int]:
        return frozenset(number for number, line in self._lines.items() if name in line)


def _is_proper(name: str) -> bool:
    """Whether some of it is a name, or no word at all: 「法治政府建设」 is none, wherever it stands."""
    return bool(_CODE.search(name)) or any(map(_is_name, words_with_gaps(name)))


def _is_name(piece: str) -> bool:
    return bool(re.fullmatch(f"{HAN}{{2,}}", piece)) and may_be_name(piece)


def _names(text: str) -> list[Span]:
    """Numbers of files, what stands in quotation marks, and names in a text."""
    spans = [Span(*match.span()) for match in _CODE.finditer(text)]
    spans += [Span(*match.span(1)) for match in _QUOTED.finditer(text)]
    position = 0
    for piece in words_with_gaps(text):
        if _is_name(piece):
            spans.append(Span(position, position + len(piece)))
        position += len(piece)
    return sorted(spans)


def _plain(report: Report) -> str:
    title = report.metadata.title or report.text[: _FIRST_LINE + 1].strip().partition("\n")[0]
    if len(title) > _FIRST_LINE or re.search("[，。；,;]", title):
        title = ""  # prose
    line = unicodedata.normalize("NFKC", f"{title}\t{Path(report.file).stem}")
    # Years are read apart from names.
    return re.sub(r"(?<![\dA-Za-z-])(?:19|20)\d\d(?:年度?|度|(?=\W|$))", "\t", line)
