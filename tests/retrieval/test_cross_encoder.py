"""The judge and what it learns from: the authors' reports and questions, and sentences written for it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from folders import ROOT, TESTS

from xiangwen.machine.fitted import WeightsOutdated
from xiangwen.retrieval.cross_encoder import Judge, shipped_judge
from xiangwen.retrieval.pair import LABELS, marked
from xiangwen.training.lessons import Author, authors
from xiangwen.training.pairs import HELD_REPORT, Pair, read_lessons, read_written

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def learning() -> list[Author]:
    return authors(TESTS / "learning")


@pytest.fixture(scope="module")
def lessons(learning: list[Author]) -> list[Pair]:
    return [pair for author in learning for pair in read_lessons(author, {})]


@pytest.fixture(scope="module")
def written() -> list[Pair]:
    return list(read_written(TESTS / "questions" / "written_pairs.jsonl"))


def test_every_quote_of_an_author_stands_in_the_report(learning: list[Author]) -> None:
    for author in learning:
        for lesson in author.lessons():
            assert all(mark.quote in mark.report.text for mark in lesson.marks)
        assert all(cell["quote"] in author.reports[cell["file"]].text for cell in author.cells())


def test_the_authors_wrote_more_than_six_thousand_wordings(learning: list[Author]) -> None:
    wordings = sum(len(x.chinese) + len(x.english) for author in learning for x in author.lessons())
    assert len(learning) == 10 and wordings > 6_000


def test_there_are_pairs_of_every_label(lessons: list[Pair], written: list[Pair]) -> None:
    counts = Counter(pair.label for pair in (*lessons, *written))
    assert all(counts[label] >= 300 for label in LABELS)


def test_what_is_held_out_is_never_trained_on(lessons: list[Pair], written: list[Pair]) -> None:
    pairs = [*lessons, *written]
    seen = {(pair.context, pair.sentence) for pair in pairs if not pair.held}
    held = {(pair.context, pair.sentence) for pair in pairs if pair.held and pair.source != "written"}
    assert held and not held & seen


def test_every_author_has_a_report_kept_out_of_all_training(learning: list[Author]) -> None:
    assert all(HELD_REPORT in author.reports for author in learning)


def test_of_a_question_for_a_number_the_figure_that_answers_is_marked(lessons: list[Pair]) -> None:
    figures = [pair for pair in lessons if pair.source == "figure"]
    assert all(pair.sentence.count("【") == 1 for pair in figures)
    assert {pair.label for pair in figures} == {"yes", "about"}


def test_a_marked_sentence_keeps_what_stands_around_the_figure() -> None:
    assert marked("受理129件，办结124件", 9, 13) == "受理129件，办结【124件】"


def test_two_labellings_agree_as_the_guideline_states() -> None:
    lines = (TESTS / "questions" / "second_pass.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    says = [[row[labelling] in ("yes", "partial") for row in rows] for labelling in ("first", "second")]
    agreement = np.mean(np.equal(*says))
    assert f"agreed in {agreement:.1%}".replace("%", " %") in (ROOT / "docs" / "labelling.md").read_text("utf-8")


def test_the_judge_tells_done_from_planned_denied_and_narrower() -> None:
    judge = shipped_judge()
    sentences = {
        "在各村（社区）均配备了1名法律顾问，为居民提供法律援助和法律咨询。": "一、主要举措和成效",
        "力争实现一村一法律顾问全覆盖。": "四、下一年度工作安排",
        "聘请专业律师担任镇政府法律顾问，为政府决策提供法律咨询。": "一、主要举措和成效",
        "8个行政村均没有固定法律顾问。": "二、存在的问题",
    }
    contexts = [f"荣昌区某某镇2024 {heading}" for heading in sentences.values()]
    for question in ("哪些乡镇为每个村都聘请了律师？", "Which townships hire a lawyer for every village?"):
        says = judge.probabilities(question, contexts, list(sentences))[:, :2].sum(axis=1)
        assert says[0] > max(says[1:])


def test_the_judge_tells_which_figure_is_meant() -> None:
    judge = shipped_judge()
    sentence = "全年排查矛盾纠纷129件，调解成功124件。"
    readings = [marked(sentence, *span) for span in ((8, 12), (17, 21))]
    assert readings == ["全年排查矛盾纠纷【129件】，调解成功124件。", "全年排查矛盾纠纷129件，调解成功【124件】。"]
    contexts = ["江口县德旺乡2023 一、主要举措"] * 2
    found, settled = judge.probabilities("德旺乡调解成功了多少件矛盾纠纷？", contexts, readings)[:, 0]
    assert settled > 2 * found
    asked_otherwise, _ = judge.probabilities("德旺乡排查出多少件矛盾纠纷？", contexts, readings)[:, 0]
    assert asked_otherwise > 2 * found


def test_the_judge_reads_a_pair_the_same_alone_and_among_others() -> None:
    judge = Judge.load()
    contexts, sentences = (
        ["江口县德旺乡2023 一、主要举措"] * 3,
        ["聘请律师1名。", "调解纠纷12件。", "开展宣传8场次。" * 9],
    )
    together = judge.probabilities("哪些乡镇聘请了律师？", contexts, sentences)
    alone = [judge.probabilities("哪些乡镇聘请了律师？", contexts[:1], [s])[0] for s in sentences]
    assert np.allclose(together, alone, atol=1e-6)


def test_a_judge_that_was_trained_for_other_labels_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "judge.npz", labels=np.array([*LABELS[1:], LABELS[0]]))
    with pytest.raises(WeightsOutdated, match="fitted for partial where the code has yes"):
        Judge.load(tmp_path / "judge.npz")


def test_every_machine_reads_nearly_the_same_from_what_ships() -> None:
    rows = json.loads((TESTS / "judge_readings.json").read_text("utf-8"))
    read = [shipped_judge().probabilities(row["question"], [row["context"]], [row["sentence"]])[0] for row in rows]
    # Whole numbers inside the graph, rounded twelve times: without VNNI one reading in twelve differs by .06.
    difference = np.abs(np.subtract(read, [row["reading"] for row in rows]))
    assert difference.mean() < 0.01 and difference.max() < 0.15
