"""The generated reports of the benchmarks: right answers that are really in them, the same bytes for the same seed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workload import Generated, Workload, questions, write

from xiangwen.evaluation.gold import Gold
from xiangwen.reports import read_metadata
from xiangwen.segmentation.passages import split_passages


@pytest.fixture(scope="module")
def reports() -> list[Generated]:
    return list(Workload(seed=7).reports(60))


def test_every_gold_quote_is_a_slice_of_its_report_and_a_passage_of_it(reports: list[Generated]) -> None:
    texts = {report.file: report.text for report in reports}
    rows = list(questions(Workload(7), reports))
    for gold in map(Gold.from_row, rows):
        for file, quote in gold.evidence:
            assert quote in texts[file], gold.id
    for report in reports[:10]:
        passages = [report.text[p.start : p.end] for p in split_passages(report.text)]
        assert all(any(s.quote in p for p in passages) for s in report.said.values() if s.quote)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write(tmp_path / name, 12, seed)
    a, b, c = ([p.read_bytes() for p in sorted((tmp_path / n).rglob("*.*"))] for n in "abc")
    assert a == b and not set(a) & set(c)


def test_a_larger_collection_begins_with_the_smaller_one(reports: list[Generated]) -> None:
    assert [r.text for r in Workload(7).reports(20)] == [r.text for r in reports[:20]]


def test_no_sentence_is_told_twice_but_the_set_phrases_at_the_start(reports: list[Generated]) -> None:
    seen: set[str] = set()
    for report in reports:
        for line in report.text.splitlines()[3:]:
            for sentence in re.findall(r"[^。]{25,}。", line):
                assert sentence not in seen
                seen.add(sentence)
    assert len(seen) > 3000


def test_a_report_has_forty_to_two_hundred_sentences_and_sections_as_real_ones(reports: list[Generated]) -> None:
    assert all(30 <= report.text.count("。") <= 210 for report in reports)
    tops = [{p.heading_path[0] for p in split_passages(r.text) if p.heading_path} for r in reports]
    assert all(len(headings) >= 4 for headings in tops)


def test_township_county_and_year_are_read_off_as_they_were_meant(reports: list[Generated]) -> None:
    for report in reports:
        meta = read_metadata(report.text)
        assert f"{meta.county}{meta.township}{meta.year}年" == report.place


def test_what_is_only_planned_or_denied_is_no_right_answer(reports: list[Generated]) -> None:
    states = {report.file: report.said for report in reports}
    rows = [row for row in questions(Workload(7), reports) if row["type"] == "which"]
    assert len(rows) > 10
    for row in rows:
        matter = re.sub(r"-which-\d$", "", row["id"])
        said = {file: s[name].state for file, s in states.items() for name in s if name.replace(" ", "-") == matter}
        assert set(row["yes"]) == {file for file, state in said.items() if state in ("done", "partly")}
        assert set(row["denies"]) == {file for file, state in said.items() if state == "denied"}
