"""Where a name stands in the collection: in the title or file name of a report, at its head or end, or in its text.

No question may be told that there is no report of a place that a report names: what the reports were read to be called
is looked up first, then their words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Literal

from xiangwen.language.characters import HAN, traditional
from xiangwen.language.common_forms import variants
from xiangwen.language.list_marks import SECTION_NUMBER
from xiangwen.language.sounds import syllable
from xiangwen.language.tokens import is_word
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.names import SUFFIX
from xiangwen.reports import Report

FoundIn = Literal["title", "file", "text"]

_HEAD = 400
"""Characters at the beginning that say whose report it is, where no title was read."""
_END = 150
"""Characters of the signature."""
_OFTEN = 4
"""Who is named that often is no neighbour."""
_OTHER_NAME = rf"{SUFFIX}|县|市|区|村|社区"
_YEARS_JOINED = re.compile(r"((?:19|20)\d\d)年?度?\s*(?:[-—–~～]+|[至到和与及、])\s*((?:19|20)\d\d)年")
_TO_COME = "|".join(vocabulary_patterns("stance_words.toml").words("year.plan"))
_NAMED = re.compile(rf"({HAN}{{2,6}}){SUFFIX}")


@dataclass(frozen=True)
class NameFound:
    """Where a name stands."""

    name: str
    reports: frozenset[int]
    """Those that hold it in the place that weighs most."""
    place: FoundIn
    own: bool
    """Whether these reports are of it, by that place, or name it in passing."""


class Holding:
    """Looks names up in the reports' own words."""

    def __init__(self, reports: Sequence[Report], likely: Callable[[str], Iterable[int]] | None = None) -> None:
        """Look into these reports.

        Args:
            reports: all of them.
            likely: numbers of the reports whose text may hold some words; None for all.
        """
        self._reports = reports
        self._likely = likely or (lambda _: range(len(reports)))
        self.find = lru_cache(maxsize=1024)(self._find)
        self.titled = lru_cache(maxsize=1024)(self._titled)

    def _find(self, name: str) -> NameFound | None:
        """Where a name stands; None where it stands nowhere."""
        return self.titled(name) or self._in_texts(name, written(name))

    def in_short(self, stem: str) -> NameFound | None:
        """Where a name stands without its last word, so that it is no other name (「白土」 in 「白土村」)."""
        if len(stem) < 2 or is_word(stem):
            return None
        told = self._in_texts(stem, re.compile(rf"{written(stem).pattern}(?!{_OTHER_NAME})"))
        return told if told and told.own else None

    def _in_texts(self, name: str, pattern: re.Pattern[str]) -> NameFound | None:
        own, passing = set(), set()
        for number in self._likely(name):
            text = self._reports[number].text
            places = [match.start() for match in pattern.finditer(text)]
            if not places:
                continue
            passing.add(number)
            nameless = self._reports[number].metadata.township is None
            if nameless or places[0] < _HEAD or places[-1] >= len(text) - _END or len(places) >= _OFTEN:
                own.add(number)
        return NameFound(name, frozenset(own or passing), "text", bool(own)) if passing else None

    def _titled(self, name: str) -> NameFound | None:
        """Where a name stands in titles, or else in file names."""
        pattern = written(name)
        places: tuple[tuple[FoundIn, list[str]], ...] = (("title", self._titles), ("file", self._files))
        for place, lines in places:
            if found := frozenset(number for number, line in enumerate(lines) if pattern.search(line)):
                return NameFound(name, found, place, own=True)
        return None

    def nameless(self, name: str) -> frozenset[int]:
        """Reports that were not read to be of any township and hold this name."""
        pattern = written(name)
        return frozenset(n for n in self._nameless if pattern.search(self._reports[n].text))

    @cached_property
    def _nameless(self) -> list[int]:
        return [number for number, report in enumerate(self._reports) if report.metadata.township is None]

    def says_year(self, number: int, year: int) -> bool:
        """Whether a report says that it is on a year: in its title or file name, in a heading for that year, or else,
        where its title names no other, in its text more often than of any other."""
        report = self._reports[number]
        other = report.metadata.year
        if other and year < other and self._on_both(number, year, other):
            return True
        if other and re.search(rf"(?<!\d){other}(?!\d)", self._titles[number]):
            return False  # it may well speak more often of the year before
        if re.search(rf"(?<!\d){year}(?!\d)", f"{self._titles[number]} {report.file}"):
            return True
        return report.text.count(f"{year}年") > report.text.count(f"{other}年")

    def names_year(self, number: int, year: int) -> bool:
        """Whether a report speaks of a year at all, as it does of the next one in its plans."""
        return f"{year}年" in self._reports[number].text

    def _on_both(self, number: int, year: int, other: int) -> bool:
        """Whether a report on one year tells of an earlier one as well: its title joins them, or a heading names it."""
        joined = any(
            int(match[1]) <= year < other <= int(match[2]) for match in _YEARS_JOINED.finditer(self._titles[number])
        )
        headed = re.compile(rf"^{SECTION_NUMBER}{year}年度?(?!\d|[^\n]*(?:月\d|{_TO_COME}))[^\n。，,]{{0,24}}$", re.M)
        return joined or bool(headed.search(self._reports[number].text))

    def sounding(self, pinyin: str) -> NameFound | None:
        """Where a name stands that sounds so without its last word, 「龙潭镇」 for "longtan"."""
        names = self._sounds.get(pinyin, ())
        found = [told for name in sorted(names) if (told := self.find(name))]
        return max(found, key=lambda told: (told.own, told.place != "text", len(told.reports)), default=None)

    @cached_property
    def _titles(self) -> list[str]:
        return [unicodedata.normalize("NFKC", report.metadata.title or "") for report in self._reports]

    @cached_property
    def _files(self) -> list[str]:
        return [unicodedata.normalize("NFKC", report.file) for report in self._reports]

    @cached_property
    def _sounds(self) -> dict[str, set[str]]:
        """Names as they stand in the reports, by how they sound without their last word."""
        found: dict[str, set[str]] = {}
        for number in range(len(self._reports)):
            report = self._reports[number]
            for match in _NAMED.finditer(f"{self._titles[number]}\n{self._files[number]}\n{report.text}"):
                stem = match[1]
                for size in range(2, min(5, len(stem)) + 1):
                    found.setdefault("".join(map(syllable, stem[-size:])), set()).add(
                        stem[-size:] + match[0][len(stem) :]
                    )
        return found


def written(name: str) -> re.Pattern[str]:
    """The name as a text may write it: traditional or compatibility characters, spaces and line breaks between."""
    return re.compile(r"[ \t\u3000]*\n?[ \t\u3000]*".join(map(_written, name)))


@cache
def _written(character: str) -> str:
    same = {character, traditional(character), *variants(character)}
    return f"[{re.escape(''.join(sorted(same)))}]" if len(same) > 1 else re.escape(character)
