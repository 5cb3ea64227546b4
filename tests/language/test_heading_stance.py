"""Headings announce what their section tells; they were learned, so another hand's are counted."""

from __future__ import annotations

import json

import pytest
from folders import ROOT

from xiangwen.language.heading_stance import announced, stances_of_heading

ANOTHER_HAND = ROOT / "tests" / "segmentation" / "headings_of_another_hand.jsonl"
ANNOUNCED = {"done": set(), "lack": {"shortcoming"}, "plan": {"plan"}, "both": {"plan", "shortcoming"}}


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        ("一、2024年度推进法治政府建设的主要举措和成效", "done"),
        ("二、上一年度推进法治政府建设存在的不足和原因", "lack"),
        ("四、2025年工作思路", "plan"),
        ("二、不足与打算", "both"),
        ("二、还差在什么地方", "lack"),
        ("（三）突出问题整治", "done"),
    ],
)
def test_headings_as_offices_and_others_put_them(heading: str, label: str) -> None:
    assert stances_of_heading(heading) == ANNOUNCED[label]


def test_what_was_done_is_hardly_ever_called_planned_or_lacking() -> None:
    rows = [json.loads(line) for line in ANOTHER_HAND.read_text("utf-8").splitlines()]
    right = {label: [stances_of_heading(r["heading"]) == said for r in rows if r["label"] == label]
             for label, said in ANNOUNCED.items()}  # fmt: skip
    assert sum(right["done"]) >= 57
    assert sum(map(sum, right.values())) >= 230


def test_the_lowest_heading_speaks_but_all_under_a_plan_is_planned() -> None:
    assert announced(("二、问题与打算", "（二）下一步打算")) == {"plan"}
    assert announced(("四、下一步打算", "（一）执法力量不足的问题")) == {"plan"}
    assert announced(("一、工作成效", "（三）存在的不足")) == {"shortcoming"}
