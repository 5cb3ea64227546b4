"""Sections to passages: sentence-level evidence with its place in the report.

A passage is one sentence, or one item of a 「一是…；二是…」 list, a row of a table, or a heading. Passages never cross
a section, are exact slices of the report's text, stand in its order and leave out nothing but white space (and the
「[bookmark: …]」 marks that Word leaves behind) between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from xiangwen.language.as_read import JOINER, as_read, flowing
from xiangwen.language.list_marks import LEADING_ITEM_MARK
from xiangwen.language.tables import CELLS, TableRow, table_rows
from xiangwen.segmentation.sections import Section, outline

if TYPE_CHECKING:
    from xiangwen.reports import Report

# A sentence ends at these; a semicolon ends an item of a list. A closing quotation mark or bracket belongs to it.
_SENTENCE = re.compile(r"[^。！？；;!?\n]*(?:[。！？；;!?]+[”’」』）)]*|(?=\n)|$)")
_BLANKS = "".join(map(chr, filter(lambda code: chr(code).isspace(), range(0x3001)))) + JOINER

Stance = Literal["done", "plan", "shortcoming"]
"""What a passage tells of its matters: that they were done, are planned (计划) or are lacking (不足)."""


@dataclass(frozen=True)
class Passage:
    """Citable evidence: ``text[start:end]`` of its report."""

    start: int
    end: int
    heading_path: tuple[str, ...]
    is_heading: bool
    item_start: int | None
    """Where the list item that the passage belongs to begins (「三是做好矛盾纠纷化解工作。」); None outside lists."""
    item_end: int | None
    """Where that item's first sentence ends."""

    def lead_in(self, text: str) -> str:
        """The first sentence of its list item, or the column headings of its table; empty where it is that sentence."""
        return "" if self.item_start is None or self.item_start == self.start else text[self.item_start : self.item_end]

    def reading(self, text: str) -> str:
        """The passage as it is read, for matching, never for quoting; ``text`` is its report's."""
        return as_read(text[self.start : self.end], self.lead_in(text))

    @property
    def headings_above(self) -> tuple[str, ...]:
        """The headings that the passage stands under; not itself, where it is one."""
        return self.heading_path[:-1] if self.is_heading else self.heading_path

    def above(self, text: str) -> tuple[str, ...]:
        """What stands above the passage in its report's ``text``: the headings, and the lead of its list item."""
        return with_lead(self.headings_above, self.lead_in(text))

    def above_in(self, report: Report) -> tuple[str, ...]:
        """What stands above the passage in its report."""
        return self.above(report.text)


def with_lead(headings: tuple[str, ...], lead: str) -> tuple[str, ...]:
    """Headings and the lead of a list item below them; the headings of columns are read with each cell instead."""
    return (*headings, as_read(lead)) if lead and not CELLS.search(lead) else headings


def split_passages(text: str, tree: Sequence[Section] | None = None) -> list[Passage]:
    """All passages of a report in the order of its text.

    Args:
        text: the report's.
        tree: its outline, where that was read already.
    """
    flow = flowing(text)
    rows = {row.start: row for row in table_rows(flow)}
    passages: list[Passage] = []
    for top in outline(text) if tree is None else tree:
        for path, section in top.walk():
            if section.heading:
                passages.append(Passage(section.heading_start, section.heading_end, path, True, None, None))
            passages.extend(_sentences(flow, section.heading_end, section.body_end, path, rows))
    return passages


def _sentences(
    flow: str, start: int, end: int, path: tuple[str, ...], rows: Mapping[int, TableRow]
) -> Iterator[Passage]:
    item: tuple[int, int] | None = None
    position = start
    while position < end:
        row = rows.get(position)
        if row is not None and row.end <= end:
            stop = row.end
        else:
            match = _SENTENCE.match(flow, position, end)
            assert match is not None  # the pattern matches the empty string
            stop = match.end()
        piece = flow[position:stop]
        left = position + len(piece) - len(piece.lstrip(_BLANKS))
        right = position + len(piece.rstrip(_BLANKS))
        if right > left and re.search(r"\w", flow[left:right]):
            if row is not None:
                item = (row.header_start, row.header_end) if row.header_end > 0 else None
            elif LEADING_ITEM_MARK.match(flow, left):
                item = (left, right)
            yield Passage(left, right, path, False, *(item or (None, None)))
        if flow[stop : stop + 1] == "\n":
            # 「一是…」 in a paragraph of its own goes on in the next one only where that starts no new item: a blank
            # line does not end an item, a paragraph that is not indented under it does.
            item = None
            stop += 1
        position = max(stop, position + 1)
