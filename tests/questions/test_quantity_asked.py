"""Bounds and measure words as people say them."""

import pytest

from xiangwen.questions.quantity_asked import Range, read_quantity_asked, read_range, units_named


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("打算搞25场还要多的", Range(low=25, low_strict=True)),
        ("过了150人的", Range(low=150, low_strict=True)),
        ("超过一百五的", Range(low=150, low_strict=True)),
        ("两万份打底", Range(low=20_000)),
        ("25场以上（不含25）", Range(low=25, low_strict=True)),
        ("连10场都不到的", Range(high=10, high_strict=True)),
        ("比10小的", Range(high=10, high_strict=True)),
        ("没超过20件", Range(high=20)),
        ("可顶多就三回的", Range(high=3)),
        ("没到十次的", Range(high=10, high_strict=True)),
        ("办过3次普法", None),
        ("审议通过了5件文件的", None),
        ("有10人不满意的", None),
        ("超过百姓预期的", None),
        ("圆满10件", None),
        ("往上报了3件", None),
        ("达到一致", None),
    ],
)
def test_a_bound_in_everyday_words(said: str, meant: Range | None) -> None:
    assert read_range(said) == meant


@pytest.mark.parametrize(
    ("said", "classes"),
    [
        ("一共搞了好多场", ("times",)),
        ("立法建议获采纳的条数", ("copies",)),
        ("超过200件且少于300件", ("cases",)),
        ("持证执法人员不到5个人", ("people",)),
        ("问题改好了几个", ()),
        ("哪几个乡镇", ()),
        ("排第几名", ()),
        ("这几年调解得怎样", ()),
    ],
)
def test_a_measure_word_says_what_may_answer(said: str, classes: tuple[str, ...]) -> None:
    assert units_named(said) == classes


def test_last_year_by_its_number_is_the_year_of_the_report_on_it() -> None:
    asked = read_quantity_asked("去年（2023年）新建了几个广场？", [2023])
    assert asked.period_in(2023) == ("year", None)
    assert asked.period_in(2024)[0] == "year_before"
