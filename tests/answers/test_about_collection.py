"""Questions about the collection itself: which reports it has, of which years and places, and which are missing."""

from dataclasses import replace

import pytest
from folders import DEV

from xiangwen.answers.assistant import Assistant
from xiangwen.answers.collection import MeantReports, reports_meant
from xiangwen.answers.collection_groups import places
from xiangwen.answers.collection_told import collection_lines
from xiangwen.answers.lines import text_of
from xiangwen.answers.naming import Naming
from xiangwen.answers.sentences import readings
from xiangwen.encoding import load_encoder
from xiangwen.index import Store
from xiangwen.questions import Atlas, Question, understand
from xiangwen.questions.collection_asked import read_collection_asked
from xiangwen.questions.homes import Homes
from xiangwen.reports import read_folder

REPORTS = read_folder(DEV).reports
ATLAS = Atlas(REPORTS)
ALL = frozenset(range(len(REPORTS)))


def read(question: str) -> Question:
    plain = understand(question, ATLAS)
    vector = load_encoder().encode_query([plain.standalone.lower()])[0]
    return replace(plain, kind="collection", collection=read_collection_asked(plain.scope.rest.lower(), vector))


def meant(question: str) -> MeantReports:
    return reports_meant(read(question), ATLAS, ALL)


def townships(question: str) -> list[str]:
    return sorted(f"{REPORTS[n].name}{REPORTS[n].metadata.year}" for n in meant(question).reports)


def said(question: str) -> str:
    lines = collection_lines(read(question), meant(question), ATLAS.homes, lambda report: report + 1)
    return text_of(lines, (), read(question).language)


def notes(question: str) -> str:
    """What is said of how the question was read."""
    lines = readings(replace(read(question), scope=meant(question).scope), REPORTS, Naming(REPORTS))
    return text_of([line for part in lines for line in part], (), read(question).language)


@pytest.mark.parametrize(
    "question",
    [
        "请列出建制为乡（含民族乡，不含镇和街道）的全部单位。",
        "名字落在“乡”上、不叫镇也不叫街的是哪些地方？",
        "不是镇、不是街道，而是乡（民族乡也算）的报告有哪些？",
        "把乡一级的挑出来，民族乡也要，镇和街道都不要。",
        "不是镇也不是街道、叫“乡”的有哪几个？",
        "Which reports come from a xiang (乡, including ethnic xiang), rather than from a town (镇) or a subdistrict?",
    ],
)
def test_kinds_of_issuers_that_are_left_out_are_not_named(question: str) -> None:
    assert {REPORTS[n].metadata.level for n in meant(question).reports} == {"乡", "民族乡"}
    assert all(REPORTS[n].metadata.level not in ("乡", "民族乡") for n in ALL - set(meant(question).reports))


def test_in_english_townships_are_all_of_them_unless_set_against_towns() -> None:
    kept = {REPORTS[n].metadata.level for n in meant("Which townships have reports, not subdistricts?").reports}
    assert {"镇", "乡"} <= kept and "街道" not in kept


@pytest.mark.parametrize(
    "question",
    [
        "2023年的报告有哪些？",
        "出自2023年度的，把篇目列来",
        "Which reports are from 2023?",
        "Which townships and subdistricts have a report for the year 2023?",
    ],
)
def test_reports_of_a_year_are_named(question: str) -> None:
    assert townships(question) == ["下洋镇2023", "安溪镇2023", "罗子山瑶族乡2023"]


@pytest.mark.parametrize(
    "question",
    [
        "重庆以外的街道有哪些报告？",
        "不在重庆的街道，报告列出来",
        "把重庆的剔除，还剩哪些街道的报告？",
        "哪些街道的报告不是重庆的",
        "Which subdistrict reports are from outside Chongqing?",
    ],
)
def test_kinds_of_issuers_outside_a_province_are_named(question: str) -> None:
    assert townships(question) == ["东城街道2022", "金龙街道2022"]


def test_a_place_without_reports_may_be_left_out() -> None:
    assert len(townships("黑龙江的不要，其余的报告列出来")) == len(REPORTS)


def test_of_one_year_there_are_not_several() -> None:
    assert townships("按年份来分，归在2023年的乡镇有哪些？") == townships("2023年的报告有哪些？")


@pytest.mark.parametrize(
    "question", ["重庆的乡镇有哪些？", "重庆市的报告有几份", "Which townships of Chongqing are there?"]
)
def test_reports_of_a_province_are_named_though_only_the_county_tells_it(question: str) -> None:
    assert townships(question) == ["关坝镇2025", "太平镇2024", "安溪镇2023"]


def test_a_county_tells_its_province_and_city() -> None:
    by_name = {report.name: number for number, report in enumerate(REPORTS)}
    assert ATLAS.homes.of(by_name["金龙街道"])[:2] == ("福建省", "泉州市")


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("一共有多少份报告？", "15份"),
        ("How many reports are there?", "15份"),
        ("有几份是街道办事处出的", "2份"),
        ("总共涉及几个区县", "10个县区"),
        ("罗子山瑶族乡一共有几年的报告", "2年"),
        ("How many townships are covered?", "14个乡镇"),
    ],
)
def test_what_is_counted_is_the_figure(question: str, count: str) -> None:
    figure = meant(question).figure
    assert figure is not None and figure.text == count


