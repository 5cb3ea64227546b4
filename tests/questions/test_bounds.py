"""Bounds that a question sets for a number, and what it counts without them."""

import pytest

from xiangwen.questions.quantity_asked import Range, read_range, without_bounds


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("行政处罚案件在10件以上的有哪些乡镇？", "行政处罚案件"),
        ("持证执法人员不足5人的有哪几个乡镇？", "持证执法人员"),
        ("法律明白人不到40名的乡镇有哪些？", "法律明白人"),
        ("全年罚款超过1万元的是谁家？", "罚款"),
        ("which townships handed out more than 3,000 publicity leaflets?", "handed out publicity leaflets"),
    ],
)
def test_what_is_counted_stands_without_bounds_and_whom_is_asked(question: str, counted: str) -> None:
    assert without_bounds(question) == counted


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("罚的钱上了一万块的是哪几家？", Range(low=10_000, low_strict=True)),
        ("检查次数过了五十次的是哪几家？", Range(low=50, low_strict=True)),
        ("公开的信息过百条的是哪几家？", Range(low=100, low_strict=True)),
        ("法律明白人够50个的是哪几家？", Range(low=50)),
        ("townships with fewer than 40 trained guides", Range(high=40, high_strict=True)),
    ],
)
def test_bounds_are_read_as_people_say_them(question: str, bounds: Range) -> None:
    assert read_range(question) == bounds


@pytest.mark.parametrize("question", ["开展过3次检查的乡镇有哪些", "能够5天办结的有哪些", "通过100条微信普法的有哪些"])
def test_what_was_done_so_many_times_is_no_bound(question: str) -> None:
    assert read_range(question) is None
