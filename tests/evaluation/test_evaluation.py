"""Evaluation: figures computed by hand on a few constructed answers, honest confidence, the baseline, the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from folders import TESTS
from typer.testing import CliRunner

from xiangwen.cli import app
from xiangwen.evaluation import EvaluationProblem, Gold, reliability
from xiangwen.evaluation.baseline import compare_with_baseline, load, save
from xiangwen.evaluation.gold import read_answers, read_gold
from xiangwen.evaluation.reliability import calibration_error, said_surely
from xiangwen.evaluation.scoring import FIGURES, Figures, check_all, check_answer, figures_of, says_number
from xiangwen.evaluation.suite import Suite, ask_all, assistant_over, report_texts
from xiangwen.evaluation.tables import split_text

SUITE = TESTS / "questions" / "sets.toml"
EXAMPLE = TESTS / "evaluation_example"

TEXTS = {
    "a.txt": "甲乡调解纠纷163件，聘请法律顾问1名。",
    "b.txt": "乙镇调解纠纷20件。没有行政复议案件。",
    "c.txt": "丙街道开展普法宣传。",
}


def gold(kind: str, **more: Any) -> Gold:
    return Gold.from_row({"id": "q", "type": kind, "lang": "zh", "question": "？", **more})


def cite(file: str, quote: str) -> dict[str, Any]:
    start = TEXTS[file].index(quote)
    return {"n": 1, "file": file, "start": start, "end": start + len(quote), "quote": quote}


def answer(text: str = "", *citations: dict[str, Any], verdicts: Any = (), answered: bool = True) -> dict[str, Any]:
    said = [{"file": file, "verdict": word, "confidence": p, "value": value} for file, word, p, value in verdicts]
    return {"id": "q", "text": text, "citations": list(citations), "verdicts": said, "answered": answered}


def score(gold: list[Gold], answers: list[dict[str, Any]], texts: dict[str, str] = TEXTS) -> Figures:
    return figures_of(check_all(texts, gold, answers))


def figures(question: Gold, said: dict[str, Any]) -> Figures:
    return score([question], [said])


def rates(question: Gold, said: dict[str, Any]) -> dict[str, float]:
    return {name: share.rate for name, share in figures(question, said).rates.items()}


NUMBER = gold("number", evidence=[{"file": "a.txt", "quote": "调解纠纷163件"}], values=["163件"])
WHICH = gold("which", yes=["a.txt", "b.txt"])


def test_a_number_needs_its_evidence_and_its_value() -> None:
    said = answer("163 件[1]", cite("a.txt", "甲乡调解纠纷163件"), cite("b.txt", "没有行政复议案件"))
    assert rates(NUMBER, said) == {"clean": 0.5, "exact": 1, "found": 1, "kept": 1, "values": 1}
    assert figures(NUMBER, said).right_all.rate == 1
    assert check_answer(TEXTS, NUMBER, answer("16件", cite("a.txt", "甲乡调解"))).faults == (
        "evidence found 0 of 1",
        "value 163件 is not in the text",
    )


def test_a_citation_finds_a_quote_from_sixty_percent_on() -> None:
    question = gold("fact", evidence=[{"file": "b.txt", "quote": "没有行政复议案件。乙"[:8] + "。"}])  # nine characters
    assert rates(question, answer("", cite("b.txt", "有行政复议案件")))["found"] == 1  # 7 of 9
    assert rates(question, answer("", cite("b.txt", "政复议案件")))["found"] == 0  # 5 of 9


def test_a_quote_that_is_no_slice_is_a_fault() -> None:
    moved = {**cite("a.txt", "甲乡调解纠纷163件"), "start": 1}
    assert check_answer(TEXTS, NUMBER, answer("163件", moved)).faults == (
        "quote is not text[start:end]: 甲乡调解纠纷163件",
    )
    elsewhere = {**cite("a.txt", "甲乡"), "file": "missing.txt"}
    assert rates(NUMBER, answer("163件", elsewhere))["exact"] == 0


def test_lists_need_most_of_the_evidence_and_comparisons_all() -> None:
    quotes = [{"file": "a.txt", "quote": "聘请法律顾问1名"}, {"file": "a.txt", "quote": "调解纠纷163件"}]
    half = answer("", cite("a.txt", "聘请法律顾问1名"))
    whole = answer("", cite("a.txt", "调解纠纷163件，聘请法律顾问1名"))
    assert not check_answer(TEXTS, gold("list", evidence=quotes), half).right
    assert not check_answer(TEXTS, gold("compare", evidence=quotes), half).right
    assert check_answer(TEXTS, gold("fact", evidence=quotes), half).right
    assert all(check_answer(TEXTS, gold(kind, evidence=quotes), whole).right for kind in ("list", "compare", "summary"))


def test_which_is_scored_by_its_list() -> None:
    said = answer(verdicts=[("a.txt", "partial", 0.7, None), ("c.txt", "yes", 0.9, None), ("b.txt", "no", 0.8, None)])
    assert rates(WHICH, said) == {"complete": 1, "kept": 1, "which F1": 0.5, "which P": 0.5, "which R": 0.5}
    assert check_answer(TEXTS, WHICH, said).faults == ("missed ['b.txt'], wrongly said ['c.txt']",)


def test_a_report_without_a_verdict_or_with_two_is_a_fault() -> None:
    both = [("a.txt", "yes", 0.9, None), ("b.txt", "yes", 0.9, None)]
    assert rates(WHICH, answer(verdicts=both))["complete"] == 0
    assert rates(WHICH, answer(verdicts=[*both, ("c.txt", "silent", 0.9, None)]))["complete"] == 1
    assert rates(WHICH, answer(verdicts=[*both, ("c.txt", "silent", 0.9, None)] * 2))["complete"] == 0
    narrowed = gold("which", yes=["a.txt"], scope=["a.txt"])
    assert rates(narrowed, answer(verdicts=both[:1]))["complete"] == 1


def test_where_no_report_says_yes_an_empty_list_is_right() -> None:
    none = gold("which", yes=[])
    silent = [(file, "silent", 0.9, None) for file in TEXTS]
    assert rates(none, answer(verdicts=silent))["which F1"] == 1


def test_a_ranking_is_judged_by_its_first_value() -> None:
    question = gold("which_number", yes=["a.txt"], values=["163件"])
    value = {"number": 163, "unit": "件", "text": "163件"}
    rest = [("b.txt", "yes", 0.9, value), ("c.txt", "silent", 0.9, None)]
    assert check_answer(TEXTS, question, answer("163件", verdicts=[("a.txt", "yes", 0.9, value), *rest])).right
    unordered = answer("163件", verdicts=[("a.txt", "yes", 0.9, None), *rest])
    assert rates(question, unordered)["top"] == 0


def test_refusing_is_right_only_where_nothing_answers() -> None:
    refusal = answer("报告中没有写到。", answered=False)
    assert rates(gold("unanswerable"), refusal) == {"abstain": 1}
    assert rates(gold("offtopic"), answer("", cite("a.txt", "甲乡"), answered=False)) == {"abstain": 0, "exact": 1}
    assert rates(NUMBER, refusal)["kept"] == 0


def test_a_question_without_an_answer_line_is_wrong() -> None:
    assert score([NUMBER], []).wrong == ("q",)
    assert not check_answer(TEXTS, gold("unanswerable"), None).right


@pytest.mark.parametrize(
    ("value", "text", "language", "said"),
    [
        ("1,200人", "共１２００ 人", "zh", True),
        ("20人", "20 people", "en", True),
        ("20人", "20 people", "zh", False),
        ("20人", "120 people, 20.5 %", "en", False),
        ("0.9万元", "0.9万元", "zh", True),
    ],
)
def test_a_value_is_said_with_its_unit_or_bare_in_english(value: str, text: str, language: str, said: bool) -> None:
    assert says_number(value, text, language) is said


def test_any_derived_value_stands_for_the_values() -> None:
    question = gold("compare", evidence=[], values=["163件", "20件"], values_any=["143件"])
    assert rates(question, answer("多143件"))["values"] == 1
    assert rates(question, answer("163件"))["values"] == 0.5


def test_a_gold_quote_that_is_not_in_its_report_stops_the_scoring() -> None:
    with pytest.raises(EvaluationProblem, match=r"a\.txt"):
        check_answer(TEXTS, gold("fact", evidence=[{"file": "a.txt", "quote": "没有的话"}]), answer())


def test_figures_by_type_and_language() -> None:
    questions = [
        Gold.from_row({"id": 1, "type": "unanswerable", "lang": "zh", "question": "？"}),
        Gold.from_row({"id": 2, "type": "unanswerable", "lang": "en", "question": "?"}),
        Gold.from_row({"id": 3, "type": "offtopic", "lang": "en", "question": "?"}),
    ]
    answers = [{**answer(answered=False), "id": 1, "timing_ms": {"total": 4.0}}, {**answer(answered=False), "id": "3"}]
    result = score(questions, answers)
    assert result.to_dict() == {
        "abstain": 0.6667,
        "right": {"offtopic": "1/1", "unanswerable": "1/2"},
        "right_by_lang": {"en": "1/2", "zh": "1/1"},
        "right_all": 0.6667,
        "wrong": ["2"],
        "median_ms": 4.0,
    }


def test_stored_answers_have_the_stored_figures(seeds: Path) -> None:
    """Real answers of an earlier version, with the figures that an independent script gave them."""
    expected = json.loads((EXAMPLE / "figures.json").read_text(encoding="utf-8"))
    questions = {g.id: g for name in ("seeds_zh", "seeds_en") for g in read_gold(SUITE.with_name(f"{name}.jsonl"))}
    answers = read_answers(EXAMPLE / "answers.jsonl")
    result = score([questions[a["id"]] for a in answers], answers, report_texts(seeds)).to_dict()
    assert {name: result[name] for name in expected} == expected
    assert set(FIGURES) <= set(expected), "the example is to show every figure"


def test_of_the_verdicts_said_with_nine_tenths_nine_in_ten_are_right() -> None:
    nine = [check_answer(TEXTS, gold("which", yes=["a.txt"]), answer(verdicts=[("a.txt", "yes", 0.95, None)]))] * 9
    tenth = check_answer(TEXTS, gold("which", yes=["a.txt"]), answer(verdicts=[("c.txt", "yes", 1.0, None)]))
    doubtful = check_answer(TEXTS, gold("which", yes=["a.txt"]), answer(verdicts=[("a.txt", "no", 0.2, None)]))
    bins = reliability([*nine, tenth, doubtful])
    assert [(b.low, b.high, str(b.right)) for b in bins] == [(0.0, 0.5, "0/1"), (0.9, 1.0, "9/10")]
    assert said_surely(bins).rate == 0.9
    assert (str(bins[1].said_yes), str(bins[1].said_not)) == ("9/10", "0/0")
    assert calibration_error(bins) == pytest.approx((0.2 * 1 + abs(0.955 - 0.9) * 10) / 11)


def test_reliability_counts_only_verdicts_in_scope_on_which_questions() -> None:
    said = answer(verdicts=[(file, "yes", 0.9, None) for file in TEXTS])
    assert reliability([check_answer(TEXTS, gold("which_number", yes=["a.txt"]), said)]) == ()
    narrowed = check_answer(TEXTS, gold("which", yes=["a.txt"], scope=["a.txt", "c.txt"]), said)
    assert str(reliability([narrowed])[0].right) == "1/2"


def test_the_baseline_tells_better_from_worse(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    assert load(file) == {}
    before = figures(NUMBER, answer("163件"))
    save(file, {"set": before})
    now = figures(NUMBER, answer("", cite("a.txt", "甲乡调解纠纷163件")))
    comparison = compare_with_baseline(now, load(file)["set"])
    assert {c.figure: c.direction for c in comparison.changes} == {
        "clean": "new",
        "exact": "new",
        "found": "better",
        "kept": "same",
        "values": "worse",
        "right number": "same",
        "right zh": "same",
        "right_all": "same",
    }
    assert compare_with_baseline(
        figures(NUMBER, answer("163件", cite("a.txt", "甲乡调解纠纷163件"))), load(file)["set"]
    ).mended == ("q",)


def test_a_broken_baseline_is_named(tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvaluationProblem, match=r"baseline\.json"):
        load(tmp_path / "baseline.json")


def test_no_reporting_question_was_fitted_on() -> None:
    split = Suite.read(SUITE).split
    assert split.shared_questions == 0
    assert split.reporting_questions == 547
    said = split_text(split)
    assert "Split by question: 0 of the 547" in said
    assert "on unseen reports: " in said, "the fit is to leave its figures on unseen reports beside its weights"


def test_every_gold_quote_is_in_its_report() -> None:
    for question_set in Suite.read(SUITE).sets:
        assert len(check_all(report_texts(question_set.reports), question_set.gold, [])) == len(question_set.gold)


def test_the_kept_baseline_has_every_set() -> None:
    suite = Suite.read(SUITE)
    assert set(load(suite.baseline)) == {s.name for s in suite.sets}


def test_evaluate_prints_figures_and_each_miss_with_its_evidence(index_dir: Path, seeds: Path, tmp_path: Path) -> None:
    lines = SUITE.with_name("seeds_zh.jsonl").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "some.jsonl"
    impossible = {**json.loads(lines[0]), "id": "never", "type": "number", "values": ["987654件"]}
    file.write_text("\n".join([*lines[:5], json.dumps(impossible, ensure_ascii=False)]), encoding="utf-8")
    arguments = ["evaluate", str(file), "--index", str(index_dir), "--reports", str(seeds)]
    shown = CliRunner().invoke(app, [*arguments, "--wrong"]).output
    assert "== some: 6 questions" in shown
    assert "never [number, zh]" in shown
    assert "value 987654件 is not in the text" in shown
    assert impossible["evidence"][0]["quote"] in shown
    assert "unseen" in shown
    row, _ = (json.loads(line) for line in CliRunner().invoke(app, [*arguments, "--json"]).output.splitlines())
    assert row["exact"] == 1
    assert "never" in row["wrong"]


def test_evaluate_scores_answers_given_before(index_dir: Path, seeds: Path, tmp_path: Path) -> None:
    questions = SUITE.with_name("seeds_en.jsonl")
    answers = tmp_path / "answers.jsonl"
    rows = ask_all(assistant_over(index_dir), read_gold(questions)[:2])
    answers.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    arguments = ["evaluate", str(questions), "--answers", str(answers), "--reports", str(seeds), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert len(json.loads(result.output.splitlines()[0])["wrong"]) >= 88


@pytest.mark.parametrize("arguments", [[], ["x.jsonl", "--suite", "y.toml"], ["x.jsonl", "--save-baseline"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["evaluate", *arguments]).exit_code == 2


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', ""])
def test_a_file_that_holds_no_gold_questions_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(EvaluationProblem, match=r"gold\.jsonl"):
        read_gold(file)
