"""Places and years that a question leaves out, in whatever words, over the reports of tests/reports_dev2."""

import pytest
from folders import TESTS

from xiangwen.questions import Atlas, Scope, understand
from xiangwen.reports import read_folder

REPORTS = [report for report in read_folder(TESTS / "reports_dev2").reports if report.metadata.township]
ATLAS = Atlas(REPORTS)
CITIES = {number: ATLAS.homes.of(number)[:2] for number in range(len(REPORTS))}


def scope(question: str) -> Scope:
    return understand(question, ATLAS).scope


def told(question: str) -> dict[str, set[str]]:
    """What its notes tell, by how it was read."""
    return {note.reading: {REPORTS[n].name for n in note.reports} for note in scope(question).notes}


@pytest.mark.parametrize(
    "question",
    [
        "不在湖南省的报告有哪些？",
        "湖南的先放一边，其余的都列出来",
        "把湖南的拿掉，还剩哪些乡镇？",
        "凡不属于湖南的，请列出",
        "非湖南的乡镇有哪些",
        "湖南的不要，别的都给我",
        "撇开湖南不谈，剩下的有几份",
        "除胡南省以外还有谁",
        "Which reports are from outside Hunan?",
        "Leave Hunan aside and list the rest.",
        "reports not from Hunan",
    ],
)
def test_a_province_is_left_out_in_whatever_words(question: str) -> None:
    left_out = {number for number, (province, _) in CITIES.items() if province == "湖南省"}
    assert len(left_out) == 3
    assert set(scope(question).reports) == set(CITIES) - left_out


@pytest.mark.parametrize(
    "question",
    [
        "江苏省内、但不属于常州市的报告有哪些？",
        "江苏的报告（常州除外）",
        "江苏那边的，把常州的剔了，还有谁",
        "常州以外的江苏乡镇有几个",
        "Which reports are from Jiangsu but not from Changzhou?",
    ],
)
def test_a_city_is_left_out_of_the_province_that_is_asked_for(question: str) -> None:
    assert {CITIES[number] for number in scope(question).reports} == {("江苏省", "镇江市")}


@pytest.mark.parametrize(
    ("question", "left_out"),
    [("2024年的不要，其余的列出来", 2024), ("2022年以外的报告有哪些", 2022), ("everything except 2023", 2023)],
)
def test_a_year_is_left_out(question: str, left_out: int) -> None:
    assert {REPORTS[n].metadata.year for n in scope(question).reports} == {2022, 2023, 2024, 2025} - {left_out}


def test_a_place_beside_a_year_is_left_out_and_the_year_is_kept() -> None:
    kept = scope("2025年湖南以外的报告有哪些").reports
    assert {REPORTS[n].metadata.year for n in kept} == {2025} and len(kept) == 10


@pytest.mark.parametrize(
    "question",
    [
        "湖南省哪些乡镇不公开预算？",
        "湖南的乡镇里，执法力量不足的有哪些？",
        "湖南省的报告里，还有哪些没有写法律顾问？",
        "湖南各乡镇的外聘律师都审查了什么？",
        "Which Hunan townships have no legal adviser?",
    ],
)
def test_a_province_is_asked_for_though_something_else_is_denied(question: str) -> None:
    assert {CITIES[number][0] for number in scope(question).reports} == {"湖南省"}


def test_what_may_lie_in_a_place_that_is_left_out_is_kept_and_said() -> None:
    assert told("除了湖南省，还有哪些报告")["still_counted"] == {"长寿镇", "龙溪镇", "清溪镇"}


def test_what_is_left_out_by_its_name_alone_is_said() -> None:
    assert told("江西省以外的报告有哪些")["inferred"] == {"兴江乡"}


def test_a_place_without_reports_that_is_left_out_changes_nothing() -> None:
    assert len(scope("贵州的不算，一共有几份报告").reports) == len(REPORTS)


@pytest.mark.parametrize(
    ("question", "name"), [("胡北有几份报告", "湖北省"), ("东菀以外的报告", "东莞市"), ("胡北镇有几份报告", None)]
)
def test_a_region_with_a_wrong_character_of_its_sound_is_known(question: str, name: str | None) -> None:
    assert [n.taken for n in scope(question).notes if n.reading == "misspelt"] == ([name] if name else [])


def test_a_province_before_a_kind_of_township_is_the_province() -> None:
    assert {CITIES[number][0] for number in scope("湖南乡镇的报告").reports} == {"湖南省"}
    assert {CITIES[number][0] for number in scope("广东街道的报告").reports} == {"广东省"}
