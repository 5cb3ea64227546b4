"""What analysts say of cells wins over what was read, outlives rebuilds while its sentence stands, and teaches."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from xiangwen.answers.assistant import Assistant
from xiangwen.cli import app
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.exports.contract import cell_json, labelled_clause_json
from xiangwen.exports.ledger import ledger_to_csv
from xiangwen.exports.ledger_corrections import CorrectionRequest, labels, take_down
from xiangwen.exports.ledger_rows import LedgerCell, LedgerRequest, ledger_cells, struck_cells
from xiangwen.index import Index, build
from xiangwen.ledger.cells import CellValue
from xiangwen.ledger.corrections import FILE, CorrectionProblem, read_corrections, read_value
from xiangwen.ledger.indicators import shipped
from xiangwen.ledger.table import Table
from xiangwen.questions.request import WrongRequest, read_request
from xiangwen.training.ledger import written_document

LEAFLETS = next(i for i in shipped() if i.id == "leaflets")
TWENTY_THOUSAND = "004_8cc297b1d3bb0c62.txt"
"""Its leaflets are 2万余份."""


@pytest.fixture
def folder(index_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(index_dir, tmp_path / "index"))


def leaflets(folder: Path, file: str = TWENTY_THOUSAND) -> list[LedgerCell]:
    return [
        line
        for line in ledger_cells(Index.load(folder), LedgerRequest(indicators=("leaflets",)))
        if line.report.file == file
    ]


def values(table: Table) -> list[CellValue]:
    cells = (cell for report in range(table.reports) for cell in table.of_report(report))
    return [cell.value for cell in cells if cell.indicator == "leaflets"]


def say(folder: Path, mark: Any, **more: Any) -> None:
    said = {"report": TWENTY_THOUSAND, "indicator": "leaflets", "mark": mark, "who": "张三", **more}
    take_down(Index.load(folder), folder, CorrectionRequest(**said))


def test_another_value_stands_in_the_ledger_with_who_and_why(folder: Path) -> None:
    say(folder, "value", value="2.5万份", why="按附表")
    (line,) = leaflets(folder)
    assert (line.cell.value, line.cell.unit, line.cell.bound, line.cell.confidence) == (25000, "份", "exact", 1.0)
    said = cell_json(line)["correction"]
    assert (said["mark"], said["who"], said["why"]) == ("value", "张三", "按附表")
    assert line.quote == "发放各类宣传材料2万余份"
    assert "25000" in ledger_to_csv(
        Index.load(folder), LedgerRequest(indicators=("leaflets",))
    ) and "按附表" in ledger_to_csv(Index.load(folder), LedgerRequest())


def test_a_wrong_cell_counts_nowhere_until_that_is_taken_back(folder: Path) -> None:
    say(folder, "wrong")
    index = Index.load(folder)
    assert leaflets(folder) == [] and [line.quote for line in struck_cells(index)] == ["发放各类宣传材料2万余份"]
    assert 20000 not in values(index.ledger)
    say(folder, "undo")
    assert [line.cell.value for line in leaflets(folder)] == [20000]


def test_a_cell_that_was_not_read_is_added_at_its_words(folder: Path) -> None:
    index = Index.load(folder)
    report = next(r for r in index.reports if r.file == TWENTY_THOUSAND)
    assert not list(ledger_cells(index, LedgerRequest(indicators=("drills",), reports=(report.id,))))
    words = report.text[300:320].strip()
    say(folder, "value", indicator="drills", quote=words, value="3次")
    (line,) = ledger_cells(Index.load(folder), LedgerRequest(indicators=("drills",), reports=(report.id,)))
    assert (line.cell.value, line.cell.unit, line.quote) == (3, "次", words)


def test_it_outlives_a_rebuild_while_its_sentence_stands(
    seeds: Path, index_dir: Path, encoder: BundledEncoder, tmp_path: Path
) -> None:
    reports = Path(shutil.copytree(seeds, tmp_path / "reports"))
    folder = Path(shutil.copytree(index_dir, tmp_path / "index"))
    say(folder, "value", value="25000")
    file = reports / TWENTY_THOUSAND
    text = file.read_text("utf-8")
    file.write_text("更新版\n" + text, "utf-8")  # another id, other offsets
    build(reports, folder, encoder=encoder)
    assert [line.cell.value for line in leaflets(folder)] == [25000]
    assert leaflets(folder)[0].quote == "发放各类宣传材料2万余份"
    # What was read is what the next build takes over, not what was corrected.
    assert 20000 in values(Index.load(folder).ledger_as_read)

    file.write_text(text.replace("发放各类宣传材料2万余份", "发放各类宣传材料3万余份"), "utf-8")
    build(reports, folder, encoder=encoder)
    assert [line.cell.value for line in leaflets(folder)] == [30000]
    assert [one.quote for one in Index.load(folder).corrections_gone] == ["发放各类宣传材料2万余份"]


def test_it_goes_out_as_labelled_clauses_that_training_reads(folder: Path) -> None:
    say(folder, "wrong")
    say(folder, "right", report="000_4321f11eaae8b99e.txt")
    told = {clause.text: labelled_clause_json(clause) for clause in labels(Index.load(folder))}
    assert not told["发放各类宣传材料2万余份"]["cells"]
    right = json.loads(json.dumps(told["我乡印发法治政府建设宣传资料2000余份"]))
    assert right["cells"] == [["leaflets", 2000]] and right["above"]
    document = written_document(right["text"], right["above"], right["cells"])
    assert {"leaflets"} in document.gives


def test_which_cell_is_meant_must_be_clear(folder: Path) -> None:
    with pytest.raises(CorrectionProblem, match="400余份"):  # this report has two
        say(folder, "wrong", report="003_17ec0ea3c369c8c4.txt")
    say(folder, "wrong", report="003_17ec0ea3c369c8c4.txt", quote="400余份")
    assert [line.cell.value for line in leaflets(folder, "003_17ec0ea3c369c8c4.txt")] == [1000]
    with pytest.raises(CorrectionProblem):
        say(folder, "right", report="没有这份.txt")
    with pytest.raises(CorrectionProblem, match="谁"):
        say(folder, "right", who=" ")


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("标记应是", {"mark": "great"}),
        ("状态应是", {"state": "maybe"}),
        ("应是文字", {"report": None}),
        ("应是文字", {"value": 12}),
        ("应是文字", {"start": "0"}),
        ("500 字以内", {"why": "因" * 501}),
    ],
)
def test_what_is_no_correction_is_told_in_a_sentence(sentence: str, wrong: dict[str, Any]) -> None:
    said = {"report": TWENTY_THOUSAND, "indicator": "leaflets", "mark": "right", "who": "张三", "state": ""}
    assert read_request(CorrectionRequest, said).state is None
    with pytest.raises(WrongRequest, match=sentence):
        read_request(CorrectionRequest, {**said, **wrong})


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("12", (12, "份", "done")),
        ("1.2万份", (12000, "份", "done")),
        ("1,200 册", (1200, "册", "done")),
        ("无", (0, "份", "none")),
        ("0", (0, "份", "none")),
    ],
)
def test_a_value_is_read_as_it_is_written(words: str, value: tuple[Any, ...]) -> None:
    assert read_value(words, LEAFLETS) == value


def test_what_is_no_value_is_told(folder: Path) -> None:
    with pytest.raises(CorrectionProblem, match="很多"):
        say(folder, "value", value="很多")


def test_a_damaged_line_is_left_out(folder: Path) -> None:
    say(folder, "wrong")
    with (folder / FILE).open("ab") as file:
        file.write('{"mark": "right"}\n[]\n\xff\n{"half'.encode("latin-1"))
    say(folder, "undo")
    assert [one.mark for one in read_corrections(folder)] == ["wrong", "undo"]


def test_the_commands(folder: Path) -> None:
    runner = CliRunner()
    where = ["--index", str(folder)]
    done = runner.invoke(app, ["correct", TWENTY_THOUSAND, LEAFLETS.zh, "--value", "25000份", "--who", "李四", *where])
    assert done.exit_code == 0, done.output
    assert runner.invoke(app, ["correct", TWENTY_THOUSAND, "leaflets", *where]).exit_code == 2
    assert "李四" in runner.invoke(app, ["corrections", *where]).output
    (row,) = json.loads(runner.invoke(app, ["corrections", "--json", *where]).output)
    assert (row["value"], row["who"], row["township"]) == (25000, "李四", "万灵镇")
    label = json.loads(runner.invoke(app, ["corrections", "--labels", *where]).output)
    assert label["cells"] == [["leaflets", 25000]]


def test_a_corrected_number_is_the_answer_and_is_called_corrected(folder: Path) -> None:
    say(folder, "value", value="2.5万份", why="按附表")
    assistant = Assistant(Index.load(folder))
    of_one = assistant.ask("万灵镇发放了多少份宣传资料？")
    assert of_one.figure is not None and of_one.figure.text == "25000份（更正）"
    most = assistant.ask("哪个乡镇发放的宣传资料最多？")
    assert most.figure is not None and most.figure.text == "25000份（更正）"
