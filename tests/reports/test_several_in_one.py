"""Several reports in one file: told apart where a title with township and year starts a new count, else left whole."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from folders import DEV, SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st
from one_file import read_file
from wild_reports import titled_report, wild_report

from xiangwen.reports import decode, read_folder
from xiangwen.reports.several_in_one import split_reports

KEPT = sorted([*DEV.glob("*.txt"), *SEEDS.glob("*.txt")])


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_one_report_stays_whole(path: Path) -> None:
    text = decode(path.read_bytes())
    assert split_reports(text) == ((0, len(text)),)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_report_in_any_style_stays_whole(seed: int) -> None:
    text = wild_report(seed).text
    assert split_reports(text) == ((0, len(text)),)


@given(st.text())
def test_the_parts_tile_any_text(text: str) -> None:
    parts = split_reports(text)
    assert "".join(text[start:end] for start, end in parts) == text
    assert all(before[1] == after[0] for before, after in pairwise(parts))


@given(st.integers(0, 10**6), st.integers(2, 5))
@settings(max_examples=60, deadline=None)
def test_reports_put_together_come_apart_again(seed: int, count: int) -> None:
    texts = {r.metadata.township: r.text for r in (titled_report(seed + n) for n in range(count))}.values()
    whole = "\n".join(texts)
    assert [whole[start:end].strip() for start, end in split_reports(whole)] == [text.strip() for text in texts]


def test_each_part_is_a_report_of_its_own(tmp_path: Path) -> None:
    kept = [decode(path.read_bytes()) for path in random.Random(1).sample(KEPT, 4)]
    (tmp_path / "汇编.txt").write_text("\n\n".join(kept), encoding="utf-8")
    for name, text in zip("甲乙丙丁", kept, strict=True):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    together = read_file(tmp_path / "汇编.txt", tmp_path)
    alone = [read_file(tmp_path / f"{name}.txt", tmp_path)[0] for name in "甲乙丙丁"]
    assert [r.metadata for r in together] == [r.metadata for r in alone]
    assert {r.file for r in together} == {"汇编.txt"} and len({r.id for r in together}) == 4


def test_a_part_that_is_known_already_does_not_cost_the_others(tmp_path: Path) -> None:
    first, second = (decode(path.read_bytes()).strip() for path in KEPT[:2])
    (tmp_path / "a.txt").write_text(first + "\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(first + "\n" + second, encoding="utf-8")
    collection = read_folder(tmp_path)
    assert [r.file for r in collection.reports] == ["a.txt", "b.txt"]
    assert [s.file for s in collection.skipped] == ["b.txt"]


def test_an_attached_summary_stays_with_its_report() -> None:
    text = decode(KEPT[0].read_bytes())
    attached = wild_report(2).text
    whole = f"{text}\n附件：\n{attached}"
    assert split_reports(whole) == ((0, len(whole)),)
