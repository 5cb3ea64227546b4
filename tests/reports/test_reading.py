"""Files to reports: exact text out of any encoding, metadata off the text, nothing left out silently."""

from __future__ import annotations

import codecs
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from zipfile import ZipFile

import pytest
from folders import DEV
from hypothesis import given
from hypothesis import strategies as st
from one_file import read_file
from reading_scores import FIELDS, Scores
from wild_reports import REPORT_FROM, wild_report

from xiangwen.reports import Metadata, UnreadableFile, decode, read_folder, read_metadata
from xiangwen.reports.files import MAX_BYTES

REPORT = "万灵镇2024年法治政府建设情况报告\n\n一、主要举措\n全年调解矛盾纠纷163件，成功率98%。\n"
GOLD = [json.loads(line) for line in (DEV / "meta.jsonl").read_text(encoding="utf-8").splitlines()]

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "GBK": lambda text: text.encode("gbk"),
    "GB18030": lambda text: text.encode("gb18030"),
    "UTF-16 little-endian with BOM": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 big-endian with BOM": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16 little-endian": lambda text: text.encode("utf-16-le"),
    "UTF-16 big-endian": lambda text: text.encode("utf-16-be"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_text_is_the_same_in_every_encoding_and_with_every_newline(encoding: str, newline: str) -> None:
    assert decode(ENCODINGS[encoding](REPORT.replace("\n", newline))) == REPORT


def test_seeds_read_the_same_out_of_gb18030_and_utf16(seeds: Path) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = decode(path.read_bytes())
        assert all(decode(encode(text)) == text for encode in ENCODINGS.values() if encode is not ENCODINGS["GBK"])


@given(st.text(alphabet="一二三四五法治乡镇政府，。、（）1234 \n甲乙丙丁", min_size=1))
def test_chinese_text_survives_decoding_unchanged(text: str) -> None:
    assert decode(text.encode()) == text
    assert decode(text.encode("utf-8-sig")) == text
    assert decode(text.encode("utf-16")) == text


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_that_breaks_off_within_a_character_is_read_without_it_and_said_to(
    encoding: str, tmp_path: Path
) -> None:
    whole = REPORT.rstrip()
    other = whole.replace("2024", "2023")
    (tmp_path / "断.txt").write_bytes(ENCODINGS[encoding](whole)[:-1])
    with ZipFile(tmp_path / "断了.zip", "w") as archive:
        archive.writestr("断.txt", ENCODINGS[encoding](other)[:-1])
    read = read_folder(tmp_path)
    assert [report.text for report in read.reports] == [whole[:-1], other[:-1]]
    assert [notice.file for notice in read.notices] == ["断.txt", "断了.zip/断.txt"] and not read.skipped
    assert all("在一个字的中间断了" in notice.reason for notice in read.notices)


def test_bytes_that_are_no_character_in_the_midst_of_a_file_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "好.txt").write_text(REPORT, "utf-8")
    (tmp_path / "坏.txt").write_bytes(b"\xff" + REPORT.encode() + b"\xff\xfe\xff" + REPORT.encode())
    read = read_folder(tmp_path)
    assert len(read.reports) == 1 and not read.notices
    assert [(left.file, "编码无法识别" in left.reason) for left in read.skipped] == [("坏.txt", True)]


def test_indents_and_few_digits_do_not_hide_the_byte_order() -> None:
    text = "　　一、一个乡镇一名法律顾问\n　　一是一村一人"
    assert decode(text.encode("utf-16-le")) == text
    assert decode(text.encode("utf-16-be")) == text


def test_the_private_characters_of_word_bullets_do_not_spoil_utf8() -> None:
    text = "\uf06c 一村一法律顾问\n\uf06c 一月一法"
    assert decode(text.encode()) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused_in_a_sentence(data: bytes) -> None:
    try:
        assert "\r" not in decode(data)
    except UnreadableFile as problem:
        assert str(problem).endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4,
        b"%PDF-1.7\n" + bytes(range(256)) * 8,
        b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(255, -1, -1)) * 2,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    ],
    ids=["PNG", "PDF", "DOCX", "DOC"],
)
def test_a_binary_file_named_txt_is_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        decode(data)


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["id"])
def test_metadata_is_what_a_reader_finds(gold: dict[str, object]) -> None:
    found = read_metadata(decode((DEV / f"{gold['id']}.txt").read_bytes()))
    for name in ("township", "level", "county", "city", "province", "year", "title"):
        assert getattr(found, name) == gold[name], name


def test_metadata_of_the_seeds(seeds: Path) -> None:
    found = [report.metadata for report in read_folder(seeds).reports]
    assert [(m.county, m.township, m.level, m.year) for m in found] == [
        ("黔江区", "白土乡", "乡", 2024),
        ("彭水苗族土家族自治县", "善感乡", "乡", 2024),
        ("湟中区", "土门关乡", "乡", 2024),
        ("石柱土家族自治县", "六塘乡", "乡", 2023),
        ("荣昌区", "万灵镇", "镇", 2024),
    ]


