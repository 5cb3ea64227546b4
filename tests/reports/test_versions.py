"""One report in two files: the same words in another format count once, an earlier version knows the later one."""

from __future__ import annotations

from pathlib import Path

import report_formats

from xiangwen.reports import read_folder

FIRST = """万灵镇2024年法治政府建设情况报告
一、主要举措
全年调解矛盾纠纷163件，成功率98%。开展普法宣传12场，发放资料2000份。
聘请法律顾问1名，审查合同15份。
万灵镇人民政府
2025年1月10日
"""
REVISED = FIRST.replace("163件", "165件").replace("1月10日", "2月20日")
OTHER_YEAR = """万灵镇2023年法治政府建设情况报告
一、主要举措
组织执法培训3次，办理行政处罚7起。新建调解室2个，聘请法律顾问1名。
"""


def test_the_same_report_as_text_and_as_word_counts_once_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST.replace("\n", "\n\n　　"), encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(report_formats.word(FIRST))
    collection = read_folder(tmp_path)
    assert [report.file for report in collection.reports] == ["a.txt"]
    (skipped,) = collection.skipped
    assert skipped.file == "b.docx" and "a.txt" in skipped.reason and "同一份报告" in skipped.reason


def test_it_is_read_again_once_the_other_file_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST.replace("\n", "\n\n　　"), encoding="utf-8")
    (tmp_path / "b.docx").write_bytes(report_formats.word(FIRST))
    files = {file.file: file for file in read_folder(tmp_path).files}
    assert files["a.txt"].lasting and not files["b.docx"].lasting
    (tmp_path / "a.txt").unlink()
    assert [report.file for report in read_folder(tmp_path).reports] == ["b.docx"]


def test_an_earlier_version_knows_the_later_one_whatever_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(REVISED, encoding="utf-8")
    (tmp_path / "b.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "c.txt").write_text(OTHER_YEAR, encoding="utf-8")
    collection = read_folder(tmp_path)
    reports = {report.file: report for report in collection.reports}
    assert reports["b.txt"].superseded_by == reports["a.txt"].id
    assert not reports["a.txt"].superseded_by and not reports["c.txt"].superseded_by
    (notice,) = collection.notices
    assert notice.file == "b.txt" and "a.txt" in notice.reason


def test_a_name_that_says_revised_comes_before_the_dates(tmp_path: Path) -> None:
    (tmp_path / "万灵镇.txt").write_text(REVISED, encoding="utf-8")
    (tmp_path / "万灵镇（修订）.txt").write_text(FIRST, encoding="utf-8")
    superseded = {report.file: bool(report.superseded_by) for report in read_folder(tmp_path).reports}
    assert superseded == {"万灵镇.txt": True, "万灵镇（修订）.txt": False}


def test_two_reports_of_one_township_and_year_that_share_little_are_no_versions(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "b.txt").write_text(OTHER_YEAR.replace("2023", "2024"), encoding="utf-8")
    assert not any(report.superseded_by for report in read_folder(tmp_path).reports)


def test_a_short_report_and_its_revision_are_versions_though_no_clause_is_the_same(tmp_path: Path) -> None:
    title = "宁远县青石镇人民政府2024年度法治政府建设工作报告"
    (tmp_path / "a.txt").write_text(f"{title}\n\n化解矛盾纠纷58件。\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text(f"{title}（修订稿）\n\n化解矛盾纠纷65件。\n", encoding="utf-8")
    superseded = {report.file: bool(report.superseded_by) for report in read_folder(tmp_path).reports}
    assert superseded == {"a.txt": True, "b.txt": False}