def test_townships_with_reports_of_several_years_are_found() -> None:
    assert townships("哪些乡镇有两年以上的报告") == ["罗子山瑶族乡2023", "罗子山瑶族乡2025"]
    assert townships("哪些乡镇有连续三年的报告") == []


def test_the_first_and_the_last_year_are_told() -> None:
    assert townships("最早的一份报告是哪年的") == ["东城街道2022", "共和乡2022", "金龙街道2022"]
    assert "2025年（4 份）" in said("最新的报告是哪一年的")


def test_a_bound_takes_all_years_on_its_side() -> None:
    assert townships("2023年之前的报告有哪些") == townships("2022年的报告有哪些")
    assert meant("2021年以前的报告有吗").scope.problem == "unknown_year"


def test_who_is_missing_is_told_with_the_years_that_are_there() -> None:
    found = meant("缺2023年报告的乡镇有哪些")
    assert ("辰溪县小龙门乡", (2023,)) in found.missing
    assert "安溪镇2023" not in townships("缺2023年报告的乡镇有哪些")
    assert "辰溪县小龙门乡：缺2023年，有2024年" in said("缺2023年报告的乡镇有哪些")


@pytest.mark.parametrize(
    "question",
    [
        "有无黑龙江那边的乡镇？",
        "库里有没有重庆江津的镇？",
        "我们新疆的有没有收进来",
        "List all townships in Guizhou.",
        "有没有石门坎镇的报告",
    ],
)
def test_a_place_without_reports_is_said_to_have_none(question: str) -> None:
    assert meant(question).scope.problem == "unknown_report"


def test_of_two_regions_the_one_without_reports_is_named() -> None:
    assert "There is no report of Heilongjiang." in said("Do you hold anything from Sichuan or Heilongjiang?")


def test_a_year_without_reports_is_said_to_have_none() -> None:
    assert meant("2020年的有几份").scope.problem == "unknown_year"
    assert meant("Is there anything from 2020 in here?").scope.problem == "unknown_year"


def test_kinds_of_issuers_are_told_apart() -> None:
    assert "街道（2 份）" in said("里头是镇多还是街道多")
    assert townships("目录里以街道结尾的都有谁") == ["东城街道2022", "金龙街道2022"]


def test_a_question_whether_there_is_any_is_answered_first() -> None:
    assert said("有没有碧土乡的报告？").startswith("有。共 1 份报告")


def test_a_report_that_leaves_its_county_unsaid_is_of_the_one_place_of_its_name() -> None:
    town = next(report for report in REPORTS if report.metadata.county and report.metadata.year)
    before = replace(town, id="before", metadata=replace(town.metadata, county=None, city=None, year=2019))
    assert [len(own) for own in places((0, 1), Homes([town, before])).values()] == [2]


def test_a_province_that_only_the_townships_name_tells_is_counted_and_said() -> None:
    assert townships("甘肃省的报告有哪些") == ["西仓镇2025"]
    assert "说明：西仓镇的报告没有写明属于甘肃省，按地名推知。" in notes("甘肃省的报告有哪些")


def test_a_report_that_may_lie_in_a_province_is_not_counted_and_said() -> None:
    assert townships("广东省的报告有哪些") == ["东城街道2022"]
    assert "下洋镇的报告没有写明省市县，可能也属于广东省，未计在内" in notes("广东省的报告有哪些")


def test_places_may_be_asked_for_by_how_many_reports_they_have() -> None:
    assert townships("哪些县区有三份以上报告？") == ["小龙门乡2024", "罗子山瑶族乡2023", "罗子山瑶族乡2025"]
    alone = meant("哪些省份只收了一份报告？")
    provinces = [ATLAS.homes.of(n).province for n in alone.reports]
    assert provinces and len(set(provinces)) == len(provinces)
    assert "重庆市" not in provinces and "湖南省" not in provinces


def test_regions_that_no_report_is_of_are_told_by_the_countrys_list() -> None:
    assert "北京市" in said("哪些省没有报告？") and "湖南省" not in said("哪些省没有报告？")
    assert "沅陵县" in said("湖南省哪些县没有报告？") and "辰溪县" not in said("湖南省哪些县没有报告？")
    assert "请指明省、市" in said("哪些县没有报告？")


def test_the_township_with_most_years_is_told() -> None:
    assert townships("哪个乡的报告年份最多？") == ["罗子山瑶族乡2023", "罗子山瑶族乡2025"]


@pytest.mark.parametrize(
    "question", ["哪几份报告是用繁体字写的？", "这些报告分别是几号发布的？", "Which of the reports has the most pages?"]
)
def test_what_is_not_known_of_the_reports_as_documents_is_not_answered_with_all_of_them(
    store: Store, question: str
) -> None:
    answer = Assistant(store).ask(question)
    assert (answer.answered, answer.verdicts) == (False, ())
