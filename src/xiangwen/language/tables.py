"""Tables in a report's text: which lines are rows, which of them hold the column headings, and how a row is read.

「受理（件）」 above 「163」 says 受理163件: the unit stands in the header, the matter in the row's first cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from xiangwen.language.units import class_of_unit

CELLS = re.compile(r"\t|(?<=\S)[ \u3000\xa0]*\|[ \u3000\xa0]*(?=\S)|(?<=\S)[ \u3000\xa0]{2,}(?=\S)")
"""What parts two cells of a row."""
_RULE = re.compile(r"[|:\s\-+=]+")
_LONGEST_CELL = 80
"""Characters; what has longer cells arranges paragraphs."""
_MOST_HEADER_ROWS = 3
"""Rows above the first number; what has more of them is a text in columns."""
_NUMBER = re.compile(r"[约近超]?\d[\d,，]*(?:\.\d+)?[余多]?(?P<unit>[^\d\s]{0,4})")
_YEAR = re.compile(r"(?:19|20)\d\d(?:年度?)?")
_YEARS = re.compile(r"年度?|年份")
_COUNTED = re.compile(r"序号|编号|序|号|No\.?", re.I)
_BRACKETED = re.compile(r"[（(\[](?:单位[：:])?([^（）()\[\]]{1,6})[)）\]]$|[/／]([^/／]{1,4})$")
_OF_UNITS = re.compile(r"(?:计量)?单位")
"""Heads a column with the measure words of the numbers behind it."""
_UNIT_ABOVE = re.compile(r"单位[：:][ \u3000]*([^\s，。；（）()]{1,4})")


@dataclass(frozen=True)
class TableRow:
    """A row below the headings of its columns, ``text[start:end]``."""

    start: int
    end: int
    header_start: int
    """Where the rows with the headings begin, or a line 「单位：件」 above them; both -1 where there are none."""
    header_end: int


def table_rows(text: str) -> list[TableRow]:
    """The rows of all tables with numbers in them, without those that hold column headings."""
    if not CELLS.search(text):
        return []
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    rows: list[TableRow] = []
    at = 0
    for is_row, group in groupby(lines, key=lambda line: _is_row(text[line[0] : line[1]])):
        block = list(group)
        if is_row:
            before = lines[at - 1] if at else None
            rows += _rows(text, block, before)
        at += len(block)
    return rows


def read_row(row: str, header: str) -> str:
    """A row in words, each number with the headings of its row and its column, and with its unit.

    >>> read_row("矛盾纠纷\\t163\\t98%", "事项\\t受理（件）\\t办结率")
    '矛盾纠纷受理163件，矛盾纠纷办结率98%。'
    """
    cells = _cells(row)
    if len(cells) < 2 or not any(map(_is_number, cells)):
        return row
    above = _UNIT_ABOVE.search(header)
    headings = _headings([line for line in header.split("\n") if CELLS.search(line)])
    headings = [""] * (len(cells) - len(headings)) + headings  # the corner above the row headings may be empty
    words = _RowWords(headed=bool(header), unit=above[1] if above else "")
    for number, (cell, heading) in enumerate(zip(cells, headings, strict=False)):
        if cell and not (number == 0 and _counts_rows(cells, heading)):
            words.take(cell, heading)
    return words.sentence()


@dataclass
class _RowWords:
    """A row put into words, cell by cell."""

    headed: bool
    """Whether its columns have headings."""
    unit: str
    """The measure word of the numbers that have none of their own."""
    said: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    """Cells before a number, which say what it is of."""

    def take(self, cell: str, heading: str) -> None:
        """Read the next cell."""
        if not self.said and _YEARS.fullmatch(heading) and _YEAR.fullmatch(cell):
            self.own.append(cell.rstrip("年度") + "年")
        elif _OF_UNITS.fullmatch(heading) and _is_unit(cell):
            self.unit = cell
        elif _is_number(cell):
            self.said.append(_amount(cell, heading, "".join(self.own), self.unit))
            self.own = self.own if self.headed else []
        elif not self.said or not self.headed:
            self.own.append(cell)
        else:
            self.said.append(f"{heading}：{cell}" if heading else cell)

    def sentence(self) -> str:
        """All that was read."""
        return "，".join(self.said if self.headed else [*self.said, *self.own]) + "。"


def _rows(text: str, block: list[tuple[int, int]], before: tuple[int, int] | None) -> list[TableRow]:
    """The rows of one table below its headings; none where it holds no number."""
    cells = [_cells(text[start:end]) for start, end in block]
    numbers = [any(_is_number(c) and not _YEAR.fullmatch(c) for c in row) for row in cells]
    if len(block) < 2 or not any(numbers) or max(len(c) for row in cells for c in row) > _LONGEST_CELL:
        return []
    first = numbers.index(True)
    if first > _MOST_HEADER_ROWS:
        return []
    header_start, header_end = (block[0][0], block[first - 1][1]) if first else (-1, -1)
    if before and _UNIT_ABOVE.search(text, *before) and text.count("\n", before[1], block[0][0]) == 1:
        header_start, header_end = before[0], header_end if first else before[1]
    return [
        TableRow(start, end, header_start, header_end)
        for start, end in block[first:]
        if not _RULE.fullmatch(text, start, end)
    ]


def _is_row(line: str) -> bool:
    return bool(CELLS.search(line.strip("\r \u3000\xa0"))) and not line.isspace()


def _cells(line: str) -> list[str]:
    line = line.strip(" \u3000\xa0\r")
    if line.startswith("|"):
        line = line.strip("|")
    parts = line.split("\t") if "\t" in line else line.split("|") if "|" in line else CELLS.split(line)
    return [part.strip() for part in parts]


def _headings(lines: list[str]) -> list[str]:
    """The heading of each column; of merged columns the one that stands over them before their own."""
    rows = [_cells(line) for line in lines if not _RULE.fullmatch(line)]
    width = max(map(len, rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in rows]
    for row in rows[:-1]:  # a heading over several columns stands in the first of them
        for n in range(1, width):
            row[n] = row[n] or row[n - 1]
    return ["".join(dict.fromkeys(row[n] for row in rows if row[n])) for n in range(width)]


def _is_number(cell: str) -> bool:
    match = _NUMBER.fullmatch(cell)
    return match is not None and (not match["unit"] or _is_unit(match["unit"]))


def _counts_rows(cells: list[str], heading: str) -> bool:
    """Whether the first cell numbers the rows."""
    return bool(_COUNTED.fullmatch(heading)) or (
        not heading and cells[0].isdecimal() and len(cells) > 2 and not _is_number(cells[1])
    )


def _amount(cell: str, heading: str, owner: str, unit: str) -> str:
    """A number behind what it counts, with the unit that it, its headings or the table give."""
    for place in (heading, owner):
        if (match := _BRACKETED.search(place)) and _is_unit(match[1] or match[2]):
            unit = match[1] or match[2]
            heading, owner = (text.replace(match[0], "") for text in (heading, owner))
            break
    has_unit = (match := _NUMBER.fullmatch(cell)) is not None and bool(match["unit"])
    return f"{owner}{heading}{cell}{'' if has_unit else unit}"


def _is_unit(word: str) -> bool:
    return word in class_of_unit() or (word[:1] in ("百", "千", "万", "亿") and word[1:] in {*class_of_unit(), ""})
