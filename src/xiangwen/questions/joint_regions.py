"""Several regions by one name, 「长三角」, 「两广」, 「湘鄂赣」: written out, so that all who read places find them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from xiangwen.questions.names import region_forms
from xiangwen.questions.scope import Note
from xiangwen.questions.spans import vocabulary_of
from xiangwen.reports.places import gazetteer


def written_out(text: str, known: Collection[str]) -> tuple[str, tuple[Note, ...]]:
    """A question with the regions that stand together under one name, and how each such name was read.

    Args:
        text: the question, NFKC-normalised and simplified.
        known: the counties, cities and provinces of the collection. Only these are written out, or all of a name where
            the collection has none of them, so that it is told so.
    """
    notes: list[Note] = []

    def regions(match: re.Match[str], english: bool) -> str:
        if not english and re.search(vocabulary_of("joint_region_around")["before"], text[: match.start()]):
            return match[0]
        name = next(name for name, words in match.groupdict().items() if words) if english else match["name"]
        members = _members(name)
        here = [region for region in members if region in known] or members
        called = [_in_english(region) for region in members] if english else members
        notes.append(Note("joint", match[0].strip(), (", " if english else "、").join(called)))
        return ", ".join(map(_in_english, here)) if english else "、".join(here)

    text = _chinese().sub(lambda match: regions(match, english=False), text)
    return _english().sub(lambda match: regions(match, english=True), text), tuple(notes)


def _members(name: str) -> Sequence[str]:
    """The regions that go by a name; of one-letter names in a row the province of each."""
    return vocabulary_of("joint_region").get(name) or [_provinces()[letter] for letter in name]


@cache
def _provinces() -> dict[str, str]:
    """Provinces by one letter."""
    full = {place.province for place in gazetteer()}
    short = vocabulary_of("one_letter")
    return {
        letter: province
        for bare, letters in short.items()
        for letter in letters
        for province in full
        if province.startswith(bare)
    }


@cache
def _chinese() -> re.Pattern[str]:
    names = "|".join(sorted(vocabulary_of("joint_region"), key=len, reverse=True))
    letters = "".join(_provinces())
    return re.compile(rf"(?P<name>{names}|[{letters}]{{2,6}}){vocabulary_of('joint_region_around')['behind']}")


@cache
def _english() -> re.Pattern[str]:
    rows = vocabulary_of("joint_region_english").items()
    return re.compile(r"(?i)\b(?:the )?(?:" + "|".join(f"(?P<{name}>{words})" for name, words in rows) + r")\b")


def _in_english(region: str) -> str:
    return region_forms(region).latin[0].capitalize()
