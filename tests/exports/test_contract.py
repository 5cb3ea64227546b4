"""Every object that goes out has just the fields of its shape, in their order, and all are in the documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from folders import ROOT

from xiangwen.answers.votes import VoteRequest, vote_of
from xiangwen.exports import contract
from xiangwen.exports.assessment import Assessment, AssessmentItem, assess
from xiangwen.exports.ledger_checks import checks
from xiangwen.exports.ledger_corrections import LabelledClause
from xiangwen.exports.ledger_rows import ALL, ledger_cells
from xiangwen.index import CheckResult, Index
from xiangwen.index.build_report import BuildReport, FileOutcome, ReportOutcome
from xiangwen.ledger.corrections import Correction
from xiangwen.milvus.publishing import Published
from xiangwen.questions.request import read_request
from xiangwen.reports import Metadata, SkippedFile

SHAPES: dict[str, type] = {
    name: shape for name, shape in vars(contract).items() if name.endswith("Json") and name != "_AnswerJson"
}
PUBLISHED = Published("milvus://here:19530/a", "a_1", 1, 3, 0.5)
SAID = Correction(
    time="2024-01-01T00:00:00+0800", who="张三", why="", mark="value",
    report="a", file="a.txt", county=None, township="万灵镇", year=2024, indicator="leaflets",
    quote="2万余份", start=3, figure=0, figure_length=4,
    value=25000, unit="份", bound="exact", state="done", part=False,
)  # fmt: skip


def built() -> BuildReport:
    read = FileOutcome("a.txt", "read", "", 0.1, (ReportOutcome("a", Metadata("万灵镇"), ("city",), 2, 3),))
    return BuildReport(1, 3, (SkippedFile("b.jpg", "不是报告"),), 0.5, files=(read,), removed=("c.txt",))


def fields(shape: type) -> list[str]:
    return list(shape.__annotations__)


def test_a_build_tells_what_became_of_every_file() -> None:
    told: Mapping[str, Any] = contract.build_json("index", "e5", built())
    assert list(told) == fields(contract.BuildJson)
    assert list(told["skipped"][0]) == fields(contract.SkippedFileJson)
    (file,) = told["files"]
    assert list(file) == fields(contract.BuiltFileJson)
    assert list(file["reports"][0]) == fields(contract.BuiltReportJson)
    assert list(file["reports"][0]["metadata"]) == fields(contract.MetadataJson)
    assert file["reports"][0]["metadata"]["township"] == "万灵镇"


def test_a_build_that_was_put_onto_milvus_tells_where() -> None:
    told: Mapping[str, Any] = contract.build_json("index", "e5", built(), PUBLISHED)
    assert list(told) == [*fields(contract.BuildJson), "store"]
    assert list(told["store"]) == fields(contract.PublishedJson) and told["store"]["collection"] == "a_1"


def test_a_check_says_first_whether_all_is_well() -> None:
    told = contract.check_json("index", CheckResult(5, 349, new=("d.txt",)))
    assert list(told) == fields(contract.CheckJson) and told["ok"] is False


def test_what_people_said_goes_out_as_it_is_kept() -> None:
    correction = contract.correction_json(SAID)
    assert list(correction) == fields(contract.CorrectionJson) and correction["value"] == 25000
    vote = vote_of(read_request(VoteRequest, {"rating": "up", "question": "a", "answer": "b"}), "build-1")
    assert list(contract.vote_json(vote)) == fields(contract.VoteJson)
    clause = contract.labelled_clause_json(LabelledClause("2万余份", ("一、",), (("leaflets", 20000),), "a.txt", ()))
    assert list(clause) == fields(contract.LabelledClauseJson)


def test_what_is_found_and_listed_has_its_place(index: Index) -> None:
    (hit,) = contract.search_rows(index, [(3, 0.5)])
    assert list(hit) == fields(contract.SearchHitJson)
    report = contract.report_rows(index)[0]
    assert list(report) == fields(contract.ReportJson)
    assert list(report["sections"][0]) == fields(contract.SectionJson)


def test_the_ledger_its_checks_and_pre_scores_show_cells(index: Index) -> None:
    cells = list(ledger_cells(index))
    plain = [name for name in fields(contract.LedgerCellJson) if name != "correction"]
    assert list(contract.cell_json(cells[0])) == plain
    found = contract.discrepancy_json(checks(index)[0])
    assert list(found) == fields(contract.DiscrepancyJson) and list(found["cells"][0]) == plain
    assessment = Assessment("细则", (AssessmentItem("宣传", cells[0].indicator, "has", 0, "", 2.0),))
    scored = contract.pre_score_json(assessment, next(assess(index, assessment, ALL)))
    assert list(scored) == fields(contract.PreScoreJson) and scored["full"] == 2.0
    assert list(scored["items"][0]) == fields(contract.ItemResultJson)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_field_is_in_the_documentation(shape: str) -> None:
    pages = ("answer-format", "ledger", "api")
    docs = "\n".join((ROOT / "docs" / f"{page}.md").read_text("utf-8").replace("```", "") for page in pages)
    named = {word for code in re.findall(r"`([^`]+)`", docs) for word in re.findall(r"\w+", code)}
    assert set(fields(SHAPES[shape])) <= named
