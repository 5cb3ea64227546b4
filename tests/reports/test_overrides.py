"""metadata.csv: what a person wrote counts, what is wrong in it is named in a sentence and costs nothing else."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangwen.reports import Collection, Metadata, Report, UnreadableFile, read_folder, write_overrides
from xiangwen.reports.overrides import COLUMNS, plain_cell, safe_cell

REPORT = "荣昌区万灵镇2024年法治政府建设情况报告\n一、主要举措\n全年调解矛盾纠纷{n}件。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "1.txt").write_text(REPORT.format(n=1), encoding="utf-8")
    (tmp_path / "2.txt").write_text(REPORT.format(n=2), encoding="utf-8")
    return tmp_path


def with_csv(folder: Path, table: str, encoding: str = "utf-8-sig") -> Collection:
    (folder / "metadata.csv").write_bytes(table.encode(encoding))
    return read_folder(folder)


def of(collection: Collection, file: str) -> Metadata:
    return next(report.metadata for report in collection.reports if report.file == file)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_table_counts_as_excel_saves_it(folder: Path, encoding: str, delimiter: str) -> None:
    table = "file,township,year,province\r\n甲/1.txt,安富街道,2023年,重庆市\r\n".replace(",", delimiter)
    collection = with_csv(folder, table, encoding)
    found = of(collection, "甲/1.txt")
    assert (found.township, found.level, found.year, found.province) == ("安富街道", "街道", 2023, "重庆市")
    assert (found.county, found.title) == ("荣昌区", "荣昌区万灵镇2024年法治政府建设情况报告")
    assert of(collection, "2.txt").township == "万灵镇"
    assert not collection.skipped


def test_chinese_headings_and_windows_paths_are_understood(folder: Path) -> None:
    assert of(with_csv(folder, "文件,乡镇,年度\n甲\\1.txt,白土乡,２０２２\n"), "甲/1.txt").township == "白土乡"


def test_an_empty_cell_leaves_and_a_dash_takes_away(folder: Path) -> None:
    found = of(with_csv(folder, "file,township,county\n2.txt,,无\n"), "2.txt")
    assert (found.township, found.county) == ("万灵镇", None)


@pytest.mark.parametrize(
    ("table", "sentences"),
    [
        ("file,year\n3.txt,2020\n", ["no report 3.txt"]),
        ("file,year\n2.txt,二十\n甲/1.txt,99999\n", ["二十 is no year", "99999 is no year"]),
        ("file,colour,year\n2.txt,red,2020\n", ["Unknown column colour"]),
        ("file,year\n2.txt,2020\n2.txt,2021\n", ["same report as in row 2"]),
        ("file,year\n,2020\n", ["Neither file nor id"]),
        ("township\n万灵镇\n", ["no column file"]),
        ("", ["no column file"]),
        ("file,title\n2.txt," + "长" * 300 + "\n", ["title is too long"]),
        ('file,title\n2.txt,"' + "长" * 200_000 + '"\n', ["no readable CSV"]),
    ],
)
def test_what_is_wrong_is_named_and_costs_nothing_else(folder: Path, table: str, sentences: list[str]) -> None:
    collection = with_csv(folder, table)
    assert len(collection.reports) == 2
    assert [skipped.file for skipped in collection.skipped] == ["metadata.csv"] * len(sentences)
    assert all(part in skipped.reason for part, skipped in zip(sentences, collection.skipped, strict=True))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / "2.txt").write_text(REPORT.format(n=2), encoding="utf-8")
    (root / "metadata.csv").write_bytes(b"file,year,township\n" + data)
    assert len(read_folder(root).reports) == 1


def test_what_is_written_changes_nothing_when_read_again(folder: Path) -> None:
    before = read_folder(folder)
    after = with_csv(folder, write_overrides(before.reports).removeprefix("\ufeff"))
    assert (after.reports, after.skipped) == (before.reports, before.skipped)
    (folder / "2.txt").rename(folder / "renamed.txt")
    assert not read_folder(folder).skipped


def test_a_file_of_two_reports_needs_the_id(folder: Path) -> None:
    second = "铜梁区太平镇2023年法治政府建设情况报告\n一、主要举措\n" + "调解矛盾纠纷，开展普法宣传。" * 20
    (folder / "3.txt").write_text(REPORT.format(n="3" * 120) + second, encoding="utf-8")
    ids = [r.id for r in read_folder(folder).reports if r.file == "3.txt"]
    assert len(ids) == 2
    collection = with_csv(folder, f"file,id,township\n3.txt,{ids[1]},安溪镇\n3.txt,,大庙镇\n")
    assert [r.metadata.township for r in collection.reports if r.file == "3.txt"] == ["万灵镇", "安溪镇"]
    assert ["several reports" in skipped.reason for skipped in collection.skipped] == [True]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
def test_no_cell_is_a_formula_and_each_is_read_as_it_was(value: str) -> None:
    cell = safe_cell(value)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain_cell(cell) == value.strip() or value.strip().startswith("'")


def test_a_file_named_like_a_formula_is_no_formula_in_the_table() -> None:
    report = Report("0" * 12, "=cmd|' /C calc'!A0.txt", "", "", Metadata(title="@甲"))
    table = write_overrides([report])
    assert table.startswith("\ufefffile,id,")
    row = dict(zip(COLUMNS, list(csv.reader(io.StringIO(table)))[1], strict=True))
    assert row["file"].startswith("'=") and row["title"] == "'@甲"


def test_a_table_alone_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("file,year\n", encoding="utf-8")
    with pytest.raises(UnreadableFile):
        read_folder(tmp_path)
