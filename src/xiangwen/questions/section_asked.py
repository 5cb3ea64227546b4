"""The section that reports are asked to have or to lack: 「哪些报告没有单设普法宣传部分？」, 「谁没讲自己还差在哪？」.

Patterns find what a section of its own would be on. That the customary parts are asked for, shortcomings, plans and the
leaders' duties, people say in too many ways: classifiers tell it (`make kinds`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xiangwen.language.concepts import vocabulary
from xiangwen.language.word_lists import vocabulary_patterns
from xiangwen.questions.classifier import shipped_classifier

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    from xiangwen.language.languages import Language

_WORDS = vocabulary_patterns("section_words.toml")
_WHICH = re.compile(r"哪|\b(?:which|what)\b")
"""What is still asked in what the section would be on was read amiss."""
LACKING = "lacking"
SECTION_SIGNS = (LACKING,)
"""What patterns find in a question for a section: that those without it are asked for."""
OTHER = "other"
"""The class of a section that is none of the customary ones."""
SECTION_CLASSES = ("shortcomings", "plans", "leaders", OTHER)
"""The sections that questions ask for, as a classifier tells them apart."""


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
    """The section under a heading of its own that a question asks for, as patterns find it; None where they find none.

    Args:
        text: the question, its characters common ones and lower case, without the names of places and years.
    """
    plain = " ".join(text.split())
    if _WORDS.says("asked.inside", plain):
        return None
    for pattern in (*_WORDS.patterns("asked.zh"), *_WORDS.patterns("asked.en")):
        if found := pattern.search(plain):
            matter = _bare(found["matter"])
            start, end = found.span("matter")
            around = plain[:start] + " " + plain[end:]
            if len(matter) > 1 and not _WHICH.search(matter):
                return SectionAsked(matter, _WORDS.says("asked.lacking", around), own=True)
    return None


def told_section(
    text: str, vector: NDArray[float32] | None, own: SectionAsked | None, language: Language
) -> SectionAsked | None:
    """The section that a question for one asks for, as classifiers tell it.

    Args:
        text: the question in simplified lower-case characters.
        vector: its vector as a query; None where the collection has another encoder than the shipped one.
        own: what patterns found in it; it stands where no customary section is asked for.
        language: of the question, in which the section is called.
    """
    signs = section_signs(text)

    def told(name: str) -> str:
        return shipped_classifier(name, SECTION_SIGNS, with_vector=vector is not None).likeliest(text, vector, signs)

    if (section := told("section.which")) == OTHER:
        return own
    called = next(row["called"] for row in vocabulary("section_words.toml")["section"] if row["id"] == section)
    return SectionAsked(called[language == "en"], told("section.lacking") == LACKING, own is not None)


def section_signs(text: str) -> tuple[str, ...]:
    """Which of `SECTION_SIGNS` patterns find in a question."""
    return (LACKING,) if _WORDS.says("asked.lacking", text) else ()


def _bare(matter: str) -> str:
    """「哪些报告里“一把手履责情况”的」 → 「一把手履责情况」."""
    before = ""
    while matter != before:
        before = matter
        for pattern in _WORDS.patterns("asked.around"):
            matter = pattern.sub("", matter.strip(" ，,。“”\"'‘’《》「」()（）"))
    return matter
