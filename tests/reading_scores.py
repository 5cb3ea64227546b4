"""How well reports are read: metadata field by field, headings by precision, recall and F1."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from xiangwen.reports import read_metadata
from xiangwen.segmentation.sections import outline

FIELDS = ("township", "level", "county", "city", "province", "year", "title")


@dataclass
class Scores:
    """Counts over any number of reports."""

    reports: int = 0
    right: Counter[str] = field(default_factory=Counter)
    hits: int = 0
    found: int = 0
    marked: int = 0
    perfect: int = 0
    """Reports whose every heading and level is right."""

    def add(self, text: str, metadata: Mapping[str, object], headings: Sequence[tuple[int, str]]) -> None:
        """Read one report and compare."""
        read = asdict(read_metadata(text))
        for fields in (read, metadata := dict(metadata)):
            fields["title"] = re.sub(r"\s*\n\s*", "\n", str(fields["title"] or ""))
        self.reports += 1
        self.right.update(name for name in FIELDS if read[name] == metadata[name])
        got, gold = as_counts(headings_of(text)), as_counts(headings)
        self.hits += (got & gold).total()
        self.found += got.total()
        self.marked += gold.total()
        self.perfect += got == gold

    @property
    def precision(self) -> float:
        """Headings found that a reader marks."""
        return self.hits / max(self.found, 1)

    @property
    def recall(self) -> float:
        """Headings a reader marks that are found."""
        return self.hits / max(self.marked, 1)

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.hits / max(self.found + self.marked, 1)


def headings_of(text: str) -> list[tuple[int, str]]:
    """All headings of a text with their levels, in its order."""
    return [(section.depth, section.heading) for top in outline(text) for _, section in top.walk() if section.heading]


def as_counts(headings: Iterable[tuple[int, str]]) -> Counter[tuple[int, str]]:
    """Headings to compare: white space left out."""
    return Counter((level, "".join(text.split())) for level, text in headings)
