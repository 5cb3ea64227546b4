"""What a reader passes over: line ends at a fixed column, note marks, radicals; and cells read with their headings."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from folders import DEV, SEEDS
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.language.as_read import JOINER, as_read, flowing, soft_breaks
from xiangwen.language.common_forms import common_characters
from xiangwen.quantities.reading import read_quantities
from xiangwen.reports import decode
from xiangwen.segmentation.passages import split_passages
from xiangwen.segmentation.sections import outline

REPORTS = sorted(DEV.glob("*.txt")) + sorted(SEEDS.glob("*.txt"))


def readings(text: str) -> list[str]:
    """Every passage as it is read."""
    return [passage.reading(text) for passage in split_passages(text)]


def amounts(text: str) -> list[tuple[float, str]]:
    return [(q.value, q.unit) for reading in readings(text) for q in read_quantities(reading)]


# --- lines broken at a fixed column ---------------------------------------------------------------------------------


def broken(text: str, columns: int, indent: str = "") -> tuple[str, list[int]]:
    """A report as an editor saves it that breaks lines at a column, and where it broke in the midst of a sentence."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = indent
        for c in paragraph.strip():
            if len(line) * 2 + 2 > columns and c not in "，。；、：）”":
                lines.append(line + JOINER)
                line = ""
            line += c
        lines.append(line)
    marked = "\n".join(lines)
    ends = [m.start() for m in re.finditer(JOINER + "\n", marked)]
    plain = marked.replace(JOINER, "")
    places = [at - n for n, at in enumerate(ends)]
    return plain, [at for at in places if plain[at - 1] not in "。！？；：…”）》"]


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_with_a_line_for_each_paragraph_is_not_joined(path: Path) -> None:
    assert soft_breaks(decode(path.read_bytes())) == []


@pytest.mark.parametrize("indent", ["", "　　"])
@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_lines_broken_at_a_column_are_joined(path: Path, indent: str) -> None:
    columns = random.Random(path.stem).choice([40, 56, 64, 76])
    # Full-width characters alone, so that every line has the column's width.
    text = re.sub(r"[\x21-\x7e]", lambda m: chr(ord(m[0]) + 0xFEE0), re.sub("[ \t]", "", decode(path.read_bytes())))
    plain, expected = broken(text, columns, indent)
    found = soft_breaks(plain)
    assert set(found) <= {m.start() for m in re.finditer("\n", plain)}
    missed = set(expected) - set(found)
    assert len(missed) <= max(1, 0.03 * len(expected)), [plain[at - 10 : at + 10] for at in missed]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("全年依法行政，未发生一起行政\n复议案件。\n", "全年依法行政，未发生一起行政复议案件。"),
        ("今年以来，全镇法律援助3\n4人次。\n", "今年以来，全镇法律援助34人次。"),
        ("The town held one open, legal\nlecture.\n", "The town held one open, legal lecture."),
    ],
)
def test_one_broken_line_in_a_short_file_is_joined(text: str, said: str) -> None:
    (passage,) = split_passages(text)
    assert text[passage.start : passage.end] == text.strip()  # quotes stay exact
    assert passage.reading(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "万灵镇2024年法治政府建设情况报告\n全年调解163件。\n",
        "（一）加强领导，压实责任\n我镇坚持依法行政。\n",
        "下一步打算\n我镇将继续推进依法行政。\n",
        "青龙镇人民政府\n2025年1月10日\n",
    ],
)
def test_titles_headings_and_signatures_are_not_joined(text: str) -> None:
    assert soft_breaks(text) == []


def test_a_heading_broken_over_two_lines_is_one() -> None:
    heading = "（一）坚持党的领导，推进法治政府建设各项工作走深走实"
    body = "全镇把法治政府建设纳入年度工作要点，全年召开专题会议4次，研究部署行政执法、矛盾化解、普法宣传等方面的任务。"
    text, _ = broken(f"{heading}\n{body}\n（二）加强执法\n全年开展检查12次，整改问题7个。", 50)
    sections = [section.heading for top in outline(text) for _, section in top.walk() if section.heading]
    assert sections == [heading, "（二）加强执法"]
    assert amounts(text) == [(4, "次"), (12, "次"), (7, "个")]


