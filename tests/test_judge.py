"""The judge and what it learns from: labelled pairs, written pairs, and rewrites that know their label."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from xiangwen.retrieval.judge import Judge, shipped_judge
from xiangwen.retrieval.pair import HELD_TOPICS, LABELS, is_held, is_held_writing
from xiangwen.training import rewrites
from xiangwen.training.pairs import Pair, read_pairs, read_written

ROOT = Path(__file__).parent
FOLDERS = (ROOT.parent / "seeds", ROOT / "reports_dev")

EVERY_VILLAGE = Pair(
    wordings=("哪些乡镇为每个村都聘请了律师？",),
    english=("Which townships hire a lawyer for every village?",),
    form="which",
    place="江口县德旺乡2023",
    path=("一、主要举措和成效", "（三）公共法律服务"),
    sentence="为全乡19个行政村聘请法律顾问",
    label="yes",
    held=False,
    source="written",
)
ADVISER = replace(
    EVERY_VILLAGE, wordings=("哪些乡镇聘请了法律顾问？",), english=(), sentence="聘请专业律师担任镇政府法律顾问"
)


@pytest.fixture(scope="module")
def labelled() -> list[Pair]:
    return list(read_pairs(ROOT / "questions" / "pairs.jsonl", FOLDERS))


@pytest.fixture(scope="module")
def written() -> list[Pair]:
    return list(read_written(ROOT / "questions" / "written_pairs.jsonl"))


def test_there_are_more_than_twelve_thousand_pairs_of_every_label(labelled: list[Pair], written: list[Pair]) -> None:
    counts = Counter(pair.label for pair in (*labelled, *written))
    assert sum(counts.values()) >= 12_000
    assert all(counts[label] >= 300 for label in LABELS)


def test_what_is_held_out_is_never_trained_on(labelled: list[Pair], written: list[Pair]) -> None:
    pairs = [*labelled, *written]
    seen = {(w, p.context, p.sentence) for p in pairs if not p.held for w in p.wordings}
    held = [p for p in pairs if p.held]
    assert len(held) > len(pairs) / 5
    assert not any((w, p.context, p.sentence) in seen for p in held for w in p.wordings)
    assert all(pair.held for pair in rewrites.rewritten(held))


@pytest.mark.parametrize("topic", sorted(HELD_TOPICS))
def test_a_topic_held_out_is_held_whole(topic: str) -> None:
    files = [ROOT / "questions" / name for name in ("pairs.jsonl", "written_pairs.jsonl")]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    own = [row for row in rows if row["topic"] == topic]
    assert own and all(is_held_writing(row) if "sentences" in row else is_held(row, "001.txt") for row in own)


def test_two_labellings_agree_as_the_guideline_states() -> None:
    lines = (ROOT / "questions" / "second_pass.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    says = [[row[labelling] in ("yes", "partial") for row in rows] for labelling in ("first", "second")]
    agreement = np.mean(np.equal(*says))
    assert f"agreed in {agreement:.1%}".replace("%", " %") in (ROOT.parent / "docs" / "labelling.md").read_text("utf-8")


def test_a_plan_is_not_done() -> None:
    plan = rewrites.planned(ADVISER, Random(1))
    assert plan is not None and plan.label == "future" and plan.path[0] != ADVISER.path[0]


def test_a_denied_verb_says_the_contrary() -> None:
    denial = rewrites.denied(ADVISER, Random(1))
    assert denial is not None and denial.label == "no" and denial.sentence.endswith("聘请专业律师担任镇政府法律顾问")


def test_some_villages_are_not_every_village() -> None:
    made = {rewrites.narrower(EVERY_VILLAGE, Random(seed)) for seed in range(20)}
    assert {pair.label for pair in made if pair} == {"partial", "about"}
    assert not any("19个" in pair.sentence for pair in made if pair)


def test_another_townships_sentence_is_only_about_it() -> None:
    asked = replace(EVERY_VILLAGE, wordings=("德旺乡为每个村请律师了吗？",), english=(), form="yesno")
    other = rewrites.other_township(asked, Random(1))
    assert other is not None and other.label == "about" and "德旺" not in other.place


def test_which_township_says_so_does_not_matter_to_a_question_over_all() -> None:
    other = rewrites.renamed(EVERY_VILLAGE, Random(1))
    assert other is not None and other.label == "yes" and "德旺" not in other.place


def test_other_matters_around_a_sentence_change_nothing() -> None:
    longer = rewrites.in_a_longer_sentence(EVERY_VILLAGE, Random(1))
    assert longer is not None and longer.label == "yes" and EVERY_VILLAGE.sentence in longer.sentence


def test_the_programmes_make_the_same_pairs_every_time(labelled: list[Pair]) -> None:
    assert list(rewrites.rewritten(labelled[:2000])) == list(rewrites.rewritten(labelled[:2000]))


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


def test_the_judge_reads_a_pair_the_same_alone_and_among_others() -> None:
    judge = Judge.load()
    contexts, sentences = (
        ["江口县德旺乡2023 一、主要举措"] * 3,
        ["聘请律师1名。", "调解纠纷12件。", "开展宣传8场次。" * 9],
    )
    together = judge.probabilities("哪些乡镇聘请了律师？", contexts, sentences)
    alone = [judge.probabilities("哪些乡镇聘请了律师？", contexts[:1], [s])[0] for s in sentences]
    assert np.allclose(together, alone, atol=1e-6)


def test_every_machine_reads_the_same_from_the_adapter_that_ships() -> None:
    rows = json.loads((ROOT / "judge_readings.json").read_text("utf-8"))
    judge = shipped_judge()
    read = [judge.probabilities(row["question"], [row["context"]], [row["sentence"]])[0] for row in rows]
    # Whole numbers inside the graph: the last digits differ from processor to processor.
    assert np.allclose(read, [row["readings"] for row in rows], atol=0.01)
