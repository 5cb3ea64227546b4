"""One report twice: as .txt and .docx, or in an earlier and a revised version."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from xiangwen.language.common_forms import common_characters
from xiangwen.reports.report import Report, SkippedFile

_ALIKE = 0.5
"""Share of the shorter text's stretches of characters, numbers left out, that the other has too: of 1,140 pairs of
different reports (tests/reports_dev and others) none shares more than .25."""
_STRETCH = 5
"""Characters of a stretch: long enough not to be in another report by chance."""
_EDGE = 600
"""Characters at the beginning and at the end in which a report is dated."""
_REVISED = re.compile(r"修订|修改|修正|更正|订正|补正|更新|定稿|终稿|最终|正式|新版|revised|final|new|v\d", re.I)
_DRAFT = re.compile(r"草稿|初稿|征求意见|送审|原稿|旧版|draft|old", re.I)
_DATE = re.compile(r"(20\d\d)\s?[年\-./]\s?(\d{1,2})\s?[月\-./]\s?(\d{1,2})(?!\d)")


def content_key(text: str) -> str:
    """A digest that texts share which differ only in white space, punctuation and forms of characters."""
    return hashlib.sha256(re.sub(r"\W+", "", common_characters(text)).encode("utf-8", "replace")).hexdigest()


def mark_superseded(reports: Sequence[Report]) -> tuple[tuple[Report, ...], tuple[SkippedFile, ...]]:
    """The reports, the earlier versions among them marked with the id of the latest, and a sentence on each.

    Versions have one issuer and one year, and most of their words are the same.
    """
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, report in enumerate(reports):
        if report.metadata.township and report.metadata.year:
            groups[report.metadata.township, report.metadata.year].append(number)
    marked = list(reports)
    notices = []
    for group in groups.values():
        for versions in _versions([(number, reports[number]) for number in group]):
            latest = max(versions, key=lambda number: _order(reports[number]))
            for number in versions:
                if number == latest:
                    continue
                marked[number] = replace(reports[number], superseded_by=reports[latest].id)
                notices.append(
                    SkippedFile(
                        reports[number].file,
                        f"与 {reports[latest].file} 是同一份报告的两个版本，以后者为准。 "
                        f"An earlier version of {reports[latest].file}, which counts.",
                    )
                )
    return tuple(marked), tuple(notices)


def _versions(group: Sequence[tuple[int, Report]]) -> Iterator[list[int]]:
    """Groups of reports that are versions of each other, among those of one issuer and year."""
    left = [(number, report, _stretches(report.text)) for number, report in group] if len(group) > 1 else []
    while left:
        (number, report, said), *others = left
        alike = [
            (n, r, s)
            for n, r, s in others
            if (not report.metadata.county or not r.metadata.county or report.metadata.county == r.metadata.county)
            and len(said & s) >= _ALIKE * min(len(said), len(s))
        ]
        left = [other for other in others if other not in alike]
        if alike:
            yield [number, *(n for n, _, _ in alike)]


def _stretches(text: str) -> frozenset[str]:
    plain = re.sub(r"[\W\d_]+", "", common_characters(text))
    return frozenset(plain[i : i + _STRETCH] for i in range(max(1, len(plain) - _STRETCH + 1)))


def _order(report: Report) -> tuple[int, tuple[int, ...], str]:
    """Later versions last: by what name and title say, then by the last date at the text's ends, then by name."""
    named = PurePosixPath(report.file).stem + (report.metadata.title or "")
    text = report.text
    edges = text if len(text) < 2 * _EDGE else f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    return (
        bool(_REVISED.search(named)) - bool(_DRAFT.search(named)),
        max((tuple(map(int, date)) for date in _DATE.findall(edges)), default=(0, 0, 0)),
        report.file,
    )
