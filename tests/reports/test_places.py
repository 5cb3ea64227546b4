"""Places: the province and city of a county, and the county that a report says it is of."""

from __future__ import annotations

from xiangwen.reports.places import find_places, homes_of


def test_a_county_has_one_home_for_each_county_of_its_name() -> None:
    assert homes_of("荣昌区") == {("重庆市", "")} and len(homes_of("鼓楼区")) > 1
    assert homes_of(None) == frozenset()


def test_a_city_without_counties_is_at_home_in_its_province() -> None:
    assert homes_of("东莞市") == {("广东省", "东莞市")}


def test_the_county_before_the_issuer_is_its_own() -> None:
    assert find_places("安平县报告", (), "与饶阳县相邻的深州市辰时镇2023年", "辰时镇")[0] == "深州市"


def test_a_county_that_no_list_has_is_read_before_the_issuer() -> None:
    assert find_places("新城开发区青石镇2023年报告", (), "我镇普法。", "青石镇")[0] == "新城开发区"


def test_else_the_county_is_the_authority_that_the_text_speaks_of() -> None:
    text = "按照左贡县人民政府要求，学习芒康县做法，与贡觉县联动。"
    assert find_places("年度报告", (), text, None)[0] == "左贡县"
