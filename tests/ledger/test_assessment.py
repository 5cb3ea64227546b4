"""A pre-score by an assessment: what is shown has its quote, what is silent is to be proven, never a mark."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from xiangwen.cli import app
from xiangwen.exports.assessment import AssessmentItem, AssessmentProblem, Outcome, assess, read_assessment, result_of
from xiangwen.exports.ledger_rows import LedgerCell, LedgerRequest
from xiangwen.index import Index
from xiangwen.ledger.cells import Cell
from xiangwen.ledger.indicators import shipped
from xiangwen.reports import Report
from xiangwen.reports.metadata import Metadata

RULES = """
title = "法治政府建设考核细则（样例）"

[[item]]
indicator = "study"
rule = "学法≥6次"
points = 5

[[item]]
indicator = "government_adviser"
rule = "无法律顾问"
points = -1

[[item]]
name = "每个村（社区）都有法律顾问"
indicator = "村（社区）法律顾问覆盖"
rule = "全覆盖"
points = 3

[[item]]
indicator = "leaflets"
rule = "发放资料≥0.1万份"
points = 2
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "考核细则.toml").write_text(RULES, "utf-8")
    return tmp_path / "考核细则.toml"


def test_every_report_is_scored_and_every_mark_has_its_quote(index: Index, rules: Path) -> None:
    assessment = read_assessment(rules, index)
    assert (assessment.title, assessment.full, len(assessment.items)) == ("法治政府建设考核细则（样例）", 10, 4)
    scored = list(assess(index, assessment, LedgerRequest()))
    assert [one.report for one in scored] == list(index.reports)
    for one in scored:
        for result in one.results:
            lowest, highest = result.range
            if result.outcome in ("met", "not_met"):
                assert result.lines and lowest == highest
            if not result.lines:
                assert result.outcome == "to_prove" and lowest < highest
        assert one.range[0] <= one.shown <= one.range[1]
    leaflets = {one.report.name: one.results[3].outcome for one in scored}
    assert leaflets["万灵镇"] == "met"  # 2万余份
    study = {one.report.name: one.results[0].outcome for one in scored}
    assert study["土门关乡"] == "to_check"  # 每季度1次 says nothing of how often it was held


def test_the_command_prints_json_a_table_and_a_workbook(index_dir: Path, rules: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    asked = ["ledger", "--assess", str(rules), "--index", str(index_dir)]
    rows = json.loads(runner.invoke(app, [*asked, "--json"]).stdout)
    assert len(rows) == 5 and all(len(row["items"]) == 4 for row in rows)
    silent = [item for row in rows for item in row["items"] if not item["cells"]]
    assert silent and all((item["outcome"], item["score"]) == ("to_prove", None) for item in silent)
    told = runner.invoke(app, asked).stdout
    assert "待证明" in told and "学法≥6次" in told

    assert runner.invoke(app, [*asked, "--output", str(tmp_path / "预评分.xlsx")]).exit_code == 0
    book = load_workbook(tmp_path / "预评分.xlsx")
    table = list(book["预评分"].iter_rows(min_row=2, max_row=6, values_only=True))
    assert [(row[4], row[5], row[6]) for row in table] == [(r["shown"], r["lowest"], r["highest"]) for r in rows]
    marks = [[item["score"] for item in row["items"]] for row in rows]
    assert [[x if isinstance(x, int | float) else None for x in row[8:12]] for row in table] == marks
    quotes = {row[7] for row in book["依据"].iter_rows(min_row=2, values_only=True) if row[7]}
    assert quotes == {cell["quote"] for row in rows for item in row["items"] for cell in item["cells"]}


def cell(value: Any, unit: str = "次", **more: Any) -> LedgerCell:
    known = next(i for i in shipped() if i.id == "study")
    report = Report("a", "a.txt", "", "", Metadata(township="万灵镇", county="荣昌区", year=2024))
    plain = Cell("study", value, unit, "exact", "done", False, 0, 1, 0, 1, 1.0)
    return LedgerCell(report, known, replace(plain, **more), "中心组学法")


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ([cell(6)], "met"),
        ([cell(5)], "not_met"),
        ([], "to_prove"),
        ([cell(8, state="planned")], "to_prove"),
        ([cell(8, part=True)], "to_prove"),
        ([cell(None, "", state="lacking")], "to_check"),
        ([cell(None, "")], "to_check"),
        ([cell(5, bound="at_least")], "to_check"),
        ([cell(6, bound="at_least")], "met"),
        ([cell(6, bound="about")], "to_check"),
        ([cell(12, bound="about")], "met"),
        ([cell(80, "人")], "to_check"),
        ([cell(8, confidence=0.4)], "to_check"),
        ([cell(0, state="none")], "not_met"),
        ([cell(2), cell(7)], "met"),
        ([cell(4), cell(3)], "to_check"),
        ([cell(2), cell(3)], "not_met"),
    ],
)
def test_at_least_six_times(cells: list[LedgerCell], outcome: Outcome) -> None:
    item = AssessmentItem("学法≥6次", cell(1).indicator, ">=", 6, "次", 5)
    assert result_of(item, cells).outcome == outcome


def test_a_deduction_is_taken_only_where_the_report_itself_says_none() -> None:
    item = AssessmentItem("无法律顾问", cell(1).indicator, "none", 0, "", -1)
    assert result_of(item, [cell(0, state="none")]).range == (-1, -1)
    assert result_of(item, [cell(1)]).range == (0, 0)
    assert result_of(item, []).range == (-1, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有"),
        ("title = ", "无法读取"),
        ('[[item]]\nindicator = "study"\nrule = "≥6次"\n', "points"),
        ('[[item]]\nindicator = "nothing"\nrule = "≥6次"\npoints = 1\n', "没有指标"),
        ('[[item]]\nindicator = "study"\nrule = "很好"\npoints = 1\n', "rule"),
        ('[[item]]\nindicator = "study"\nrule = "≥1.2.3次"\npoints = 1\n', "rule"),
        ('[[item]]\nindicator = "study"\nrule = "≥6次"\npoints = nan\n', "points"),
        ('[[item]]\nindicator = "学法次"\nrule = "≥6次"\npoints = 1\n', "相近的有：领导干部学法次数"),
        ("title = 考核细则", "第 1 行写法不对，文字要加英文引号"),
        ("a = " + "[" * 20_000, "不是完整的 TOML"),
        ("a = " + "9" * 5_000, "不是完整的 TOML"),
        ('[[item]]\nindicator = "study"\nrule = "≥6次"\npoints = 1\n' * 101, "最多 100 项"),
    ],
)
def test_a_file_that_is_no_assessment_is_told_in_a_sentence(index: Index, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.toml").write_text(text, "utf-8")
    with pytest.raises(AssessmentProblem, match=said):
        read_assessment(tmp_path / "a.toml", index)


def test_an_assessment_may_be_in_the_encoding_of_older_chinese_programs(index: Index, tmp_path: Path) -> None:
    rules = 'title = "考核细则"\n[[item]]\nindicator = "study"\nrule = "≥6次"\npoints = 1\n'
    (tmp_path / "a.toml").write_bytes(rules.encode("gb18030"))
    assert read_assessment(tmp_path / "a.toml", index).title == "考核细则"


def test_an_assessment_that_is_not_there_is_told_in_a_sentence(index: Index, tmp_path: Path) -> None:
    with pytest.raises(AssessmentProblem, match=r"没有 .* 这个文件"):
        read_assessment(tmp_path / "a.toml", index)
