"""Whether a question asks which reports have a section of their own on something: 「哪些报告没有单设…部分？」."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xiangwen.language.word_lists import vocabulary_patterns

_WORDS = vocabulary_patterns("section_words.toml")
_WHICH = re.compile(r"哪|\b(?:which|what)\b")
"""What is still asked in what the section would be on was read amiss."""


@dataclass(frozen=True)
class SectionAsked:
    """A section that reports may have, as a question asks for it."""

    matter: str
    """What the section is on, in the question's words."""
    lacking: bool
    """Asked are those that do not have it."""
    own: bool
    """It must be a section under a heading; else it will do that it is written anywhere."""


def read_section_asked(text: str) -> SectionAsked | None:
    """The section that a question asks for, None where it asks for something else.

    Args:
        text: the question, its characters common ones and lower case, without the names of places and years.
    """
    plain = " ".join(text.split())
    if _WORDS.says("asked.inside", plain):
        return None
    for key, own in (("zh", True), ("en", True), ("written", False)):
        for pattern in _WORDS.patterns(f"asked.{key}"):
            if found := pattern.search(plain):
                matter = _bare(found["matter"])
                start, end = found.span("matter")
                around = plain[:start] + " " + plain[end:]
                if len(matter) > 1 and not _WHICH.search(matter):
                    return SectionAsked(matter, _WORDS.says("asked.lacking", around), own)
    return None


def _bare(matter: str) -> str:
    """「哪些报告里“一把手履责情况”的」 → 「一把手履责情况」."""
    before = ""
    while matter != before:
        before = matter
        for pattern in _WORDS.patterns("asked.around"):
            matter = pattern.sub("", matter.strip(" ，,。“”\"'‘’《》「」()（）"))
    return matter
