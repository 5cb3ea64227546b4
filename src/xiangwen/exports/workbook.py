"""What all Excel workbooks share: how they look, and that no text in them is ever computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xiangwen.exports.layout import clean

SheetValue = str | float | int | None
_FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
_LONGEST_CELL = 32_767
"""Characters that Excel can hold in one cell."""
_LONGEST_TITLE = 250
"""Characters of a workbook's title that Excel takes."""
# In memory: a server may have no place to write. Every text goes through `write`, the others are the second lock.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def workbook(buffer: BytesIO, title: str) -> Iterator[xlsxwriter.Workbook]:
    """A workbook to be filled, which is then written into ``buffer``."""
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": clean(title)[:_LONGEST_TITLE], "author": "乡问 Xiangwen"})
        yield book


def style(book: xlsxwriter.Workbook, **given: Any) -> Format:
    """A format in the font of all workbooks."""
    return book.add_format({**_FONT, **given})


def plain_style(book: xlsxwriter.Workbook) -> Format:
    """The format of most cells: long texts run on in their cell."""
    return style(book, text_wrap=True)


def top_style(book: xlsxwriter.Workbook, **given: Any) -> Format:
    """The format of the cells at the head of columns."""
    return style(book, bold=True, bg_color="#E4EFEA", border=1, **given)


def write(sheet: Worksheet, row: int, column: int, value: SheetValue, cell_style: Format | None = None) -> None:
    """Write a text as a text and a number as a number; nothing where there is none."""
    if isinstance(value, str):
        sheet.write_string(row, column, clean(value)[:_LONGEST_CELL], cell_style)
    elif value is not None:
        sheet.write_number(row, column, value, cell_style)


def write_row(
    sheet: Worksheet, row: int, values: Iterable[SheetValue], cell_style: Format, first_column: int = 0
) -> None:
    """Write values side by side in one format."""
    for column, value in enumerate(values, start=first_column):
        write(sheet, row, column, value, cell_style)
