"""Whose report it is: the issuer, its places and its year, read off the layouts that real pages have."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from folders import TESTS
from hypothesis import given
from hypothesis import strategies as st
from reading_scores import FIELDS, headings_of

from xiangwen.reports import decode, read_folder, read_metadata
from xiangwen.reports.issuers import level_of, township_in

DEV2 = TESTS / "reports_dev2"
BODY = "\n一、主要举措\n镇党委学法5次，我镇调解纠纷30件。\n二、存在的不足\n宣传形式单一。\n"
STREET = BODY.replace("镇党委", "街道党工委").replace("我镇", "我街道")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_names_places_and_years_of_46_reports() -> None:
    gold = lines(DEV2 / "meta.jsonl")
    right: Counter[str] = Counter()
    for report in gold:
        found = read_metadata(decode((DEV2 / str(report["file"])).read_bytes()))
        right.update(field for field in FIELDS[:-1] if getattr(found, field) == report[field])
    assert {field: right[field] for field in FIELDS[:-1]} == {
        **dict.fromkeys(FIELDS[:-1], 46),
        "province": 45,  # one that only a plan names, beside a city that only a plan names
    }


def test_headings_of_46_reports() -> None:
    hits = found = marked = 0
    for report in lines(DEV2 / "meta.jsonl"):
        text = decode((DEV2 / str(report["file"])).read_bytes())
        got = Counter(plain(words) for _, words in headings_of(text))
        gold = Counter(plain(words) for words in report["headings"])  # type: ignore[attr-defined]
        hits, found, marked = hits + (got & gold).total(), found + got.total(), marked + gold.total()
    assert 2 * hits / (found + marked) >= 0.99


def plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())


def right_in(openings: list[dict[str, Any]]) -> Counter[str]:
    """How many values of each field are read as the gold has them."""
    right: Counter[str] = Counter()
    for opening in openings:
        found = read_metadata(opening["text"])
        right.update(name for name, value in opening["gold"].items() if getattr(found, name) == value)
    return right


def test_openings_in_the_layouts_of_real_pages() -> None:
    openings = lines(TESTS / "openings" / "openings.jsonl")
    right = right_in(openings)
    assert len(openings) == 56
    assert {name for name in FIELDS if right[name] < 56} <= {"city"} and right["city"] >= 55


def test_openings_by_a_second_hand() -> None:
    right = right_in(lines(TESTS / "openings" / "second_hand.jsonl"))
    assert right["township"] == right["level"] == right["year"] == 70
    assert min(right["county"], right["city"], right["province"]) >= 68


@pytest.mark.parametrize(
    ("text", "issuer", "county"),
    [
        ("中共青石镇委员会　青石镇人民政府\n关于2024年度法治政府建设情况的报告" + BODY, "青石镇", None),
        ("2024年，我镇学法。" + BODY + "中共青石镇委员会　青石镇人民政府\n2025年1月5日\n", "青石镇", None),
        ("安平区人民政府清河街道办事处\n关于2024年度法治政府建设情况的报告" + STREET, "清河街道", "安平区"),
        ("发布机构安平县青石镇人民政府\n2024年，我镇学法。" + BODY, "青石镇", "安平县"),
        ("• 发布机构:\n\n    青石镇\n\n  • 公开方式:\n\n    主动公开\n2024年，我镇学法。" + BODY, "青石镇", None),
        ("| 发布机构 | 安平县青石镇人民政府 |\n2024年，我镇学法。" + BODY, "青石镇", "安平县"),
        ("首页 > 政务公开 > 乡镇街 > 殷祖镇\n2024年，我镇学法。" + BODY, "殷祖镇", None),
        ("2024年以来，街道走进石桥街道幼儿园宣讲。" + STREET, "石桥街道", None),
        ("2024年，鹤龙街坚持学法。街党工委重视。\n一、成效\n普法3场。\n", "鹤龙街", None),
        ("2024年，建设街街道学习贯彻习近平法治思想。" + STREET, "建设街街道", None),
        ("2024年，镇远县㵲阳镇抓普法。" + BODY, "㵲阳镇", "镇远县"),
        ("𠮷祥镇2024年法治政府建设情况报告" + BODY, "𠮷祥镇", None),
        ("永安市燕西街道2024年法治政府建设情况报告" + STREET, "燕西街道", "永安市"),
        ("青石镇2024年法治政府建设情况报告\n来源：安平县司法局\n白沙镇协助2次。" + BODY, "青石镇", "安平县"),
        ("太和镇2024年法治政府建设情况报告\n太和镇与和平镇、仁和镇联合执法。" + BODY, "太和镇", None),
        ("2024年，“魅力道滘”公众号推送道滘普法30期。" + BODY, "道滘镇", None),
    ],
)
def test_the_township_is_read_wherever_it_stands(text: str, issuer: str, county: str | None) -> None:
    found = read_metadata(text)
    assert (found.township, found.county) == (issuer, county)


@pytest.mark.parametrize(
    ("title", "issuer", "level"),
    [
        ("安平县司法局2024年度法治政府建设情况报告", "安平县司法局", "部门"),
        ("陇西县卫生健康局\n关于2024年度法治政府建设情况的报告", "陇西县卫生健康局", "部门"),
        ("陇西县人民政府关于2024年法治政府建设情况的报告", "陇西县人民政府", "县区"),
        ("陇西县2024年法治政府建设情况报告", "陇西县人民政府", "县区"),
        ("福州市2024年法治政府建设情况报告", "福州市人民政府", "市"),
        ("安平县经济开发区管委会2024年法治政府建设情况报告", "安平县经济开发区", "开发区"),
        ("安平经开区2024年法治政府建设情况报告", "安平经开区", "经开区"),
    ],
)
def test_other_issuers_have_names_and_levels_too(title: str, issuer: str, level: str) -> None:
    found = read_metadata(title + "\n一、成效\n普法20场，指导青石镇调委会。\n")
    assert (found.township, found.level, found.title) == (issuer, level, title)
    assert level_of(issuer) == level and township_in("青石镇人民政府") == "青石镇"


@pytest.mark.parametrize(
    ("head", "issuer"),
    [
        ("陇西县司法局\n关于2024年度全县法治政府建设及各乡镇落实情况的报告", "陇西县司法局"),
        ("陇西县司法局关于2024年镇街法治建设的情况报告", "陇西县司法局"),
        ("陇西县司法局关于2024年乡镇（街道）法治政府建设情况的通报", "陇西县司法局"),
        ("陇西县2024年各乡镇法治政府建设综合情况", "陇西县人民政府"),
        ("发布机构：陇西县司法局\n2024年法治政府建设情况报告", "陇西县司法局"),
    ],
)
def test_who_reports_on_many_townships_is_none_of_them(head: str, issuer: str) -> None:
    text = "10个镇街调解纠纷810件，文峰镇209件，首阳镇118件，菜子镇只有20件。文峰镇述法，首阳镇没有。"
    found = read_metadata(f"{head}\n\n一、成效\n2024年，各镇街党委带头学法。{text}\n")
    assert (found.township, found.year) == (issuer, 2024)


@pytest.mark.parametrize(
    "text",
    [
        "# 某某科技股份有限公司年报\n\n## 简介\n注册地址：奔牛镇工业园。本公司董事会保证。\n净利润3亿元。\n",
        "民事判决书\n原告：张某，住奔牛镇。\n被告：李某，住奔牛镇某村。\n本院认为，判决如下。\n",
        "行政判决书\n原告张某诉被告奔牛镇人民政府。奔牛镇政府辩称。本院认为，判决如下。\n",
        "住院病历\n\n住址：古蔺县太平镇某村\n主诉：咳嗽3天。入院诊断：肺炎。患者好转。\n",
    ],
)
def test_other_peoples_documents_get_a_title_and_no_issuer(text: str) -> None:
    found = read_metadata(text)
    assert (found.township, found.county, found.province) == (None, None, None)
    assert found.title == text.partition("\n")[0].lstrip("# ")


def test_a_title_is_outweighed_by_a_text_about_the_year_before() -> None:
    text = "青石镇2025年法治政府建设工作报告\n2024年，青石镇依法行政。现将2024年工作报告如下：" + BODY
    assert read_metadata(text + "三、2025年计划\n2025年普法40场。\n青石镇人民政府\n2025年1月8日\n").year == 2024
    assert read_metadata("青石镇2025度法治政府建设情况报告" + BODY).year == 2025


def test_years_of_awards_are_not_the_reports_own() -> None:
    text = "青石镇法治政府建设情况报告\n今年以来，我镇获2023年度全市先进集体、2023年法治示范镇称号。2024年普法20场。"
    assert read_metadata(text + BODY).year == 2024


def test_a_year_beside_which_this_one_is_compared_is_not_the_reports_own() -> None:
    text = "现把我镇情况函告如次。立案62件，比2022年多2件，较2022年增4%，由2022年的5件升到9件。2023年普法20场。"
    assert read_metadata("青石镇关于报送法治政府建设情况的函" + "\n" + text + BODY).year == 2023


def test_a_title_is_found_once_where_it_is_printed_thrice_or_runs_into_its_text() -> None:
    title = "青石镇2024年法治政府建设情况报告"
    assert read_metadata(f"{title}\n\n{title}\n来源：青石镇\n{title}" + BODY).title == title
    text = f"{title} 2024年，青石镇学习贯彻习近平法治思想，现将情况报告如下： 一、举措 （一）领导。我镇开会5次。"
    assert read_metadata(text).title == title
    assert read_metadata(f"青石镇人民政府\n当前位置：首页 > 法治\n发布日期：2025-01-02\n{title}" + BODY).title == title
    assert read_metadata(f"{title}_年度报告_安平县人民政府门户网站\n2024年" + BODY).title == title


def test_sections_are_found_in_a_report_on_one_line() -> None:
    text = (
        "青石镇2024年法治政府建设情况报告 现将情况报告如下： 一、主要举措 （一）加强领导 镇党委开会5次，研究普法。 "
        "（二）抓好普法 全镇普法30场，发放资料3000份，受教育群众5000人次，解答法律问题260个。 "
        "二、存在的不足 宣传形式单一。"
    )
    assert [words for _, words in headings_of(text + "群众参与不多。" * 50)] == [
        "一、主要举措",
        "（一）加强领导",
        "（二）抓好普法",
        "二、存在的不足",
    ]


def test_headings_of_markdown_count_without_numbers() -> None:
    text = "# 某公司年报\n\n正文一段，说明情况。\n\n## 经营\n利润增长。\n"
    assert headings_of(text) == [(1, "经营")]


def test_a_files_name_tells_what_its_text_does_not(tmp_path: Path) -> None:
    text = "我镇认真贯彻落实上级部署，推进法治政府建设。\n一、举措\n调解3件。\n"
    (tmp_path / "003_青石镇2022年法治政府建设报告.txt").write_text(text, encoding="utf-8")
    (tmp_path / "周庄镇旅游.txt").write_text("景点介绍。\n古桥很多。\n", encoding="utf-8")
    found = [(r.metadata.township, r.metadata.level, r.metadata.year) for r in read_folder(tmp_path).reports]
    assert found == [("青石镇", "镇", 2022), (None, None, None)]


@given(st.text(alphabet="青石镇乡街道县区市和平人民政府委员会2024年法治\n。，、《》 ", max_size=80))
def test_any_mixture_of_names_is_read_and_an_issuer_stands_in_its_text(text: str) -> None:
    issuer = read_metadata(text).township
    assert issuer is None or issuer.removesuffix("人民政府") in "".join(text.split())
