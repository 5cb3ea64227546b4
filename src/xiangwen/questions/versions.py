"""The same report twice: two versions, or two formats, of one township and year. Only the later one counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from xiangwen.reports import Report

_ALIKE = 0.3
"""Share of the shorter text's word stretches that the other holds, from which on two reports of one township and year
are versions of one: of 1,140 pairs of different reports (tests/reports_dev and others) none shares more than .25."""
_STRETCH = 5
_EDGE = 600
"""Characters at the beginning and at the end in which a report is dated."""
_DATE = re.compile(r"(20\d\d)\s?[年\-./]\s?(\d{1,2})\s?[月\-./]\s?(\d{1,2})(?!\d)")


def superseded(reports: Sequence[Report]) -> dict[int, int]:
    """Numbers of earlier versions, each with the number of the version that counts."""
    groups: dict[tuple[str, int], list[int]] = {}
    for number, report in enumerate(reports):
        meta = report.metadata
        if meta.township and meta.year:
            groups.setdefault((meta.township, meta.year), []).append(number)
    found: dict[int, int] = {}
    for numbers in groups.values():
        for cluster in _clusters(reports, numbers):
            latest = max(cluster, key=lambda n: (dated(reports[n].text), n))
            found.update({n: latest for n in cluster if n != latest})
    return found


def dated(text: str) -> tuple[int, int, int]:
    """The latest date at the beginning or end of a report; zeros where there is none."""
    edges = text if len(text) < 2 * _EDGE else f"{text[:_EDGE]}\n{text[-_EDGE:]}"
    return max(((int(y), int(m), int(d)) for y, m, d in _DATE.findall(edges)), default=(0, 0, 0))


def _clusters(reports: Sequence[Report], numbers: Sequence[int]) -> Iterable[list[int]]:
    """Reports among these that are versions of one another."""
    if len(numbers) < 2:
        return []
    stretches = {n: _stretches(reports[n].text) for n in numbers}
    clusters: list[list[int]] = []
    for number in numbers:
        for cluster in clusters:
            first = cluster[0]
            counties = {reports[number].metadata.county, reports[first].metadata.county} - {None}
            if len(counties) < 2 and _alike(stretches[number], stretches[first]) >= _ALIKE:
                cluster.append(number)
                break
        else:
            clusters.append([number])
    return clusters


def _stretches(text: str) -> set[str]:
    plain = re.sub(r"[\W\d]+", "", text)
    return {plain[i : i + _STRETCH] for i in range(max(1, len(plain) - _STRETCH + 1))}


def _alike(a: set[str], b: set[str]) -> float:
    return len(a & b) / min(len(a), len(b))
