"""Townships that go by another name now, as reports tell it: 「撤销柳河乡，设立柳河镇」, 「由柳河乡更名为柳河镇」."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property

from xiangwen.questions.names import SUFFIX, Names
from xiangwen.questions.spans import HAN
from xiangwen.questions.unknown import vocabulary_of
from xiangwen.reports import Report

_SENTENCE = re.compile(r"[^。！？；\n]+")
_TOWNSHIP = re.compile(rf"{HAN}{SUFFIX}")


class Renamings:
    """What the reports tell of new names."""

    def __init__(
        self, reports: Sequence[Report], townships: Names, likely: Callable[[str], Iterable[int]] | None = None
    ) -> None:
        """Look into these reports at the first question.

        Args:
            reports: all of them.
            townships: the names they were read to have.
            likely: numbers of the reports whose text may hold some words; None for all.
        """
        self._reports = reports
        self._townships = townships
        self._likely = likely or (lambda _: range(len(reports)))

    @cached_property
    def _told(self) -> list[tuple[int, str]]:
        """Sentences that tell of a township's new name, each with its report."""
        verbs = vocabulary_of("renamed")["verbs"]
        pattern = re.compile("|".join(verbs))
        found = []
        for number in sorted(set(self._likely(" ".join(v for v in verbs if v.isalpha())))):
            text = self._reports[number].text
            if not pattern.search(text):
                continue
            for sentence in _SENTENCE.finditer(text):
                if pattern.search(sentence[0]) and _TOWNSHIP.search(sentence[0]):
                    found.append((number, sentence[0]))
        return found

    def reports_of(self, name: str, own: frozenset[int]) -> dict[int, str]:
        """Reports under another name of that township, each with that name.

        Args:
            name: the township as it was asked for.
            own: the reports of that name; empty where there is none.
        """
        found: dict[int, str] = {}
        for number, sentence in self._told:
            now = self._reports[number].metadata.township
            if number in own:
                # Its own report tells what it was called before, or was made of.
                for mention in self._townships.find(sentence):
                    if mention.name != name and (name in sentence or _own().search(sentence)):
                        same = self._in_one_county(mention.reports - own, number)
                        found.update(dict.fromkeys(same, mention.name))
            elif now and now != name and name in sentence and (now in sentence or _own().search(sentence)):
                if not own or self._in_one_county(own, number):
                    found.update(dict.fromkeys(self._townships.reports[now] & self._in_one_county(self._all, number), now))
        return {number: now for number, now in found.items() if number not in own}

    @property
    def _all(self) -> frozenset[int]:
        return frozenset(range(len(self._reports)))

    def _in_one_county(self, numbers: frozenset[int], number: int) -> frozenset[int]:
        """Those of the same county as a report, as far as they name theirs."""
        county = self._reports[number].metadata.county
        return frozenset(n for n in numbers if not county or self._reports[n].metadata.county in (None, county))


@cache
def _own() -> re.Pattern[str]:
    return re.compile("|".join(vocabulary_of("renamed")["own"]))
