"""What an answer calls a report: its township, with the county wherever another township has the same name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from xiangwen.language.sounds import syllables

if TYPE_CHECKING:
    from xiangwen.answers.citation import Citation
    from xiangwen.reports import Report

MOST_LISTED = 12
"""Names listed in a sentence before it says 等 / and N more."""
_ENGLISH_LEVELS = {"民族乡": "Township", "乡": "Township", "镇": "Town", "街道": "Subdistrict", "苏木": "Sumu"}


@lru_cache(maxsize=50_000)
def english_name(township: str) -> str:
    """A township's name in English, its Chinese behind: "Tumenguan Township (土门关乡)"."""
    suffix = next((s for s in _ENGLISH_LEVELS if township.endswith(s)), "")
    found = syllables(township.removesuffix(suffix))
    # The apostrophe of Hanyu Pinyin stands before a syllable that begins with a vowel.
    parts = [s if i == 0 or s[:1] not in "aoe" else f"'{s}" for i, s in enumerate(found)]
    return f"{''.join(parts).capitalize()} {_ENGLISH_LEVELS.get(suffix, '')} ({township})".replace("  ", " ")


def place_and_year(report: Report) -> str:
    """County, township and year of a report in one word: 「湟中区土门关乡2024年」."""
    meta = report.metadata
    year = f"{meta.year}年" if meta.year else ""
    return f"{meta.county or ''}{meta.township or report.name}{year}"


class Naming:
    """Names of the reports of one collection."""

    def __init__(self, reports: Sequence[Report]) -> None:
        homes = {(r.metadata.township, r.metadata.county) for r in reports if r.metadata.township}
        self._shared = {name for name, count in Counter(name for name, _ in homes).items() if count > 1}
        """Townships of one name in several counties."""

    def called(self, report: Report, language: str) -> str:
        """A report's place in the language of the answer."""
        meta = report.metadata
        if not meta.township:
            return report.name
        return self._called(meta.township, meta.county or meta.city or meta.province, report.file, language)

    def cited(self, citation: Citation, language: str) -> str:
        """The place of the report that a citation is taken from, in the language of the answer."""
        if not citation.township:
            return citation.file
        return self._called(citation.township, citation.county or citation.province, citation.file, language)

    def names(self, reports: Sequence[Report], language: str) -> str:
        """The townships' names; years only where two reports share a name."""
        shared = Counter(r.name for r in reports)
        labels = [place_and_year(r) if shared[r.name] > 1 else self.called(r, language) for r in reports[:MOST_LISTED]]
        shown = (", " if language == "en" else "、").join(dict.fromkeys(labels))
        if len(reports) > MOST_LISTED:
            shown += f"等{len(reports)}个" if language == "zh" else f" and {len(reports) - MOST_LISTED} more"
        return shown

    def _called(self, township: str, home: str | None, file: str, language: str) -> str:
        # Where no text says which of them it is, the file does.
        home = (home or f"{Path(file).stem} ") if township in self._shared else ""
        if language == "en":
            return english_name(township).replace(f"({township})", f"({home}{township})")
        return home + township