@given(st.text(alphabet="一、二（）法治。，件3 　\n\t|ab", max_size=80))
def test_the_flowing_text_keeps_every_place(text: str) -> None:
    flow = flowing(text)
    assert len(flow) == len(text)
    assert all(a == b or (a == "\n" and b == JOINER) for a, b in zip(text, flow, strict=True))


# --- characters and marks -------------------------------------------------------------------------------------------


def test_radicals_and_compatibility_characters_are_the_common_ones() -> None:
    assert common_characters("⽩⽔镇⻓江⼈⺠政府\uf9fd") == "白水镇长江人民政府什"


def test_a_section_numbered_with_a_radical_is_a_section() -> None:
    assert [top.heading for top in outline("⼀、⼯作成效\n甲。\n二、不足\n乙。\n")] == ["一、工作成效", "二、不足"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("调解纠纷205³件。", 205),
        ("调解纠纷205<sup>3</sup>件。", 205),
        ("调解纠纷163①件。", 163),
        ("调解纠纷88[2]件。", 88),
        ("调解纠纷88［12］件。", 88),
        ("调解纠纷88（注1）件。", 88),
        ("调解纠纷88*件。", 88),
        ("调解纠纷[1]88件。", 88),
        ("调解纠纷88件[1]。", 88),
    ],
)
def test_note_marks_belong_to_no_number(text: str, value: int) -> None:
    assert amounts(text) == [(value, "件")]


def test_items_in_circles_and_numbers_of_documents_are_no_note_marks() -> None:
    assert as_read("①走访农户；②印发〔2024〕15号文件；面积120m²") == "①走访农户；②印发〔2024〕15号文件；面积120m²"


# --- tables ---------------------------------------------------------------------------------------------------------


def test_a_cell_is_read_with_the_headings_of_its_row_and_column() -> None:
    text = "统计如下。\n事项\t受理（件）\t办结率（%）\n行政复议\t12\t100\n矛盾纠纷\t163\t98.5\n"
    assert readings(text)[-2:] == [
        "行政复议受理12件，行政复议办结率100%。",
        "矛盾纠纷受理163件，矛盾纠纷办结率98.5%。",
    ]
    last = split_passages(text)[-1]
    assert text[last.start : last.end] == "矛盾纠纷\t163\t98.5"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("单位：件\n事项\t受理\t办结\n复议\t12\t10", "复议受理12件，复议办结10件。"),
        ("| 事项 | 受理（件） |\n|---|---|\n| 复议 | 12 |", "复议受理12件。"),
        ("事项　　受理（件）　　办结（件）\n复议　　12　　10", "复议受理12件，复议办结10件。"),
        ("年度\t受理（件）\n2023\t9\n2024\t12", "2024年受理12件。"),
        ("序号\t事项\t数量\n1\t复议（件）\t12", "复议数量12件。"),
        ("\t受理（件）\t备注\n复议\t12\t均办结", "复议受理12件，备注：均办结。"),
        (
            "行政复议\t行政复议\t诉讼\n受理（件）\t办结（件）\t应诉（件）\n12\t10\t3",
            "行政复议受理12件，行政复议办结10件，诉讼应诉3件。",
        ),
        ("受理（件）\t163\n办结（件）\t160", "办结160件。"),
    ],
)
def test_units_stand_in_the_header_the_row_or_above_the_table(table: str, said: str) -> None:
    assert readings(table + "\n")[-1] == said


def test_a_table_without_numbers_is_left_as_it_is() -> None:
    text = "站点\t负责人\n调解室\t张三\n"
    assert readings(text) == ["站点\t负责人", "调解室\t张三"]
