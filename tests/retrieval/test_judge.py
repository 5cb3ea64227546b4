"""The judge tells done from planned, denied and narrower, and reads the same on every machine."""

from __future__ import annotations

import json

import numpy as np
import pytest
from folders import TESTS

from xiangwen.retrieval.judge import Judge, shipped_judge

pytestmark = pytest.mark.slow


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
    rows = json.loads((TESTS / "judge_readings.json").read_text("utf-8"))
    judge = shipped_judge()
    read = [judge.probabilities(row["question"], [row["context"]], [row["sentence"]])[0] for row in rows]
    # Whole numbers inside the graph: the last digits differ from processor to processor.
    assert np.allclose(read, [row["readings"] for row in rows], atol=0.01)
