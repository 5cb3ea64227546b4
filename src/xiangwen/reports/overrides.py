"""``metadata.csv`` beside the reports: what a person wrote there counts more than what was read off a report.

One row a report, found by file or id; an empty cell leaves what was read, 「无」 or 「-」 takes it away. The file is
read as Excel saves it (UTF-8 with BOM, GBK, tab or semicolon). What is wrong in it is listed in one sentence a row and
costs nothing else.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xiangwen.reports.formats.plain_text import decode
from xiangwen.reports.issuers import level_of
from xiangwen.reports.metadata import Metadata
from xiangwen.reports.report import Report, SkippedFile, UnreadableFile

FILE = "metadata.csv"
COLUMNS = ("file", "id", "township", "level", "county", "city", "province", "year", "title")
_FIELDS = COLUMNS[2:]
_CHINESE = {
    **dict.fromkeys(("文件", "文件名"), "file"),
    **dict.fromkeys(("编号",), "id"),
    **dict.fromkeys(("单位", "乡镇", "乡镇（街道）"), "township"),
    **dict.fromkeys(("级别",), "level"),
    **dict.fromkeys(("区县", "县区", "县"), "county"),
    **dict.fromkeys(("市", "地市"), "city"),
    **dict.fromkeys(("省", "省份"), "province"),
    **dict.fromkeys(("年度", "年份", "年"), "year"),
    **dict.fromkeys(("标题",), "title"),
}
"""What people head the columns with in Chinese."""
_NOTHING = frozenset({"无", "-", "—"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to Excel, which a file's name must not become."""
_LONGEST = 200
"""Characters of a cell; a longer one was pasted there by mistake."""
_LARGEST = 10_000_000
"""Bytes of the file: a hundred thousand rows."""
_YEAR = re.compile(r"((?:19|20|21)\d\d)(?:\.0)?\s*年?度?")
"""As people and spreadsheets write it: 2023, 2023年度, 2023.0."""
_Value = str | int | None


@dataclass(frozen=True)
class Override:
    """One row of metadata.csv."""

    number: int
    """As Excel counts, the heading being 1."""
    file: str
    id: str
    values: tuple[tuple[str, _Value], ...]
    """Column and what it says; None takes away what was read."""


@dataclass(frozen=True)
class Overrides:
    """The rows of a metadata.csv and what is wrong with the others."""

    rows: tuple[Override, ...] = ()
    problems: tuple[SkippedFile, ...] = ()

    def apply(self, reports: Sequence[Report]) -> tuple[tuple[Report, ...], tuple[SkippedFile, ...]]:
        """All reports of a folder with what the rows say of them, and a sentence for each row that fits none."""
        if not self.rows:
            return tuple(reports), self.problems
        by_id = {report.id: n for n, report in enumerate(reports)}
        by_file: dict[str, list[int]] = {}
        for n, report in enumerate(reports):
            by_file.setdefault(report.file, []).append(n)
        changed = list(reports)
        problems = list(self.problems)
        taken: dict[int, int] = {}
        for row in self.rows:
            # A renamed file keeps its report's id, an edited one keeps its name.
            here = [by_id[row.id]] if row.id in by_id else by_file.get(row.file, [])
            if len(here) != 1:
                problems.append(_problem(row.number, *(_SEVERAL if here else _NO_REPORT), row.file or row.id))
            elif here[0] in taken:
                problems.append(_problem(row.number, *_TWICE, taken[here[0]]))
            else:
                taken[here[0]] = row.number
                report = changed[here[0]]
                changed[here[0]] = replace(report, metadata=_overridden(report.metadata, row))
        return tuple(changed), tuple(problems)


_NO_REPORT = ("没有报告 {}，此行未采用。", "There is no report {}.")
_SEVERAL = ("文件 {} 里有几份报告，请在 id 列写明是哪一份。", "{} holds several reports: say which in the column id.")
_TWICE = ("与第 {} 行说的是同一份报告，此行未采用。", "The same report as in row {}.")
_BAD_YEAR = ("年度 {} 不是四位数的年份，此格未采用。", "{} is no year.")
_NAMELESS = ("没有 file，也没有 id，此行未采用。", "Neither file nor id is given.")
_TOO_LONG = ("{} 一格超过 200 字，此格未采用。", "The cell {} is too long.")


