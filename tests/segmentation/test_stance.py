"""What the passages of a report tell: done, planned, lacking; it was learned, so another hand's are counted."""

from __future__ import annotations

import json

import pytest
from folders import TESTS

from xiangwen.language.as_read import on_one_line
from xiangwen.reports import read_folder
from xiangwen.segmentation.passages import Stance, split_passages
from xiangwen.segmentation.stance import TOLD, stances
from xiangwen.training.stances import read_runs


def read(text: str, year: int = 2024) -> dict[str, Stance]:
    """The stance of each passage of a report's text, by its words."""
    passages = split_passages(text)
    told = stances(text, passages, year)
    return {on_one_line(text[p.start : p.end]): stance for p, stance in zip(passages, told, strict=True)}


def test_shortcomings_are_found_under_headings_in_plain_words() -> None:
    told = read("一、做了哪些事\n调解纠纷12件。\n二、还差在哪里\n律师一年只来四趟。\n三、来年怎么走\n再签约2名律师。\n")
    assert told["调解纠纷12件。"] == "done"
    assert told["律师一年只来四趟。"] == "shortcoming"
    assert told["再签约2名律师。"] == "plan"


def test_plans_end_the_shortcomings_of_a_shared_section() -> None:
    told = read("一、差距和打算\n不足：执法船只有1条；北斗没有装齐。明年：申请新执法船1条；北斗六月前装完。\n")
    assert told["北斗没有装齐。"] == "shortcoming"
    assert told["北斗六月前装完。"] == "plan"


def test_each_shortcoming_may_be_followed_by_its_plan() -> None:
    told = read("一、存在的问题\n（一）执法人员少。下一步，将招考2名。\n（二）普法形式单一。下一步，将拍短视频。\n")
    assert told["（二）普法形式单一。"] == "shortcoming"
    assert told["下一步，将拍短视频。"] == "plan"


def test_a_list_of_shortcomings_needs_no_heading() -> None:
    told = read("今年化解纠纷80件。毛病也不少：一是调解卷宗不全；二是没有专项经费。\n全年普法20场。\n")
    assert told["二是没有专项经费。"] == "shortcoming"
    assert told["全年普法20场。"] == "done"


def test_problems_of_residents_that_were_solved_are_no_shortcomings() -> None:
    told = read("一、聚焦突出问题，化解矛盾\n解决群众反映的困难问题：一是修路3公里；二是补发工资5万元。\n")
    assert set(told.values()) == {"done"}


def test_a_short_first_sentence_announces_what_its_paragraph_tells() -> None:
    told = read(
        "今年镇里的法治工作报告如下。\n先说学法。班子集中学法6次，旁听庭审1次。\n再说执法。办案23件，罚款3.2万元，没有复议。\n"
        "再说调解。受理纠纷96件，调成91件。\n再说普法。进村宣讲20场，发放资料3,000份。\n"
        "检讨。写文书的人只有1名。装备旧，记录仪坏了两台。\n明年的想法。再招2名执法人员。把记录仪配齐。\n"
    )
    assert told["受理纠纷96件，调成91件。"] == "done"
    assert told["写文书的人只有1名。"] == "shortcoming"
    assert told["再招2名执法人员。"] == told["把记录仪配齐。"] == "plan"


def test_a_sentence_that_plans_ends_the_shortcomings_of_a_section_on_both() -> None:
    told = read(
        "一、主要工作\n全年调解纠纷120件。\n二、存在的不足和下一步打算\n一是执法人员不足，业务不熟。二是普法形式单一。\n"
        "2025年，我们拟从两个方面改进：一是增配执法人员3名；二是每季度拍摄普法短视频1期。\n特此报告。\n青石镇人民政府\n"
    )
    assert told["二是普法形式单一。"] == "shortcoming"
    assert told["2025年，我们拟从两个方面改进：一是增配执法人员3名；"] == "plan"
    assert told["二是每季度拍摄普法短视频1期。"] == "plan"
    assert told["特此报告。"] == told["青石镇人民政府"] == "done"


@pytest.mark.parametrize(
    "sentence",
    ["年初计划培训40人次，实际培训52人次。", "按照“八五”普法工作计划，开展宣讲36场。", "将行政复议纳入考核。"],
)
def test_a_deed_that_speaks_of_plans_is_no_plan(sentence: str) -> None:
    told = read(f"一、主要工作\n全年调解纠纷120件。\n{sentence}\n受理信访46批次。\n二、存在的问题\n执法人员少。\n")
    assert told[sentence] == "done"


def test_passages_that_another_hand_labelled_are_told_as_it_did() -> None:
    lines = (TESTS / "segmentation" / "stances_of_another_hand.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    right = 0
    for report in read_folder(TESTS / "reports_dev").reports:
        passages = split_passages(report.text)
        told = stances(report.text, passages, report.metadata.year)
        of = {(p.start, p.end): stance for p, stance in zip(passages, told, strict=True)}
        right += sum(of[row["start"], row["end"]] == row["told"] for row in rows if row["file"] == report.file)
    assert right >= 0.95 * len(rows)


def test_every_labelled_passage_stands_in_its_report() -> None:
    runs = list(read_runs(TESTS / "learning"))  # a ValueError names the passage that its report does not have
    rows = [row for run in runs for row in run.rows if row.checked]
    assert len(rows) > 3_000
    assert {row.told for row in rows} == set(TOLD)
