"""Ranks, sums and bounds answered from the ledger, where a question asks for one of its columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from xiangwen.answers.assistant import Assistant
from xiangwen.encoding.bundled import BundledEncoder
from xiangwen.index import Index, build
from xiangwen.ledger.asked import asked_model
from xiangwen.ledger.weights import weights


@pytest.fixture(scope="module")
def assistant(index: Index) -> Assistant:
    return Assistant(index)


def test_what_was_learnt_is_of_the_encoder_that_ships(encoder: BundledEncoder) -> None:
    assert weights().meanings.encoder == asked_model().encoder == encoder.fingerprint


def test_of_another_encoder_no_indicator_is_known_and_the_sentences_are_read(index: Index, index_dir: Path) -> None:
    other = Index.load(index_dir)
    other.encoder, other.model_fingerprint = index.encoder, "another one of as many dimensions"
    answer = Assistant(other).ask("哪个乡镇发放的宣传资料最多？")
    assert answer.answered and not answer.text.startswith("台账")


@pytest.mark.parametrize(
    ("question", "indicator"),
    [
        ("哪个乡镇发放的宣传资料最多？", "leaflets"),
        ("Which township handed out the most leaflets?", "leaflets"),
        ("哪个乡镇的土地流转合同审得最多？", None),
        ("哪个乡镇的人口最多？", None),
        ("哪里的图书馆藏书最多", None),
        ("How many bridges does each town have?", None),
    ],
)
def test_a_column_is_asked_for_as_a_whole_only_where_the_question_says_nothing_narrower(
    index: Index, question: str, indicator: str | None
) -> None:
    asked = asked_model().asked(question, index.vector(question))
    assert (asked.id if asked and asked.whole else None) == indicator


def test_a_rank_says_first_on_how_many_reports_it_rests(assistant: Assistant) -> None:
    answer = assistant.ask("哪个乡镇发放的宣传资料最多？")
    first = answer.text.splitlines()[0]
    given = sum(verdict.value is not None for verdict in answer.verdicts)
    assert first == f"台账「发放宣传资料份数」：来自 {given}/5 份报告；{5 - given} 份未给出"
    assert len(answer.verdicts) == 5


def test_its_values_are_the_cells_and_its_citations_hold_them(assistant: Assistant, index: Index) -> None:
    answer = assistant.ask("哪个乡镇发放的宣传资料最多？")
    cells = {
        index.reports[number].id: [c.value for c in index.ledger.of_report(number) if c.indicator == "leaflets"]
        for number in range(len(index.reports))
    }
    shown = [verdict for verdict in answer.verdicts if verdict.value]
    assert shown
    for verdict in shown:
        assert verdict.value
        figures = verdict.value.parts or (verdict.value.text,)
        assert verdict.value.number in (sum(cells[verdict.report]), *cells[verdict.report])
        quotes = [c.quote for c in answer.citations if c.n in verdict.citations]
        assert all(any(figure in quote for quote in quotes) for figure in figures)


def test_a_part_of_a_narrower_name_does_not_stand_for_its_whole(assistant: Assistant) -> None:
    figure = assistant.ask("哪个乡镇开出的行政处罚件数最多？").figure
    assert figure is not None and figure.text == "205件"  # and not its 林业行政处罚14件


def test_the_number_of_the_year_before_is_no_cell_and_is_read_as_before(assistant: Assistant) -> None:
    answer = assistant.ask("哪个乡镇上一年发放的宣传资料最多？")
    assert not answer.text.startswith("台账")


def test_a_number_that_no_sentence_surely_gives_is_taken_from_its_cell(assistant: Assistant, index: Index) -> None:
    report = next(n for n, report in enumerate(index.reports) if report.metadata.township == "万灵镇")
    cells = [c for c in index.ledger.of_report(report) if c.indicator == "leaflets" and c.state == "done"]
    answer = assistant.ask("万灵镇派发到老百姓手里的纸片子总共几份？")
    assert answer.figure is not None and answer.figure.number == max(cells, key=lambda c: c.confidence).value


def test_a_column_that_no_report_fills_is_not_made_up_of_other_numbers(tmp_path: Path, encoder: BundledEncoder) -> None:
    for n, name in enumerate("甲乙丙丁戊己庚辛壬癸"):
        heading = f"{name}山镇2024年法治政府建设年度报告\n一、主要成效\n"
        report = f"{heading}接到热线转来的案件{20 + n}件，召开纠纷分析会{n + 2}次。\n"
        (tmp_path / f"{n}.txt").write_text(report, encoding="utf-8")
    build(tmp_path, tmp_path / "index", encoder=encoder)
    assert not Assistant(Index.load(tmp_path / "index")).ask("行政处罚案件数最多的是哪里？").answered
