"""Townships that go by another name now, as reports tell it: 「撤销柳河乡，设立柳河镇」, 「由柳河乡更名为柳河镇」."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property

from xiangwen.questions.names import Names
from xiangwen.questions.spans import vocabulary_of
from xiangwen.reports import Report

_SENTENCE = re.compile(r"[^。！？\n]+")


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
    def _sentences(self) -> list[tuple[int, str]]:
        """Sentences that may tell of a township's new name, each with its report; 我镇 is named in them."""
        signs = vocabulary_of("renamed")["signs"]
        pattern = re.compile("|".join(map(re.escape, signs)))
        found = []
        for number in sorted(set(self._likely(" ".join(signs)))):
            text = self._reports[number].text
            if pattern.search(text):
                name = self._reports[number].metadata.township
                for sentence in _SENTENCE.findall(text):
                    if pattern.search(sentence):
                        found.append((number, _own().sub(re.escape(name), sentence) if name else sentence))
        return found

    def reports_of(self, name: str, own: frozenset[int]) -> dict[int, str]:
        """Reports under another name of that township, each with that name.

        Args:
            name: the township as it was asked for.
            own: the reports of that name; empty where there is none.
        """
        found: dict[int, str] = {}
        for number, sentence in self._sentences:
            if name not in sentence or (own and not self._in_one_county(own, number)):
                continue
            for other in dict.fromkeys(mention.name for mention in self._townships.find(sentence.replace(name, "，"))):
                if _tells(sentence, name, other) or _tells(sentence, other, name):
                    same = self._in_one_county(self._townships.reports[other] - own, number)
                    found.update(dict.fromkeys(same, other))
        return found

    def _in_one_county(self, numbers: frozenset[int], number: int) -> frozenset[int]:
        """Those of the same county as a report, as far as they name theirs."""
        county = self._reports[number].metadata.county
        return frozenset(n for n in numbers if not county or self._reports[n].metadata.county in (None, county))


def _tells(sentence: str, earlier: str, later: str) -> bool:
    """Whether the sentence says that one name became the other."""
    return any(
        re.search(form.replace("EARLIER", re.escape(earlier)).replace("LATER", re.escape(later)), sentence)
        for form in vocabulary_of("renamed")["forms"]
    )


@cache
def _own() -> re.Pattern[str]:
    return re.compile("|".join(vocabulary_of("renamed")["own"]))
