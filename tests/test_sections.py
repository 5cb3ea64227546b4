"""A report's tree of headings: it tiles the text, and its levels follow the numbers of real, careless reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.reports import decode
from xiangwen.sections import Section, outline

DEV = Path(__file__).parent / "reports_dev"
GOLD = [json.loads(line) for line in (DEV / "meta.jsonl").read_text(encoding="utf-8").splitlines()]

# Pieces of which headings, paragraphs and lists are made, in any order: what no author writes, a scanner may.
PIECES = (
    *(
        "一、",
        "二、",
        "十二、",
        "（一）",
        "(二)",
        "1.",
        "2、",
        "（1）",
        "①",
        "第一，",
        "第二部分",
        "一是",
        "[bookmark: _Toc1]",
    ),
    *("推进依法行政", "全年调解纠纷163件", "。", "；", "，", "！", "”", "\n", "\n\n", " ", "　　", "\t"),
)
REPORT_LIKE = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


def headings(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for top in outline(text) for _, section in top.walk() if section.heading]


def tiles(sections: Iterable[Section], start: int, end: int) -> bool:
    for section in sections:
        if section.start != start or not section.start <= section.heading_end <= section.body_end <= section.end:
            return False
        if not tiles(section.children, section.body_end, section.end):
            return False
        start = section.end
    return start == end or not sections


def assert_tiles(text: str) -> None:
    tops = outline(text)
    assert tiles(tops, 0, len(text))
    assert bool(tops) == bool(text)
    for top in tops:
        for path, section in top.walk():
            assert text[section.start : section.heading_end].strip().endswith(section.heading)
            assert len(path) == section.level


@given(st.text())
def test_sections_tile_any_text(text: str) -> None:
    assert_tiles(text)


@given(REPORT_LIKE)
def test_sections_tile_any_mixture_of_headings_and_paragraphs(text: str) -> None:
    assert_tiles(text)


@pytest.mark.parametrize("path", sorted((DEV.parent.parent / "seeds").glob("*.txt")), ids=lambda path: path.stem)
def test_sections_tile_every_seed(path: Path) -> None:
    assert_tiles(decode(path.read_bytes()))


def test_headings_and_levels_are_those_a_reader_marks() -> None:
    hits = found = marked = 0
    for gold in GOLD:
        expected = Counter((h["level"], "".join(h["text"].split())) for h in gold["headings"])
        got = Counter(
            (level, "".join(heading.split()))
            for level, heading in headings(decode((DEV / f"{gold['id']}.txt").read_bytes()))
        )
        hits, found, marked = hits + (got & expected).total(), found + got.total(), marked + expected.total()
    assert 2 * hits / (found + marked) >= 0.95


def test_a_style_that_changes_in_the_middle_keeps_its_level() -> None:
    text = "一、成效\n甲\n2、不足\n乙\n三、打算\n（一）人员\n丙\n（二）经费\n丁\n（3）设备\n戊\n"
    assert [level for level, _ in headings(text)] == [1, 1, 1, 2, 2, 2]


def test_a_heading_run_into_its_paragraph_is_its_first_sentence() -> None:
    text = "一、成效\n（一）深入开展普法活动。乡平安办全年宣传12场。\n（二）化解矛盾纠纷。调解163件。\n"
    assert headings(text)[1:] == [(2, "（一）深入开展普法活动。"), (2, "（二）化解矛盾纠纷。")]


def test_a_number_that_comes_twice_is_two_sections() -> None:
    assert headings("一、甲乙\n子\n三、丙丁\n丑\n三、戊己\n寅\n") == [(1, "一、甲乙"), (1, "三、丙丁"), (1, "三、戊己")]


def test_numbered_sentences_of_a_list_are_no_headings() -> None:
    text = "一、成效\n1.建立调委会1个；\n2.组织测试2次；\n3.开展宣传3场。\n"
    assert headings(text) == [(1, "一、成效")]


def test_a_number_with_a_decimal_point_is_no_heading() -> None:
    assert headings("一、成效\n3.5万元用于普法宣传\n") == [(1, "一、成效")]


def test_a_text_without_headings_is_one_preamble() -> None:
    assert outline("全年无事。\n") == (Section("", 0, 0, 0, 6),)


def test_the_empty_text_has_no_sections() -> None:
    assert outline("") == ()


def test_paths_name_every_heading_above() -> None:
    text = "一、成效\n（一）普法\n1.进村\n甲\n"
    assert [path for top in outline(text) for path, _ in top.walk()][-1] == ("一、成效", "（一）普法", "1.进村")
