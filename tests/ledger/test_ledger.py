"""The ledger: cells of the five reports, kept in the index, printed and written as they are."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from xiangwen.cli import app
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.exports.contract import LedgerCellJson, cell_json, discrepancy_json
from xiangwen.exports.ledger import ledger_to_csv, ledger_to_xlsx
from xiangwen.exports.ledger_checks import Figure, checks, discrepancies
from xiangwen.exports.ledger_rows import LedgerCell, LedgerProblem, LedgerRequest, ledger_cells
from xiangwen.index import Index, build
from xiangwen.index.storage import in_use
from xiangwen.ledger.candidates import cell_candidates, sentence_alone
from xiangwen.ledger.cells import Cell
from xiangwen.ledger.indicators import IndicatorProblem, indicators_beside, shipped
from xiangwen.ledger.table import Table
from xiangwen.reports import Report
from xiangwen.reports.metadata import Metadata

OWN = """
[[indicator]]
id = "drones"
zh = "无人机巡查次数"
en = "drone patrols"
type = "count"
units = ["次", "架次"]
is = "无人机巡查的次数"
not = "人工巡查"
examples = ["无人机巡查36次。", "出动无人机巡查120架次。", "利用无人机开展巡查15次。"]
"""


def rows(index: Index, **choice: Any) -> list[LedgerCellJson]:
    return [cell_json(line) for line in ledger_cells(index, LedgerRequest(**choice))]


def written(directory: Path) -> dict[str, bytes]:
    pointer = in_use(directory)
    assert pointer is not None
    return {path.name: path.read_bytes() for path in sorted((directory / pointer[0] / "ledger").iterdir())}


def test_sixty_indicators_and_more_each_with_three_example_sentences() -> None:
    assert len(shipped()) >= 60
    assert all(len(indicator.examples) == 3 and indicator.counts for indicator in shipped())
    assert len({indicator.id for indicator in shipped()}) == len(shipped())


def test_every_quote_is_the_slice_of_its_report(index: Index) -> None:
    texts = {report.id: report.text for report in index.reports}
    found = rows(index)
    assert len(found) > 40
    assert all(texts[row["report"]][row["start"] : row["end"]] == row["quote"] for row in found)


def test_cells_carry_value_unit_bound_and_state(index: Index) -> None:
    found = {(row["file"][:3], row["value"], row["unit"], row["bound"]) for row in rows(index, indicators=["leaflets"])}
    assert ("000", 2000, "份", "at_least") in found
    assert ("004", 20000, "份", "at_least") in found


def test_choosing_by_county_year_and_indicator(index: Index) -> None:
    years = {row["year"] for row in rows(index, years=[2023])}
    assert years == {2023}
    county = rows(index)[0]["county"]
    assert {row["county"] for row in rows(index, counties=[county])} == {county}
    assert rows(index, indicators=["发放宣传资料份数"]) == rows(index, indicators=["leaflets"])
    with pytest.raises(LedgerProblem):
        rows(index, indicators=["没有的指标"])


def test_the_workbook_opened_again_equals_the_cells(index: Index, tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_bytes(ledger_to_xlsx(index, LedgerRequest()))
    book = load_workbook(tmp_path / "台账.xlsx")
    assert book.sheetnames == ["台账", "原文", "覆盖"]
    listed = list(book["原文"].iter_rows(min_row=2, values_only=True))
    expected = rows(index)
    assert len(listed) == len(expected)
    for shown, row in zip(listed, expected, strict=True):
        assert (shown[0], shown[1], shown[11], shown[12], shown[13]) == tuple(
            row[key] for key in ("report", "file", "quote", "start", "end")
        )
        if isinstance(row["value"], int | float) and not isinstance(row["value"], bool):
            assert shown[6] == row["value"]
    table = list(book["台账"].iter_rows(values_only=True))
    assert [row[3] for row in table[1:]] == [report.file for report in index.reports]
    column = table[0].index("发放宣传资料份数")
    assert [row[column] is not None for row in table[1:]] == [
        any(r["file"] == report.file and r["indicator"] == "leaflets" for r in expected) for report in index.reports
    ]


def test_csv_has_a_line_a_cell_and_no_formula(index: Index) -> None:
    text = ledger_to_csv(index, LedgerRequest(indicators=("leaflets",)))
    assert text.startswith("\ufeffreport,file,township")
    assert len(text.split("\r\n")) == len(rows(index, indicators=["leaflets"])) + 2


def test_the_command_prints_the_contract_as_json(index_dir: Path) -> None:
    result = CliRunner().invoke(app, ["ledger", "--index", str(index_dir), "--indicator", "leaflets", "--json"])
    assert result.exit_code == 0
    cell = json.loads(result.stdout)[0]
    assert list(cell) == [
        "report", "file", "township", "county", "year", "indicator", "value", "unit", "bound", "state", "part", "quote",
        "start", "end", "confidence",
    ]  # fmt: skip


def test_an_added_report_leaves_the_cells_of_the_others_as_a_fresh_build_has_them(
    seeds: Path, tmp_path: Path, encoder: BundledEncoder
) -> None:
    folder, files = tmp_path / "reports", sorted(seeds.glob("*.txt"))
    folder.mkdir()
    for file in files[:2]:
        shutil.copy(file, folder)
    build(folder, tmp_path / "index", encoder=encoder)
    shutil.copy(files[2], folder)
    with pytest.MonkeyPatch.context() as patch:
        read: list[str] = []
        from xiangwen.index import entries

        one = entries.read_cells
        patch.setattr(entries, "read_cells", lambda report, *rest: read.append(report.file) or one(report, *rest))
        build(folder, tmp_path / "index", encoder=encoder)
    assert read == [files[2].name]
    build(folder, tmp_path / "fresh", encoder=encoder)
    assert written(tmp_path / "index") == written(tmp_path / "fresh")


def test_an_office_adds_an_indicator_in_a_file_beside_its_reports(tmp_path: Path, encoder: BundledEncoder) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    report = (
        "荣昌区万灵镇2024年法治政府建设情况报告\n一、主要工作\n发放宣传资料300份。全年无人机巡查48次，制止违建2起。\n"
    )
    (folder / "a.txt").write_text(report, encoding="utf-8")
    build(folder, tmp_path / "index", encoder=encoder)
    assert not [line for line in ledger_cells(Index.load(tmp_path / "index")) if line.indicator.id == "drones"]
    (folder / "indicators.toml").write_text(OWN, encoding="utf-8")
    result = build(folder, tmp_path / "index", encoder=encoder)
    assert not result.skipped
    found = rows(Index.load(tmp_path / "index"), indicators=["drones"])
    assert [(cell["value"], cell["unit"], cell["state"]) for cell in found] == [(48, "次", "done")]


def test_a_file_of_indicators_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "indicators.toml").write_text('[[indicator]]\nid = "x"\nzh = "某数"\ntype = "many"\n', encoding="utf-8")
    with pytest.raises(IndicatorProblem, match="count"):
        indicators_beside(tmp_path)


def test_clauses_and_numbers_of_a_sentence_are_candidates() -> None:
    found = cell_candidates(sentence_alone("排查纠纷129件，调解成功124件。"))
    assert [(c.words, c.number.value if c.number else None) for c in found] == [
        ("排查纠纷129件", None),
        ("调解成功124件", None),
        ("排查纠纷129件", 129),
        ("调解成功124件", 124),
    ]


def test_a_table_of_no_report_is_empty() -> None:
    assert len(Table.joined([], shipped()).rows) == 0


def line(indicator: str, value: float, unit: str = "件", part: bool = False, year: int = 2024) -> LedgerCell:
    known = next(i for i in shipped() if i.id == indicator)
    report = Report(f"{year}", f"{year}.txt", "", "", Metadata(township="万灵镇", county="荣昌区", year=year))
    return LedgerCell(report, known, Cell(indicator, value, unit, "exact", "done", part, 0, 1, 0, 1, 1.0), "")


def as_given(line: LedgerCell) -> Figure:
    """A cell that an analyst gave, which no sentence is read for."""
    return Figure(line, line.cell.start, None)


DISAGREEING = {
    "more_than": "全年排查矛盾纠纷120件，成功化解130件。",
    "rate": "全年受理矛盾纠纷100件，调解成功80件，调解成功率98%。",
    "parts": "排查各类矛盾纠纷200起，其中土地纠纷100起、婚姻纠纷80起、邻里纠纷60起。",
    "twice": "全镇现有行政执法人员17人。\n二、队伍建设\n全镇现有行政执法人员15人，全部持证上岗。",
}
AGREEING = (
    "化解矛盾纠纷392件，成功率98.5%，其中物业纠纷117件。",
    "受理矛盾纠纷276件，调解成功267件，当场化解率90%以上。",
    "排查矛盾纠纷96件，村上调解60件，乡上调解36件，调解率达100%，成功率94%。",
    "行政处罚立案58起，结案54起，其中“两违”类23起、市容类26起、其他9起。",
    "办理县人大代表建议21件、政协提案13件。",
    "省级民主法治示范村2个，市级9个。",
    "专职人民调解员11人，兼职人民调解员126人。",
)
TOWNS = ("万灵镇", "清河镇", "东山镇", "柳河镇", "古镛镇", "太平镇", "善感乡", "三沙镇", "安溪镇", "固新镇", "丁蜀镇")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, encoder: BundledEncoder) -> Path:
    """An index of a report for each of these sentences."""
    folder = tmp_path_factory.mktemp("checked")
    for town, words in zip(TOWNS, (*DISAGREEING.values(), *AGREEING), strict=True):
        text = f"{town}2024年法治政府建设情况报告\n\n一、主要举措\n{words}\n"
        (folder / f"{town}.txt").write_text(text, "utf-8")
    build(folder, folder / "index", encoder=encoder)
    return folder / "index"


def test_only_numbers_that_count_the_same_are_held_against_each_other(checked: Path) -> None:
    asked = checks(Index.load(checked))
    assert {q.lines[0].report.metadata.township: q.kind for q in asked} == dict(zip(TOWNS, DISAGREEING, strict=False))


def test_what_is_asked_of_some_reports_is_what_is_asked_of_all_about_them(checked: Path) -> None:
    index = Index.load(checked)
    every = checks(index)
    for indicators in ((), ("disputes_found",), ("officers",)):
        choice = LedgerRequest(indicators=indicators, levels=("镇",), years=(2024,))
        touched = [q for q in every if not indicators or any(c.indicator.id in indicators for c in q.lines)]
        assert checks(index, choice) == touched
    assert checks(index, LedgerRequest(years=(2023,))) == []


def test_a_question_is_put_in_english_too() -> None:
    rate = [line("settled_rate", 100, "%"), line("disputes_settled", 90), line("disputes_found", 100)]
    (asked,) = discrepancies(rate, as_given)
    assert asked.sentence == "矛盾纠纷化解（调解成功）率写为 100%，按 90件／100件 算是 90.0%：口径是否不同？"
    assert re.search(r"is given as 100%, but 90件 of 100件 are 90\.0%: .*\?$", asked.told("en"))


def test_against_the_year_before_ten_times_as_much_or_exactly_the_same_is_asked() -> None:
    tenfold = [line("leaflets", 900, "份"), line("leaflets", 90, "份", year=2023)]
    assert [q.kind for q in discrepancies(tenfold, as_given)] == ["tenfold"]
    same = [line("leaflets", 900, "份"), line("leaflets", 900, "份", year=2023)]
    assert [q.kind for q in discrepancies(same, as_given)] == ["same_as_last_year"]


def test_a_question_names_both_numbers_with_their_quotes_and_takes_no_side(index: Index) -> None:
    asked = checks(index)
    texts = {report.id: report.text for report in index.reports}
    for question in asked:
        row = discrepancy_json(question)
        assert row["question"].endswith("？") and len(row["cells"]) >= 2
        assert all(texts[cell["report"]][cell["start"] : cell["end"]] == cell["quote"] for cell in row["cells"])
    twice = [discrepancy_json(q) for q in asked if q.kind == "twice"]
    assert ["发放宣传资料400余份", "发放宣传资料1000余份"] in [[c["quote"] for c in row["cells"]] for row in twice]


def test_several_events_of_a_year_are_no_contradiction() -> None:
    first, second = line("publicity", 6, "场"), line("publicity", 17, "场")
    told = [replace(first, quote="水利站开展宣讲6场"), replace(second, quote="5月在银潭村等地巡演17场")]
    assert discrepancies(told, as_given) == []


def test_the_checks_are_printed_and_come_as_json(index_dir: Path) -> None:
    runner = CliRunner()
    told = runner.invoke(app, ["ledger", "--checks", "--index", str(index_dir)])
    assert told.exit_code == 0 and "对不上不等于有错" in told.stdout and "1000余份" in told.stdout
    rows = json.loads(runner.invoke(app, ["ledger", "--checks", "--json", "--index", str(index_dir)]).stdout)
    assert {row["kind"] for row in rows} >= {"twice"}
    assert runner.invoke(app, ["ledger", "--checks", "--csv", "--index", str(index_dir)]).exit_code == 2


def test_a_county_that_no_report_is_of_is_told_so(index_dir: Path) -> None:
    told = CliRunner().invoke(app, ["ledger", "--index", str(index_dir), "--county", "火星县"])
    assert told.exit_code == 0 and "没有这样的报告" in told.stdout
