"""A report's tree of headings: it tiles the text, and its levels follow the numbers of real, careless reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from folders import DEV, SEEDS
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_scores import Scores, as_counts, headings_of
from report_like import REPORT_LIKE
from wild_reports import REPORT_FROM, wild_report

from xiangwen.reports import decode, read_metadata
from xiangwen.segmentation.sections import Section, outline, outline_rows, tree_of

GOLD = [json.loads(line) for line in (DEV / "meta.jsonl").read_text(encoding="utf-8").splitlines()]


def headings(text: str) -> list[tuple[int, str]]:
    return [(section.depth, section.heading) for top in outline(text) for _, section in top.walk() if section.heading]


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
            assert text[section.start : section.heading_end].replace("\n", "").strip().endswith(section.heading)
            assert len(path) == section.depth


@given(REPORT_LIKE)
@settings(deadline=None)
def test_an_outline_comes_back_from_its_rows(text: str) -> None:
    assert tree_of(outline_rows(outline(text))) == outline(text)


@given(st.text())
def test_sections_tile_any_text(text: str) -> None:
    assert_tiles(text)


@given(REPORT_LIKE)
def test_sections_tile_any_mixture_of_headings_and_paragraphs(text: str) -> None:
    assert_tiles(text)


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.stem)
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


BODY = "全年调解矛盾纠纷163件，群众满意。"


@given(st.integers(0, REPORT_FROM - 1))
@settings(max_examples=60, deadline=None)
def test_sections_tile_reports_in_any_style(seed: int) -> None:
    assert_tiles(wild_report(seed).text)


def test_the_outline_of_reports_in_any_style_is_recovered() -> None:
    scores = Scores()
    for seed in range(REPORT_FROM, REPORT_FROM + 150):
        report = wild_report(seed)
        got, gold = as_counts(headings_of(report.text)), as_counts(report.headings)
        scores.hits, scores.found, scores.marked = (
            scores.hits + (got & gold).total(),
            scores.found + got.total(),
            scores.marked + gold.total(),
        )
    assert min(scores.precision, scores.recall) >= 0.97


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一部分 成效\n甲\n第二部分 不足\n乙\n", [(1, "第一部分 成效"), (1, "第二部分 不足")]),
        ("壹、成效\n甲\n贰、不足\n乙\n", [(1, "壹、成效"), (1, "贰、不足")]),
        ("Ⅰ、成效\n甲\nⅡ、不足\n乙\n", [(1, "Ⅰ、成效"), (1, "Ⅱ、不足")]),
        ("一　成效\n甲\n二　不足\n乙\n", [(1, "一　成效"), (1, "二　不足")]),
        ("一、成效\n（ 一 )普法\n甲\n(二）执法\n乙\n", [(1, "一、成效"), (2, "（ 一 )普法"), (2, "(二）执法")]),
        ("一、成效\n１．普法\n甲\n２．执法\n乙\n", [(1, "一、成效"), (2, "１．普法"), (2, "２．执法")]),
        (
            "1 成效\n1.1 普法\n甲\n1.2 执法\n乙\n2 不足\n丙\n",
            [(1, "1 成效"), (2, "1.1 普法"), (2, "1.2 执法"), (1, "2 不足")],
        ),
        ("# 总结\n## 一、成效\n### 普法\n甲\n## 二、不足\n乙\n", [(1, "一、成效"), (2, "普法"), (1, "二、不足")]),
        (
            "**一、成效**\n**（一）普法。**甲乙\n**（二）执法。**丙丁\n",
            [(1, "一、成效"), (2, "（一）普法。"), (2, "（二）执法。")],
        ),
        ("一、成效：一是普法。二是执法。\n二、不足\n乙\n", [(1, "一、成效："), (1, "二、不足")]),
        (
            f"一、成效\n（一）普法　{BODY}\n（二）执法　{BODY}\n",
            [(1, "一、成效"), (2, "（一）普法"), (2, "（二）执法")],
        ),
    ],
)
def test_other_styles_of_numbers_head_sections_too(text: str, expected: list[tuple[int, str]]) -> None:
    assert headings(text) == expected


def test_headings_without_numbers_are_short_lines_between_paragraphs() -> None:
    opening = "现将有关情况报告如下，请予审议："
    text = f"{opening}\n工作开展情况\n加强组织领导\n{BODY}\n规范行政执法\n{BODY}\n存在的问题\n{BODY}\n"
    assert headings(text) == [(1, "工作开展情况"), (2, "加强组织领导"), (2, "规范行政执法"), (1, "存在的问题")]


def test_a_table_of_contents_and_page_numbers_head_nothing() -> None:
    text = f"目 录\n一、成效……1\n二、不足……3\n一、成效\n{BODY}\n- 2 -\n{BODY}\n二、不足\n{BODY}\n第 3 页 共 3 页\n"
    assert headings(text) == [(1, "一、成效"), (1, "二、不足")]


def test_rows_of_a_table_are_no_headings() -> None:
    assert headings(f"一、成效\n{BODY}\n1\t普法\t12场\n2\t调解\t30件\n3\t执法\t5件\n") == [(1, "一、成效")]


def test_attachments_are_listed_as_items_and_head_what_they_hold() -> None:
    text = f"一、成效\n{BODY}\n附件：1.清单\n2.名单\n白沙镇人民政府\n2024年1月3日\n附件1\n清单\n{BODY}\n"
    assert headings(text) == [(1, "一、成效"), (1, "附件1")]


@pytest.mark.parametrize(
    "piece",
    [
        "一、",
        "（一）",
        "1.",
        "甲",
        " ",
        "一、甲乙\n",
        "目录\n",
        "附件",
        "#",
        "*",
        "《",
        "法治",
        "2024年",
        "白沙镇",
        "年法治\n",
    ],
)
def test_long_monotonous_texts_are_read_to_the_end(piece: str) -> None:
    text = piece * (30_000 // len(piece))  # a regular expression that backtracks would take hours
    assert_tiles(text)
    assert read_metadata(text).county is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "2024年总结\n【组织】\n开会5次。\n【毛病】\n人手紧。\n【明年】\n招2人。\n",
            ["【组织】", "【毛病】", "【明年】"],
        ),
        (
            "纪要\n【1　组织】开会5次。\n【2　短处】人手紧。\n【3　次年】招2人。\n",
            ["【1　组织】", "【2　短处】", "【3　次年】"],
        ),
        ("2024年总结\n■ 账目\n罚款3元。\n■ 欠缺\n人手紧。\n■ 来年\n招2人。\n", ["■ 账目", "■ 欠缺", "■ 来年"]),
        ("2024年总结\n【案例】\n普法3场。【注】见上。\n■ 普法3场，\n■ 调解4件。\n■ 罚款5元。\n", []),
    ],
)
def test_brackets_and_bullets_set_headings_off(text: str, found: list[str]) -> None:
    assert [heading for _, heading in headings(text)] == found
