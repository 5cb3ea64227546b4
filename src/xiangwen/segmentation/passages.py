"""Sections to passages: sentence-level evidence with its place in the report.

A passage is one sentence, or one item of a 「一是…；二是…」 list, or a heading. Passages never cross a section, are
exact slices of the report's text, stand in its order and leave out nothing but white space (and the
「[bookmark: …]」 marks that Word leaves behind) between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from xiangwen.segmentation.sections import outline

if TYPE_CHECKING:
    from xiangwen.reports import Report

# A sentence ends at these; a semicolon ends an item of a list. A closing quotation mark or bracket belongs to it.
_SENTENCE = re.compile(r"[^。！？；;!?\n]*(?:[。！？；;!?]+[”’」』）)]*|(?=\n)|$)")
_ITEM = re.compile(
    r"(?:第[一二三四五六七八九十]+[，、]|[一二三四五六七八九十]+(?:是|要|则)|其[一二三四五六七八九十]|首先|其次|[（(]?[一二三四五六七八九十\d]{1,2}[)）.、．](?!\d))"
)

Stance = Literal["done", "plan", "shortcoming"]
"""What a section says of its matters: that they were done, are planned (计划) or are lacking (不足)."""


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

    def above(self, text: str) -> tuple[str, ...]:
        """What stands above the passage in its report's ``text``: the headings, and the lead of its list item."""
        headings = self.heading_path[:-1] if self.is_heading else self.heading_path
        if self.item_start is None or self.item_start == self.start:
            return headings
        return (*headings, text[self.item_start : self.item_end])

    def above_in(self, report: Report) -> tuple[str, ...]:
        """What stands above the passage in its report."""
        return self.above(report.text)


def split_passages(text: str) -> list[Passage]:
    """All passages of a report in the order of its text."""
    passages: list[Passage] = []
    for top in outline(text):
        for path, section in top.walk():
            if section.heading:
                lead = text.index(section.heading, section.start)
                passages.append(Passage(lead, section.heading_end, path, True, None, None))
            passages.extend(_sentences(text, section.heading_end, section.body_end, path))
    return passages


def _sentences(text: str, start: int, end: int, path: tuple[str, ...]) -> list[Passage]:
    passages: list[Passage] = []
    item: tuple[int, int] | None = None
    position = start
    while position < end:
        match = _SENTENCE.match(text, position, end)
        assert match is not None  # the pattern matches the empty string
        stop = match.end()
        piece = text[position:stop]
        left = position + len(piece) - len(piece.lstrip())
        right = position + len(piece.rstrip())
        if right > left and re.search(r"\w", text[left:right]):
            if _ITEM.match(text, left):
                item = (left, right)
            passages.append(Passage(left, right, path, False, *(item or (None, None))))
        if text[stop : stop + 1] == "\n":
            # 「一是…」 in a paragraph of its own goes on in the next one only where that starts no new item: a blank
            # line does not end an item, a paragraph that is not indented under it does.
            item = None
            stop += 1
        position = max(stop, position + 1)
    return passages
