"""What a question wants counted: read as a sentence of a report would be."""

from __future__ import annotations

import pytest

from xiangwen.questions.counted_asked import CountedAsked, read_counted_asked
from xiangwen.questions.quantity_asked import Range, read_quantity_asked, read_range


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("化解婚姻家庭纠纷多少件？", CountedAsked("化解婚姻家庭纠纷", "settled")),
        ("受理了多少件信访？", CountedAsked("受理信访", "intake")),
        ("有多少名人民调解员？", CountedAsked("人民调解员")),
        ("东山村调解了几件纠纷？", CountedAsked("调解纠纷", village="东山村")),
        ("How many petition cases were closed?", CountedAsked(stage="settled")),
    ],
)
def test_what_is_counted_how_far_and_whose(question: str, asked: CountedAsked) -> None:
    assert read_counted_asked(question) == asked


@pytest.mark.parametrize("question", ["调解成功率是多少？", "调解纠纷成功的比例最高的是谁？", "纠纷调成的比率是多少？"])
def test_a_rate_is_asked_for_by_its_name_or_by_what_succeeded(question: str) -> None:
    assert read_counted_asked(question).rate.endswith(("成功率", "调成率"))


def test_a_percentage_in_characters_bounds_as_one_in_digits_does() -> None:
    assert read_range("成功率在百分之九十五以上的乡镇") == read_range("成功率在95%以上的乡镇") == Range(low=95)


def test_a_bound_may_be_said_behind_the_number() -> None:
    assert read_range("200件都打不住的是哪几个乡镇") == Range(low=200, low_strict=True)


def test_months_of_a_half_year_ask_for_that_half() -> None:
    assert read_quantity_asked("1至6月办了多少件许可？").period == "half_1"
    assert read_quantity_asked("在监督平台上一年做了多少次巡查？").period is None
