"""Names of reports that were not read to be of any township: whatever tells their titles and file names apart.

A folder may hold offices' reports or other people's documents: 「安平县司法局」 and 「华林电子有限公司」 name them too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from xiangwen.language.tokens import tag
from xiangwen.questions.names import PROPER, SUFFIX, words_with_gaps
from xiangwen.questions.spans import HAN, Mention, Span
from xiangwen.reports import Report

_SHORTEST, _LONGEST = 3, 24
"""Characters that a name has. Two are a word more often than a name."""
_FIRST_LINE = 50
"""Characters of the text that stand for a title where none was read."""
_FEW_OF = 0.2
"""Share of these reports that a name may belong to: what more of them have in their titles is the kind of document."""


class Titles:
    """Titles and file names, looked through for what a question says."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._lines = {n: _plain(report) for n, report in enumerate(reports) if report.metadata.township is None}
        self._together = "\n".join(self._lines.values())
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
    pieces = [piece for piece in words_with_gaps(name) if len(piece) > 1 and re.fullmatch(f"{HAN}+", piece)]
    return any(not tag(piece)[1] or tag(piece)[0][:2] in PROPER for piece in pieces)


def _plain(report: Report) -> str:
    title = report.metadata.title or report.text[: _FIRST_LINE + 1].strip().partition("\n")[0]
    if len(title) > _FIRST_LINE or re.search("[，。；,;]", title):
        title = ""  # prose
    line = unicodedata.normalize("NFKC", f"{title}\t{Path(report.file).stem}")
    # Years are read apart from names.
    return re.sub(r"(?:19|20)\d\d年?度?", "\t", line)