def test_metadata_of_reports_in_any_layout() -> None:
    scores = Scores()
    for seed in range(REPORT_FROM, REPORT_FROM + 150):
        report = wild_report(seed)
        scores.add(report.text, asdict(report.metadata), report.headings)
    assert all(scores.right[name] >= 0.95 * scores.reports for name in FIELDS)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("红旗农场管委会2024年度法治政府建设情况报告\n", ("红旗农场", "农场", None)),
        ("北京市朝阳区高碑店地区办事处2024年法治政府建设情况报告\n", ("高碑店地区", "街道", "朝阳区")),
        ("景德镇市乐平市镇桥镇2024年法治政府建设工作报告\n", ("镇桥镇", "镇", "乐平市")),
        ("鄂温克族自治旗巴彦嵯岗苏木人民政府2024年法治政府建设工作报告\n", ("巴彦嵯岗苏木", "苏木", "鄂温克族自治旗")),
        ("重慶市榮昌區萬靈鎮人民政府2024年法治政府建設情況報告\n", ("万灵镇", "镇", "荣昌区")),
        ("镇远县\n羊场镇人民政府\n关于2024年法治政府建设情况的报告\n", ("羊场镇", "镇", "镇远县")),
    ],
)
def test_every_form_of_township_is_told_from_its_county(text: str, place: tuple[str | None, ...]) -> None:
    found = read_metadata(text + "一、举措\n")
    assert (found.township, found.level, found.county) == place
    assert found.title == text.strip()


def test_the_signature_tells_office_and_year_where_no_title_does() -> None:
    text = "今年以来，我镇工作取得成效。\n一、举措\n调解纠纷3件。\n辰溪县白沙镇人民政府\n2024年1月20日\n"
    found = read_metadata(text)
    assert (found.township, found.county, found.year, found.title) == ("白沙镇", "辰溪县", 2023, None)


def test_last_years_figures_and_next_years_plans_are_not_the_reports_year() -> None:
    text = (
        "2023年，白沙镇依法行政，比2022年有进步。\n一、举措\n2023年调解3件。\n二、下一步打算\n2024年，2024年争取5件。\n"
    )
    assert read_metadata(text).year == 2023


def test_fields_beside_the_text_are_read_too() -> None:
    fields = [("发布机构", "辰溪县罗子山瑶族乡人民政府"), ("发文日期", "2024-01-26")]
    found = read_metadata("现将工作情况报告如下：\n一、成效\n干得好。\n", fields)
    assert (found.township, found.level, found.county, found.year) == ("罗子山瑶族乡", "民族乡", "辰溪县", 2023)


@given(st.text())
def test_metadata_is_read_off_any_text_and_its_title_is_a_part_of_it(text: str) -> None:
    title = read_metadata(text).title
    assert title is None or title in text


def test_what_the_text_does_not_say_is_none() -> None:
    assert read_metadata("今年以来，各项工作稳步推进。") == Metadata()


def test_a_province_that_only_the_gazetteer_knows_stays_none() -> None:
    assert read_metadata("荣昌区万灵镇2024年法治政府建设情况报告\n一、举措\n").province is None


def test_a_renamed_file_keeps_its_id(tmp_path: Path) -> None:
    for name in ("a.txt", "乙.txt"):
        (tmp_path / name).write_text(REPORT, encoding="utf-8")
    assert read_file(tmp_path / "a.txt", tmp_path)[0].id == read_file(tmp_path / "乙.txt", tmp_path)[0].id


def test_every_file_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "twin.txt").write_text(REPORT, encoding="gb18030")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_text(" \n　\n", encoding="utf-8")
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere.txt")
    with (tmp_path / "huge.txt").open("wb") as huge:
        huge.truncate(50_000_000)  # a sparse file: 50 MB that take no room
    collection = read_folder(tmp_path)
    reasons = {skipped.file: skipped.reason for skipped in collection.skipped}
    assert [report.file for report in collection.reports] == ["good.txt"]
    assert "good.txt" in reasons["twin.txt"]
    assert "empty" in reasons["empty.txt"] and "empty" in reasons["blank.txt"]
    assert f"{MAX_BYTES / 1e6:.0f} MB" in reasons["huge.txt"]
    assert {"photo.txt", "notes.docx", "dangling.txt"} <= set(reasons)


def test_folders_below_are_read_and_named_by_their_path(tmp_path: Path) -> None:
    (tmp_path / "重庆市" / "荣昌区").mkdir(parents=True)
    (tmp_path / "重庆市" / "荣昌区" / "万灵镇.txt").write_text(REPORT, encoding="utf-8")
    assert [report.file for report in read_folder(tmp_path).reports] == ["重庆市/荣昌区/万灵镇.txt"]


def test_progress_counts_every_file(seeds: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_folder(seeds, lambda done, total: seen.append((done, total)))
    assert seen == [(n, 5) for n in range(1, 6)]


def test_a_missing_folder_and_one_without_reports_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(UnreadableFile, match=tmp_path.name):
        read_folder(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions bind neither Windows nor root")
def test_a_file_that_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(REPORT, encoding="utf-8")
    (tmp_path / "secret.txt").write_text(REPORT + "。", encoding="utf-8")
    (tmp_path / "secret.txt").chmod(0)
    assert [skipped.file for skipped in read_folder(tmp_path).skipped] == ["secret.txt"]
