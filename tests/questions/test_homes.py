"""Where reports lie that do not say so: by the country's townships, and by other reports of the same name."""

from dataclasses import replace

import pytest
from folders import TESTS

from xiangwen.questions.homes import Homes
from xiangwen.reports import Report, read_folder
from xiangwen.reports.places import gazetteer
from xiangwen.reports.townships import places_of_townships, townships

REPORTS = [report for report in read_folder(TESTS / "reports_dev2").reports if report.metadata.township]
HOMES = Homes(REPORTS)
NUMBERS = {report.file: number for number, report in enumerate(REPORTS)}


def one(report: Report, **stated: str | None) -> Report:
    """A report as if it stated this."""
    return replace(report, metadata=replace(report.metadata, **stated))  # type: ignore[arg-type]


BARE = one(REPORTS[0], province=None, city=None, county=None)


def named(township: str, **stated: str | None) -> Report:
    """A report of a township that states only this of where it lies."""
    return one(BARE, township=township, **stated)


@pytest.mark.parametrize(
    ("file", "home"),
    [
        ("b36.txt", ("上海市", "", "青浦区")),  # there is one 重固镇
        ("b32.txt", ("广东省", "东莞市", "")),  # … and one 道滘镇, in a city without counties
        ("b40.txt", ("广东省", "广州市", "白云区")),  # 鹤龙街 is 鹤龙街道
        ("b24.txt", ("上海市", "", "普陀区")),  # of the two 普陀区 one has a 长寿路街道
        ("b41.txt", ("广东省", "广州市", "荔湾区")),  # states its city
        ("b29.txt", ("上海市", "", "宝山区")),  # another 友谊路街道 of the collection states its own
    ],
)
def test_a_name_that_is_in_one_place_only_tells_where_a_report_lies(file: str, home: tuple[str, ...]) -> None:
    assert HOMES.of(NUMBERS[file]) == home


@pytest.mark.parametrize("file", ["b30.txt", "b34.txt"])
def test_a_name_of_several_provinces_leaves_it_open(file: str) -> None:
    number = NUMBERS[file]
    assert HOMES.of(number) == ("", "", "")
    assert HOMES.may_lie_in(number, "广东省") and not HOMES.may_lie_in(number, "上海市")


def test_what_a_report_states_counts_before_the_list() -> None:
    homes = Homes([named("重固镇", county="吴中区"), named("长安镇", province="浙江省")])
    assert homes.of(0) == ("江苏省", "苏州市", "吴中区")
    assert homes.of(1) == ("浙江省", "嘉兴市", "海宁市")


def test_reports_of_several_places_of_one_name_do_not_tell_of_each_other() -> None:
    reports = [named("长安镇", province="浙江省"), named("长安镇", city="东莞市"), named("长安镇")]
    assert Homes(reports).of(2) == ("", "", "")
    assert Homes(reports[1:]).of(1) == ("广东省", "东莞市", "")


def test_a_county_that_the_gazetteer_lacks_is_told_by_another_report() -> None:
    homes = Homes([named("青石镇", county="安平新区"), named("青石镇")])
    assert homes.of(1).county == "安平新区"
    assert homes.says(0, "安平新区") and not homes.says(1, "安平新区")


def test_the_list_has_a_line_for_every_place_of_the_gazetteer() -> None:
    found = places_of_townships({"白土镇", "鹤龙街道", "没有这个镇"})
    assert "没有这个镇" not in found and {place.county for place in found["鹤龙街道"]} == {"白云区"}
    assert len(found["白土镇"]) > 1 and found["白土镇"] <= set(gazetteer())
    assert {"道滘镇", "白沟镇", "罗子山瑶族乡"} <= townships() and all(len(name) > 1 for name in townships())