def read_overrides(root: Path) -> Overrides:
    """The metadata.csv of a reports folder; without one there is nothing to override."""
    path = root / FILE
    try:
        if not path.is_file():
            return Overrides()
        if path.stat().st_size > _LARGEST:
            return _refused("文件过大，未采用。 The file is too large.")
        text = decode(path.read_bytes()).lstrip("\ufeff")
        delimiter = max(",\t;", key=text.partition("\n")[0].count)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except (OSError, UnreadableFile, csv.Error):
        return _refused("不是可读的 CSV 表格，未采用。 It is no readable CSV table.")
    return _rows(lines)


def _rows(lines: list[list[str]]) -> Overrides:
    """What the lines of a metadata.csv say, the first being its head."""
    names = [_CHINESE.get(cell.strip(), cell.strip().lower()) for cell in lines[0]] if lines else []
    if not {"file", "id"} & set(names):
        return _refused("第一行没有 file 列，未采用。 There is no column file.")
    problems = list(_wrong_columns(names))
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        # Turned round, so that of two columns of one name the first counts.
        cells = {name: plain_cell(cell) for name, cell in reversed(list(zip(names, line, strict=False)))}
        if not any(cells.values()):
            continue
        values, wrong = _values(number, cells)
        problems += wrong
        file, report_id = cells.get("file", "").replace("\\", "/").removeprefix("./"), cells.get("id", "").lower()
        if file or report_id:
            rows.append(Override(number, file, report_id, values))
        else:
            problems.append(_problem(number, *_NAMELESS))
    return Overrides(tuple(rows), tuple(problems))


def _wrong_columns(names: list[str]) -> Iterator[SkippedFile]:
    """A sentence on each column that is not known, or is there twice."""
    for name, count in Counter(names).items():
        if name and name not in COLUMNS:
            yield SkippedFile(FILE, f"不认识 {name} 一列，未采用。 Unknown column {name}.")
        elif name and count > 1:
            yield SkippedFile(FILE, f"有几列叫 {name}，只用第一列。 Column {name} comes twice.")


def _values(number: int, cells: dict[str, str]) -> tuple[tuple[tuple[str, _Value], ...], list[SkippedFile]]:
    """What the cells of a row say, by column, and a sentence on each that cannot be taken."""
    values: list[tuple[str, _Value]] = []
    problems: list[SkippedFile] = []
    for column in _FIELDS:
        cell = cells.get(column, "")
        year = _YEAR.fullmatch(cell) if column == "year" else None
        if cell in _NOTHING:
            values.append((column, None))
        elif len(cell) > _LONGEST:
            problems.append(_problem(number, *_TOO_LONG, column))
        elif cell and column == "year" and year is None:
            problems.append(_problem(number, *_BAD_YEAR, cell))
        elif cell:
            values.append((column, int(year[1]) if year else cell))
    return tuple(values), problems


def write_overrides(reports: Iterable[Report]) -> str:
    """A metadata.csv that says what is known of the reports now, to be edited; Excel opens it for its BOM."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for report in reports:
        known = [getattr(report.metadata, field) for field in _FIELDS]
        writer.writerow([safe_cell(str(value or "")) for value in (report.file, report.id, *known)])
    return "\ufeff" + out.getvalue()


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: with an apostrophe before it where it would be one."""
    return f"'{value}" if value.lstrip().startswith(_FORMULA) or value.startswith(("'", *_FORMULA)) else value


def plain_cell(cell: str) -> str:
    """What a cell says, the apostrophe of `safe_cell` taken off again."""
    cell = cell.strip()
    return cell[1:].strip() if cell.startswith("'") else cell


def _overridden(metadata: Metadata, row: Override) -> Metadata:
    values = dict(row.values)
    if values.get("township") and "level" not in values:
        values["level"] = level_of(str(values["township"]))
    # mypy cannot see that each column's value has its field's type.
    return replace(metadata, **values)  # type: ignore[arg-type]


def _problem(row: int, chinese: str, english: str, *what: object) -> SkippedFile:
    return SkippedFile(FILE, f"第 {row} 行：{chinese.format(*what)} Row {row}: {english.format(*what)}")


def _refused(sentence: str) -> Overrides:
    return Overrides((), (SkippedFile(FILE, sentence),))
