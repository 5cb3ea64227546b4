"""Numbers in reports: value, unit, subject, and what is no number at all."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.quantities.figures import chinese_number, figures


@pytest.mark.parametrize(
    ("words", "value", "bound", "unit"),
    [
        ("办结163件", 163, "exactly", "件"),
        ("印发宣传资料2000余份", 2000, "at_least", "份"),
        ("发放各类宣传材料2万余份", 20_000, "at_least", "份"),
        ("发放资料1.2万份", 12_000, "exactly", "份"),
        ("经济处罚0.9万元", 9_000, "exactly", "元"),
        ("罚款31.4万元", 314_000, "exactly", "元"),
        ("受教育面达到100%", 100, "exactly", "%"),
        ("发放近百份", 100, "at_most", "份"),
        ("组织宣传会十余次", 10, "at_least", "次"),
        ("聘请两名律师", 2, "exactly", "名"),
        ("2名以上规范化着装", 2, "at_least", "名"),
        ("出动人员1,464人次", 1464, "exactly", "人次"),
    ],
)
def test_a_figure_has_value_bound_and_unit(words: str, value: float, bound: str, unit: str) -> None:
    (figure,) = figures(words)
    assert (figure.value, figure.bound, figure.unit) == (pytest.approx(value), bound, unit)
    assert words[figure.start : figure.end] == figure.text


@pytest.mark.parametrize(
    "words", ["党的二十大", "第一责任人", "一是提高认识", "2024年12月4日", "落实“三项制度”", "“1+3+N”网格"]
)
def test_what_counts_nothing_is_no_figure(words: str) -> None:
    assert list(figures(words)) == []


def test_the_words_around_a_number_are_its_subject() -> None:
    sentence = "完成道路交通及建筑施工领域违法处罚案件205件罚金7920元，林业行政处罚14件罚金2050元"
    found = {f.text: f.subject for f in figures(sentence)}
    assert "道路交通" in found["205件"]
    assert found["7920元"] == "罚金"
    assert "林业" in found["14件"]


def test_what_follows_of_which_is_part_of_another_figure() -> None:
    sentence = "排查各类矛盾纠纷96件，其中村上调解60件，乡上调解36件；信访6件"
    assert [(f.text, f.part_of_another) for f in figures(sentence)] == [
        ("96件", False),
        ("60件", True),
        ("36件", True),
        ("6件", False),
    ]


@given(
    st.text(alphabet="零一二三四五六七八九十百千万两余近约0123456789.,%件份元人次年月日其中，；。发放资料", max_size=60)
)
def test_figures_are_slices_in_order_whatever_the_text(text: str) -> None:
    found = list(figures(text))
    assert all(text[f.start : f.end] == f.text for f in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("numeral", "value"), [("二十三", 23), ("十", 10), ("两千", 2000), ("一百零五", 105), ("一百百", None)]
)
def test_chinese_numerals(numeral: str, value: int | None) -> None:
    assert chinese_number(numeral) == value
